// Wrong passwords from where this person never got in: worth a question, at the top of the page.
import type { LoginEvent } from "../../api/contract";

export interface Suspicion {
  count: number;
  ip: string;
  latest: LoginEvent;
}

const DAYS_MS = 3 * 24 * 3_600_000;

/** The latest address with wrong passwords in the last days that has no success in the list. `seen`: already answered. */
export function suspicion(logins: readonly LoginEvent[], now: number, seen: string | null): Suspicion | null {
  const known = new Set(logins.filter((login) => login.outcome === "success").map((login) => login.ip));
  const wrong = logins.filter(
    (login) =>
      login.outcome === "wrong_password" && !known.has(login.ip) && now - Date.parse(login.at) < DAYS_MS,
  );
  const latest = wrong[0];
  if (!latest || latest.id === seen) return null;
  return { count: wrong.filter((login) => login.ip === latest.ip).length, ip: latest.ip, latest };
}
