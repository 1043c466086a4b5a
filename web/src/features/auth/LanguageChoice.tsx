import { LOCALES, setLocale, useLocale, useT } from "../../i18n";

/** Before there is an account: the choice is kept on this device. */
export function LanguageChoice() {
  const t = useT();
  const current = useLocale();
  return (
    <div className="langs" role="group" aria-label={t("common.language")}>
      {LOCALES.map((locale) => (
        <button
          key={locale.id}
          type="button"
          lang={locale.id}
          aria-pressed={current === locale.id}
          onClick={() => void setLocale(locale.id)}
        >
          {locale.name}
        </button>
      ))}
    </div>
  );
}
