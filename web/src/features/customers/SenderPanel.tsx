// One sender: whose are they? A press on a customer links at once; the toast takes it back.
import { useQuery } from "@tanstack/react-query";
import { BellOff, Link as LinkIcon, UserPlus } from "lucide-react";
import { useState } from "react";
import type { CustomerRow, Id, IdentityRow } from "../../api/contract";
import { useT, useWord } from "../../i18n";
import { useNow } from "../../lib/hooks";
import { useFormat, useSession, useTenant } from "../../lib/session";
import {
  Button,
  CopyId,
  Empty,
  Loaded,
  Note,
  SearchField,
  Sec,
  SidePanel,
  SkeletonLines,
  Time,
} from "../../ui";
import { useLinking } from "./linking";
import { NewCustomerDialog } from "./NewCustomerDialog";
import { ChannelIcon, SenderState } from "./parts";
import { customersQuery, isMuted, senderName, sendersQuery } from "./queries";
import type { CustomersSearch } from "./search";

export function SenderPanel(props: {
  search: CustomersSearch;
  onClose: () => void;
  onCustomer: (id: Id) => void;
}) {
  const t = useT();
  const { tenant } = useTenant();
  const { view, q, after, who } = props.search;
  const list = useQuery(sendersQuery(tenant, view === "unlinked", q, after));
  const sender = list.data?.items.find((row) => row.id === who);
  return (
    <SidePanel
      label={sender ? t("customers.sender.label", { who: senderName(sender) }) : t("customers.loading")}
      title={sender ? <bdi>{senderName(sender)}</bdi> : t("customers.who")}
      onClose={props.onClose}
      actions={sender && <SenderState sender={sender} box />}
    >
      <Loaded query={list} skeleton={<SkeletonLines label={t("customers.loading")} lines={8} />}>
        {() =>
          sender ? (
            <Sender sender={sender} onClose={props.onClose} onCustomer={props.onCustomer} />
          ) : (
            <Empty icon={LinkIcon} title={t("customers.sender.gone")} level={3}>
              {t("customers.sender.gone_text")}
            </Empty>
          )
        }
      </Loaded>
    </SidePanel>
  );
}

function Sender({
  sender,
  onClose,
  onCustomer,
}: {
  sender: IdentityRow;
  onClose: () => void;
  onCustomer: (id: Id) => void;
}) {
  const t = useT();
  const word = useWord();
  const format = useFormat();
  const now = useNow();
  const { can } = useSession();
  const { link, unlink, unmute } = useLinking();
  const why = can("customers.manage") ? undefined : t("customers.role_why");
  const muted = isMuted(sender, now);
  return (
    <>
      {why && <p className="hint">{why}</p>}
      <dl className="dl">
        <dt>{t("customers.sender.on")}</dt>
        <dd>
          <ChannelIcon channel={sender.channel} /> {t(`common.channel.${sender.channel}`)}
        </dd>
        <dt>{t("customers.network_id")}</dt>
        <dd>
          <CopyId id={sender.network_id} />
        </dd>
        <dt>{t("customers.last_wrote")}</dt>
        <dd>
          <Time at={sender.last_seen_at} />
        </dd>
        <dt>{t("customers.misses")}</dt>
        <dd>
          {format.number(sender.misses)} <span className="mut">{t("customers.misses_short")}</span>
        </dd>
      </dl>
      {muted && (
        <Note icon={BellOff}>
          <div className="row">
            <p className="grow">{t("customers.muted_text")}</p>
            <Button busy={unmute.isPending} why={why} whyHidden onClick={() => unmute.mutate(sender)}>
              {t("customers.unmute")}
            </Button>
          </div>
        </Note>
      )}
      {sender.customer ? (
        <Sec level={3} title={t("customers.sender.whose")}>
          <ul className="lines">
            <li>
              <div className="grow">
                <button
                  type="button"
                  className="linklike"
                  onClick={() => sender.customer && onCustomer(sender.customer.id)}
                >
                  <bdi>{sender.customer.name}</bdi>
                </button>
                <p className="mut sm">
                  {sender.proof && word("customers.proof", sender.proof)}
                  {sender.linked_at && (
                    <>
                      {" · "}
                      <Time at={sender.linked_at} as="short" />
                    </>
                  )}
                </p>
              </div>
              <Button
                bare
                busy={unlink.isPending}
                why={why}
                whyHidden
                onClick={() => sender.customer && unlink.mutate({ sender, customer: sender.customer })}
              >
                {t("customers.unlink")}
              </Button>
            </li>
          </ul>
        </Sec>
      ) : (
        <Candidates
          sender={sender}
          why={why}
          busy={link.isPending ? link.variables.customer.id : null}
          onLink={(customer) => link.mutate({ sender, customer, done: onClose })}
        />
      )}
    </>
  );
}

/** Customers to choose from: those with a name like theirs first, or what is searched for. */
function Candidates(props: {
  sender: IdentityRow;
  why: string | undefined;
  busy: Id | null;
  onLink: (customer: CustomerRow) => void;
}) {
  const t = useT();
  const { tenant } = useTenant();
  const [q, setQ] = useState("");
  const [adding, setAdding] = useState(false);
  const name = props.sender.display_name.trim();
  const like = useQuery({ ...customersQuery(tenant, name, undefined, 5), enabled: name !== "" });
  const all = useQuery(customersQuery(tenant, q || undefined, undefined, 20));
  const close = q === "" ? (like.data?.items ?? []) : [];
  const known = new Set(close.map((row) => row.id));
  const rows = [...close, ...(all.data?.items ?? []).filter((row) => !known.has(row.id))];
  return (
    <Sec level={3} title={t("customers.sender.whose")} className="whose">
      <div className="stack">
        <p className="two">{t("customers.sender.no_proof")}</p>
        <SearchField label={t("customers.search")} value={q} onSearch={setQ} />
        <Loaded query={all} small skeleton={<SkeletonLines label={t("customers.loading")} />}>
          {() =>
            rows.length === 0 ? (
              <p className="mut">{t(q ? "customers.sender.none_found" : "customers.sender.none")}</p>
            ) : (
              <ul className="lines">
                {rows.map((row) => (
                  <li key={row.id}>
                    <div className="grow">
                      <p className="cut">
                        <bdi>{row.name}</bdi>
                      </p>
                      <p className="mut sm cut">
                        {row.links.length > 0
                          ? row.links.map((each) => each.username).join(", ")
                          : t("customers.state.no_username")}
                      </p>
                    </div>
                    <Button
                      why={props.why}
                      whyHidden
                      busy={props.busy === row.id}
                      label={t("customers.link_to", { name: row.name })}
                      onClick={() => props.busy === null && props.onLink(row)}
                    >
                      {t("customers.link")}
                    </Button>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        {all.data?.next && <p className="mut sm">{t("customers.sender.more")}</p>}
        <div>
          <Button icon={UserPlus} why={props.why} whyHidden onClick={() => setAdding(true)}>
            {t("customers.sender.as_new")}
          </Button>
        </div>
      </div>
      {adding && (
        <NewCustomerDialog
          name={name}
          onClose={() => setAdding(false)}
          onMade={(customer) => {
            setAdding(false);
            props.onLink(customer);
          }}
        />
      )}
    </Sec>
  );
}
