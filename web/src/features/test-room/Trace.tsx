// Why it said so: each order from what was read in the message to what it would cost.
import {
  CircleArrowRight,
  Coins,
  Copy,
  FlaskConical,
  type LucideIcon,
  MessageSquare,
  RefreshCw,
  Scale,
  ScanText,
  UserCheck,
} from "lucide-react";
import type { TestOrder, TestRun, TestStep } from "../../api/contract";
import { useT } from "../../i18n";
import { useFormat } from "../../lib/session";
import {
  Board,
  type BoardRow,
  CopyId,
  Cord,
  copyText,
  Empty,
  Fold,
  Sec,
  State,
  type Tone,
  toast,
} from "../../ui";
import { cellOf, columnsOf, STEPS, type StepKey, stepTime, stepTone } from "./board";
import type { Turn } from "./turns";

const ICON: Record<StepKey, LucideIcon> = {
  parsed: ScanText,
  owner: UserCheck,
  status: RefreshCw,
  rule: Scale,
  reply: MessageSquare,
  forward: CircleArrowRight,
  cost: Coins,
};
const VERDICT: Record<TestOrder["verdict"], Tone> = { acts: "sent", answers: "done", person: "person" };
const verdictTone = (order: TestOrder): Tone =>
  order.verdict === "answers"
    ? (order.steps.map((step) => step.state).find((state) => state === "refused" || state === "failed") ??
      "done")
    : VERDICT[order.verdict];
/** The step's own sign as long as it went well; what did not shows the sign of that. */
const signOf = (step: TestStep) =>
  step.state === "done" || step.state === "waiting" ? { icon: ICON[step.key] } : {};

export function Trace({ turn }: { turn: Turn | undefined }) {
  const t = useT();
  const run = turn?.run;
  if (!run) {
    return (
      <Empty icon={FlaskConical} title={t("room.empty.title")} level={2}>
        {t("room.empty.text")}
      </Empty>
    );
  }
  return (
    <div className="trace" aria-live="polite">
      {run.orders.length > 0 ? <Orders run={run} /> : <Plain run={run} />}
      {run.orders.length > 0 && (
        <>
          <div className="split2">
            <Forwards run={run} />
            <Cost run={run} />
          </div>
          <Fold summary={t("room.whole")} about={t("room.whole_about")}>
            <Steps label={t("room.whole")} steps={run.steps} />
          </Fold>
        </>
      )}
    </div>
  );
}

/** Nothing to decide on: silence, or an answer to no order. */
function Plain({ run }: { run: TestRun }) {
  const t = useT();
  const format = useFormat();
  return (
    <Sec
      title={run.replies.length === 0 ? t("room.silent") : t("room.answered")}
      about={t("room.took", { took: format.took(run.took_ms) })}
    >
      <Steps steps={run.steps} />
    </Sec>
  );
}

function Steps({ steps, label }: { steps: TestStep[]; label?: string }) {
  const t = useT();
  const format = useFormat();
  return (
    <Cord
      {...(label !== undefined && { label })}
      steps={steps.map((step) => ({
        key: step.key,
        tone: stepTone(step),
        ...signOf(step),
        title: step.title,
        detail: step.detail,
        end: step.ms > 0 ? format.took(step.ms) : <span className="vh">{t(`room.step.${step.key}`)}</span>,
      }))}
    />
  );
}

function Orders({ run }: { run: TestRun }) {
  const t = useT();
  const format = useFormat();
  const columns = columnsOf(run.orders);
  const panel = stepTime(run, "status");
  const rows: BoardRow[] = STEPS.map((key) => {
    const ms = stepTime(run, key);
    return {
      key,
      label: t(`room.step.${key}`),
      time: ms === null ? undefined : format.took(ms),
      cells: columns.map((column) => {
        const cell = cellOf(column, key);
        if (cell === null) return null;
        if (cell === "line") return { tone: "wait" as const, thin: true };
        return {
          tone: stepTone(cell.step),
          ...signOf(cell.step),
          title: cell.step.title,
          detail: cell.step.detail,
          thin: cell.thin,
        };
      }),
    };
  });
  return (
    <Sec
      title={
        columns.length === run.orders.length
          ? t("room.verdicts", { count: run.orders.length, took: format.took(run.took_ms) })
          : t("room.outcomes", {
              count: run.orders.length,
              outcomes: columns.length,
              took: format.took(run.took_ms),
            })
      }
      {...(panel !== null && { about: t("room.panel_took", { took: format.took(panel) }) })}
    >
      <Board
        label={t("room.board")}
        stepHead={t("room.step")}
        timeHead={t("room.time")}
        columns={columns.map((column) => ({
          key: column.key,
          head:
            column.orders.length === 1 ? (
              <CopyId id={column.orders[0]?.order_id ?? ""} />
            ) : (
              <OrderCount orders={column.orders} />
            ),
        }))}
        rows={rows}
      />
      <div className="folds">
        {run.orders.map((order, at) => (
          <Fold
            key={at}
            open={run.orders.length === 1}
            summary={
              <>
                <span className="id">{order.order_id}</span> {t(`common.command.${order.command}`)}
              </>
            }
            state={<State tone={verdictTone(order)}>{t(`room.verdict.${order.verdict}`)}</State>}
            about={order.sentence}
          >
            <Steps steps={order.steps} label={order.order_id} />
          </Fold>
        ))}
      </div>
    </Sec>
  );
}

function OrderCount({ orders }: { orders: TestOrder[] }) {
  const t = useT();
  const ids = orders.map((order) => order.order_id).join(",");
  const words = t("room.orders", { count: orders.length });
  return (
    <span title={ids}>
      {words}
      <button
        type="button"
        className="copy"
        aria-label={t("common.copy", { what: words })}
        onClick={async () => toast(t((await copyText(ids)) ? "common.copied" : "common.copy_failed"))}
      >
        <Copy className="i s" aria-hidden="true" />
      </button>
    </span>
  );
}

function Forwards({ run }: { run: TestRun }) {
  const t = useT();
  return (
    <Sec title={t("room.forwards")}>
      {run.forwards.length === 0 ? (
        <p className="mut">{t("room.no_forwards")}</p>
      ) : (
        <div className="stack">
          {run.forwards.map((forward, at) => (
            <div key={at} className="fwd">
              <p className="mut sm">
                {t("room.forward_to", { alias: forward.provider_alias, group: forward.to })}
              </p>
              <p className="mono whitespace-pre-wrap">{forward.text}</p>
            </div>
          ))}
        </div>
      )}
    </Sec>
  );
}

function Cost({ run }: { run: TestRun }) {
  const t = useT();
  const format = useFormat();
  const step = run.steps.find((each) => each.key === "cost");
  return (
    <Sec title={t("room.cost")}>
      <p>
        <b>{t("room.cost_credits", { credits: format.credits(run.cost) })}</b>
        {t("room.cost_here")}
      </p>
      {step?.detail && <p className="two">{step.detail}</p>}
      <p className="mut sm">{t("room.reads_are_real")}</p>
    </Sec>
  );
}
