// What the address of this page may say. In the first load of every page, so nothing else is in here.
import { compact, oneOf, str } from "../../lib/search";

export interface RepliesSearch {
  lang?: "ne";
  view?: "changed";
  q?: string;
  /** Key of the text that is being looked at. */
  open?: string;
}

export function validateReplies(search: Record<string, unknown>): RepliesSearch {
  return compact({
    lang: oneOf(search.lang, ["ne"]),
    view: oneOf(search.view, ["changed"]),
    q: str(search.q),
    open: str(search.open),
  });
}
