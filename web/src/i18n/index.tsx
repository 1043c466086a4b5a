// Words. Catalogues are ICU messages compiled at build time; `base` (what the log-in needs) is in the entry in English,
// `app` comes with every other page. Ids are typed from the English catalogue.
import { cloneElement, Fragment, type ReactElement, type ReactNode, useSyncExternalStore } from "react";
import type { Locale } from "../api/contract";
import baseEn from "./base.en";
import type { MessageId } from "./ids";
import { type Compiled, speak, type Values } from "./message";

export type { MessageId } from "./ids";
export const LOCALES: readonly { id: Locale; name: string }[] = [
  { id: "en", name: "English" },
  { id: "ne", name: "नेपाली" },
];
const STORED = "switchboard.locale";

type Messages = Record<string, Compiled>;
const loaders: Record<Locale, Record<"base" | "app", () => Promise<{ default: Messages }>>> = {
  en: { base: async () => ({ default: baseEn }), app: () => import("./app.en") },
  ne: { base: () => import("./base.ne"), app: () => import("./app.ne") },
};
const catalogues: Record<Locale, Messages> = { en: { ...baseEn }, ne: {} };
const loaded = new Set<string>(["en/base"]);
let locale: Locale = "en";
let appWanted = false;

// React parts follow this number: a change of language, or a catalogue that came.
let version = 0;
const listeners = new Set<() => void>();
function changed() {
  version += 1;
  for (const listener of listeners) listener();
}
function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function ensure(wanted: Locale, part: "base" | "app") {
  const id = `${wanted}/${part}`;
  if (loaded.has(id)) return;
  const messages = (await loaders[wanted][part]()).default;
  loaded.add(id);
  Object.assign(catalogues[wanted], messages);
}

/** The words of the signed-in pages; their routes call it before they show. */
export async function loadAppMessages() {
  appWanted = true;
  if (loaded.has(`${locale}/app`)) return;
  await ensure(locale, "app");
  changed();
}

export function isLocale(value: string | null | undefined): value is Locale {
  return LOCALES.some((locale) => locale.id === value);
}

export function currentLocale(): Locale {
  return locale;
}

export function firstLocale(): Locale {
  const stored = readStored(STORED);
  if (isLocale(stored)) return stored;
  return navigator.languages?.map((tag) => tag.split("-")[0]).find(isLocale) ?? "en";
}

export async function setLocale(wanted: Locale) {
  await Promise.all([ensure(wanted, "base"), appWanted ? ensure(wanted, "app") : undefined]);
  locale = wanted;
  document.documentElement.lang = wanted;
  document.documentElement.dir = "ltr";
  writeStored(STORED, wanted);
  changed();
}

export function readStored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function writeStored(name: string, value: string) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing still works; the choice lasts as long as the page.
  }
}

export type { Values } from "./message";
export type Translate = (id: MessageId, values?: Values) => string;

/** Outside React: titles, toasts. Inside, `useT` follows a change of language. An id without a message speaks for itself. */
export const translate: Translate = (id, values) => {
  const message = catalogues[locale][id];
  return message ? speak(message, values ?? {}, locale) : id;
};

/** Follows a change of language and the coming of a catalogue. */
function useVersion(): number {
  return useSyncExternalStore(subscribe, () => version);
}

export function useT(): Translate {
  useVersion();
  return translate;
}

/** For parts that speak of language itself: which one it is now. */
export function useLocale(): Locale {
  useVersion();
  return currentLocale();
}

export function hasMessage(id: string): id is MessageId {
  return id in catalogues[locale];
}

/** A message with elements inside: `<T id="x" parts={{ 0: <b /> }} />` for “before <0>bold</0>”. */
export function T(props: { id: MessageId; values?: Values; parts?: Record<number, ReactElement> }) {
  useVersion();
  return <>{withParts(translate(props.id, props.values), props.parts ?? {})}</>;
}

function withParts(text: string, parts: Record<number, ReactElement>): ReactNode[] {
  const found: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(/<(\d+)>(.*?)<\/\1>/g)) {
    const element = parts[Number(match[1])];
    found.push(text.slice(at, match.index));
    found.push(
      element ? (
        cloneElement(element, { key: match.index }, match[2])
      ) : (
        <Fragment key={match.index}>{match[2]}</Fragment>
      ),
    );
    at = match.index + match[0].length;
  }
  found.push(text.slice(at));
  return found;
}

/** A word for a value of the API: known values have a message, an unknown one is shown as it came. */
export function useWord() {
  useVersion();
  return (prefix: string, value: string): string => {
    const id = `${prefix}.${value}`;
    return hasMessage(id) ? translate(id) : value.replaceAll("_", " ");
  };
}
