// One customer: the usernames that say which orders are theirs, and the people who write for them.
import { useMutation, useQuery } from "@tanstack/react-query";
import { ListChecks, UserPlus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import type { CustomerRow, Id, IdentityRow } from "../../api/contract";
import { panelNamesQuery } from "../../api/panel-names";
import { fieldErrors } from "../../api/problem";
import { useT, useWord } from "../../i18n";
import { useNow } from "../../lib/hooks";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { PageLink } from "../../shell/PageLink";
import {
  Button,
  DangerDialog,
  Field,
  Loaded,
  Note,
  Refusal,
  Sec,
  SidePanel,
  SkeletonLines,
  Time,
  toast,
  useProblemText,
} from "../../ui";
import { useLinking, useRefreshCustomers } from "./linking";
import { ChannelIcon, CustomerState } from "./parts";
import { customerQuery, isMuted, senderName } from "./queries";
import { RenameDialog } from "./RenameDialog";

export function CustomerPanel(props: { id: Id; onClose: () => void; onUnlinked: () => void }) {
  const t = useT();
  const { tenant } = useTenant();
  const { can } = useSession();
  const query = useQuery(customerQuery(tenant, props.id));
  const customer = query.data;
  return (
    <SidePanel
      label={customer ? t("customers.panel.label", { name: customer.name }) : t("customers.loading")}
      title={customer ? <bdi>{customer.name}</bdi> : t("customers.customer")}
      onClose={props.onClose}
      actions={customer && <CustomerState customer={customer} box />}
      footer={customer && can("customers.manage") && <Foot customer={customer} onClose={props.onClose} />}
    >
      <Loaded query={query} skeleton={<SkeletonLines label={t("customers.loading")} lines={10} />}>
        {(row) => <Detail customer={row} onUnlinked={props.onUnlinked} />}
      </Loaded>
    </SidePanel>
  );
}

function Detail({ customer, onUnlinked }: { customer: CustomerRow; onUnlinked: () => void }) {
  const t = useT();
  const format = useFormat();
  const { can } = useSession();
  const { unlink, unmute, takeName } = useLinking();
  const why = can("customers.manage") ? undefined : t("customers.role_why");
  return (
    <>
      {why && <p className="hint">{why}</p>}
      <dl className="dl">
        <dt>{t("customers.open_requests")}</dt>
        <dd>
          {customer.open_requests > 0 ? (
            <PageLink to="/requests" search={{ customer: customer.id }}>
              {t("customers.open_count", { count: customer.open_requests })}
            </PageLink>
          ) : (
            t("common.none")
          )}
        </dd>
        <dt>{t("customers.last_wrote")}</dt>
        <dd>
          <Time at={customer.last_seen_at} />
        </dd>
        <dt>{t("customers.since")}</dt>
        <dd title={format.exact(customer.created_at)}>{format.day(customer.created_at)}</dd>
      </dl>
      <Sec level={3} title={t("customers.usernames")} about={t("customers.usernames.about")}>
        {customer.links.length > 0 && (
          <ul className="lines">
            {customer.links.map((link) => (
              <li key={`${link.panel} ${link.username}`}>
                <div className="grow">
                  <p className="ltr-line">{link.username}</p>
                  <p className="mut sm">{link.panel_name}</p>
                </div>
                <Button
                  bare
                  why={why}
                  whyHidden
                  label={t("customers.unlink_name", { username: link.username })}
                  busy={
                    takeName.isPending &&
                    takeName.variables.username === link.username &&
                    takeName.variables.panel === link.panel
                  }
                  onClick={() => takeName.mutate({ customer, panel: link.panel, username: link.username })}
                >
                  {t("customers.unlink")}
                </Button>
              </li>
            ))}
          </ul>
        )}
        {can("customers.manage") ? (
          <AddUsername customer={customer} />
        ) : (
          customer.links.length === 0 && <p className="mut">{t("common.none")}</p>
        )}
      </Sec>
      <Sec level={3} title={t("customers.writes_from")}>
        {customer.identities.length > 0 ? (
          <ul className="lines">
            {customer.identities.map((sender) => (
              <Sender
                key={sender.id}
                sender={sender}
                why={why}
                busy={
                  (unlink.isPending && unlink.variables.sender.id === sender.id) ||
                  (unmute.isPending && unmute.variables.id === sender.id)
                }
                onUnlink={() => unlink.mutate({ sender, customer })}
                onUnmute={() => unmute.mutate(sender)}
              />
            ))}
          </ul>
        ) : (
          <div className="stack">
            <p className="two">{t("customers.nobody_writes")}</p>
            <div>
              <Button icon={UserPlus} onClick={onUnlinked}>
                {t("customers.see_unlinked")}
              </Button>
            </div>
          </div>
        )}
      </Sec>
    </>
  );
}

function Sender(props: {
  sender: IdentityRow;
  why: string | undefined;
  busy: boolean;
  onUnlink: () => void;
  onUnmute: () => void;
}) {
  const t = useT();
  const word = useWord();
  const format = useFormat();
  const now = useNow();
  const { sender } = props;
  const muted = isMuted(sender, now);
  return (
    <li>
      <ChannelIcon channel={sender.channel} />
      <div className="grow">
        <p className="cut">
          <bdi>{senderName(sender)}</bdi>
        </p>
        <p className="mut sm">
          <span className="id">{sender.network_id}</span>
          {sender.proof && ` · ${word("customers.proof", sender.proof)}`}
          {sender.linked_at && `, ${format.day(sender.linked_at)}`}
        </p>
        {muted && sender.muted_until && (
          <p className="sm">{t("customers.muted_until", { time: format.short(sender.muted_until) })}</p>
        )}
      </div>
      {muted && (
        <Button why={props.why} whyHidden busy={props.busy} onClick={props.onUnmute}>
          {t("customers.unmute")}
        </Button>
      )}
      <Button
        bare
        why={props.why}
        whyHidden
        busy={props.busy}
        label={t("customers.unlink_name", { username: senderName(sender) })}
        onClick={props.onUnlink}
      >
        {t("customers.unlink")}
      </Button>
    </li>
  );
}

function AddUsername({ customer }: { customer: CustomerRow }) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const panels = useQuery(panelNamesQuery(tenant));
  const { addName } = useLinking();
  const [panel, setPanel] = useState("");
  const [username, setUsername] = useState("");
  const names = panels.data ?? [];
  const errors = fieldErrors(addName.error);
  const problem =
    errors.username?.message ?? errors.panel?.message ?? (addName.isError ? text(addName.error) : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (username.trim() === "" || addName.isPending) return;
    addName.mutate(
      { customer, panel: panel || (names[0]?.id ?? ""), username: username.trim() },
      {
        onSuccess: () => {
          toast(t("customers.name_added", { username: username.trim(), name: customer.name }));
          setUsername("");
        },
      },
    );
  };
  if (names.length === 0) return panels.isSuccess ? <p className="two">{t("customers.no_panel")}</p> : null;
  return (
    <form onSubmit={submit} className="name-row add-name">
      {names.length > 1 && (
        <Field label={t("customers.panel")}>
          {(control) => (
            <select
              {...control}
              value={panel || names[0]?.id}
              onChange={(event) => setPanel(event.target.value)}
            >
              {names.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Field
        className="grow"
        label={
          names.length === 1
            ? t("customers.username_on", { panel: names[0]?.name ?? "" })
            : t("customers.username")
        }
        error={problem}
      >
        {(control) => (
          <div className="with">
            <input
              {...control}
              dir="ltr"
              value={username}
              maxLength={80}
              autoCapitalize="none"
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => {
                setUsername(event.target.value);
                if (addName.isError) addName.reset();
              }}
            />
            <Button type="submit" busy={addName.isPending}>
              {t("customers.add_username")}
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}

function Foot({ customer, onClose }: { customer: CustomerRow; onClose: () => void }) {
  const t = useT();
  const { tenant } = useTenant();
  const refresh = useRefreshCustomers();
  const [open, setOpen] = useState<"rename" | "delete" | null>(null);
  const remove = useMutation({
    mutationFn: () => api.delete(`/tenants/${tenant}/customers/${customer.id}`),
    onSuccess: () => {
      toast(t("customers.removed", { name: customer.name }));
      onClose();
      void refresh();
    },
  });
  return (
    <>
      <PageLink className="btn" to="/requests" search={{ customer: customer.id, view: "all" }}>
        <ListChecks className="i" aria-hidden="true" />
        {t("customers.see_requests")}
      </PageLink>
      <Button bare onClick={() => setOpen("rename")}>
        {t("customers.rename")}
      </Button>
      <Button danger className="end" onClick={() => setOpen("delete")}>
        {t("customers.remove")}
      </Button>
      {open === "rename" && <RenameDialog customer={customer} onClose={() => setOpen(null)} />}
      {open === "delete" && (
        <DangerDialog
          title={t("customers.remove_title", { name: customer.name })}
          keep={t("customers.keep")}
          act={t("customers.remove")}
          busy={remove.isPending}
          error={<Refusal error={remove.error} />}
          onClose={() => setOpen(null)}
          onAct={() => remove.mutate()}
        >
          <p>
            {t("customers.remove_text", {
              names: customer.links.length,
              senders: customer.identities.length,
            })}
          </p>
          {customer.open_requests > 0 && (
            <Note tone="person">
              <p>{t("customers.remove_open", { count: customer.open_requests })}</p>
            </Note>
          )}
        </DangerDialog>
      )}
    </>
  );
}
