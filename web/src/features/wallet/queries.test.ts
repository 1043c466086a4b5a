import { describe, expect, it } from "vitest";
import { balanceChange, priceLines } from "./queries";

describe("priceLines", () => {
  it("puts the three prices of a channel on one line and leaves what is missing empty", () => {
    expect(
      priceLines([
        { channel: "telegram_bot", kind: "direct", purpose: "reply", price: 500_000 },
        { channel: "telegram_bot", kind: "group", purpose: "forward", price: 300_000 },
        { channel: "test_room", kind: "direct", purpose: "reply", price: 0 },
      ]),
    ).toEqual([
      { channel: "telegram_bot", direct: 500_000, group: null, forward: 300_000 },
      { channel: "test_room", direct: 0, group: null, forward: null },
    ]);
  });
});

describe("balanceChange", () => {
  it("goes by the kind: what is held leaves the balance, and spending it moves nothing more", () => {
    const amount = 1_000_000;
    expect(
      (["hold", "settle", "release", "grant"] as const).map((kind) => balanceChange({ kind, amount })),
    ).toEqual([-amount, 0, amount, amount]);
    expect(balanceChange({ kind: "grant", amount: -amount }), "a deduction").toBe(-amount);
  });
});
