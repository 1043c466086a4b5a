import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Id, Settings } from "../../api/contract";
import { keys } from "../../api/keys";

export const settingsQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "settings"),
    queryFn: ({ signal }) => api.get<Settings>(`/tenants/${tenant}/settings`, undefined, signal),
  });

export const PAUSES = [5, 15, 30, 60, 120, 240, 480, 1440] as const;
export const KEPT = [7, 30, 90, 180, 365, 730, 1825, 3650] as const;

/** What can be chosen, with what is set now among it. */
export function withCurrent(choices: readonly number[], now: number): number[] {
  return choices.includes(now) ? [...choices] : [...choices, now].sort((a, b) => a - b);
}

/** Minutes as whole hours where they are; seconds as minutes likewise. */
export function inWholes(value: number): { count: number; big: boolean } {
  return value >= 60 && value % 60 === 0 ? { count: value / 60, big: true } : { count: value, big: false };
}

/** Days as years where they are whole ones. */
export function inYears(days: number): { count: number; years: boolean } {
  return days >= 365 && days % 365 === 0 ? { count: days / 365, years: true } : { count: days, years: false };
}
