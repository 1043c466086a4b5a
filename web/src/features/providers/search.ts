// What the address of this page may say. In the first load of every page, so nothing else is in here.
import { compact, str } from "../../lib/search";

export interface ProvidersSearch {
  q?: string;
  after?: string;
  open?: string;
}

export function validateProviders(search: Record<string, unknown>): ProvidersSearch {
  return compact({ q: str(search.q), after: str(search.after), open: str(search.open) });
}
