// Queries that more than one part of the panel needs. A page's own live in its feature folder.
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import type { AccountRef, Home, Id, Me, Page, RequestRow, Setup } from "./contract";
import { keys } from "./keys";

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => api.get<Me>("/me", undefined, signal),
  staleTime: 60_000,
});

export const setupQuery = queryOptions({
  queryKey: ["me", "setup"] as const,
  queryFn: ({ signal }) => api.get<Setup>("/me/setup", undefined, signal),
});

export const homeQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "home"),
    queryFn: ({ signal }) => api.get<Home>(`/tenants/${tenant}/home`, undefined, signal),
  });

export const membersQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "members"),
    queryFn: ({ signal }) => api.get<AccountRef[]>(`/tenants/${tenant}/members`, undefined, signal),
    staleTime: 5 * 60_000,
  });

/** The first few requests that wait for a person, for Home. */
export const needPersonQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "requests", "person-first"),
    queryFn: ({ signal }) =>
      api.get<Page<RequestRow>>(`/tenants/${tenant}/requests`, { view: "person", limit: 4 }, signal),
  });
