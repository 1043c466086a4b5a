import { keepPreviousData, queryOptions, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { ChannelCard, GroupRow, Id, Page, ProviderRow, Unrouted } from "../../api/contract";
import { keys } from "../../api/keys";
import { useTenant } from "../../lib/session";

export const PAGE_SIZE = 50;

export const providersQuery = (tenant: Id, q: string | undefined, after: string | undefined) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "providers", "list", q ?? "", after ?? ""),
    queryFn: ({ signal }) =>
      api.get<Page<ProviderRow>>(`/tenants/${tenant}/providers`, { q, after, limit: PAGE_SIZE }, signal),
    placeholderData: keepPreviousData,
  });

export const providerQuery = (tenant: Id, id: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "providers", "one", id),
    queryFn: ({ signal }) => api.get<ProviderRow>(`/tenants/${tenant}/providers/${id}`, undefined, signal),
  });

export const unroutedQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "providers", "unrouted"),
    queryFn: ({ signal }) => api.get<Unrouted[]>(`/tenants/${tenant}/providers/unrouted`, undefined, signal),
  });

/** The same answer as the page of the channels. */
export const accountsQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "channels"),
    queryFn: ({ signal }) => api.get<ChannelCard[]>(`/tenants/${tenant}/channels`, undefined, signal),
  });

export const groupChoicesQuery = (tenant: Id, account: Id, q: string) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "channels", account, "choices", q),
    queryFn: ({ signal }) =>
      api.get<Page<GroupRow>>(`/tenants/${tenant}/channels/${account}/groups`, { q, limit: 20 }, signal),
    placeholderData: keepPreviousData,
  });

export const previewQuery = (tenant: Id, template: string | null) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "providers", "preview", template),
    queryFn: ({ signal: _ }) =>
      api.post<{ text: string }>(`/tenants/${tenant}/providers/preview`, { template }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export function useRefreshProviders() {
  const { tenant } = useTenant();
  const client = useQueryClient();
  return () =>
    Promise.all(
      (["providers", "channels", "home", "requests"] as const).map((area) =>
        client.invalidateQueries({ queryKey: keys.tenant(tenant, area) }),
      ),
    );
}
