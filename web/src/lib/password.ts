// What can be said about a password before the server sees it.
import type { MessageId, Values } from "../i18n";

export interface Complaint {
  id: MessageId;
  values?: Values;
}

/** Three words or 12 signs; never mostly the person's own name. */
export function passwordComplaint(password: string, username: string): Complaint | null {
  if (password === "") return { id: "signup.need.password" };
  const words = password.split(/[\s._-]+/).filter((word) => word.length >= 3);
  if (password.length < 12 && !(words.length >= 3 && password.length >= 10))
    return { id: "signup.bad.password_short" };
  if (password.length > 128) return { id: "signup.bad.password_long" };
  const name = username.trim().toLowerCase();
  if (name.length >= 4 && password.toLowerCase().replaceAll(name, "").length < 8)
    return { id: "signup.bad.password_name" };
  if (new Set(password).size < 5) return { id: "signup.bad.password_simple" };
  return null;
}

/** 0 to 4 bars: length and variety, nothing cleverer than that. */
export function passwordStrength(password: string): number {
  if (password.length < 8) return password === "" ? 0 : 1;
  const variety = new Set(password).size;
  let bars = 1;
  if (password.length >= 12 && variety >= 6) bars += 1;
  if (password.length >= 15 && variety >= 8) bars += 1;
  if (password.length >= 20 && variety >= 10) bars += 1;
  return bars;
}
