import { expect, it } from "vitest";
import type { ChecklistItem } from "../../api/contract";
import { progressOf, searchOf } from "./checklist";

const item = (key: ChecklistItem["key"], done: boolean): ChecklistItem => ({ key, done, detail: "" });

it("opens the first step that is not done, in the order of the list", () => {
  expect(
    progressOf([item("panel", true), item("try", false), item("bot", true), item("group", false)]),
  ).toEqual({
    done: 2,
    all: 4,
    minutes: 2,
    current: "try",
  });
});

it("has nothing open at the end, and nothing left to wait for", () => {
  expect(progressOf([item("panel", true)])).toEqual({ done: 1, all: 1, minutes: 0, current: null });
  expect(progressOf([])).toEqual({ done: 0, all: 0, minutes: 0, current: null });
});

it("leads to where on its page a step is done", () => {
  const home = {
    channels: [{ id: "c1" }],
    panels: [
      { id: "p1", state: "ok" },
      { id: "p2", state: "down" },
    ],
  } as unknown as Parameters<typeof searchOf>[1];
  expect(searchOf("bot", home)).toEqual({ connect: "1" });
  expect(searchOf("group", home)).toEqual({ open: "c1" });
  expect(searchOf("panel", home)).toEqual({ open: "p2" });
  expect(searchOf("customer", home)).toEqual({});
  expect(searchOf("group", { channels: [], panels: [] })).toEqual({});
});
