import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import type { ChannelCard } from "../../api/contract";
import { useT } from "../../i18n";
import { useSession, useTenant } from "../../lib/session";
import { CHANNEL_TONE } from "../../lib/tones";
import { Button, Cord, DangerDialog, Note, Sec, SidePanel, Time, useProblemText } from "../../ui";
import { useChannelActions } from "./actions";
import { ChannelState } from "./Card";
import type { ChannelsSearch } from "./ChannelsPage";
import { GroupDetail } from "./GroupDetail";
import { Groups } from "./Groups";
import { chatQuery, sentencesOf } from "./queries";
import { RenameDialog } from "./RenameDialog";
import { TakeOverDialog } from "./TakeOverDialog";

/** One channel: what can be done with it, its groups, how it was. With `group` one of its groups. */
export function ChannelPanel({
  channel,
  search,
  onToken,
}: {
  channel: ChannelCard;
  search: ChannelsSearch;
  onToken: () => void;
}) {
  const t = useT();
  const navigate = useNavigate();
  const { tenant } = useTenant();
  const group = useQuery({ ...chatQuery(tenant, search.group ?? ""), enabled: search.group !== undefined });
  const close = () => void navigate({ to: "/channels", search: {} });
  if (search.group) {
    const { group: _left, ...list } = search;
    const back = () => void navigate({ to: "/channels", search: list });
    return (
      <SidePanel
        key="group"
        label={group.data?.title ?? t("channels.group")}
        title={group.data?.title ?? t("channels.group")}
        onClose={close}
        actions={
          <Button bare icon={ArrowLeft} onClick={back}>
            {t("channels.back")}
          </Button>
        }
      >
        <GroupDetail query={group} />
      </SidePanel>
    );
  }
  return (
    <SidePanel key="channel" label={channel.name} title={channel.name} onClose={close}>
      <Manage channel={channel} onToken={onToken} />
      <Groups channel={channel} q={search.q} after={search.after} />
      {channel.history.length > 0 && (
        <Sec title={t("channels.history")} level={3}>
          <Cord
            steps={channel.history.slice(0, 12).map((each, index) => ({
              key: `${each.at}${index}`,
              tone: CHANNEL_TONE[each.state],
              title: each.text,
              end: <Time at={each.at} as="short" />,
            }))}
          />
        </Sec>
      )}
    </SidePanel>
  );
}

function Manage({ channel, onToken }: { channel: ChannelCard; onToken: () => void }) {
  const t = useT();
  const { can } = useSession();
  const { check, enable } = useChannelActions(channel);
  const [dialog, setDialog] = useState<"name" | "leave" | "take" | null>(null);
  const off = channel.state === "disabled";
  const sentences = sentencesOf(channel);
  const close = () => setDialog(null);
  return (
    <div className="stack gap-3">
      <div className="row">
        <ChannelState card={channel} />
        <span className="mut">
          {t("channels.since_when")} <Time at={channel.since} as="short" />
        </span>
      </div>
      {sentences.length > 0 && <p>{sentences.join(" ")}</p>}
      {can("channels.manage") ? (
        <div className="acts-row">
          {channel.received_elsewhere && (
            <Button go onClick={() => setDialog("take")}>
              {t("channels.take_over")}
            </Button>
          )}
          {!off && (
            <Button busy={check.isPending} onClick={() => check.mutate()}>
              {check.isPending ? t("channels.checking") : t("channels.check")}
            </Button>
          )}
          <Button go={channel.state === "logged_out"} onClick={onToken}>
            {t("channels.give_token")}
          </Button>
          <Button onClick={() => setDialog("name")}>{t("channels.rename")}</Button>
          <Button busy={enable.isPending} go={off} onClick={() => enable.mutate(off)}>
            {off ? t("channels.resume") : t("channels.pause")}
          </Button>
          <Button danger onClick={() => setDialog("leave")}>
            {t("channels.leave")}
          </Button>
        </div>
      ) : (
        <p className="mut">{t("channels.ask_owner")}</p>
      )}
      {dialog === "name" && <RenameDialog channel={channel} onClose={close} />}
      {dialog === "take" && <TakeOverDialog card={channel} onClose={close} />}
      {dialog === "leave" && <LeaveDialog channel={channel} onClose={close} />}
    </div>
  );
}

function LeaveDialog({ channel, onClose }: { channel: ChannelCard; onClose: () => void }) {
  const t = useT();
  const text = useProblemText();
  const navigate = useNavigate();
  const { leave } = useChannelActions(channel);
  const { support, silent } = channel.groups;
  return (
    <DangerDialog
      title={t("channels.leave_title", { name: channel.name })}
      keep={t("channels.leave_keep")}
      act={t("channels.leave")}
      busy={leave.isPending}
      error={leave.isError && <Note tone="failed">{text(leave.error)}</Note>}
      onClose={onClose}
      onAct={() =>
        leave.mutate(undefined, { onSuccess: () => void navigate({ to: "/channels", search: {} }) })
      }
    >
      <p>{t("channels.leave_text", { bot: channel.username, count: support + silent })}</p>
      {channel.queued > 0 && <p>{t("channels.leave_queue", { count: channel.queued })}</p>}
      <p className="two">{t("channels.leave_kept")}</p>
    </DangerDialog>
  );
}
