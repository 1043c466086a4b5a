// One group: what the bot does there, for whom people in it act, and who they are.
import { type UseQueryResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MessageCircle, Users } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client";
import type { ChatRow, GroupMember, GroupMembers } from "../../api/contract";
import { keys } from "../../api/keys";
import { T, useT } from "../../i18n";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { PageLink } from "../../shell/PageLink";
import {
  Button,
  Empty,
  Loaded,
  Note,
  Sec,
  SkeletonLines,
  State,
  Time,
  toast,
  useProblemText,
} from "../../ui";
import { ActsAsDialog } from "./ActsAsDialog";
import { ModeChoice } from "./ModeChoice";
import { membersOfQuery } from "./queries";

export function GroupDetail({ query }: { query: UseQueryResult<ChatRow> }) {
  const t = useT();
  return (
    <Loaded query={query} skeleton={<SkeletonLines label={t("common.loading")} lines={6} />}>
      {(chat) => <Detail chat={chat} />}
    </Loaded>
  );
}

function Detail({ chat }: { chat: ChatRow }) {
  const t = useT();
  const { tenant } = useTenant();
  const { can } = useSession();
  const members = useQuery({ ...membersOfQuery(tenant, chat.id), enabled: can("inbox.read") });
  return (
    <>
      {chat.lost_reason && (
        <Note tone="failed">
          <p>
            <b>{t("channels.lost")}</b> {chat.lost_reason}
          </p>
          <p className="two">{t("channels.lost_do")}</p>
        </Note>
      )}
      {chat.party === "provider" ? (
        <Note>
          <p>{t("channels.provider_group")}</p>
          <p>
            <PageLink to="/providers">{t("channels.to_providers")}</PageLink>
          </p>
        </Note>
      ) : (
        <div className="stack">
          <div className="row">
            <ModeChoice group={chat} />
          </div>
          <p className="two">{t(`channels.mode_about.${chat.mode}`)}</p>
        </div>
      )}
      {chat.party === "customer" && <ActsAs chat={chat} {...(members.data && { members: members.data })} />}
      {can("inbox.read") && (
        <Sec
          title={t("channels.members")}
          about={members.data?.members.length ? members.data.members.length : undefined}
          level={3}
        >
          <Loaded query={members} skeleton={<SkeletonLines label={t("common.loading")} />} small>
            {({ members: seen }) =>
              seen.length === 0 ? (
                <Empty icon={Users} title={t("channels.no_members")} level={3}>
                  {t("channels.no_members_text")}
                </Empty>
              ) : (
                <ul className="lines">
                  {seen.map((member) => (
                    <Member key={member.id} member={member} provider={chat.party === "provider"} />
                  ))}
                </ul>
              )
            }
          </Loaded>
        </Sec>
      )}
      {chat.last && (
        <Sec title={t("channels.last_said")} level={3}>
          <p className="quote">{chat.last.text}</p>
          <p className="row mut sm mt-2">
            <Time at={chat.last.at} />
            <PageLink to="/inbox" search={{ chat: chat.id }}>
              <MessageCircle className="i s" aria-hidden="true" /> {t("channels.to_inbox")}
            </PageLink>
          </p>
        </Sec>
      )}
    </>
  );
}

function Member({ member, provider }: { member: GroupMember; provider: boolean }) {
  const t = useT();
  return (
    <li>
      <div className="grow">
        <p className="cut">{member.display_name}</p>
        <p className="mut sm">
          {t("channels.member_since")} <Time at={member.since} as="short" />
        </p>
      </div>
      <span className="stack gap-1 justify-items-end">
        {!provider &&
          (member.customer ? (
            <State tone="done">{t("channels.member_is", { name: member.customer.name })}</State>
          ) : (
            <State tone="off">{t("channels.member_nobody")}</State>
          ))}
        {member.is_late && (
          <State tone="wait" title={t("channels.late_why")}>
            {t("channels.late")}
          </State>
        )}
      </span>
    </li>
  );
}

function ActsAs({ chat, members }: { chat: ChatRow; members?: GroupMembers }) {
  const t = useT();
  const text = useProblemText();
  const format = useFormat();
  const { tenant } = useTenant();
  const { can } = useSession();
  const client = useQueryClient();
  const [choosing, setChoosing] = useState(false);
  const set = useMutation({
    mutationFn: (customer: string | null) =>
      api.put<GroupMembers>(`/tenants/${tenant}/chats/${chat.id}/acts-as`, { customer }),
    onSuccess: () =>
      Promise.all(
        (["channels", "chats", "customers"] as const).map((area) =>
          client.invalidateQueries({ queryKey: keys.tenant(tenant, area) }),
        ),
      ),
    onError: (error) => toast(text(error)),
  });
  const who = chat.customer;
  const late = members?.members.filter((each) => each.is_late).length ?? 0;
  return (
    <Sec title={t("channels.who_asks")} level={3}>
      <div className="stack gap-3">
        {who ? (
          <>
            <p>
              <T id="channels.acts_as_one" values={{ name: who.name }} parts={{ 0: <b /> }} />{" "}
              {members?.since && t("channels.acts_since", { when: format.short(members.since) })}
            </p>
            <p className="two">
              {late > 0 ? t("channels.acts_late", { count: late }) : t("channels.acts_later")}
            </p>
          </>
        ) : (
          <p className="two">{t("channels.acts_each")}</p>
        )}
        {can("channels.manage") && (
          <div className="acts-row">
            {can("customers.read") && (
              <Button onClick={() => setChoosing(true)}>
                {who ? t("channels.acts_change") : t("channels.acts_choose")}
              </Button>
            )}
            {who && (
              <Button
                busy={set.isPending}
                onClick={() =>
                  set.mutate(null, {
                    onSuccess: () =>
                      toast(t("channels.acts_ended", { title: chat.title }), () => set.mutate(who.id)),
                  })
                }
              >
                {t("channels.acts_end")}
              </Button>
            )}
          </div>
        )}
      </div>
      {choosing && <ActsAsDialog chat={chat} onClose={() => setChoosing(false)} />}
    </Sec>
  );
}
