// Follows the live socket of a shop. When it is refused, rights have changed: who I am is asked for anew, and what is left is
// shown. A person who is let in nowhere any more is told why. A socket that never opened may have been refused as well.
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { Id } from "../api/contract";
import { live } from "../api/live-socket";
import { isApiError } from "../api/problem";
import { meQuery } from "../api/queries";

const AGAIN_MS = 2000;
/** Refused again so soon: it is not let in, however often it asks. */
const SOON_MS = 30_000;

export function useLive(tenant: Id | null) {
  const router = useRouter();
  const client = useQueryClient();
  useEffect(() => live.follow(tenant), [tenant]);
  const last = useRef(Number.NEGATIVE_INFINITY);
  const refused = useSyncExternalStore(live.subscribe, () => live.getState().status === "refused");
  const unheard = useSyncExternalStore(live.subscribe, live.getUnheard);
  const first = useRef(unheard);
  useEffect(() => {
    if (!refused && unheard === first.current) return;
    first.current = unheard;
    const soon = Date.now() - last.current < SOON_MS;
    if (refused) last.current = Date.now();
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      try {
        const me = await client.fetchQuery({ ...meQuery, staleTime: 0, retry: false });
        if (!refused || gone) return;
        // Lists of before show nothing that may not be seen any more.
        void client.invalidateQueries();
        const access = me.tenants.find((each) => each.tenant === tenant);
        if (access && access.state !== "suspended" && !soon) timer = setTimeout(live.retryNow, AGAIN_MS);
      } catch (error) {
        // Without a session the client has led to the log-in already; without a server the socket tries on.
        if (!isApiError(error) || error.status !== 403) return;
        live.follow(null);
        client.clear();
        void router.invalidate();
      }
    };
    void look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [refused, unheard, client, router, tenant]);
}
