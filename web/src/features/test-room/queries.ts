import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { CustomerRef, Example, ExampleResult, Id, Page, RequestRow, TestRun } from "../../api/contract";
import { keys } from "../../api/keys";

export const CHOICES = 50;

export const customerChoicesQuery = (tenant: Id, q: string) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "customers", "choices", q),
    queryFn: ({ signal }) =>
      api.get<Page<CustomerRef>>(`/tenants/${tenant}/customers`, { q, limit: CHOICES }, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** One who is not among the first. */
export const customerQuery = (tenant: Id, id: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "customers", "name", id),
    queryFn: ({ signal }) => api.get<CustomerRef>(`/tenants/${tenant}/customers/${id}`, undefined, signal),
    staleTime: 60_000,
    retry: false,
  });

/** Orders that customers asked about last, to begin with a real one. */
export const lastOrdersQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "test-room", "last-orders"),
    queryFn: ({ signal }) =>
      api.get<Page<RequestRow>>(`/tenants/${tenant}/requests`, { view: "all", limit: 3 }, signal),
    staleTime: 5 * 60_000,
  });

export const examplesQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "test-room", "examples"),
    queryFn: ({ signal }) => api.get<Example[]>(`/tenants/${tenant}/test-room/examples`, undefined, signal),
  });

export interface Play {
  text: string;
  customer: Id | null;
  kind: "direct" | "group";
  previous?: string;
}

export const play = (tenant: Id, what: Play) =>
  api.post<TestRun>(`/tenants/${tenant}/test-room/messages`, what);

export type NewExample = Pick<Example, "name" | "text" | "kind" | "expect_replies"> & { customer: Id | null };

export const addExample = (tenant: Id, example: NewExample) =>
  api.post<Example>(`/tenants/${tenant}/test-room/examples`, example);

export const removeExample = (tenant: Id, id: Id) =>
  api.delete(`/tenants/${tenant}/test-room/examples/${id}`);

export const runExamples = (tenant: Id, ids?: Id[]) =>
  api.post<ExampleResult[]>(`/tenants/${tenant}/test-room/examples/run`, ids ? { ids } : {});
