import { createFileRoute, redirect } from "@tanstack/react-router";
import { meQuery } from "../api/queries";
import { LoginPage } from "../features/auth/LoginPage";
import { safeReturn } from "../lib/guard";
import { compact, str } from "../lib/search";

export const Route = createFileRoute("/login")({
  validateSearch: (search: Record<string, unknown>): { to?: string; ended?: string } =>
    compact({ to: str(search.to), ended: str(search.ended) }),
  beforeLoad: ({ context, search }) => {
    // Already in: on to the page that was wanted.
    if (context.queryClient.getQueryData(meQuery.queryKey))
      throw redirect({ href: safeReturn(search.to), replace: true });
  },
  component: Login,
});

function Login() {
  const { to, ended } = Route.useSearch();
  return <LoginPage to={safeReturn(to)} ended={ended !== undefined} />;
}
