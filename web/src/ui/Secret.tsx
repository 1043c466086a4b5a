// Dots until an owner presses; the value is fetched then, never before, hides again, and each showing is in the log.
import { Eye, EyeOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useT } from "../i18n";
import { toast } from "./Toast";

const HIDE_AFTER_MS = 20_000;

export function Secret(props: { label: string; reveal: () => Promise<string> }) {
  const t = useT();
  const [value, setValue] = useState<string | null>(null);
  useEffect(() => {
    if (value === null) return;
    const timer = setTimeout(() => setValue(null), HIDE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return (
    <button
      type="button"
      className="secret"
      data-v={value ?? undefined}
      aria-pressed={value !== null}
      aria-label={
        value === null
          ? t("common.secret.show", { what: props.label })
          : t("common.secret.hide", { what: props.label, value })
      }
      onClick={async () => {
        if (value !== null) {
          setValue(null);
          return;
        }
        try {
          setValue(await props.reveal());
        } catch {
          toast(t("common.secret.failed"));
        }
      }}
    >
      {value === null ? (
        <Eye className="i s" aria-hidden="true" />
      ) : (
        <EyeOff className="i s" aria-hidden="true" />
      )}
    </button>
  );
}
