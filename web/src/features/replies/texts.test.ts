import { expect, it } from "vitest";
import type { ReplyText } from "../../api/contract";
import { groupsOf, pieceOf, slug } from "./texts";

const text = (key: string, group: string, changed = false): ReplyText => ({
  key,
  lang: "en",
  title: `Title ${key}`,
  when: "when",
  text: `{ORDERID} ${key}`,
  default_text: "d",
  changed,
  variables: [],
  preview: "p",
  group,
});
const all = [text("a", "Accepted"), text("b", "Refused", true), text("c", "Accepted", true)];

it("keeps the order and gathers what stands apart", () => {
  expect(groupsOf(all, "", false).map((group) => [group.name, group.texts.map((each) => each.key)])).toEqual([
    ["Accepted", ["a", "c"]],
    ["Refused", ["b"]],
  ]);
});

it("searches titles and words, and shows only what was changed", () => {
  expect(groupsOf(all, "TITLE B", false)).toHaveLength(1);
  expect(groupsOf(all, "nothing", false)).toEqual([]);
  expect(groupsOf(all, "", true).flatMap((group) => group.texts.map((each) => each.key))).toEqual(["c", "b"]);
});

it("writes a loop for a list", () => {
  expect(pieceOf({ name: "ORDERID", meaning: "", sample: "" })).toBe("{ORDERID}");
  expect(pieceOf({ name: "ORDERS", meaning: "", sample: "" })).toContain("{% for");
});

it("makes ids of headings", () => {
  expect(slug("For your team")).toBe("for_your_team");
});
