// The answer of a key test in words: what is true, what the key can do, what to do next.
import { KeyRound } from "lucide-react";
import type { ReactNode } from "react";
import type { KeyReport } from "../api/contract";
import { useT } from "../i18n";
import { Can } from "./bits";
import { Note } from "./Note";
import type { Tone } from "./State";

export function reportTone(report: Pick<KeyReport, "state">): "done" | "person" | "failed" {
  if (report.state === "ok") return "done";
  // The person can mend these by themselves; the others are the panel's.
  return report.state === "customer_key" || report.state === "wrong_key" ? "person" : "failed";
}

export function KeyReportNote(props: { report: KeyReport; className?: string; children?: ReactNode }) {
  const t = useT();
  const { report } = props;
  const tone: Tone = reportTone(report);
  return (
    <Note
      tone={tone as "done"}
      {...(tone === "done" && { icon: KeyRound })}
      className={props.className ?? ""}
      live
    >
      <div className="stack">
        <p>
          <b>{report.sentence}</b>
          {report.state === "ok" && ` ${t("common.key.unchanged")}`}
        </p>
        {report.abilities.length > 0 && <Can abilities={report.abilities} />}
        {report.next && <p className="two">{report.next}</p>}
        {props.children}
      </div>
    </Note>
  );
}
