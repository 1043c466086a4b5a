import { useState } from "react";
import type { AdminUser, Micros } from "../../api/contract";
import { useT } from "../../i18n";
import { useFormat } from "../../lib/session";
import { Button } from "../../ui/Button";
import { Seg } from "../../ui/bits";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { toMicros } from "./credits";

/** Says before what will be after; the button names the amount. */
export function CreditsDialog(props: {
  user: AdminUser;
  busy: boolean;
  error: string | null;
  onClose: () => void;
  onAct: (micros: Micros, reason: string) => void;
}) {
  const t = useT();
  const format = useFormat();
  const balance = props.user.balance ?? 0;
  const [way, setWay] = useState<"add" | "deduct">("add");
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const micros = toMicros(amount);
  const signed = micros === null ? null : way === "add" ? micros : -micros;
  const tooMuch = signed !== null && balance + signed < 0;
  const amountError = tooMuch
    ? t("admin.credits.amount.much", { balance: format.credits(balance) })
    : micros === null && (tried || amount !== "")
      ? t("admin.credits.amount.bad")
      : undefined;
  return (
    <Dialog
      title={t("admin.credits.title", { name: props.user.username })}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("admin.ask.keep")}</Button>
          <Button
            go
            danger={way === "deduct"}
            busy={props.busy}
            onClick={() => {
              setTried(true);
              if (signed !== null && !tooMuch && reason.trim() !== "") props.onAct(signed, reason.trim());
            }}
          >
            {micros === null
              ? t("admin.credits.save")
              : t(way === "add" ? "admin.credits.do_add" : "admin.credits.do_deduct", {
                  amount: format.credits(micros),
                })}
          </Button>
        </>
      }
    >
      <p>{t("admin.credits.now", { balance: format.credits(balance) })}</p>
      <Seg
        label={t("admin.credits.direction")}
        value={way}
        options={[
          { value: "add", label: t("admin.credits.add") },
          { value: "deduct", label: t("admin.credits.deduct") },
        ]}
        onChange={setWay}
      />
      <Field
        label={t("admin.credits.amount")}
        error={amountError}
        hint={
          signed !== null
            ? t("admin.credits.after", { balance: format.credits(balance + signed) })
            : undefined
        }
      >
        {(control) => (
          <input
            {...control}
            inputMode="decimal"
            autoComplete="off"
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
          />
        )}
      </Field>
      <Field
        label={t("admin.ask.reason")}
        hint={t("admin.credits.reason.hint")}
        error={props.error ?? (tried && reason.trim() === "" ? t("admin.ask.reason.need") : undefined)}
      >
        {(control) => (
          <textarea
            {...control}
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}
