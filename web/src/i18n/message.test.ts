import { compileMessage } from "@lingui/message-utils/compileMessage";
import { expect, it } from "vitest";
import { type Compiled, speak, type Values } from "./message";

const say = (message: string, values: Values = {}, tag = "en") =>
  speak(compileMessage(message) as Compiled, values, tag);

it.each<[string, Values, string, string]>([
  ["plain", {}, "en", "plain"],
  ["Hi {name}, it's # here", { name: "Rina" }, "en", "Hi Rina, it's # here"],
  ["{count, plural, =0 {none} one {# shown} other {# of {all} shown}}", { count: 0, all: 5 }, "en", "none"],
  [
    "{count, plural, =0 {none} one {# shown} other {# of {all} shown}}",
    { count: 1, all: 5 },
    "en",
    "1 shown",
  ],
  [
    "{count, plural, =0 {none} one {# shown} other {# of {all} shown}}",
    { count: 1284, all: 5000 },
    "en",
    "1,284 of 5,000 shown",
  ],
  ["{count, plural, one {# row} other {# rows}}", { count: 1284 }, "ne", "१,२८४ rows"],
  ["{kind, select, a {first} other {rest}}", { kind: "a" }, "en", "first"],
  ["{kind, select, a {first} other {rest}}", { kind: "z" }, "en", "rest"],
  ["{count, plural, one {{days} day} other {{days} days}}", { count: 2, days: "2" }, "en", "2 days"],
  [
    "{count, plural, other {# and {deep, select, x {# again} other {}}}}",
    { count: 3, deep: "x" },
    "en",
    "3 and 3 again",
  ],
  ["{name}", {}, "en", ""],
  ["{name}", { name: null }, "en", ""],
])("%s %j %s", (message, values, tag, text) => expect(say(message, values, tag)).toBe(text));
