// What can be said about an answer before the server sees it. The server decides; this saves people a round.
import { type Complaint, passwordComplaint } from "../../lib/password";

export interface Answers {
  username: string;
  password: string;
  whatsapp_number: string;
  telegram_username: string;
  panel_url: string;
  panel_key: string;
}
export type AnswerName = keyof Answers;
export const ORDER: readonly AnswerName[] = [
  "username",
  "password",
  "whatsapp_number",
  "telegram_username",
  "panel_url",
  "panel_key",
];

export function normalTelegram(text: string): string {
  return text
    .trim()
    .replace(/^(https?:\/\/)?(t\.me\/|telegram\.me\/)/i, "")
    .replace(/^@+/, "")
    .replace(/\/+$/, "");
}

/** With a scheme and without a tail: what people paste from the address bar. */
export function normalUrl(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
}

export function complaint(name: AnswerName, answers: Answers): Complaint | null {
  const value = answers[name].trim();
  switch (name) {
    case "username":
      if (value === "") return { id: "signup.need.username" };
      if (value.length < 3 || value.length > 32) return { id: "signup.bad.username_length" };
      if (!/^[a-z0-9._-]+$/i.test(value)) return { id: "signup.bad.username_signs" };
      return null;
    case "password":
      return passwordComplaint(answers.password, answers.username);
    case "whatsapp_number": {
      if (value === "") return { id: "signup.need.whatsapp" };
      if (!/^[+\d\s().-]+$/.test(value)) return { id: "signup.bad.whatsapp_signs" };
      const digits = value.replace(/\D/g, "").replace(/^00/, "");
      if (!value.startsWith("+") && !value.startsWith("00")) return { id: "signup.bad.whatsapp_code" };
      if (digits.startsWith("0") || digits.length < 8 || digits.length > 15)
        return { id: "signup.bad.whatsapp_length" };
      return null;
    }
    case "telegram_username": {
      const bare = normalTelegram(value);
      if (bare === "") return { id: "signup.need.telegram" };
      if (/\s/.test(bare)) {
        const guess = bare.replace(/\s+/g, "");
        return /^[A-Za-z]\w{4,31}$/.test(guess)
          ? { id: "signup.bad.telegram_spaces_guess", values: { guess } }
          : { id: "signup.bad.telegram_spaces" };
      }
      if (!/^[A-Za-z]\w{4,31}$/.test(bare)) return { id: "signup.bad.telegram" };
      return null;
    }
    case "panel_url": {
      if (value === "") return { id: "signup.need.url" };
      let url: URL;
      try {
        url = new URL(normalUrl(value));
      } catch {
        return { id: "signup.bad.url" };
      }
      if (url.protocol !== "https:" && url.protocol !== "http:") return { id: "signup.bad.url" };
      if (url.username !== "" || url.password !== "") return { id: "signup.bad.url_login" };
      if (!url.hostname.includes(".") && url.hostname !== "localhost") return { id: "signup.bad.url" };
      return null;
    }
    case "panel_key":
      if (value === "") return { id: "signup.need.key" };
      if (/\s/.test(value)) return { id: "signup.bad.key_space" };
      if (value.length > 500) return { id: "signup.bad.key_long" };
      return null;
  }
}

/** All complaints of a form, in its order. */
export function complaints(answers: Answers): Partial<Record<AnswerName, Complaint>> {
  const found: Partial<Record<AnswerName, Complaint>> = {};
  for (const name of ORDER) {
    const about = complaint(name, answers);
    if (about) found[name] = about;
  }
  return found;
}
