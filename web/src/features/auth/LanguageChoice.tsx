import { useLingui } from "@lingui/react";
import { LOCALES, setLocale, useT } from "../../i18n";

/** Before there is an account: the choice is kept on this device. */
export function LanguageChoice() {
  const t = useT();
  const { i18n } = useLingui();
  return (
    <div className="langs" role="group" aria-label={t("common.language")}>
      {LOCALES.map((locale) => (
        <button
          key={locale.id}
          type="button"
          lang={locale.id}
          aria-pressed={i18n.locale === locale.id}
          onClick={() => void setLocale(locale.id)}
        >
          {locale.name}
        </button>
      ))}
    </div>
  );
}
