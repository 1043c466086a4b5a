import { useState } from "react";
import type { Settings } from "../../api/contract";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { DangerDialog, Field, Option } from "../../ui";
import { inYears, KEPT, withCurrent } from "./queries";
import { useChange } from "./useChange";

/** Longer is harmless and done at once; shorter deletes, so it asks first. */
export function Kept({ settings }: { settings: Settings }) {
  const t = useT();
  const { change, busy, error } = useChange(settings);
  const [shorter, setShorter] = useState<number | null>(null);
  const words = (days: number) => {
    const { count, years } = inYears(days);
    return t(years ? "settings.years" : "settings.days", { count });
  };
  const set = (days: number, done?: () => void) =>
    change({ retention_days: days }, t("settings.kept.set", { time: words(days) }), done);
  return (
    <Option title={t("settings.kept")} about={t("settings.kept.about")}>
      <Field
        label={t("settings.kept.chats")}
        hint={t("settings.kept.hint")}
        error={fieldErrors(error).retention_days?.message}
      >
        {(control) => (
          <select
            {...control}
            className="input narrow"
            value={settings.retention_days}
            onChange={(event) => {
              const days = Number(event.target.value);
              if (days < settings.retention_days) setShorter(days);
              else set(days);
            }}
          >
            {withCurrent(KEPT, settings.retention_days).map((days) => (
              <option key={days} value={days}>
                {words(days)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {shorter !== null && (
        <DangerDialog
          title={t("settings.kept.ask", { time: words(shorter) })}
          keep={t("settings.kept.keep", { time: words(settings.retention_days) })}
          act={t("settings.kept.act")}
          busy={busy}
          onClose={() => setShorter(null)}
          onAct={() => set(shorter, () => setShorter(null))}
        >
          <p>{t("settings.kept.effect", { time: words(shorter) })}</p>
          <p className="two">{t("settings.kept.stays")}</p>
        </DangerDialog>
      )}
    </Option>
  );
}
