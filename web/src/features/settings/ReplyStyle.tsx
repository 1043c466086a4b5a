import type { Settings } from "../../api/contract";
import { useT } from "../../i18n";
import { useFormat } from "../../lib/session";
import { Choice, Option } from "../../ui";
import { useChange } from "./useChange";

const STYLES: Settings["reply_style"][] = ["auto", "grouped", "per_order"];

/** A choice shows its price beside it: replies, credits and how long the last of a hundred orders waits. */
export function ReplyStyle({ settings }: { settings: Settings }) {
  const t = useT();
  const format = useFormat();
  const { change } = useChange(settings);
  const took = (seconds: number) =>
    seconds < 90
      ? t("settings.seconds", { count: seconds })
      : t("settings.minutes_about", { count: Math.round(seconds / 60) });
  return (
    <Option title={t("settings.style")} about={t("settings.style.about")}>
      <div className="stack" role="radiogroup" aria-label={t("settings.style")}>
        {STYLES.map((style) => {
          const cost = settings.style_costs.find((each) => each.style === style);
          return (
            <Choice
              key={style}
              name="reply_style"
              value={style}
              checked={settings.reply_style === style}
              onChoose={() =>
                change(
                  { reply_style: style },
                  t("settings.style.set", { style: t(`settings.style.${style}`) }),
                )
              }
              title={t(`settings.style.${style}`)}
              end={
                cost &&
                t("settings.style.cost", {
                  count: cost.replies_for_100,
                  credits: format.credits(cost.cost_for_100),
                  time: took(cost.seconds_for_100),
                })
              }
            >
              {t(`settings.style.${style}.about`)}
            </Choice>
          );
        })}
        <p className="hint">{t("settings.style.foot")}</p>
      </div>
    </Option>
  );
}
