import { describe, expect, it } from "vitest";
import type { TestOrder, TestStep } from "../../api/contract";
import { cellOf, columnsOf, stepTone } from "./board";
import { validateRoom } from "./search";
import { ofPerson, type Turn } from "./turns";
import { diffWords } from "./words-diff";

const step = (key: TestStep["key"], title: string, state: TestStep["state"] = "done"): TestStep => ({
  key,
  state,
  title,
  detail: "",
  ms: 0,
});
const order = (id: number, rule: TestStep, more: TestStep[] = []): TestOrder => ({
  order_id: String(id),
  command: "refill",
  verdict: rule.state === "refused" ? "answers" : "acts",
  sentence: rule.title,
  steps: [step("parsed", "Refill"), rule, step("reply", "Said"), ...more, step("cost", "up to 1.0")],
});

describe("the board", () => {
  it("has a column per order up to five, then one per outcome, the largest first", () => {
    const few = Array.from({ length: 5 }, (_, n) => order(n, step("rule", "Asked")));
    expect(columnsOf(few)).toHaveLength(5);
    const many = [
      order(1, step("rule", "Refused", "refused")),
      ...Array.from({ length: 6 }, (_, n) => order(n + 2, step("rule", "Asked"))),
    ];
    expect(columnsOf(many).map((column) => column.orders.length)).toEqual([6, 1]);
  });

  it("thins a cord from the refusal on, lets it pass and end", () => {
    const [column] = columnsOf([order(1, step("rule", "Refused", "refused"))]);
    if (!column) throw new Error("no column");
    expect(cellOf(column, "parsed")).toMatchObject({ thin: false });
    expect(cellOf(column, "status")).toBe("line");
    expect(cellOf(column, "reply")).toMatchObject({ thin: true });
    expect(cellOf({ ...column, orders: [] }, "cost")).toBeNull();
  });

  it("adds up what differs within an outcome", () => {
    const orders = Array.from({ length: 6 }, (_, n) =>
      order(n, step("rule", "Asked"), [step("forward", n < 4 ? "Kite" : "Heron")]),
    );
    const [column] = columnsOf(orders);
    if (!column) throw new Error("no column");
    expect(cellOf(column, "forward")).toMatchObject({ step: { title: "Kite 4, Heron 2" } });
  });

  it("shows what would go out as on its way, and a price as a fact", () => {
    expect(stepTone({ key: "forward", state: "waiting" })).toBe("sent");
    expect(stepTone({ key: "cost", state: "done" })).toBe("wait");
    expect(stepTone({ key: "owner", state: "refused" })).toBe("refused");
  });
});

describe("a difference", () => {
  it("names the words that changed and joins the rest", () => {
    expect(diffWords("ends on 3 Nov.", "ends on 4 Nov.")).toEqual([
      { kind: "same", text: "ends on " },
      { kind: "gone", text: "3" },
      { kind: "new", text: "4" },
      { kind: "same", text: " Nov." },
    ]);
    expect(diffWords("", "all new")).toEqual([{ kind: "new", text: "all new" }]);
    expect(diffWords("same", "same")).toEqual([{ kind: "same", text: "same" }]);
  });
});

it("keeps a conversation per person and place", () => {
  const turn = (customer: string | null, kind: Turn["kind"]) => ({ customer, kind }) as Turn;
  const turns = [turn(null, "direct"), turn("a", "direct"), turn("a", "group")];
  expect(ofPerson(turns, "a", "direct")).toEqual([turns[1]]);
});

it("reads only what it knows from the address", () => {
  expect(validateRoom({ kind: "direct", view: "else", customer: "" })).toEqual({});
  expect(validateRoom({ kind: "group", view: "examples", customer: "a" })).toEqual({
    kind: "group",
    view: "examples",
    customer: "a",
  });
});
