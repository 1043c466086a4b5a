import { createFileRoute } from "@tanstack/react-router";
import { AccountPage } from "../features/account/AccountPage";
import { compact, str } from "../lib/search";

export const Route = createFileRoute("/_me/account")({
  validateSearch: (search: Record<string, unknown>): { after?: string } =>
    compact({ after: str(search.after) }),
  component: Account,
});

function Account() {
  const { after } = Route.useSearch();
  return <AccountPage after={after} />;
}
