// Alone in its file: the route reads it at start, and must not bring the page's queries with it.
export const LEDGER_KINDS = ["grant", "hold", "settle", "release"] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];
