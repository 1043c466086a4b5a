// Whether a hand is at a list: the mouse moved over it, a finger touched it, a row has the focus. A mouse that only lies
// there stops counting after a while.
import { useEffect, useMemo, useRef, useState } from "react";

const MOUSE_MS = 6000;
const TOUCH_MS = 4000;

export function useBusyHand() {
  const [busy, setBusy] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current);
    },
    [],
  );
  const on = useMemo(() => {
    const stay = (ms: number) => {
      setBusy(true);
      if (timer.current) clearTimeout(timer.current);
      timer.current = setTimeout(() => setBusy(false), ms);
    };
    return {
      onPointerMove: (event: { pointerType: string }) =>
        stay(event.pointerType === "mouse" ? MOUSE_MS : TOUCH_MS),
      onPointerDown: () => stay(MOUSE_MS),
      onTouchMove: () => stay(TOUCH_MS),
      onWheel: () => stay(TOUCH_MS),
      onKeyDown: () => stay(MOUSE_MS),
      onPointerLeave: (event: { pointerType: string }) => {
        if (event.pointerType === "mouse") stay(300);
      },
    };
  }, []);
  return { busy, on };
}
