import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, buildUrl, newKey, type Query } from "../../api/client";
import type {
  ActionResult,
  Id,
  Page,
  PanelCard,
  ProviderRow,
  RequestAction,
  RequestDetail,
  RequestRow,
} from "../../api/contract";
import { keys } from "../../api/keys";

export const PAGE_SIZE = 50;

export const requestsQuery = (tenant: Id, query: Query, after: string | undefined) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "requests", "list", query, after ?? ""),
    queryFn: ({ signal }) =>
      api.get<Page<RequestRow>>(`/tenants/${tenant}/requests`, { ...query, limit: PAGE_SIZE, after }, signal),
    placeholderData: keepPreviousData,
  });

export const requestQuery = (tenant: Id, id: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "requests", "one", id),
    queryFn: ({ signal }) => api.get<RequestDetail>(`/tenants/${tenant}/requests/${id}`, undefined, signal),
  });

export const countsQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "requests", "counts"),
    queryFn: ({ signal }) =>
      api.get<{ open: number; person: number }>(`/tenants/${tenant}/requests/counts`, undefined, signal),
  });

/** Names for the filters; a role without the right to them filters by the rest. */
export const panelNamesQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "panels", "names"),
    queryFn: async ({ signal }) =>
      (await api.get<PanelCard[]>(`/tenants/${tenant}/panels`, undefined, signal)).map(({ id, name }) => ({
        id,
        name,
      })),
    staleTime: 5 * 60_000,
  });

export const providerNamesQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "providers", "names"),
    queryFn: async ({ signal }) =>
      (await api.get<Page<ProviderRow>>(`/tenants/${tenant}/providers`, { limit: 200 }, signal)).items.map(
        ({ id, alias }) => ({ id, name: alias }),
      ),
    staleTime: 5 * 60_000,
  });

export const csvUrl = (tenant: Id, query: Query) => buildUrl(`/tenants/${tenant}/requests.csv`, query);

export interface Act {
  ids: Id[];
  action: RequestAction["action"];
  assignee?: Id | null;
  note?: string;
  /** One per intent: a repeated press or a lost answer acts once. */
  key?: string;
}

export const act = (tenant: Id, { key, ...body }: Act) =>
  api.post<ActionResult>(`/tenants/${tenant}/requests/actions`, body, { idempotencyKey: key ?? newKey() });
