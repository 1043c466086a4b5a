// The text as a customer gets it: on sample orders, or on one of the shop's panels, which is only read.
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { panelNamesQuery } from "../../api/panel-names";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useSession, useTenant } from "../../lib/session";
import { Bubble, Button, Field, Note, Sec, Seg, useProblemText } from "../../ui";
import type { Language, OnOrder, Preview } from "./queries";

export function PreviewOn(props: {
  lang: Language;
  order: OnOrder | null;
  onOrder: (order: OnOrder | null) => void;
  preview: UseQueryResult<Preview>;
  waits: boolean;
}) {
  const t = useT();
  const problem = useProblemText();
  const { tenant } = useTenant();
  const { can } = useSession();
  const panels = useQuery({ ...panelNamesQuery(tenant), enabled: can("panels.read") });
  const names = panels.data ?? [];
  const [real, setReal] = useState(false);
  const [panel, setPanel] = useState("");
  const [id, setId] = useState("");
  const { data, error } = props.preview;
  const errors = fieldErrors(error);
  const wrongOrder = errors["order.order_id"]?.message ?? errors["order.panel"]?.message;
  const failed = error && !wrongOrder ? (errors.text?.message ?? problem(error)) : undefined;
  const notes = data?.text ? data.problems : [];
  const look = () => {
    const order_id = id.trim();
    if (order_id !== "") props.onOrder({ panel: panel || (names[0]?.id ?? ""), order_id });
  };
  return (
    <Sec
      level={3}
      title={t("replies.preview")}
      end={
        names.length > 0 && (
          <Seg
            label={t("replies.preview_on")}
            value={real ? "real" : "sample"}
            options={[
              { value: "sample", label: t("replies.on_sample") },
              { value: "real", label: t("replies.on_real") },
            ]}
            onChange={(value) => {
              setReal(value === "real");
              if (value === "sample") props.onOrder(null);
            }}
          />
        )
      }
    >
      <div className="stack">
        {real && (
          <form
            className="name-row"
            onSubmit={(event) => {
              event.preventDefault();
              look();
            }}
          >
            {names.length > 1 && (
              <Field label={t("replies.panel")}>
                {(control) => (
                  <select
                    {...control}
                    value={panel || names[0]?.id}
                    onChange={(event) => setPanel(event.target.value)}
                  >
                    {names.map((each) => (
                      <option key={each.id} value={each.id}>
                        {each.name}
                      </option>
                    ))}
                  </select>
                )}
              </Field>
            )}
            <Field className="grow" label={t("replies.order_id")} error={wrongOrder}>
              {(control) => (
                <div className="with">
                  <input
                    {...control}
                    className="input mono"
                    inputMode="numeric"
                    autoComplete="off"
                    dir="ltr"
                    value={id}
                    onChange={(event) => setId(event.target.value)}
                  />
                  <Button type="submit" busy={props.waits && props.order !== null}>
                    {t("replies.try")}
                  </Button>
                </div>
              )}
            </Field>
          </form>
        )}
        <div className="chat mini" aria-live="polite" aria-busy={props.waits || undefined}>
          {failed ? (
            <p className="mut">{failed}</p>
          ) : data?.text ? (
            <div className={props.waits ? "fading" : undefined}>
              <Bubble
                out
                meta={
                  data.order === "sample"
                    ? t("replies.of_sample")
                    : t("replies.of_order", { order: data.order })
                }
              >
                <span lang={props.lang} dir="auto">
                  {data.text}
                </span>
              </Bubble>
            </div>
          ) : (
            <p className="mut">{data ? t("replies.no_preview") : "…"}</p>
          )}
        </div>
        {notes.map((note) => (
          <Note key={note} live>
            <p>{note}</p>
          </Note>
        ))}
      </div>
    </Sec>
  );
}
