import { describe, expect, it } from "vitest";
import { makeFormat } from "./format";
import { chooseTenant, safeReturn } from "./guard";
import { isIdList, pastedIds } from "./ids";
import { compact, oneOf, parseSearch, str, stringifySearch } from "./search";
import { dayStart } from "./zoned";

describe("days in a zone", () => {
  it.each([
    ["2026-11-16", "Asia/Kathmandu", 0, "2026-11-15T18:15:00.000Z"],
    ["2026-11-16", "Asia/Kathmandu", 1, "2026-11-16T18:15:00.000Z"],
    ["2026-11-16", "UTC", 0, "2026-11-16T00:00:00.000Z"],
    ["2026-03-29", "Europe/Berlin", 0, "2026-03-28T23:00:00.000Z"],
    ["2026-03-29", "Europe/Berlin", 1, "2026-03-29T22:00:00.000Z"],
    ["2026-10-25", "Europe/Berlin", 1, "2026-10-25T23:00:00.000Z"],
    ["2026-12-31", "America/New_York", 1, "2027-01-01T05:00:00.000Z"],
  ])("%s in %s plus %i", (day, zone, plus, instant) => {
    expect(dayStart(day, zone, plus)).toBe(instant);
  });
  it.each(["", "16 Nov", "2026-1-1", "2026-11-16T00:00"])("%s is no day", (day) => {
    expect(dayStart(day, "UTC")).toBeNull();
  });
});

describe("format", () => {
  const now = Date.parse("2026-11-23T08:21:00Z");
  const kathmandu = makeFormat("en", "Asia/Kathmandu", () => now);
  const at = "2026-11-23T08:18:52.118Z";
  it("is in the person's zone", () => {
    expect(kathmandu.time(at)).toBe("14:03");
    expect(kathmandu.clock(at)).toBe("14:03:52");
    expect(kathmandu.stamp(at)).toBe("14:03:52.118");
    expect(kathmandu.exact(at)).toBe("23 Nov 2026, 14:03");
    expect(makeFormat("en", "America/New_York", () => now).time(at)).toBe("03:18");
  });
  it("is short but never unclear", () => {
    expect(kathmandu.short(at)).toBe("14:03");
    // 00:10 in Kathmandu is another day than 23:50, whatever UTC says.
    expect(kathmandu.short("2026-11-22T18:05:00Z")).toBe("22 Nov, 23:50");
    expect(kathmandu.short("2026-11-02T18:05:00Z")).toBe("2 Nov");
    expect(kathmandu.short("2025-11-02T18:05:00Z")).toBe("2 Nov 2025");
  });
  it("speaks relatively while that helps", () => {
    expect(kathmandu.relative(at, now)).toMatch(/^2 min/);
    expect(kathmandu.relative("2026-11-23T08:20:40Z", now)).toBe("now");
    expect(kathmandu.relative("2026-10-01T08:20:40Z", now)).toBe("1 Oct");
  });
  it("counts credits and time in words' units", () => {
    expect(kathmandu.credits(1_500_000)).toBe("1.5");
    expect(kathmandu.credits(0)).toBe("0.0");
    expect(kathmandu.took(192.4)).toBe("192.4 ms");
    expect(kathmandu.took(9800)).toBe("9.8 s");
  });
  it("writes Nepali digits in Nepali", () => {
    expect(makeFormat("ne", "Asia/Kathmandu", () => now).number(1284)).toBe("१,२८४");
  });
});

describe("pasted ids", () => {
  it.each([
    ["481799696,481799190 refill", ["481799696", "481799190"]],
    ["481799696\n481799696\t#481799190;", ["481799696", "481799190"]],
    ["ab123456 12 9", []],
  ])("%j", (text, ids) => expect(pastedIds(text)).toEqual(ids));
  it("is a list only when nothing else was said", () => {
    expect(isIdList("481799696, 481799190")).toBe(true);
    expect(isIdList("481799696 refill")).toBe(false);
    expect(isIdList("12")).toBe(false);
    expect(isIdList("")).toBe(false);
  });
});

describe("search params", () => {
  it("stay readable and come back the same", () => {
    const text = stringifySearch({ view: "open", ids: "1,2", q: "a b&c", after: undefined, none: "" });
    expect(text).toBe("?view=open&ids=1,2&q=a+b%26c");
    expect(parseSearch(text)).toEqual({ view: "open", ids: "1,2", q: "a b&c" });
    expect(stringifySearch({})).toBe("");
  });
  it("drop what is not allowed", () => {
    expect(oneOf("x", ["a", "b"])).toBeUndefined();
    expect(str(12)).toBeUndefined();
    expect(compact({ a: 1, b: undefined })).toEqual({ a: 1 });
  });
});

describe("the door", () => {
  it.each([
    [undefined, "/home"],
    ["/requests?view=open", "/requests?view=open"],
    ["//evil.example", "/home"],
    ["/\\evil.example", "/home"],
    ["https://evil.example", "/home"],
    ["/login?to=/login", "/home"],
  ])("returns from %s to %s", (to, safe) => expect(safeReturn(to)).toBe(safe));
  it("takes the shop of the address only if it is one of theirs", () => {
    const shop = (tenant: string) => ({
      tenant,
      name: tenant,
      role: "owner",
      state: "active" as const,
      permissions: [],
    });
    const me = { tenants: [shop("a"), shop("b")] } as never;
    expect(chooseTenant(me, "b")?.tenant).toBe("b");
    expect(chooseTenant(me, "foreign")?.tenant).toBe("a");
    expect(chooseTenant({ tenants: [] } as never, undefined)).toBeNull();
  });
});
