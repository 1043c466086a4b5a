import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Id, LedgerRow, Micros, Page, Wallet } from "../../api/contract";
import { keys } from "../../api/keys";
import type { LedgerKind } from "./kinds";

export const walletQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "wallet"),
    queryFn: ({ signal }) => api.get<Wallet>(`/tenants/${tenant}/wallet`, undefined, signal),
  });

export const ledgerQuery = (tenant: Id, kind: LedgerKind | undefined, after: string | undefined) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "wallet", "ledger", kind ?? "", after ?? ""),
    queryFn: ({ signal }) =>
      api.get<Page<LedgerRow>>(`/tenants/${tenant}/wallet/ledger`, { kind, after, limit: 50 }, signal),
    placeholderData: keepPreviousData,
  });

export type Price = Wallet["prices"][number];
export interface PriceLine {
  channel: Price["channel"];
  direct: number | null;
  group: number | null;
  forward: number | null;
}

/** One line per channel. A channel without forwards has none, which is not a price of zero. */
export function priceLines(prices: Price[]): PriceLine[] {
  const lines = new Map<Price["channel"], PriceLine>();
  for (const { channel, kind, purpose, price } of prices) {
    const line = lines.get(channel) ?? { channel, direct: null, group: null, forward: null };
    if (purpose === "forward") line.forward = price;
    else line[kind] = price;
    lines.set(channel, line);
  }
  return [...lines.values()];
}

/** What a movement did to the balance. The server's amounts are sizes, but for a grant, which may be a deduction. */
export function balanceChange({ kind, amount }: Pick<LedgerRow, "kind" | "amount">): Micros {
  if (kind === "settle") return 0;
  return kind === "hold" ? -amount : amount;
}
