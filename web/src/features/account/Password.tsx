import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { api } from "../../api/client";
import { keys } from "../../api/keys";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { type Complaint, passwordComplaint } from "../../lib/password";
import { useSession } from "../../lib/session";
import { Button } from "../../ui/Button";
import { Sec } from "../../ui/bits";
import { Field, PasswordInput } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { useFieldText, useProblemText } from "../../ui/problem-text";
import { toast } from "../../ui/Toast";

export function Password() {
  const t = useT();
  const text = useProblemText();
  const fieldText = useFieldText();
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const { me } = useSession();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [found, setFound] = useState<{ current?: Complaint; new?: Complaint }>({});
  const change = useMutation({
    mutationFn: () => api.post<void>("/me/password", { current, new: next }),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      toast(t("account.password.done"));
      void client.invalidateQueries({ queryKey: keys.sessions });
    },
  });
  const errors = fieldErrors(change.error);
  const errorOf = (name: "current" | "new") => {
    const about = found[name];
    if (about) return t(about.id, about.values);
    return errors[name] && fieldText(errors[name]);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (change.isPending) return;
    const lacks: typeof found = {};
    if (current === "") lacks.current = { id: "account.password.need" };
    const about = passwordComplaint(next, me.account.username);
    if (about) lacks.new = about;
    else if (next === current) lacks.new = { id: "account.password.same" };
    setFound(lacks);
    const first = lacks.current ? "current" : lacks.new ? "new" : null;
    if (first) form.current?.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
    else change.mutate();
  };
  const typed = (set: (value: string) => void) => (value: string) => {
    set(value);
    setFound({});
    if (change.error) change.reset();
  };
  return (
    <Sec title={t("account.password")}>
      <form ref={form} className="stack gap-3" onSubmit={submit} noValidate>
        {/* For password managers: whose password this is. */}
        <input type="hidden" name="username" autoComplete="username" value={me.account.username} readOnly />
        <Field label={t("account.password.current")} error={errorOf("current")}>
          {(control) => (
            <PasswordInput
              control={control}
              name="current"
              autoComplete="current-password"
              value={current}
              onChange={typed(setCurrent)}
            />
          )}
        </Field>
        <Field label={t("account.password.new")} hint={t("account.password.hint")} error={errorOf("new")}>
          {(control) => (
            <PasswordInput
              control={control}
              name="new"
              autoComplete="new-password"
              value={next}
              onChange={typed(setNext)}
            />
          )}
        </Field>
        {change.error && Object.keys(errors).length === 0 && <Note tone="failed">{text(change.error)}</Note>}
        <div className="row">
          <Button type="submit" busy={change.isPending}>
            {t("account.password.change")}
          </Button>
          <span className="hint">{t("account.password.ends")}</span>
        </div>
      </form>
    </Sec>
  );
}
