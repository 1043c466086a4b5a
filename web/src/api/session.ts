// The parts that live once per page, outside React: the query cache, the live socket, and coming and going.
import { QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type { AnyRouter } from "@tanstack/react-router";
import { currentLocale, setLocale } from "../i18n";
import { applyTheme } from "../lib/theme";
import { api } from "./client";
import type { Account, Locale, Me } from "./contract";
import { keys } from "./keys";
import { isPassing } from "./problem";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 10 * 60_000,
      retry: (failures, error) => failures < 2 && isPassing(error),
      retryDelay: (attempt) => Math.min(4000, 500 * 2 ** attempt),
      // Without a network a request fails at once and says so; it does not hang.
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

let stop: () => void = () => undefined;
/** The socket comes with the signed-in pages; the door must not carry it. */
export function onStopLive(stopper: () => void) {
  stop = stopper;
}
export function stopLive() {
  stop();
}

let onSessionEnd: () => void = () => undefined;
/** Where to go when the session is over. */
export function setSessionEndHandler(handler: () => void) {
  onSessionEnd = handler;
}
export function sessionEnded() {
  onSessionEnd();
}

/** What the account chose follows the person to each device. */
export function applyAccount(account: Account) {
  applyTheme(account.theme);
  if (account.locale !== currentLocale()) void setLocale(account.locale);
}

/** After a log-in or sign-up: nothing of whoever was here before stays. */
export function signedIn(me: Me) {
  queryClient.clear();
  queryClient.setQueryData(keys.me, me);
  applyAccount(me.account);
}

export async function signOut(router: AnyRouter) {
  try {
    await api.post("/logout");
  } catch {
    // The session is over on this device either way; the server ends it by itself.
  }
  stopLive();
  queryClient.clear();
  await router.navigate({ to: "/login", replace: true });
}

export interface MeChange {
  locale?: Locale;
  time_zone?: string;
  theme?: Account["theme"];
  whatsapp_number?: string;
  telegram_username?: string;
}

/** Looks and language change at once; the server is told meanwhile, and a refusal puts them back. */
export function useUpdateMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: MeChange) => api.patch<Me>("/me", change),
    onMutate: (change) => {
      const before = client.getQueryData<Me>(keys.me);
      if (before) {
        const account = { ...before.account, ...change };
        client.setQueryData<Me>(keys.me, { ...before, account });
        applyAccount(account);
      }
      return { before };
    },
    onSuccess: (me) => client.setQueryData(keys.me, me),
    onError: (_error, _change, context) => {
      if (!context?.before) return;
      client.setQueryData(keys.me, context.before);
      applyAccount(context.before.account);
    },
  });
}
