// Answers on their way, kept while the person looks at other chats: each has one key for all its tries, so that a lost
// answer of the server or a second press never says it twice. What could not be sent stays, with its reason.
import { type QueryClient, skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, newKey } from "../../api/client";
import type { ChatMessage, Id, Instant, Page } from "../../api/contract";
import { keys } from "../../api/keys";
import { fieldErrors } from "../../api/problem";
import { useProblemText } from "../../ui/problem-text";
import { saidQuery } from "./queries";

export interface Outgoing {
  key: string;
  text: string;
  at: Instant;
  reply_to: string | null;
  error: string | null;
}

const NONE: Outgoing[] = [];
const keyOf = (tenant: Id, chat: Id) => keys.tenant(tenant, "chats", "out", chat);

export function useOutgoing(tenant: Id, chat: Id) {
  const client = useQueryClient();
  const text = useProblemText();
  const query = useQuery<Outgoing[]>({
    queryKey: keyOf(tenant, chat),
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const change = (next: (items: Outgoing[]) => Outgoing[]) =>
    client.setQueryData<Outgoing[]>(keyOf(tenant, chat), (items) => next(items ?? NONE));
  const drop = (key: string) => change((items) => items.filter((item) => item.key !== key));

  const deliver = async (item: Outgoing) => {
    try {
      const said = await api.post<ChatMessage>(
        `/tenants/${tenant}/chats/${chat}/messages`,
        { text: item.text, ...(item.reply_to !== null && { reply_to: item.reply_to }) },
        { idempotencyKey: item.key },
      );
      keepSaid(client, tenant, chat, said);
      drop(item.key);
    } catch (error) {
      const reason = Object.values(fieldErrors(error))[0]?.message ?? text(error);
      change((items) => items.map((each) => (each.key === item.key ? { ...each, error: reason } : each)));
    }
    // Also after a refusal: the chat may have been lost, or the bot paused.
    void client.invalidateQueries({ queryKey: keys.tenant(tenant, "chats") });
  };

  return {
    items: query.data ?? NONE,
    send: (words: string, reply_to: string | null) => {
      const item: Outgoing = {
        key: newKey(),
        text: words,
        at: new Date().toISOString(),
        reply_to,
        error: null,
      };
      change((items) => [...items, item]);
      void deliver(item);
    },
    again: (item: Outgoing) => {
      change((items) => items.map((each) => (each.key === item.key ? { ...each, error: null } : each)));
      void deliver(item);
    },
    drop,
  };
}

/** At its place at once, before the next look at the server. */
function keepSaid(client: QueryClient, tenant: Id, chat: Id, said: ChatMessage) {
  client.setQueryData<{ pages: Page<ChatMessage>[]; pageParams: string[] }>(
    saidQuery(tenant, chat).queryKey,
    (list) => {
      const [first, ...rest] = list?.pages ?? [];
      if (!list || !first || list.pages.some((page) => page.items.some((each) => each.id === said.id)))
        return list;
      return { ...list, pages: [{ ...first, items: [said, ...first.items] }, ...rest] };
    },
  );
}
