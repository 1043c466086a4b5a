import { act, renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { steady, useSteady } from "./steady";

interface Row {
  id: string;
  text: string;
}
const row = (id: string, text = "") => ({ id, text });
const id = (each: Row) => each.id;

describe("steady", () => {
  it("is what came while nobody is busy", () => {
    expect(steady([row("a")], [row("b"), row("a")], id, false)).toEqual({
      shown: [row("b"), row("a")],
      waiting: 0,
    });
  });
  it("keeps places, freshens contents and counts what waits while somebody is busy", () => {
    const before = [row("a"), row("b")];
    const fresh = [row("d"), row("c"), row("a", "new"), row("b")];
    expect(steady(before, fresh, id, true)).toEqual({ shown: [row("a", "new"), row("b")], waiting: 2 });
  });
  it("keeps a row that is gone where it was", () => {
    expect(steady([row("a"), row("b"), row("c")], [row("a"), row("c")], id, true).shown.map(id)).toEqual([
      "a",
      "b",
      "c",
    ]);
  });
  it("does not count what moved up from the next page", () => {
    expect(steady([row("a"), row("b")], [row("a"), row("b"), row("z")], id, true).waiting).toBe(0);
  });
  it("shows the first rows of an empty list at once: there is nothing to move", () => {
    expect(steady([], [row("a")], id, true)).toEqual({ shown: [row("a")], waiting: 0 });
  });
});

describe("useSteady", () => {
  const start = (rows: Row[], busy: boolean, list = "open") =>
    renderHook(
      (props: { rows: Row[]; busy: boolean; list: string }) =>
        useSteady(props.rows, id, props.busy, props.list),
      {
        initialProps: { rows, busy, list },
      },
    );

  it("lets rows in when the hand is gone", () => {
    const one = [row("a")];
    const two = [row("b"), row("a")];
    const { result, rerender } = start(one, false);
    rerender({ rows: one, busy: true, list: "open" });
    rerender({ rows: two, busy: true, list: "open" });
    expect(result.current).toMatchObject({ shown: one, waiting: 1 });
    rerender({ rows: two, busy: false, list: "open" });
    expect(result.current).toMatchObject({ shown: two, waiting: 0 });
  });
  it("lets them in when asked", () => {
    const one = [row("a")];
    const two = [row("b"), row("a")];
    const { result, rerender } = start(one, true);
    rerender({ rows: two, busy: true, list: "open" });
    expect(result.current.waiting).toBe(1);
    act(() => result.current.release());
    expect(result.current).toMatchObject({ shown: two, waiting: 0 });
  });
  it("begins anew with another list", () => {
    const { result, rerender } = start([row("a")], true);
    const other = [row("x")];
    rerender({ rows: other, busy: true, list: "closed" });
    expect(result.current).toMatchObject({ shown: other, waiting: 0 });
  });
});
