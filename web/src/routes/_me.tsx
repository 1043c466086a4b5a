// Pages about the person, with or without a shop: the frame is the one they work in.
import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute, Outlet, retainSearchParams } from "@tanstack/react-router";
import { meQuery } from "../api/queries";
import { chooseTenant, requireMe } from "../lib/guard";
import { compact, str } from "../lib/search";
import { SessionProvider } from "../lib/session";
import { AppShell } from "../shell/AppShell";
import { useLive } from "../shell/useLive";

export const Route = createFileRoute("/_me")({
  validateSearch: (search: Record<string, unknown>): { shop?: string } => compact({ shop: str(search.shop) }),
  search: { middlewares: [retainSearchParams(["shop"])] },
  beforeLoad: ({ context, location }) => requireMe(context, location.href).then(() => undefined),
  component: MeLayout,
});

function MeLayout() {
  const { data: me } = useSuspenseQuery(meQuery);
  const { shop } = Route.useSearch();
  const tenant = chooseTenant(me, shop);
  useLive(tenant?.tenant ?? null);
  return (
    <SessionProvider me={me} tenant={tenant}>
      <AppShell platform={tenant === null}>
        <Outlet />
      </AppShell>
    </SessionProvider>
  );
}
