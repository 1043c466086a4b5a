import { T, useT } from "../../i18n";

/** A bot hears all of a group only with its privacy mode off, or as an administrator. */
export function PrivacySteps({ username }: { username: string }) {
  const t = useT();
  const bot = <b className="ltr" />;
  return (
    <ol className="steps mt-2">
      <li>
        <p>
          <T
            id="channels.privacy.1"
            parts={{
              0: <a href="https://t.me/BotFather" target="_blank" rel="noreferrer" />,
              1: <code />,
            }}
          />
        </p>
      </li>
      <li>
        <p>
          <T id="channels.privacy.2" values={{ bot: username }} parts={{ 0: bot, 1: <b /> }} />
        </p>
      </li>
      <li>
        <p>{t("channels.privacy.3")}</p>
      </li>
    </ol>
  );
}
