// What was written in the room, kept while the person looks at other pages, gone with the log-out. Each person that is
// played has a conversation of its own, as on a phone of its own.
import { type QueryClient, skipToken, useQuery } from "@tanstack/react-query";
import type { Id, Instant, TestRun } from "../../api/contract";
import { keys } from "../../api/keys";

export interface Turn {
  key: string;
  text: string;
  at: Instant;
  customer: Id | null;
  kind: "direct" | "group";
  /** What the same person wrote just before; the answer may hang on it. */
  previous?: string;
  /** null while it is played, or when that failed. */
  run: TestRun | null;
  error: string | null;
}

const MOST = 60;
const NONE: Turn[] = [];
const keyOf = (tenant: Id) => keys.tenant(tenant, "test-room", "turns");

export function useTurns(tenant: Id): Turn[] {
  const query = useQuery<Turn[]>({
    queryKey: keyOf(tenant),
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return query.data ?? NONE;
}

export function changeTurns(client: QueryClient, tenant: Id, change: (turns: Turn[]) => Turn[]) {
  client.setQueryData<Turn[]>(keyOf(tenant), (turns) => change(turns ?? NONE).slice(-MOST));
}

export function ofPerson(turns: Turn[], customer: Id | null, kind: Turn["kind"]): Turn[] {
  return turns.filter((turn) => turn.customer === customer && turn.kind === kind);
}
