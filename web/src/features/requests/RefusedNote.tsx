import { X } from "lucide-react";
import type { ActionResult, RequestRow } from "../../api/contract";
import { useT } from "../../i18n";
import { Button } from "../../ui/Button";
import { Note } from "../../ui/Note";

/** What could not be done to some of many, each with its reason. */
export function RefusedNote(props: {
  refused: ActionResult["refused"];
  rows: RequestRow[];
  onClose: () => void;
}) {
  const t = useT();
  if (props.refused.length === 0) return null;
  return (
    <Note className="mx" tone="person" live>
      <div className="row">
        <b>{t("requests.refused", { count: props.refused.length })}</b>
        <span className="end" />
        <Button bare icon={X} label={t("common.dismiss")} onClick={props.onClose} />
      </div>
      <ul>
        {props.refused.slice(0, 8).map((entry) => (
          <li key={entry.id}>
            <span className="id">{props.rows.find((row) => row.id === entry.id)?.order_id ?? ""}</span>{" "}
            {entry.why}
          </li>
        ))}
      </ul>
    </Note>
  );
}
