// The two figures that call for a person, beside the pages' names. Absent figures are 0: a new shop has no counts.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import { keys } from "../api/keys";
import { tenantPath, useSession } from "../lib/session";

export function useCounts(): { person: number; unread: number } {
  const { tenant, can } = useSession();
  const query = useQuery({
    queryKey: keys.tenant(tenant?.tenant ?? "", "requests", "counts"),
    queryFn: ({ signal }) =>
      api.get<{ open: number; person: number }>(
        tenantPath(tenant ?? { tenant: "" }, "/requests/counts"),
        undefined,
        signal,
      ),
    enabled: tenant !== null && tenant.state !== "provisioning" && can("requests.read"),
  });
  return { person: query.data?.person ?? 0, unread: 0 };
}
