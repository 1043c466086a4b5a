// A message and the answers it has now, kept to be played again after a change of texts or settings.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { TestRun } from "../../api/contract";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { Button, Dialog, Field, Note, useProblemText } from "../../ui";
import { addExample } from "./queries";
import type { Turn } from "./turns";

const MAX_NAME = 80;

export function SaveDialog(props: {
  turn: Turn;
  run: TestRun;
  person: string;
  onClose: () => void;
  onSaved: () => void;
}) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const { turn, run } = props;
  const [name, setName] = useState(() => turn.text.replace(/\s+/g, " ").slice(0, 60));
  const save = useMutation({
    mutationFn: () =>
      addExample(tenant, {
        name: name.trim(),
        text: turn.text,
        customer: turn.customer,
        kind: turn.kind,
        expect_replies: run.replies,
      }),
    onSuccess: props.onSaved,
  });
  const errors = fieldErrors(save.error);
  const [missing, setMissing] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(name.trim() === "");
    if (name.trim() !== "" && !save.isPending && !save.isSuccess) save.mutate();
  };
  const elsewhere = save.isError && !errors.name;
  return (
    <Dialog title={t("room.save_title")} onClose={props.onClose}>
      <form onSubmit={submit} className="stack gap-4" noValidate>
        <p className="two">{t("room.save_about")}</p>
        <Field
          label={t("room.save_name")}
          error={missing && name.trim() === "" ? t("room.save_need_name") : errors.name?.message}
        >
          {(control) => (
            <input
              {...control}
              value={name}
              maxLength={MAX_NAME}
              autoFocus
              onFocus={(event) => event.target.select()}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <div className="stack">
          <p className="lab">
            {turn.kind === "group"
              ? t("room.writes_in_group", { name: props.person })
              : t("room.writes", { name: props.person })}
          </p>
          <blockquote className="quote">{turn.text}</blockquote>
        </div>
        <div className="stack">
          <p className="lab">
            {run.replies.length === 0
              ? t("room.expect_none")
              : t("room.expect", { count: run.replies.length })}
          </p>
          {run.replies.map((reply, at) => (
            <blockquote key={at} className="quote">
              {reply}
            </blockquote>
          ))}
        </div>
        {turn.previous !== undefined && <p className="hint">{t("room.save_alone")}</p>}
        {elsewhere && (
          <Note tone="failed" live>
            <p>{Object.values(errors)[0]?.message ?? text(save.error)}</p>
          </Note>
        )}
        <footer>
          <Button onClick={props.onClose}>{t("common.cancel")}</Button>
          <Button go type="submit" busy={save.isPending}>
            {t("room.save")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
