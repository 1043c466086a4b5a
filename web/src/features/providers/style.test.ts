import { describe, expect, it } from "vitest";
import type { RouteRow } from "../../api/contract";
import { isTopic, joinChoices, namesOf, OUR_TEMPLATE, pieceOf, stateOf, templateOf } from "./style";

const route = (lost: string | null) => ({ chat: { lost_reason: lost } }) as RouteRow;

describe("stateOf", () => {
  it.each([
    ["no group", [], 1, "person"],
    ["all is well", [route(null)], 1, "done"],
    ["one of two lost", [route(null), route("removed")], 1, "failed"],
    ["nothing leads here", [route(null)], 0, "off"],
  ])("%s", (_, routes, name_count, tone) => {
    expect(stateOf({ routes, name_count }).tone).toBe(tone);
  });
});

it("sends nothing for our own text", () => {
  expect(templateOf(OUR_TEMPLATE)).toBeNull();
  expect(templateOf("{command} {ids}")).toBe("{command} {ids}");
});

it("keeps a joining time that is not among the usual ones", () => {
  expect(joinChoices(2000)).toEqual([0, 2000, 5000, 10_000, 30_000, 60_000]);
  expect(joinChoices(7000)).toContain(7000);
});

it("takes 1 to 100 ids a message", () => {
  expect(["1", "100", "0", "101", "", "1.5", "x"].map(pieceOf)).toEqual([
    1,
    100,
    null,
    null,
    null,
    null,
    null,
  ]);
});

it("takes a topic's number or none", () => {
  expect(["", "12", "-3", "general"].map(isTopic)).toEqual([true, true, false, false]);
});

it("reads one name a line", () => {
  expect(namesOf(" one \n\ntwo\none\n")).toEqual(["one", "two"]);
});
