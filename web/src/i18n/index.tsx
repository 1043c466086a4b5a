// Words. Catalogues are ICU messages compiled at build time; `base` (common, log-in, sign-up) is in the entry in English,
// `app` comes with the signed-in layout. Ids are typed from the English catalogue.
import { I18n, type Messages } from "@lingui/core";
import { I18nProvider, Trans, useLingui } from "@lingui/react";
import type { ReactElement, ReactNode } from "react";
import type { Locale } from "../api/contract";
import baseEn from "./base.en";
import type { MessageId } from "./ids";

export type { MessageId } from "./ids";
export const LOCALES: readonly { id: Locale; name: string }[] = [
  { id: "en", name: "English" },
  { id: "ne", name: "नेपाली" },
];
const STORED = "switchboard.locale";

export const i18n = new I18n({ locale: "en", messages: { en: baseEn } });

const loaders: Record<
  Locale,
  { base: () => Promise<{ default: Messages }>; app: () => Promise<{ default: Messages }> }
> = {
  en: { base: async () => ({ default: baseEn }), app: () => import("./app.en") },
  ne: { base: () => import("./base.ne"), app: () => import("./app.ne") },
};
const loaded = new Set<string>(["en/base"]);
let appWanted = false;

async function ensure(locale: Locale, part: "base" | "app") {
  const id = `${locale}/${part}`;
  if (loaded.has(id)) return;
  const messages = (await loaders[locale][part]()).default;
  loaded.add(id);
  i18n.load(locale, messages);
}

/** The words of the signed-in pages; layouts call it before they show. */
export async function loadAppMessages() {
  appWanted = true;
  const locale = currentLocale();
  if (loaded.has(`${locale}/app`)) return;
  await ensure(locale, "app");
  // Lingui tells its subscribers only on activate.
  i18n.activate(locale);
}

export function isLocale(value: string | null | undefined): value is Locale {
  return LOCALES.some((locale) => locale.id === value);
}

export function currentLocale(): Locale {
  return isLocale(i18n.locale) ? i18n.locale : "en";
}

export function firstLocale(): Locale {
  const stored = readStored(STORED);
  if (isLocale(stored)) return stored;
  const wanted = navigator.languages?.map((tag) => tag.split("-")[0]).find(isLocale);
  return wanted ?? "en";
}

export async function setLocale(locale: Locale) {
  await Promise.all([ensure(locale, "base"), appWanted ? ensure(locale, "app") : undefined]);
  i18n.activate(locale);
  document.documentElement.lang = locale;
  document.documentElement.dir = "ltr";
  writeStored(STORED, locale);
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

export type Values = Record<string, string | number | Date | null | undefined>;
export type Translate = (id: MessageId, values?: Values) => string;

/** Outside React: titles, toasts. Inside, `useT` follows a change of language. */
export const translate: Translate = (id, values) => i18n._(id, values as Record<string, unknown>);

export function useT(): Translate {
  const { _ } = useLingui();
  return (id, values) => _(id, values as Record<string, unknown>);
}

/** A message with elements inside: `<T id="x" parts={{ 0: <b /> }} />` for “before <0>bold</0>”; `values` may be elements too. */
export function T(props: {
  id: MessageId;
  values?: Record<string, ReactNode>;
  parts?: Record<string, ReactElement>;
}) {
  return <Trans id={props.id} values={props.values ?? {}} components={props.parts ?? {}} />;
}

/** A word for a value of the API: known values have a message, an unknown one is shown as it came. */
export function useWord() {
  const { i18n: words } = useLingui();
  return (prefix: string, value: string): string => {
    const id = `${prefix}.${value}`;
    return id in words.messages ? words._(id) : value.replaceAll("_", " ");
  };
}

export function Words({ children }: { children: ReactNode }) {
  return <I18nProvider i18n={i18n}>{children}</I18nProvider>;
}
