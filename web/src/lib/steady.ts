// A live list under a finger. While somebody is busy with it, rows keep their place: known ones get fresh contents, gone ones
// stay as they were, new ones wait and are counted. Otherwise the list is simply what came.
import { useEffect, useState } from "react";

export interface Steady<T> {
  shown: T[];
  waiting: number;
}

export function steady<T>(
  before: readonly T[] | null,
  fresh: readonly T[],
  id: (row: T) => string,
  busy: boolean,
): Steady<T> {
  if (!busy || before === null || before.length === 0) return { shown: [...fresh], waiting: 0 };
  const byId = new Map(fresh.map((row) => [id(row), row]));
  const known = new Set(before.map(id));
  const shown = before.map((row) => byId.get(id(row)) ?? row);
  // Only what stands above the first known row is new; the tail belongs to the next page.
  const firstKnown = fresh.findIndex((row) => known.has(id(row)));
  const head = firstKnown === -1 ? fresh : fresh.slice(0, firstKnown);
  return { shown, waiting: head.filter((row) => !known.has(id(row))).length };
}

/**
 * `list` names what is shown (filters, page): another list starts anew. `release` shows what waits.
 * `fresh` keeps its identity while nothing came: a new empty list each time would never settle.
 */
export function useSteady<T>(fresh: readonly T[], id: (row: T) => string, busy: boolean, list: string) {
  const [held, setHeld] = useState<{ list: string; rows: readonly T[] } | null>(null);
  const before = held?.list === list ? held.rows : null;
  const result = steady(before, fresh, id, busy);
  useEffect(() => {
    if (!busy) setHeld({ list, rows: fresh });
    else setHeld((now) => (now?.list === list && now.rows.length > 0 ? now : { list, rows: fresh }));
  }, [fresh, busy, list]);
  return { ...result, release: () => setHeld({ list, rows: fresh }) };
}
