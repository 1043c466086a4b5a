import { useMemo } from "react";
import { useT } from "../../i18n";
import { zones } from "../../lib/format";
import { Field } from "../../ui";

export function ZoneField(props: {
  value: string;
  onChange: (zone: string) => void;
  error: string | undefined;
}) {
  const t = useT();
  const all = useMemo(() => {
    const known = zones();
    return known.includes(props.value) ? known : [props.value, ...known];
  }, [props.value]);
  return (
    <Field label={t("panels.zone")} hint={t("panels.zone_hint")} error={props.error}>
      {(control) => (
        <select {...control} value={props.value} onChange={(event) => props.onChange(event.target.value)}>
          {all.map((zone) => (
            <option key={zone} value={zone}>
              {zone.replaceAll("_", " ")}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
