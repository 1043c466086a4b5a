import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, buildUrl } from "../../api/client";
import type { CustomerRow, Id, IdentityRow, Page } from "../../api/contract";
import { keys } from "../../api/keys";

export const PAGE_SIZE = 50;
export const customersQuery = (tenant: Id, q: string | undefined, after?: string, limit = PAGE_SIZE) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "customers", "list", q ?? "", after ?? "", limit),
    queryFn: ({ signal }) =>
      api.get<Page<CustomerRow>>(`/tenants/${tenant}/customers`, { q, after, limit }, signal),
    placeholderData: keepPreviousData,
  });

export const customerQuery = (tenant: Id, id: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "customers", "one", id),
    queryFn: ({ signal }) => api.get<CustomerRow>(`/tenants/${tenant}/customers/${id}`, undefined, signal),
  });

export const sendersQuery = (tenant: Id, unlinked: boolean, q?: string, after?: string) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "customers", "senders", unlinked, q ?? "", after ?? ""),
    queryFn: ({ signal }) =>
      api.get<Page<IdentityRow>>(
        `/tenants/${tenant}/identities`,
        { unlinked: unlinked || undefined, q, after, limit: PAGE_SIZE },
        signal,
      ),
    placeholderData: keepPreviousData,
  });

export const VIEWS = ["all", "unlinked", "senders"] as const;

export const csvUrl = (tenant: Id) => buildUrl(`/tenants/${tenant}/customers.csv`);

/** What the network shows of them; some show nothing but a number. */
export const senderName = (sender: IdentityRow) => sender.display_name || sender.network_id;

export const isMuted = (sender: IdentityRow, now: number) =>
  sender.muted_until !== null && Date.parse(sender.muted_until) > now;
