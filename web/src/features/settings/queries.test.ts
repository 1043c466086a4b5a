import { describe, expect, it } from "vitest";
import { inWholes, inYears, KEPT, PAUSES, withCurrent } from "./queries";

describe("choices", () => {
  it("keep what is set now", () => {
    expect(withCurrent(PAUSES, 30)).toEqual([...PAUSES]);
    expect(withCurrent(KEPT, 100)).toEqual([7, 30, 90, 100, 180, 365, 730, 1825, 3650]);
  });
  it("are told in the largest whole unit", () => {
    expect(inWholes(45)).toEqual({ count: 45, big: false });
    expect(inWholes(90)).toEqual({ count: 90, big: false });
    expect(inWholes(240)).toEqual({ count: 4, big: true });
    expect(inYears(90)).toEqual({ count: 90, years: false });
    expect(inYears(730)).toEqual({ count: 2, years: true });
  });
});
