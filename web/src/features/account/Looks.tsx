import { useMemo } from "react";
import { useUpdateMe } from "../../api/session";
import { LOCALES, useT } from "../../i18n";
import { zones } from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { useFormat, useSession } from "../../lib/session";
import { Sec, Seg } from "../../ui/bits";
import { Field } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { useProblemText } from "../../ui/problem-text";

/** At once, and undone when the server refuses. */
export function Looks() {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const text = useProblemText();
  const { me } = useSession();
  const update = useUpdateMe();
  const all = useMemo(() => {
    const known = zones();
    return known.includes(me.account.time_zone) ? known : [me.account.time_zone, ...known];
  }, [me.account.time_zone]);
  return (
    <Sec title={t("account.looks")}>
      <div className="stack gap-4">
        <div className="field">
          <span className="lab">{t("common.language")}</span>
          <Seg
            label={t("common.language")}
            full
            value={me.account.locale}
            options={LOCALES.map((locale) => ({
              value: locale.id,
              label: <span lang={locale.id}>{locale.name}</span>,
            }))}
            onChange={(locale) => update.mutate({ locale })}
          />
          {me.account.locale === "ne" && <p className="hint">{t("account.unreviewed")}</p>}
        </div>
        <div className="field">
          <span className="lab">{t("shell.theme")}</span>
          <Seg
            label={t("shell.theme")}
            full
            value={me.account.theme}
            options={[
              { value: "system", label: t("shell.theme.system") },
              { value: "light", label: t("shell.theme.light") },
              { value: "dark", label: t("shell.theme.dark") },
            ]}
            onChange={(theme) => update.mutate({ theme })}
          />
        </div>
        <Field label={t("account.zone")} hint={t("account.zone.hint", { now: format.weekday(now) })}>
          {(control) => (
            <select
              {...control}
              value={me.account.time_zone}
              onChange={(event) => update.mutate({ time_zone: event.target.value })}
            >
              {all.map((zone) => (
                <option key={zone} value={zone}>
                  {zone.replaceAll("_", " ")}
                </option>
              ))}
            </select>
          )}
        </Field>
        {update.error && <Note tone="failed">{text(update.error)}</Note>}
      </div>
    </Sec>
  );
}
