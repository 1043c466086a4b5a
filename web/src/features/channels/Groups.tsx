import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronRight, Plus, SearchX, Truck, Users } from "lucide-react";
import { useEffect, useState } from "react";
import type { ChannelCard, GroupRow } from "../../api/contract";
import { useT } from "../../i18n";
import { useDebounced } from "../../lib/hooks";
import { useSession, useTenant } from "../../lib/session";
import { BindGroup } from "../../shell/BindGroup";
import { Button, Empty, Loaded, Sec, SkeletonLines, State, Time } from "../../ui";
import { ModeChoice } from "./ModeChoice";
import { GROUPS_PAGE, groupsQuery } from "./queries";

const MANY = 8;

export function Groups({
  channel,
  q,
  after,
}: {
  channel: ChannelCard;
  q: string | undefined;
  after: string | undefined;
}) {
  const t = useT();
  const navigate = useNavigate();
  const { tenant } = useTenant();
  const { can } = useSession();
  const [typed, setTyped] = useState(q ?? "");
  const [binding, setBinding] = useState(false);
  const wanted = useDebounced(typed.trim(), 250);
  useEffect(() => {
    if (wanted === (q ?? "")) return;
    void navigate({
      to: "/channels",
      search: { open: channel.id, ...(wanted && { q: wanted }) },
      replace: true,
    });
  }, [wanted, q, channel.id, navigate]);
  const groups = useQuery(groupsQuery(tenant, channel.id, { q, after }));
  const { support, silent, off } = channel.groups;
  const all = support + silent + off;
  // The figures leave out providers' groups; the list has them.
  const any = all > 0 || (groups.data?.items.length ?? 0) > 0 || q !== undefined;
  const bind = can("channels.manage") &&
    channel.channel === "telegram_bot" &&
    channel.state !== "disabled" && (
      <Button icon={Plus} onClick={() => setBinding(true)}>
        {t("channels.bind")}
      </Button>
    );
  return (
    <Sec title={t("channels.groups")} end={any && bind} level={3}>
      <div className="stack">
        {any && <p className="mut sm">{t("channels.groups_about")}</p>}
        {(all > MANY || q) && (
          <input
            type="search"
            className="input"
            aria-label={t("channels.find_group")}
            placeholder={t("channels.find_group")}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        <Loaded query={groups} skeleton={<SkeletonLines label={t("common.loading")} />} small>
          {(page) =>
            page.items.length > 0 ? (
              <>
                <ul className={groups.isPlaceholderData ? "lines fading" : "lines"}>
                  {page.items.map((group) => (
                    <Group key={group.id} channel={channel} group={group} />
                  ))}
                </ul>
                {(page.next || after) && (
                  <p className="row sm">
                    {page.next && (
                      <Link
                        to="/channels"
                        search={{ open: channel.id, ...(q && { q }), after: page.next }}
                        className="btn bare"
                      >
                        {t("common.next_page", { count: GROUPS_PAGE })}
                      </Link>
                    )}
                    {after && (
                      <Link
                        to="/channels"
                        search={{ open: channel.id, ...(q && { q }) }}
                        className="btn bare"
                      >
                        {t("channels.first_groups")}
                      </Link>
                    )}
                  </p>
                )}
              </>
            ) : q ? (
              <Empty icon={SearchX} title={t("channels.no_match", { q })} level={3} />
            ) : (
              <Empty icon={Users} title={t("channels.no_groups")} action={bind} level={3}>
                {t("channels.no_groups_text", { bot: channel.username })}
              </Empty>
            )
          }
        </Loaded>
      </div>
      {binding && (
        <BindGroup purpose="customer_group" account={channel.id} onClose={() => setBinding(false)} />
      )}
    </Sec>
  );
}

function Group({ channel, group }: { channel: ChannelCard; group: GroupRow }) {
  const t = useT();
  return (
    <li className="tool">
      <div className="grow">
        <p>
          <Link
            className="quiet-link"
            to="/channels"
            search={(before) => ({ ...before, open: channel.id, group: group.id })}
          >
            {group.title}
            <ChevronRight className="i s flip" aria-hidden="true" />
          </Link>
        </p>
        <p className="mut sm">
          {group.lost_reason ? (
            group.lost_reason
          ) : (
            <>
              <Kind group={group} />
              {" · "}
              {group.last_at ? <Time at={group.last_at} /> : t("channels.nothing_said")}
            </>
          )}
        </p>
      </div>
      {group.lost_reason ? (
        <State tone="failed">{t("channels.lost_short")}</State>
      ) : group.party === "provider" ? (
        <State tone="sent" icon={Truck}>
          {t("channels.forwards")}
        </State>
      ) : (
        <ModeChoice group={group} />
      )}
    </li>
  );
}

function Kind({ group }: { group: GroupRow }) {
  const t = useT();
  if (group.party === "provider")
    return group.provider_alias
      ? t("channels.of_provider", { alias: group.provider_alias })
      : t("channels.party.provider");
  if (group.customer) return t("channels.acts_as", { name: group.customer.name });
  return group.party === "customer" ? t("channels.party.customer") : t("channels.party.none");
}
