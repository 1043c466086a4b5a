import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { ChannelCard, ChatRow, CustomerRow, GroupMembers, GroupRow, Id, Page } from "../../api/contract";
import { keys } from "../../api/keys";

export const GROUPS_PAGE = 50;
const SOON_MS = 3000;
const LATER_MS = 15_000;

/** Asked again by itself: what a chat network does to a bot comes without a hint. */
export const channelsQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "channels"),
    queryFn: ({ signal }) => api.get<ChannelCard[]>(`/tenants/${tenant}/channels`, undefined, signal),
    refetchInterval: (query) =>
      query.state.data?.some((each) => each.state === "connecting") ? SOON_MS : LATER_MS,
  });

export const groupsQuery = (
  tenant: Id,
  channel: Id,
  { q, after }: { q?: string | undefined; after?: string | undefined },
) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "channels", channel, "groups", q ?? "", after ?? ""),
    queryFn: ({ signal }) =>
      api.get<Page<GroupRow>>(
        `/tenants/${tenant}/channels/${channel}/groups`,
        { q, after, limit: GROUPS_PAGE },
        signal,
      ),
    placeholderData: keepPreviousData,
    refetchInterval: LATER_MS,
  });

export const chatQuery = (tenant: Id, chat: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "chats", "one", chat),
    queryFn: ({ signal }) => api.get<ChatRow>(`/tenants/${tenant}/chats/${chat}`, undefined, signal),
    refetchInterval: LATER_MS,
  });

export const membersOfQuery = (tenant: Id, chat: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "chats", "members", chat),
    queryFn: ({ signal }) =>
      api.get<GroupMembers>(`/tenants/${tenant}/chats/${chat}/members`, undefined, signal),
    refetchInterval: SOON_MS * 2,
  });

export const customersFoundQuery = (tenant: Id, q: string) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "customers", "found", q),
    queryFn: ({ signal }) =>
      api.get<Page<CustomerRow>>(`/tenants/${tenant}/customers`, { q, limit: 20 }, signal),
    placeholderData: keepPreviousData,
  });

/** What stands on a card: nothing where all is well, else what is wrong and what to do. */
export function sentencesOf(card: ChannelCard): string[] {
  const next = /^Nothing( to do)?\.$/.test(card.next) ? "" : card.next;
  if (card.state === "online") return card.last_in_at === null ? [next].filter(Boolean) : [];
  if (card.state === "disabled") return [next].filter(Boolean);
  return [card.state_text, next].filter(Boolean);
}

const FIRST: ChannelCard["state"][] = ["logged_out", "backing_off", "connecting", "online", "disabled"];

/** What needs somebody stands first. */
export function byNeed(cards: readonly ChannelCard[]): ChannelCard[] {
  return [...cards].sort(
    (a, b) => FIRST.indexOf(a.state) - FIRST.indexOf(b.state) || a.name.localeCompare(b.name),
  );
}
