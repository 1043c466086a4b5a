import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { api } from "../../api/client";
import type { ChannelCard, ChatMessage, ChatRow, Id, Page } from "../../api/contract";
import { keys } from "../../api/keys";
import type { InboxFilters } from "./search";

const CHATS = 50;
const MESSAGES = 50;

export const chatsQuery = (tenant: Id, filters: InboxFilters) =>
  infiniteQueryOptions({
    queryKey: keys.tenant(tenant, "chats", "list", filters),
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<ChatRow>>(
        `/tenants/${tenant}/chats`,
        { ...filters, unread: filters.unread && "true", limit: CHATS, after: pageParam },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

export const chatQuery = (tenant: Id, id: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "chats", "one", id),
    queryFn: ({ signal }) => api.get<ChatRow>(`/tenants/${tenant}/chats/${id}`, undefined, signal),
  });

/** Newest first; the next page is what was said before. */
export const saidQuery = (tenant: Id, id: Id) =>
  infiniteQueryOptions({
    queryKey: keys.tenant(tenant, "chats", "said", id),
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<ChatMessage>>(
        `/tenants/${tenant}/chats/${id}/messages`,
        { limit: MESSAGES, before: pageParam },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });

export const accountNamesQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "channels", "names"),
    queryFn: async ({ signal }) =>
      (await api.get<ChannelCard[]>(`/tenants/${tenant}/channels`, undefined, signal)).map(
        ({ id, name, username }) => ({ id, name, username }),
      ),
    staleTime: 5 * 60_000,
  });

/** What a chat is now, wherever it is shown. */
export function keepChat(client: QueryClient, tenant: Id, chat: ChatRow) {
  client.setQueryData(chatQuery(tenant, chat.id).queryKey, chat);
  client.setQueriesData<{ pages: Page<ChatRow>[]; pageParams: unknown[] }>(
    { queryKey: keys.tenant(tenant, "chats", "list") },
    (list) =>
      list && {
        ...list,
        pages: list.pages.map((page) => ({
          ...page,
          items: page.items.map((row) => (row.id === chat.id ? chat : row)),
        })),
      },
  );
}
