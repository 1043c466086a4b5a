// Who may enter a signed-in layout. Without a session: to the log-in and back here afterwards.
import { redirect } from "@tanstack/react-router";
import type { Me, TenantAccess } from "../api/contract";
import { isApiError } from "../api/problem";
import { meQuery } from "../api/queries";
import { applyAccount } from "../api/session";
import { loadAppMessages } from "../i18n";
import type { RouterContext } from "../router";

export async function requireMe(context: RouterContext, href: string): Promise<Me> {
  try {
    const known = context.queryClient.getQueryData(meQuery.queryKey);
    const [me] = await Promise.all([context.queryClient.ensureQueryData(meQuery), loadAppMessages()]);
    if (!known) applyAccount(me.account);
    return me;
  } catch (error) {
    if (isApiError(error) && error.status === 401) {
      throw redirect({ to: "/login", search: href === "/home" ? {} : { to: href }, replace: true });
    }
    throw error;
  }
}

/** The shop in the address (`?shop=`), else the first; a person with one shop never sees the word. */
export function chooseTenant(me: Me, shop: string | undefined): TenantAccess | null {
  return me.tenants.find((tenant) => tenant.tenant === shop) ?? me.tenants[0] ?? null;
}

/** Where a return path may lead: a page of this panel, nowhere else. */
export function safeReturn(to: string | undefined): string {
  if (!to?.startsWith("/") || to.startsWith("//") || to.startsWith("/\\") || to.startsWith("/login"))
    return "/home";
  return to;
}
