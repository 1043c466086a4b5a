import { useState } from "react";
import type { AdminUser } from "../../api/contract";
import { useT } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import type { StateAction } from "./UserPanel";

/** Names the object and the effect, and asks why. */
export function ReasonDialog(props: {
  action: StateAction;
  user: AdminUser;
  busy: boolean;
  error: string | null;
  onClose: () => void;
  onAct: (reason: string) => void;
}) {
  const t = useT();
  const { action, user } = props;
  const [reason, setReason] = useState("");
  const [lacks, setLacks] = useState(false);
  return (
    <Dialog
      title={t(`admin.ask.${action}.title`, { name: user.username })}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("admin.ask.keep")}</Button>
          <Button
            go
            danger={action !== "reinstate"}
            busy={props.busy}
            onClick={() => {
              if (reason.trim() === "") setLacks(true);
              else props.onAct(reason.trim());
            }}
          >
            {t(`admin.do.${action}`)}
          </Button>
        </>
      }
    >
      <p>{t(`admin.ask.${action}.text`, { channels: user.channels })}</p>
      <Field
        label={t("admin.ask.reason")}
        hint={t("admin.ask.reason.hint")}
        error={props.error ?? (lacks ? t("admin.ask.reason.need") : undefined)}
      >
        {(control) => (
          <textarea
            {...control}
            value={reason}
            maxLength={500}
            onChange={(event) => {
              setReason(event.target.value);
              setLacks(false);
            }}
          />
        )}
      </Field>
    </Dialog>
  );
}
