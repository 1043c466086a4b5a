// How a forward is written: our text where the owner has none, pieces and joining in words people choose from.
import type { ProviderRow, RouteRow } from "../../api/contract";
import type { MessageId } from "../../i18n";
import type { Tone } from "../../ui/State";

export const OUR_TEMPLATE = "{ids} {command}\n{panel}";
export const VARIABLES = ["ids", "command", "panel"] as const;
export const DEFAULT_PIECE = 100;
export const DEFAULT_JOIN_MS = 2000;
const JOIN_MS = [0, 2000, 5000, 10_000, 30_000, 60_000];

/** What is sent: nothing where the text is ours. */
export const templateOf = (text: string): string | null => (text === OUR_TEMPLATE ? null : text);

/** The usual times, and the one that is set. */
export function joinChoices(now: number): number[] {
  return JOIN_MS.includes(now) ? JOIN_MS : [...JOIN_MS, now].sort((a, b) => a - b);
}

export function pieceOf(text: string): number | null {
  const value = Number(text);
  return /^\d{1,3}$/.test(text.trim()) && value >= 1 && value <= 100 ? value : null;
}

/** Topics are numbers on the network; an empty one is the whole group. */
export const isTopic = (text: string) => text === "" || /^\d{1,12}$/.test(text);

export interface ProviderState {
  tone: Tone;
  word: MessageId;
}

export function stateOf(provider: Pick<ProviderRow, "routes" | "name_count">): ProviderState {
  const lost = provider.routes.filter((route: RouteRow) => route.chat.lost_reason !== null).length;
  if (provider.routes.length === 0) return { tone: "person", word: "providers.state.no_group" };
  if (lost > 0) return { tone: "failed", word: "providers.state.lost" };
  if (provider.name_count === 0) return { tone: "off", word: "providers.state.no_name" };
  return { tone: "done", word: "providers.state.routed" };
}

/** One name a line, without the empty ones and without doubles. */
export function namesOf(text: string): string[] {
  const names = text.split("\n").map((line) => line.trim());
  return names.filter((name, at) => name !== "" && names.indexOf(name) === at);
}
