// Pages of one shop. Brings who is looking, the words, the live socket and the frame.
import { useSuspenseQuery } from "@tanstack/react-query";
import {
  createFileRoute,
  Outlet,
  redirect,
  retainSearchParams,
  useRouterState,
} from "@tanstack/react-router";
import { useEffect } from "react";
import { meQuery } from "../api/queries";
import { chooseTenant, requireMe } from "../lib/guard";
import { compact, str } from "../lib/search";
import { SessionProvider } from "../lib/session";
import { AppShell } from "../shell/AppShell";
import { useLive } from "../shell/useLive";

export const Route = createFileRoute("/_tenant")({
  validateSearch: (search: Record<string, unknown>): { shop?: string } => compact({ shop: str(search.shop) }),
  search: { middlewares: [retainSearchParams(["shop"])] },
  beforeLoad: async ({ context, location }) => {
    const me = await requireMe(context, location.href);
    if (me.tenants.length === 0)
      throw redirect({ to: me.platform ? "/admin/users" : "/account", replace: true });
  },
  component: TenantLayout,
});

function TenantLayout() {
  const { data: me } = useSuspenseQuery(meQuery);
  const { shop } = Route.useSearch();
  const tenant = chooseTenant(me, shop);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const id = tenant?.tenant ?? null;
  useLive(id);
  useEffect(() => {
    // A new page begins at its heading, also for a screen reader.
    if (path && document.activeElement !== document.body)
      document.getElementById("main")?.focus({ preventScroll: true });
  }, [path]);
  return (
    <SessionProvider me={me} tenant={tenant} key={id}>
      <AppShell>
        <Outlet />
      </AppShell>
    </SessionProvider>
  );
}
