// The platform's console: the same frame, another accent, a fixed label. No shop is followed here.
import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute, Outlet, redirect } from "@tanstack/react-router";
import { useEffect } from "react";
import { live } from "../api/live-socket";
import { meQuery } from "../api/queries";
import { requireMe } from "../lib/guard";
import { SessionProvider } from "../lib/session";
import { AppShell } from "../shell/AppShell";

export const Route = createFileRoute("/_admin")({
  beforeLoad: async ({ context, location }) => {
    const me = await requireMe(context, location.href);
    if (!me.platform) throw redirect({ to: "/home", replace: true });
  },
  component: AdminLayout,
});

function AdminLayout() {
  const { data: me } = useSuspenseQuery(meQuery);
  useEffect(() => live.follow(null), []);
  return (
    <SessionProvider me={me} tenant={null}>
      <AppShell platform>
        <Outlet />
      </AppShell>
    </SessionProvider>
  );
}
