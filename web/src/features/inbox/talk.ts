// How a conversation is laid out: oldest first, by day, each message with what became of it.
import {
  BellOff,
  Check,
  CircleArrowRight,
  CircleHelp,
  Clock3,
  type LucideIcon,
  OctagonX,
} from "lucide-react";
import type { ChatMessage, ChatRow, Page } from "../../api/contract";
import type { Tone } from "../../ui/State";

/** Pages come newest first; a message that stands on two of them is there once. */
export function inOrder(pages: readonly Page<ChatMessage>[]): ChatMessage[] {
  const seen = new Set<string>();
  return pages
    .flatMap((page) => page.items)
    .filter((message) => !seen.has(message.id) && seen.add(message.id))
    .reverse();
}

export interface Day {
  key: string;
  /** Of the first message of the day. */
  at: string;
  messages: ChatMessage[];
}

export function byDay(messages: readonly ChatMessage[], dayOf: (at: string) => string): Day[] {
  const days: Day[] = [];
  for (const message of messages) {
    const key = dayOf(message.at);
    const last = days.at(-1);
    if (last?.key === key) last.messages.push(message);
    else days.push({ key, at: message.at, messages: [message] });
  }
  return days;
}

export type Sent = Exclude<ChatMessage["state"], "received">;

export const TICK: Record<Sent, { icon: LucideIcon; tone: Tone }> = {
  queued: { icon: Clock3, tone: "wait" },
  sending: { icon: CircleArrowRight, tone: "sent" },
  sent: { icon: Check, tone: "done" },
  refused: { icon: OctagonX, tone: "failed" },
  unknown: { icon: CircleHelp, tone: "person" },
  silent: { icon: BellOff, tone: "pause" },
};

/** Without an end: until somebody switches the bot on again. */
const ENDLESS_MS = 300 * 24 * 3_600_000;

export function pauseOf(chat: ChatRow, now: number): { until: string | null } | null {
  if (chat.bot_paused_until === null) return null;
  const until = Date.parse(chat.bot_paused_until);
  if (until <= now) return null;
  return { until: until - now > ENDLESS_MS ? null : chat.bot_paused_until };
}

export function nameOf(chat: ChatRow): string {
  return chat.kind === "direct" ? (chat.customer?.name ?? chat.title) : chat.title;
}
