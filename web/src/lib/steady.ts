// A live list under a finger: rows already shown keep their place and get fresh contents; new ones wait and are counted.
export interface Steady<T> {
  shown: T[];
  waiting: number;
}

export function steady<T>(
  before: readonly string[] | null,
  fresh: readonly T[],
  id: (row: T) => string,
  busy: boolean,
): Steady<T> {
  if (!busy || before === null) return { shown: [...fresh], waiting: 0 };
  const byId = new Map(fresh.map((row) => [id(row), row]));
  const known = new Set(before);
  const shown = before.map((key) => byId.get(key)).filter((row): row is T => row !== undefined);
  // Only what stands above the first known row is new; the tail belongs to the next page.
  const firstKnown = fresh.findIndex((row) => known.has(id(row)));
  const head = firstKnown === -1 ? fresh : fresh.slice(0, firstKnown);
  return { shown, waiting: head.filter((row) => !known.has(id(row))).length };
}
