import { describe, expect, it } from "vitest";
import type { ChannelCard } from "../../api/contract";
import { byNeed, sentencesOf } from "./queries";

const card = (more: Partial<ChannelCard>): ChannelCard => ({
  id: "1",
  name: "Support",
  channel: "telegram_bot",
  username: "support_bot",
  state: "online",
  state_text: "Connected: messages arrive and are answered.",
  received_elsewhere: false,
  next: "Nothing to do.",
  since: "2026-11-24T00:00:00Z",
  last_in_at: "2026-11-24T00:00:00Z",
  last_out_at: null,
  queued: 0,
  today: { in: 0, out: 0, refused: 0 },
  reads_groups: true,
  privacy_warning: null,
  groups: { support: 0, silent: 0, off: 0 },
  history: [],
  ...more,
});

describe("a channel's card", () => {
  it("says nothing where all is well", () => {
    expect(sentencesOf(card({}))).toEqual([]);
  });
  it("asks for a first message where none came yet", () => {
    expect(sentencesOf(card({ last_in_at: null, next: "Write to @support_bot." }))).toEqual([
      "Write to @support_bot.",
    ]);
  });
  it("says what is wrong and what to do", () => {
    expect(
      sentencesOf(card({ state: "logged_out", state_text: "Refused.", next: "Get a new one." })),
    ).toEqual(["Refused.", "Get a new one."]);
  });
  it("leaves out that nothing is to be done", () => {
    expect(sentencesOf(card({ state: "connecting", state_text: "Connecting.", next: "Nothing." }))).toEqual([
      "Connecting.",
    ]);
  });
  it("stands before the others when it needs somebody", () => {
    const cards = [card({ name: "B" }), card({ name: "A" }), card({ name: "Z", state: "logged_out" })];
    expect(byNeed(cards).map((each) => each.name)).toEqual(["Z", "A", "B"]);
  });
});
