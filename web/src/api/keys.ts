// Query keys. Everything of a tenant begins with ["t", tenant, topic], where topic is the live hint that makes it stale.
import type { Id } from "./contract";

export const TOPICS = [
  "requests",
  "chats",
  "channels",
  "panels",
  "wallet",
  "setup",
  "providers",
  "customers",
] as const;
export type Topic = (typeof TOPICS)[number];

/** Beside the live topics: what no hint speaks of. */
export type KeyArea = Topic | "home" | "replies" | "settings" | "test-room" | "search" | "members";

export const keys = {
  me: ["me"] as const,
  sessions: ["me", "sessions"] as const,
  logins: (after: string | undefined) => ["me", "logins", after ?? ""] as const,
  tenant: (tenant: Id, area: KeyArea, ...rest: readonly unknown[]) => ["t", tenant, area, ...rest] as const,
  admin: (area: "users", ...rest: readonly unknown[]) => ["admin", area, ...rest] as const,
};

/** What a hint makes stale. Home sums up everything, so each hint touches it. */
export function staleKeys(tenant: Id, topic: Topic): (readonly unknown[])[] {
  const stale: (readonly unknown[])[] = [keys.tenant(tenant, topic), keys.tenant(tenant, "home")];
  if (topic === "setup") stale.push(["me", "setup"]);
  if (topic === "requests") stale.push(keys.tenant(tenant, "chats"));
  return stale;
}
