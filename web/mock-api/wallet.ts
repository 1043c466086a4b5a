import { http } from "msw";
import type { LedgerRow, Wallet } from "../src/api/contract";
import { ago, id, json, page, scenario, T } from "./kit";

const fresh = () => scenario("new") || scenario("setup") || scenario("empty");

const wallet = (): Wallet => ({
  balance: fresh() ? 100_000_000 : 6_412_000_000,
  held: fresh() ? 0 : 2_500_000,
  messages_left: fresh() ? 100 : 6412,
  days_left: fresh() ? null : 9.2,
  per_day: fresh() ? 0 : 697_000_000,
  prices: [
    { channel: "telegram_bot", kind: "direct", purpose: "reply", price: 500_000 },
    { channel: "telegram_bot", kind: "group", purpose: "reply", price: 1_000_000 },
    { channel: "telegram_bot", kind: "group", purpose: "forward", price: 300_000 },
    { channel: "test_room", kind: "direct", purpose: "reply", price: 0 },
  ],
  held_messages: scenario("many") ? 12 : 0,
});

const rows: LedgerRow[] = Array.from({ length: 120 }, (_, n) => {
  const kind = n % 40 === 39 ? "grant" : n % 9 === 8 ? "release" : n % 2 ? "hold" : "settle";
  return {
    id: 5000 - n,
    at: ago(n * 47),
    kind,
    amount: kind === "grant" ? 1_000_000_000 : 500_000,
    balance_after: 6_412_000_000 + n * 500_000,
    held_after: 0,
    reason: kind,
    what: kind === "grant" ? "Credits from the platform" : `Reply about ${481799696 + n}`,
    ref: id(9, n),
  };
});

export const walletHandlers = [
  http.get(`${T}/wallet`, () => json(wallet())),
  http.get(`${T}/wallet/ledger`, ({ request }) => {
    const url = new URL(request.url);
    const kind = url.searchParams.get("kind");
    return json(page(fresh() ? [] : rows.filter((row) => !kind || row.kind === kind), url));
  }),
  http.post(`${T}/wallet/replay`, () => json({ replayed: 12 })),
];
