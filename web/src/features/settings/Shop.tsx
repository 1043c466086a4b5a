import { type FormEvent, useMemo, useState } from "react";
import type { Settings } from "../../api/contract";
import { fieldErrors } from "../../api/problem";
import { useLocale, useT } from "../../i18n";
import { makeFormat, zones } from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { Button, Field, Option } from "../../ui";
import { useChange } from "./useChange";

export function Shop({ settings }: { settings: Settings }) {
  return <Form key={settings.shop_name} settings={settings} />;
}

function Form({ settings }: { settings: Settings }) {
  const t = useT();
  const now = useNow();
  const locale = useLocale();
  const { change, busy, error } = useChange(settings);
  const [name, setName] = useState(settings.shop_name);
  const said = fieldErrors(error);
  const zone = settings.time_zone;
  const all = useMemo(() => {
    const known = zones();
    return known.includes(zone) ? known : [zone, ...known];
  }, [zone]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== settings.shop_name && !busy) change({ shop_name: name.trim() });
  };
  return (
    <Option title={t("settings.shop")} about={t("settings.shop.about")}>
      <div className="grid-2 one-on-phone">
        <form onSubmit={submit} noValidate>
          <Field
            label={t("settings.shop.name")}
            hint={t("settings.shop.name_hint")}
            error={said.shop_name?.message}
          >
            {(control) => (
              <div className="with">
                <input
                  {...control}
                  value={name}
                  maxLength={60}
                  autoComplete="organization"
                  onChange={(event) => setName(event.target.value)}
                />
                <Button
                  type="submit"
                  busy={busy}
                  why={name.trim() === settings.shop_name ? t("settings.shop.same") : undefined}
                  whyHidden
                >
                  {t("common.save")}
                </Button>
              </div>
            )}
          </Field>
        </form>
        <Field
          label={t("settings.zone")}
          hint={t("settings.zone.now", { now: clock(locale, zone, now) })}
          error={said.time_zone?.message}
        >
          {(control) => (
            <select
              {...control}
              value={zone}
              onChange={(event) =>
                change(
                  { time_zone: event.target.value },
                  t("settings.zone.set", { zone: event.target.value.replaceAll("_", " ") }),
                )
              }
            >
              {all.map((each) => (
                <option key={each} value={each}>
                  {each.replaceAll("_", " ")}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
    </Option>
  );
}

function clock(locale: "en" | "ne", zone: string, now: number): string {
  try {
    return makeFormat(locale, zone).weekday(now);
  } catch {
    // A zone this browser does not know.
    return makeFormat(locale, "UTC").weekday(now);
  }
}
