// Harmless work is done at once and can be undone; the toast says what happened.
import { X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { useT } from "../i18n";
import { Button } from "./Button";

interface Item {
  id: number;
  text: string;
  undo?: (() => void) | undefined;
}

const LONG_MS = 8000;
let items: Item[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: Item[]) {
  items = next;
  for (const listener of listeners) listener();
}

export function toast(text: string, undo?: () => void) {
  last += 1;
  set([...items.slice(-2), { id: last, text, undo }]);
}

export function dismissToast(id: number) {
  set(items.filter((item) => item.id !== id));
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => items,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((item) => (
        <ToastItem key={item.id} item={item} />
      ))}
    </div>
  );
}

function ToastItem({ item }: { item: Item }) {
  const t = useT();
  useEffect(() => {
    const id = setTimeout(() => dismissToast(item.id), LONG_MS);
    return () => clearTimeout(id);
  }, [item.id]);
  return (
    <div className="toast">
      {item.text}
      {item.undo && (
        <Button
          onClick={() => {
            dismissToast(item.id);
            item.undo?.();
          }}
        >
          {t("common.undo")}
        </Button>
      )}
      <Button icon={X} label={t("common.dismiss")} onClick={() => dismissToast(item.id)} />
    </div>
  );
}
