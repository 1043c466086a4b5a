import { CircleAlert, FileUp } from "lucide-react";
import { type DragEvent, useId, useState } from "react";
import { useT } from "../../i18n";
import { Button, Sec } from "../../ui";
import { download, EXAMPLE } from "./import";

const COLUMNS = ["customer", "panel", "username", "telegram_id", "order_id"] as const;

export function ChooseFile(props: { error: string | undefined; onFile: (file: File) => void }) {
  const t = useT();
  const note = useId();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) props.onFile(file);
  };
  return (
    <div className="choose">
      <div className="stack">
        <label
          className="drop"
          data-over={over || undefined}
          data-s={props.error ? "failed" : undefined}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <FileUp className="i" aria-hidden="true" />
          <b>{t("customers.import.choose")}</b>
          <span className="mut">{t("customers.import.drop")}</span>
          <input
            type="file"
            accept=".csv,.tsv,.txt,text/csv,text/plain"
            aria-describedby={note}
            aria-invalid={props.error ? true : undefined}
            onChange={(event) => {
              const file = event.target.files?.[0];
              // The same file may be chosen again after it was mended.
              event.target.value = "";
              if (file) props.onFile(file);
            }}
          />
        </label>
        <div id={note} aria-live="polite">
          {props.error ? (
            <p className="hint err">
              <CircleAlert className="i s" aria-hidden="true" />
              {props.error}
            </p>
          ) : (
            <p className="hint">{t("customers.import.limits")}</p>
          )}
        </div>
      </div>
      <Sec level={2} title={t("customers.import.columns")} about={t("customers.import.columns_about")}>
        <dl className="dl cols">
          {COLUMNS.map((column) => (
            <div key={column} className="contents">
              <dt>
                <code>{column}</code>
              </dt>
              <dd>{t(`customers.column.${column}`)}</dd>
            </div>
          ))}
        </dl>
        <div className="row example">
          <Button onClick={() => download("customers-example.csv", EXAMPLE)}>
            {t("customers.import.example")}
          </Button>
        </div>
      </Sec>
    </div>
  );
}
