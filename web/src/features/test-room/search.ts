// Alone in its file: the route reads it at start, and must not bring the page with it.
import { compact, oneOf, type Raw, str } from "../../lib/search";

export const VIEWS = ["why", "examples"] as const;

export interface RoomSearch {
  /** Who is played; nobody: a stranger. */
  customer?: string;
  kind?: "group";
  /** On the desk what stands beside the chat, on the phone what stands instead of it. */
  view?: (typeof VIEWS)[number];
}

export type RoomChange = { [K in keyof RoomSearch]?: RoomSearch[K] | undefined };

export function validateRoom(search: Raw): RoomSearch {
  return compact({
    customer: str(search.customer),
    kind: oneOf(search.kind, ["group"]),
    view: oneOf(search.view, VIEWS),
  });
}
