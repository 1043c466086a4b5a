import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { api } from "../../api/client";
import type { ChannelCard, ChatRow, GroupRow } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT, useWord } from "../../i18n";
import { useSession, useTenant } from "../../lib/session";
import {
  Cord,
  Empty,
  Loaded,
  Sec,
  Seg,
  SidePanel,
  SkeletonLines,
  Time,
  toast,
  useProblemText,
} from "../../ui";
import { groupsQuery, STATE_TONE } from "./queries";

const MODES = ["support", "silent", "off"] as const;

export function ChannelPanel({ channel, after }: { channel: ChannelCard; after: string | undefined }) {
  const t = useT();
  const navigate = useNavigate();
  const { tenant } = useTenant();
  const groups = useQuery(groupsQuery(tenant, channel.id, after));
  return (
    <SidePanel
      label={channel.name}
      title={channel.name}
      onClose={() => void navigate({ to: "/channels", search: {} })}
    >
      <Sec title={t("channels.groups")} about={t("channels.groups_about")} level={3}>
        {channel.privacy_warning && <p className="two">{channel.privacy_warning}</p>}
        <Loaded query={groups} skeleton={<SkeletonLines label={t("common.loading")} />} small>
          {(page) =>
            page.items.length === 0 ? (
              <Empty icon={Users} title={t("channels.no_groups")} level={3}>
                {t("channels.no_groups_text")}
              </Empty>
            ) : (
              <>
                <ul className="lines">
                  {page.items.map((group) => (
                    <Group key={group.id} group={group} />
                  ))}
                </ul>
                {page.next && (
                  <Link to="/channels" search={{ open: channel.id, after: page.next }}>
                    {t("common.next_page", { count: 50 })}
                  </Link>
                )}
              </>
            )
          }
        </Loaded>
      </Sec>
      <Sec title={t("channels.history")} level={3}>
        <Cord
          steps={channel.history.map((each) => ({
            key: each.at,
            tone: STATE_TONE[each.state],
            title: each.text,
            end: <Time at={each.at} as="short" />,
          }))}
        />
      </Sec>
    </SidePanel>
  );
}

/** Done at once and undone from the toast: a mode harms nobody. */
function Group({ group }: { group: GroupRow }) {
  const t = useT();
  const word = useWord();
  const text = useProblemText();
  const { tenant } = useTenant();
  const { can } = useSession();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (mode: GroupRow["mode"]) =>
      api.put<ChatRow>(`/tenants/${tenant}/chats/${group.id}/mode`, { mode }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tenant(tenant, "channels") }),
    onError: (error) => toast(text(error)),
  });
  const choose = (mode: GroupRow["mode"]) => {
    const before = group.mode;
    change.mutate(mode, {
      onSuccess: () =>
        toast(t("channels.mode_set", { title: group.title, mode: word("channels.mode", mode) }), () =>
          change.mutate(before),
        ),
    });
  };
  const who = group.provider_alias ?? group.customer?.name;
  return (
    <li className="flex-wrap">
      <div className="grow">
        <p>{group.title}</p>
        <p className="mut sm">
          {group.lost_reason ?? (
            <>
              {who ? `${who} · ` : ""}
              <Time at={group.last_at} />
            </>
          )}
        </p>
      </div>
      {can("channels.manage") ? (
        <Seg
          label={t("channels.mode_of", { title: group.title })}
          value={change.isPending ? change.variables : group.mode}
          options={MODES.map((mode) => ({ value: mode, label: word("channels.mode", mode) }))}
          onChange={choose}
        />
      ) : (
        <span>{word("channels.mode", group.mode)}</span>
      )}
    </li>
  );
}
