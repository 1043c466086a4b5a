import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Id, ReplyText } from "../../api/contract";
import { keys } from "../../api/keys";

/** Languages that have texts. English needs no word in the address. */
export const LANGUAGES = ["en", "ne"] as const;
export type Language = (typeof LANGUAGES)[number];

export const repliesQuery = (tenant: Id, lang: Language) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "replies", "list", lang),
    queryFn: ({ signal }) => api.get<ReplyText[]>(`/tenants/${tenant}/replies`, { lang }, signal),
  });

export interface OnOrder {
  panel: Id;
  order_id: string;
}
export interface Preview {
  text: string;
  order: string;
  problems: string[];
}

export const previewQuery = (
  tenant: Id,
  what: { key: string; lang: Language; text: string; order: OnOrder | null },
) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "replies", "preview", what),
    queryFn: () => {
      const { order, ...rest } = what;
      return api.post<Preview>(`/tenants/${tenant}/replies/preview`, { ...rest, ...(order && { order }) });
    },
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
