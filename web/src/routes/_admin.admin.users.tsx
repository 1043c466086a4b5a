import { createFileRoute } from "@tanstack/react-router";
import type { UsersSearch } from "../features/admin/queries";
import { UsersPage } from "../features/admin/UsersPage";
import { compact, oneOf, str } from "../lib/search";

export const Route = createFileRoute("/_admin/admin/users")({
  validateSearch: (search: Record<string, unknown>): UsersSearch =>
    compact({
      q: str(search.q),
      state: oneOf(search.state, ["active", "suspended", "banned"]),
      after: str(search.after),
      open: str(search.open),
    }),
  component: Users,
});

function Users() {
  return <UsersPage search={Route.useSearch()} />;
}
