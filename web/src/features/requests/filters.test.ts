import { describe, expect, it } from "vitest";
import { filtersOf, toQuery, validateRequests } from "./filters";

describe("requests in the address", () => {
  it("keeps what is known and drops the rest", () => {
    expect(
      validateRequests({
        view: "person",
        command: "refill",
        channel: "smoke",
        ids: "1, 2;2",
        from: "16 Nov",
        to: "2026-11-18",
        open: "x",
        foo: "1",
      }),
    ).toEqual({ view: "person", command: "refill", ids: "1,2", to: "2026-11-18", open: "x" });
  });
  it("does not write down where everybody begins", () => {
    expect(validateRequests({ view: "open" })).toEqual({});
    expect(validateRequests({})).toEqual({});
  });
  it("has filters apart from place", () => {
    expect(filtersOf({ view: "all", after: "c", open: "r", command: "cancel", q: "a" })).toEqual({
      command: "cancel",
      q: "a",
    });
  });
  it("asks for whole days of the reader's zone", () => {
    expect(toQuery({ from: "2026-11-16", to: "2026-11-16", command: "refill" }, "Asia/Kathmandu")).toEqual({
      view: "open",
      command: "refill",
      from: "2026-11-15T18:15:00.000Z",
      to: "2026-11-16T18:15:00.000Z",
    });
  });
});
