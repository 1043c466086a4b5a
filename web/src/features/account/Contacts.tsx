import { type FormEvent, useState } from "react";
import { fieldErrors } from "../../api/problem";
import { useUpdateMe } from "../../api/session";
import { useT } from "../../i18n";
import { useSession } from "../../lib/session";
import { Button } from "../../ui/Button";
import { Sec } from "../../ui/bits";
import { Field } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { useFieldText, useProblemText } from "../../ui/problem-text";
import { toast } from "../../ui/Toast";

/** How the platform reaches this person. */
export function Contacts() {
  const t = useT();
  const text = useProblemText();
  const fieldText = useFieldText();
  const { me } = useSession();
  const update = useUpdateMe();
  const [whatsapp, setWhatsapp] = useState(me.account.whatsapp_number);
  const [telegram, setTelegram] = useState(me.account.telegram_username);
  const errors = fieldErrors(update.error);
  const changed = whatsapp !== me.account.whatsapp_number || telegram !== me.account.telegram_username;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!changed || update.isPending) return;
    update.mutate(
      { whatsapp_number: whatsapp.trim(), telegram_username: telegram.trim().replace(/^@/, "") },
      { onSuccess: () => toast(t("account.contacts.saved")) },
    );
  };
  return (
    <Sec title={t("account.contacts")} about={t("account.contacts.about")}>
      <form className="stack gap-3" onSubmit={submit} noValidate>
        <Field
          label={t("signup.whatsapp")}
          error={errors.whatsapp_number && fieldText(errors.whatsapp_number)}
        >
          {(control) => (
            <input
              {...control}
              dir="ltr"
              inputMode="tel"
              autoComplete="tel"
              value={whatsapp}
              onChange={(event) => setWhatsapp(event.target.value)}
            />
          )}
        </Field>
        <Field
          label={t("signup.telegram")}
          error={errors.telegram_username && fieldText(errors.telegram_username)}
        >
          {(control) => (
            <input
              {...control}
              dir="ltr"
              autoCapitalize="none"
              spellCheck={false}
              value={telegram}
              onChange={(event) => setTelegram(event.target.value)}
            />
          )}
        </Field>
        {update.error && Object.keys(errors).length === 0 && <Note tone="failed">{text(update.error)}</Note>}
        <div className="row">
          <Button
            type="submit"
            busy={update.isPending}
            why={changed ? undefined : t("account.contacts.same")}
          >
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Sec>
  );
}
