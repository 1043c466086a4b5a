import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Id, RequestRow } from "../../api/contract";
import { membersQuery } from "../../api/queries";
import { useT } from "../../i18n";
import { useSession, useTenant } from "../../lib/session";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";

export function AssignDialog(props: {
  rows: RequestRow[];
  busy: boolean;
  onClose: () => void;
  onAssign: (assignee: Id | null, note: string) => void;
}) {
  const t = useT();
  const tenant = useTenant();
  const { me } = useSession();
  const members = useQuery(membersQuery(tenant.tenant));
  const [who, setWho] = useState<string>(
    props.rows.length === 1 ? (props.rows[0]?.assignee?.id ?? me.account.id) : me.account.id,
  );
  const [note, setNote] = useState("");
  const people = members.data ?? [{ id: me.account.id, username: me.account.username }];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!props.busy) props.onAssign(who === "" ? null : who, note.trim());
  };
  return (
    <Dialog
      title={t("requests.assign.title", { count: props.rows.length, id: props.rows[0]?.order_id ?? "" })}
      onClose={props.onClose}
    >
      <form onSubmit={submit} className="stack gap-4">
        <Field label={t("requests.assign.who")}>
          {(control) => (
            <select {...control} value={who} onChange={(event) => setWho(event.target.value)}>
              <option value="">{t("requests.assign.nobody")}</option>
              {people.map((member) => (
                <option key={member.id} value={member.id}>
                  {member.id === me.account.id
                    ? t("requests.assign.me", { name: member.username })
                    : member.username}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("requests.assign.note")} hint={t("requests.assign.note.hint")}>
          {(control) => (
            <textarea
              {...control}
              value={note}
              maxLength={500}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        <footer>
          <Button onClick={props.onClose}>{t("common.cancel")}</Button>
          <Button go type="submit" busy={props.busy}>
            {t("requests.assign")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
