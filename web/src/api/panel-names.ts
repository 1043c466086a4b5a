// Panels by name, for forms and filters that only need to call one.
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import type { Id, PanelCard } from "./contract";
import { keys } from "./keys";

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
