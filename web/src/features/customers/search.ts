// What the addresses of these pages may say. In the first load of every page, so nothing else is in here,
// and pages take only types from it: values would become a chunk of their own.
import { compact, oneOf, str } from "../../lib/search";

export interface CustomersSearch {
  view?: "unlinked" | "senders" | "import";
  q?: string;
  after?: string;
  /** The open customer. */
  open?: string;
  /** The open sender, of a list of senders. */
  who?: string;
  /** Of an import: what is left out, changes, is new, is the same. */
  show?: Shown;
}
export type Shown = "left" | "change" | "add" | "same";

export function validateCustomers(search: Record<string, unknown>): CustomersSearch {
  return compact({
    view: oneOf(search.view, ["unlinked", "senders", "import"]),
    q: str(search.q),
    after: str(search.after),
    open: str(search.open),
    who: str(search.who),
    show: oneOf(search.show, ["left", "change", "add", "same"]),
  });
}
