import { describe, expect, it } from "vitest";
import { hostOf, nameOf, paceOf } from "./queries";

describe("a panel's address", () => {
  it.each([
    ["https://www.himal-boost.example/admin", "himal-boost.example"],
    ["himalboost.example", "himalboost.example"],
    ["http://127.0.0.1:8081/", "127.0.0.1:8081"],
    ["not an address", "not an address"],
  ])("%s is told as %s", (url, host) => expect(hostOf(url)).toBe(host));

  it.each([
    ["https://himal-boost.example", "Himal Boost"],
    ["gulfreach.example/admin", "Gulfreach"],
    ["http://127.0.0.1:8081/", ""],
    ["", ""],
  ])("%s suggests the name “%s”", (url, name) => expect(nameOf(url)).toBe(name));
});

describe("a pace", () => {
  it.each([
    [0, { perSecond: 0 }],
    [200, { perSecond: 5 }],
    [334, { perSecond: 3 }],
    [1000, { perSecond: 1 }],
    [1500, { seconds: 1.5 }],
    [5000, { seconds: 5 }],
  ])("%i ms", (ms, told) => expect(paceOf(ms)).toEqual(told));
});
