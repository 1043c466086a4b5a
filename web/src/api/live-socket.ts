// The one socket of this page. Imported by the signed-in layouts only.
import { Live, liveUrl } from "./live";
import { onStopLive, queryClient, sessionEnded } from "./session";

// Followed by no page yet: the server does not serve `/live`, and a page must not say that it lost what never was.
export const live = new Live({
  queries: queryClient,
  open: () => new WebSocket(liveUrl(location)),
  onEnded: (why) => {
    if (why === "session") sessionEnded();
    // Rights have changed: who I am is asked for again, and the layouts show what is left.
    else void queryClient.invalidateQueries();
  },
});

onStopLive(() => live.follow(null));
addEventListener("online", live.online);
document.addEventListener("visibilitychange", () => live.hidden(document.visibilityState === "hidden"));
