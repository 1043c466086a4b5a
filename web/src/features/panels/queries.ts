import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Id, KeyReport, PanelCard } from "../../api/contract";
import { keys } from "../../api/keys";
import type { Tone } from "../../ui";

const LATER_MS = 30_000;

export const panelsQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "panels"),
    queryFn: ({ signal }) => api.get<PanelCard[]>(`/tenants/${tenant}/panels`, undefined, signal),
    refetchInterval: LATER_MS,
  });

/** The owner can mend a key by themselves, so it calls for a person; what the panel has to mend is broken. */
export const REPORT_TONE: Record<KeyReport["state"], Tone> = {
  ok: "done",
  wrong_key: "person",
  customer_key: "person",
  too_slow: "wait",
  unreachable: "failed",
  challenge: "failed",
  not_a_panel: "failed",
  blocked_address: "failed",
};

const FIRST: Tone[] = ["failed", "person", "wait", "done"];

/** What needs somebody stands first; the others stay in the server's order. */
export function byNeed(cards: readonly PanelCard[]): PanelCard[] {
  const rank = (card: PanelCard) => FIRST.indexOf(REPORT_TONE[card.report.state]);
  return [...cards].sort((a, b) => rank(a) - rank(b));
}

/** `https://www.himal-boost.example/admin` → `himal-boost.example`; what is no address stays as it is. */
export function hostOf(url: string): string {
  try {
    return new URL(url.includes("://") ? url : `https://${url}`).host.replace(/^www\./, "");
  } catch {
    return url;
  }
}

/** A first idea for a name that people read: `himal-boost.example` → `Himal Boost`. */
export function nameOf(url: string): string {
  const host = hostOf(url.trim());
  const word = host.split(".")[0] ?? "";
  if (!host.includes(".") || /^\d+$/.test(word)) return "";
  return word
    .split(/[-_]+/)
    .filter(Boolean)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(" ");
}

/** Least milliseconds between two calls, fastest first. */
export const PACES = [100, 200, 334, 500, 1000, 2000, 5000, 10_000] as const;

/** Calls a second where that is one or more, else seconds between two calls. */
export function paceOf(ms: number): { perSecond: number } | { seconds: number } {
  if (ms <= 0) return { perSecond: 0 };
  if (ms <= 1000) return { perSecond: Math.round(10_000 / ms) / 10 };
  return { seconds: Math.round(ms / 100) / 10 };
}
