import { createFileRoute } from "@tanstack/react-router";
import { LEDGER_KINDS, type LedgerKind } from "../features/wallet/kinds";
import { WalletPage } from "../features/wallet/WalletPage";
import { compact, oneOf, str } from "../lib/search";

export const Route = createFileRoute("/_tenant/wallet")({
  validateSearch: (search: Record<string, unknown>): { kind?: LedgerKind; after?: string } =>
    compact({ kind: oneOf(search.kind, LEDGER_KINDS), after: str(search.after) }),
  component: Wallet,
});

function Wallet() {
  return <WalletPage {...Route.useSearch()} />;
}
