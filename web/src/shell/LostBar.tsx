// Quiet: it comes only when a connection stays lost, says since when, and goes by itself.
import { WifiOff } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { live } from "../api/live-socket";
import { useT } from "../i18n";
import { useFormat } from "../lib/session";
import { Button } from "../ui/Button";
import { Banner } from "../ui/bits";

const PATIENCE_MS = 2500;

export function LostBar() {
  const t = useT();
  const format = useFormat();
  const state = useSyncExternalStore(live.subscribe, live.getState);
  const [now, setNow] = useState(() => Date.now());
  const lost = state.status === "lost";
  useEffect(() => {
    if (!lost) return;
    setNow(Date.now());
    const id = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(id);
  }, [lost]);
  const shown = lost && state.since !== null && now - state.since > PATIENCE_MS;
  return (
    <div aria-live="polite">
      {shown && state.since !== null && (
        <Banner
          icon={WifiOff}
          action={
            <Button bare onClick={live.retryNow}>
              {t("shell.try_now")}
            </Button>
          }
        >
          {state.crowded
            ? t("shell.crowded")
            : t("shell.lost", { since: format.time(new Date(state.since).toISOString()) })}{" "}
          <span className="tn" aria-hidden="true">
            {t("shell.next_try", { seconds: Math.max(1, Math.ceil(((state.retryAt ?? now) - now) / 1000)) })}
          </span>
        </Banner>
      )}
    </div>
  );
}
