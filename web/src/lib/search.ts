// Search params as plain strings in the address: short, readable, and the same after a paste.
export type Raw = Record<string, unknown>;

export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function stringifySearch(search: Raw): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  }
  const text = params.toString().replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}

/** For `validateSearch`: a non-empty text or nothing. */
export function str(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function oneOf<const V extends string>(value: unknown, allowed: readonly V[]): V | undefined {
  return allowed.find((known) => known === value);
}

/** Drops what is undefined, so that a clean address stays clean. */
export function compact<T extends object>(search: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as never;
}

/** For links and `navigate`: what is in the address with a change; `undefined` takes away. Routes validate what comes back. */
export function merge(before: object, change: Raw): never {
  return compact({ ...before, ...change }) as never;
}
