import { useT } from "../../i18n";
import { useFormat } from "../../lib/session";
import { Field } from "../../ui";
import { PACES, paceOf } from "./queries";

export function usePaceWords() {
  const t = useT();
  const format = useFormat();
  return (ms: number): string => {
    const pace = paceOf(ms);
    if ("seconds" in pace) return t("panels.pace.every", { seconds: format.number(pace.seconds) });
    if (pace.perSecond === 0) return t("panels.pace.free");
    return t("panels.pace.a_second", { count: format.number(pace.perSecond) });
  };
}

/** null: what suits the kind of panel. */
export function PaceField(props: {
  value: number | null;
  onChange: (ms: number | null) => void;
  /** A panel that is there has a pace of its own; a new one may leave it to us. */
  auto?: boolean;
  error: string | undefined;
}) {
  const t = useT();
  const words = usePaceWords();
  const known: readonly number[] = PACES;
  const all =
    props.value === null || known.includes(props.value)
      ? known
      : [...known, props.value].sort((a, b) => a - b);
  return (
    <Field label={t("panels.pace")} hint={t("panels.pace_hint")} error={props.error}>
      {(control) => (
        <select
          {...control}
          value={props.value ?? ""}
          onChange={(event) => props.onChange(event.target.value === "" ? null : Number(event.target.value))}
        >
          {props.auto && <option value="">{t("panels.pace.auto")}</option>}
          {all.map((ms) => (
            <option key={ms} value={ms}>
              {words(ms)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
