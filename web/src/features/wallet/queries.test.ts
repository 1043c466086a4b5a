import { describe, expect, it } from "vitest";
import { priceLines } from "./queries";

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
