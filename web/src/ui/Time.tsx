import { useT } from "../i18n";
import { useNow } from "../lib/hooks";
import { useFormat } from "../lib/session";

/** Relative or short, with the exact time and zone on hover and for machines. */
export function Time(props: {
  at: string | null;
  as?: "relative" | "short" | "time" | "clock" | "day" | "exact" | "stamp";
}) {
  const format = useFormat();
  const t = useT();
  const now = useNow();
  if (props.at === null) return <span>{t("common.never")}</span>;
  const as = props.as ?? "relative";
  const text = as === "relative" ? format.relative(props.at, now) : format[as](props.at);
  return (
    <time dateTime={props.at} title={`${format.exact(props.at)} (${format.zone})`}>
      {text}
    </time>
  );
}
