// Providers that orders name and nobody can write to: what is asked for on their orders waits for a person.
import { Hand } from "lucide-react";
import { useState } from "react";
import type { Unrouted } from "../../api/contract";
import { useT } from "../../i18n";
import { Button, Time } from "../../ui";
import type { Named } from "./ProvidersPage";

const FIRST = 5;

export function Found(props: {
  rows: Unrouted[];
  why: string | undefined;
  onName: (row: Unrouted) => void;
  onRoute: (provider: Named) => void;
}) {
  const t = useT();
  const [all, setAll] = useState(false);
  const rows = all ? props.rows : props.rows.slice(0, FIRST);
  return (
    <section className="found" aria-labelledby="found-title">
      <header>
        <Hand className="i" aria-hidden="true" />
        <h2 id="found-title">{t("providers.found", { count: props.rows.length })}</h2>
        <p>{t("providers.found_text")}</p>
      </header>
      <ul className="lines">
        {rows.map((row) => (
          <li key={row.key}>
            <div className="grow">
              <p className="cut">
                {row.provider ? (
                  <bdi>{row.provider.alias}</bdi>
                ) : (
                  <span className="mono">{row.masked_name}</span>
                )}
              </p>
              <p className="mut sm">
                {t("providers.found_orders", { count: row.orders })} · <Time at={row.last_at} /> ·{" "}
                {t(`providers.missing.${row.why}`)}
              </p>
            </div>
            <Button
              why={props.why}
              whyHidden
              onClick={() => (row.provider ? props.onRoute(row.provider) : props.onName(row))}
            >
              {t(row.provider ? "providers.choose_group" : "providers.name_it")}
            </Button>
          </li>
        ))}
      </ul>
      {!all && props.rows.length > FIRST && (
        <Button bare onClick={() => setAll(true)}>
          {t("providers.found_all", { count: props.rows.length })}
        </Button>
      )}
    </section>
  );
}
