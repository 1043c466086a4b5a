// Alone in its file: the route reads it at start, and must not bring the page with it.
import { compact, oneOf, type Raw, str } from "../../lib/search";

export const KINDS = ["direct", "group"] as const;

export interface InboxFilters {
  account?: string;
  kind?: (typeof KINDS)[number];
  unread?: "1";
  q?: string;
}

export interface InboxSearch extends InboxFilters {
  /** The open chat. */
  chat?: string;
}

export function validateInbox(search: Raw): InboxSearch {
  return compact({
    account: str(search.account),
    kind: oneOf(search.kind, KINDS),
    unread: oneOf(search.unread, ["1"]),
    q: str(search.q),
    chat: str(search.chat),
  });
}

export function filtersOf({ account, kind, unread, q }: InboxSearch): InboxFilters {
  return compact({ account, kind, unread, q });
}
