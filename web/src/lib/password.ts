// What can be said about a password before the server sees it.
import type { MessageId, Values } from "../i18n";

export interface Complaint {
  id: MessageId;
  values?: Values;
}

/** The server's rules: 10 signs, not one of the first that somebody would try, and not the person's own name. */
export function passwordComplaint(password: string, username: string): Complaint | null {
  if (password === "") return { id: "signup.need.password" };
  const signs = [...password];
  if (signs.length < 10) return { id: "signup.bad.password_short" };
  if (new TextEncoder().encode(password).length > 256) return { id: "signup.bad.password_long" };
  const name = username.trim().toLowerCase();
  const folded = password.toLowerCase();
  if (name.length >= 3 && [...folded.replaceAll(name, "")].length < 4)
    return { id: "signup.bad.password_name" };
  const common = ["password", "1234567890", "qwertyuiop"].some((each) => folded.startsWith(each));
  if (common || new Set(signs).size === 1) return { id: "signup.bad.password_simple" };
  return null;
}

/** 0 to 4 bars: length and variety, nothing cleverer than that. */
export function passwordStrength(password: string): number {
  if (password.length < 8) return password === "" ? 0 : 1;
  const variety = new Set(password).size;
  let bars = 1;
  if (password.length >= 10 && variety >= 6) bars += 1;
  if (password.length >= 15 && variety >= 8) bars += 1;
  if (password.length >= 20 && variety >= 10) bars += 1;
  return bars;
}
