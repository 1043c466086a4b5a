// The board: a column per order up to five, above that a column per outcome.
import type { TestOrder, TestRun, TestStep } from "../../api/contract";
import type { Tone } from "../../ui/State";

export const STEPS = ["parsed", "owner", "status", "rule", "reply", "forward", "cost"] as const;
export type StepKey = (typeof STEPS)[number];
export const SINGLE = 5;

export interface Column {
  key: string;
  orders: TestOrder[];
}

const stepOf = (order: TestOrder, key: StepKey) => order.steps.find((step) => step.key === key);

export function columnsOf(orders: TestOrder[]): Column[] {
  if (orders.length <= SINGLE) return orders.map((order, at) => ({ key: `${at}`, orders: [order] }));
  const columns = new Map<string, Column>();
  for (const order of orders) {
    const rule = stepOf(order, "rule");
    const key = [order.command, order.verdict, rule?.state, rule?.title].join("|");
    const column = columns.get(key) ?? { key, orders: [] };
    column.orders.push(order);
    columns.set(key, column);
  }
  return [...columns.values()].sort((a, b) => b.orders.length - a.orders.length);
}

/** Forwards are on their way, a price is a plain fact; the rest is as the step came out. */
export function stepTone(step: Pick<TestStep, "key" | "state">): Tone {
  if (step.key === "cost") return "wait";
  if (step.key === "forward" && (step.state === "done" || step.state === "waiting")) return "sent";
  return step.state === "waiting" ? "wait" : step.state;
}

export interface Cell {
  step: TestStep;
  /** Only an answer goes on from here. */
  thin: boolean;
}

/** One step of a column. `"line"`: the cord only passes; null: it has ended. */
export function cellOf(column: Column, key: StepKey): Cell | "line" | null {
  const steps = column.orders.map((order) => stepOf(order, key)).filter((step) => step !== undefined);
  const first = steps[0];
  const order = column.orders[0];
  if (!order) return null;
  if (!first) {
    const last = order.steps.at(-1);
    return last && STEPS.indexOf(key) < STEPS.indexOf(last.key) ? "line" : null;
  }
  return {
    step: {
      ...first,
      title: together(steps.map((step) => step.title)),
      detail: new Set(steps.map((step) => step.detail)).size === 1 ? first.detail : "",
    },
    thin: isThin(order, key),
  };
}

/** From the refusal on only the answer goes out. */
export function isThin(order: TestOrder, key: StepKey): boolean {
  const refused = order.steps.find((step) => step.state === "refused");
  return refused !== undefined && STEPS.indexOf(key) >= STEPS.indexOf(refused.key);
}

function together(words: string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  if (counts.size === 1) return words[0] ?? "";
  return [...counts].map(([word, count]) => `${word} ${count}`).join(", ");
}

/** Measured once for the whole message, not per order. */
export function stepTime(run: TestRun, key: StepKey): number | null {
  const ms = run.steps.find((step) => step.key === key)?.ms ?? 0;
  return ms > 0 ? ms : null;
}
