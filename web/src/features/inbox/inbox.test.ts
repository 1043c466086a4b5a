import { describe, expect, it } from "vitest";
import type { ChatMessage, ChatRow } from "../../api/contract";
import { filtersOf, validateInbox } from "./search";
import { byDay, inOrder, nameOf, pauseOf } from "./talk";

const message = (id: string, at = "2026-11-24T10:00:00Z") => ({ id, at }) as ChatMessage;
const chat = (more: Partial<ChatRow>) =>
  ({ kind: "direct", title: "Rina", customer: null, ...more }) as ChatRow;

describe("a conversation", () => {
  it("stands oldest first, each message once, also when a new one shifted the pages", () => {
    const pages = [
      { items: [message("4"), message("3")], next: "x" },
      { items: [message("3"), message("2"), message("1")], next: null },
    ];
    expect(inOrder(pages).map(({ id }) => id)).toEqual(["1", "2", "3", "4"]);
  });

  it("is cut by the reader's days", () => {
    const days = byDay(
      [
        message("1", "2026-11-23T18:00:00Z"),
        message("2", "2026-11-23T19:00:00Z"),
        message("3", "2026-11-24T01:00:00Z"),
      ],
      (at) => at.slice(0, 10),
    );
    expect(days.map(({ messages }) => messages.length)).toEqual([2, 1]);
  });
});

describe("who answers", () => {
  const now = Date.parse("2026-11-24T10:00:00Z");
  it("is the bot without a pause or after it", () => {
    expect(pauseOf(chat({ bot_paused_until: null }), now)).toBeNull();
    expect(pauseOf(chat({ bot_paused_until: "2026-11-24T09:59:00Z" }), now)).toBeNull();
  });
  it("is a person until then, or until somebody switches it back", () => {
    expect(pauseOf(chat({ bot_paused_until: "2026-11-24T10:30:00Z" }), now)).toEqual({
      until: "2026-11-24T10:30:00Z",
    });
    expect(pauseOf(chat({ bot_paused_until: "2126-10-31T00:00:00Z" }), now)).toEqual({ until: null });
  });
});

it("calls a direct chat by its customer, a group by its title", () => {
  const customer = { id: "c", name: "rina_media" };
  expect(nameOf(chat({ customer }))).toBe("rina_media");
  expect(nameOf(chat({ kind: "group", title: "Wholesale", customer }))).toBe("Wholesale");
});

it("keeps filters and the open chat in the address apart", () => {
  const search = validateInbox({ chat: "c", kind: "group", unread: "yes", q: "" });
  expect(search).toEqual({ chat: "c", kind: "group" });
  expect(filtersOf(search)).toEqual({ kind: "group" });
});
