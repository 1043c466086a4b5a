import { useEffect, useRef, useState, useSyncExternalStore } from "react";

// One clock for all relative times of the page.
const TICK_MS = 20_000;
let now = Date.now();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function watchClock(watcher: () => void) {
  watchers.add(watcher);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of watchers) each();
  }, TICK_MS);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** Now, renewed every 20 s. */
export function useNow(): number {
  return useSyncExternalStore(watchClock, () => now);
}

export function useDebounced<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const id = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(id);
  }, [value, ms]);
  return settled;
}

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (notify) => {
      const media = matchMedia(query);
      media.addEventListener("change", notify);
      return () => media.removeEventListener("change", notify);
    },
    () => matchMedia(query).matches,
  );
}

export const PHONE = "(max-width: 760px)";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      (target.matches("input, textarea, select") && !target.matches("[type=checkbox], [type=radio]")))
  );
}

/** Single keys (`j`, `/`, `Escape`) and `Mod+k`. Single keys rest while a person types or a dialog is open. */
export function useHotkeys(map: Record<string, (event: KeyboardEvent) => void>) {
  const latest = useRef(map);
  useEffect(() => {
    latest.current = map;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const mod = event.ctrlKey || event.metaKey;
      const name = mod ? `Mod+${event.key.toLowerCase()}` : event.key;
      const handler = latest.current[name];
      if (!handler || event.altKey || event.defaultPrevented) return;
      if (!mod && (isTyping(event.target) || document.querySelector("dialog[open]"))) return;
      event.preventDefault();
      handler(event);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
