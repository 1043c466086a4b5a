import { useMemo } from "react";
import type { Settings } from "../../api/contract";
import { fieldErrors } from "../../api/problem";
import { useLocale, useT } from "../../i18n";
import { PageLink } from "../../shell/PageLink";
import { Field, Option } from "../../ui";
import { inWholes, PAUSES, withCurrent } from "./queries";
import { useChange } from "./useChange";

export function Language({ settings }: { settings: Settings }) {
  const t = useT();
  const locale = useLocale();
  const { change, error } = useChange(settings);
  const names = useMemo(() => {
    const own = (tag: string) => new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
    const ours = new Intl.DisplayNames([locale], { type: "language" });
    return (tag: string) => {
      const name = own(tag);
      const told = ours.of(tag) ?? tag;
      return name.toLowerCase() === told.toLowerCase() ? told : `${told} (${name})`;
    };
  }, [locale]);
  return (
    <Option title={t("settings.language")} about={t("settings.language.about")}>
      <div className="stack">
        <Field label={t("settings.language.of")} error={fieldErrors(error).language?.message}>
          {(control) => (
            <select
              {...control}
              className="input narrow"
              value={settings.language}
              onChange={(event) =>
                change(
                  { language: event.target.value },
                  t("settings.language.set", { language: names(event.target.value) }),
                )
              }
            >
              {settings.languages.map((tag) => (
                <option key={tag} value={tag}>
                  {names(tag)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {settings.language === "ne" && <p className="hint">{t("settings.language.unreviewed")}</p>}
        <p>
          <PageLink to="/replies">{t("settings.language.texts")}</PageLink>
        </p>
      </div>
    </Option>
  );
}

export function Pause({ settings }: { settings: Settings }) {
  const t = useT();
  const { change, error } = useChange(settings);
  const words = (minutes: number) => {
    const { count, big } = inWholes(minutes);
    return t(big ? "settings.hours" : "settings.minutes", { count });
  };
  return (
    <Option title={t("settings.pause")} about={t("settings.pause.about")}>
      <Field label={t("settings.pause.for")} error={fieldErrors(error).pause_minutes?.message}>
        {(control) => (
          <select
            {...control}
            className="input narrow"
            value={settings.pause_minutes}
            onChange={(event) =>
              change(
                { pause_minutes: Number(event.target.value) },
                t("settings.pause.set", { time: words(Number(event.target.value)) }),
              )
            }
          >
            {withCurrent(PAUSES, settings.pause_minutes).map((minutes) => (
              <option key={minutes} value={minutes}>
                {words(minutes)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </Option>
  );
}
