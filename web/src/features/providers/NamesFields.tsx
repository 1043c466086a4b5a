// The names behind an alias: typed as the panel writes them, or picked from those that orders name, by their first letters.
import type { FieldError, Unrouted } from "../../api/contract";
import { useT } from "../../i18n";
import { Field } from "../../ui";

/** The first complaint about any name. */
export function firstOf(errors: Record<string, FieldError>): string | undefined {
  const at = Object.keys(errors).find((field) => field === "names" || field.startsWith("names["));
  return at && errors[at]?.message;
}

export function NamesFields(props: {
  typed: string;
  onTyped: (text: string) => void;
  found: Unrouted[];
  picked: readonly string[];
  onPicked: (keys: string[]) => void;
  error: string | undefined;
}) {
  const t = useT();
  return (
    <>
      <Field label={t("providers.names")} hint={t("providers.names_hint")} error={props.error}>
        {(control) => (
          <textarea
            {...control}
            className="input mono"
            rows={3}
            value={props.typed}
            spellCheck={false}
            autoCapitalize="none"
            onChange={(event) => props.onTyped(event.target.value)}
          />
        )}
      </Field>
      {props.found.length > 0 && (
        <fieldset className="stack">
          <legend className="lab">{t("providers.pick_found")}</legend>
          {props.found.slice(0, 20).map((row) => (
            <label key={row.key} className="check">
              <input
                type="checkbox"
                checked={props.picked.includes(row.key)}
                onChange={(event) =>
                  props.onPicked(
                    event.target.checked
                      ? [...props.picked, row.key]
                      : props.picked.filter((key) => key !== row.key),
                  )
                }
              />
              <span>
                <span className="mono">{row.masked_name}</span>{" "}
                <span className="mut">{t("providers.found_orders", { count: row.orders })}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}
