// The one socket of this page. Imported by the signed-in layouts only; they follow it by `useLive`.
import { Live, liveUrl } from "./live";
import { onStopLive, queryClient, sessionEnded } from "./session";

export const live = new Live({
  queries: queryClient,
  open: () => new WebSocket(liveUrl(location)),
  onEnded: sessionEnded,
});

onStopLive(() => live.follow(null));
addEventListener("online", live.online);
addEventListener("offline", live.offline);
document.addEventListener("visibilitychange", () => live.hidden(document.visibilityState === "hidden"));

// A clock that jumps: the machine slept, and what looks like an open socket may be none.
const BEAT_MS = 5000;
const JUMP_MS = 20_000;
let beat = Date.now();
setInterval(() => {
  const now = Date.now();
  if (now - beat > JUMP_MS && document.visibilityState === "visible") live.woke();
  beat = now;
}, BEAT_MS);
