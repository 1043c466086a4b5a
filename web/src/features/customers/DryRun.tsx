// What a file would do, line by line: what is left out and why, what changes from what to what, what is new, what is the same.
import { Minus, Plus, RefreshCw } from "lucide-react";
import type { ImportPreview } from "../../api/contract";
import { useT } from "../../i18n";
import { useFormat } from "../../lib/session";
import { Button, Fig, State, Tabs, type Tone } from "../../ui";
import { countsOf, download, firstShown, REJECTED_SHOWN, rejectedCsv, SHOWN, sentence } from "./import";
import type { Shown } from "./search";

const TONE: Record<Shown, Tone> = { left: "failed", change: "sent", add: "done", same: "off" };
const ICON = { change: RefreshCw, add: Plus, same: Minus } as const;

export function DryRun({
  preview,
  show,
  onOther,
}: {
  preview: ImportPreview;
  show: Shown | undefined;
  onOther: () => void;
}) {
  const t = useT();
  const format = useFormat();
  const counts = countsOf(preview);
  const shown = show ?? firstShown(preview);
  const many = counts.left >= REJECTED_SHOWN;
  const figure = (which: Shown) =>
    which === "left" && many ? `${format.number(counts.left)}+` : format.number(counts[which]);
  const lines = shown === "left" ? [] : preview.sample.filter((line) => line.kind === shown);
  const listed = shown === "left" ? counts.left : lines.length;
  return (
    <>
      <div className="figs">
        {(["add", "change", "same", "left"] as const).map((which) => (
          <Fig key={which} value={figure(which)}>
            {t(`customers.import.fig.${which}`, { count: counts[which] })}
          </Fig>
        ))}
      </div>
      <p className="two">
        {t("customers.import.recognised", { columns: format.list(preview.columns) })}{" "}
        <button type="button" className="linklike ph" onClick={onOther}>
          {t("customers.import.other")}
        </button>
      </p>
      <section aria-label={t("customers.import.lines")}>
        <Tabs
          label={t("customers.import.lines")}
          to="/customers"
          current={{ view: "import" }}
          tabs={SHOWN.map((each) => ({
            key: each,
            label: t(`customers.import.tab.${each}`),
            current: each === shown,
            search: { show: each },
            count: figure(each),
            hot: each === "left" && counts.left > 0,
          }))}
        />
        {listed === 0 ? (
          <p className="mut none-here">{t(`customers.import.none.${shown}`)}</p>
        ) : (
          <ul className="diff">
            {shown === "left"
              ? preview.rejected.map((line) => (
                  <li key={line.line}>
                    <span className="mut ln">{t("customers.import.line", { line: line.line })}</span>
                    <span className="what">
                      <bdi className="mono">{line.text}</bdi>
                    </span>
                    <span className="why-not">{sentence(line.why)}</span>
                    <span className="st-cell">
                      <State tone="failed">{t("customers.import.result.left")}</State>
                    </span>
                  </li>
                ))
              : lines.map((line) => (
                  <li key={`${line.line} ${line.after}`}>
                    <span className="mut ln">{t("customers.import.line", { line: line.line })}</span>
                    <span className="what">
                      <bdi>{line.name}</bdi>
                    </span>
                    <span className="why-not">
                      {line.before && (
                        <>
                          <del>{line.before}</del>{" "}
                        </>
                      )}
                      <ins>{line.after}</ins>
                    </span>
                    <span className="st-cell">
                      <State tone={TONE[line.kind]} icon={ICON[line.kind]}>
                        {t(`customers.import.result.${line.kind}`)}
                      </State>
                    </span>
                  </li>
                ))}
          </ul>
        )}
        <div className="row diff-foot">
          {listed > 0 && (listed < counts[shown] || (shown === "left" && many)) && (
            <p className="mut">{t("customers.import.first", { count: listed })}</p>
          )}
          {shown === "left" && counts.left > 0 && (
            <Button onClick={() => download("left-out.csv", rejectedCsv(preview))}>
              {t("customers.import.download_left", { count: counts.left })}
            </Button>
          )}
        </div>
      </section>
    </>
  );
}
