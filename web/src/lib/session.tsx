// Who is looking, at which shop, with what rights. The layouts provide it; pages read it.

import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Locale, Me, TenantAccess } from "../api/contract";
import { useLocale } from "../i18n";
import { browserZone, type Format, makeFormat } from "./format";

export interface Session {
  me: Me;
  tenant: TenantAccess | null;
  /** Asks only what the API told: it refuses by itself, this spares people the dead end. */
  can: (permission: string) => boolean;
}

const SessionContext = createContext<Session | null>(null);
const ZoneContext = createContext<string | null>(null);

export function makeSession(me: Me, tenant: TenantAccess | null): Session {
  const granted = new Set([...(tenant?.permissions ?? []), ...(me.platform?.permissions ?? [])]);
  return { me, tenant, can: (permission) => granted.has(permission) };
}

export function SessionProvider({
  me,
  tenant,
  children,
}: {
  me: Me;
  tenant: TenantAccess | null;
  children: ReactNode;
}) {
  const session = useMemo(() => makeSession(me, tenant), [me, tenant]);
  return (
    <SessionContext value={session}>
      <ZoneContext value={me.account.time_zone || null}>{children}</ZoneContext>
    </SessionContext>
  );
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside a signed-in layout");
  return session;
}

/** The shop of this page; only inside `_tenant` routes. */
export function useTenant(): TenantAccess {
  const { tenant } = useSession();
  if (!tenant) throw new Error("useTenant outside a tenant's layout");
  return tenant;
}

/** Path of the shop's part of the API: `/tenants/{id}`. */
export function tenantPath(tenant: Pick<TenantAccess, "tenant">, rest = ""): string {
  return `/tenants/${tenant.tenant}${rest}`;
}

const formats = new Map<string, Format>();

export function useFormat(): Format {
  const zone = useContext(ZoneContext) ?? browserZone();
  const locale = useLocale();
  const id = `${locale} ${zone}`;
  let format = formats.get(id);
  if (!format) {
    format = safeFormat(locale, zone);
    formats.set(id, format);
  }
  return format;
}

function safeFormat(locale: Locale, zone: string): Format {
  try {
    return makeFormat(locale, zone);
  } catch {
    // A zone this browser does not know: its own is better than no page.
    return makeFormat(locale, browserZone());
  }
}
