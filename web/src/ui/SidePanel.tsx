// Detail of the open row: beside the list on the desk, a page of its own on the phone (Back closes it: it is in the URL).
import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useT } from "../i18n";
import { PHONE, useHotkeys } from "../lib/hooks";
import { Button } from "./Button";

export function SidePanel(props: {
  label: string;
  title: ReactNode;
  onClose: () => void;
  /** At the end of the head: copy link, next. */
  actions?: ReactNode;
  footer?: ReactNode;
  children: ReactNode;
}) {
  const t = useT();
  const panel = useRef<HTMLElement>(null);
  useHotkeys({ Escape: props.onClose });
  useEffect(() => {
    // On the phone the panel covers the list: the focus goes along, and comes back to the row.
    if (!matchMedia(PHONE).matches) return;
    const before = document.activeElement as HTMLElement | null;
    panel.current?.querySelector<HTMLElement>("header button")?.focus({ preventScroll: true });
    return () => before?.focus({ preventScroll: true });
  }, []);
  return (
    <aside className="side" aria-label={props.label} ref={panel}>
      <header>
        <Button bare icon={X} label={t("common.close")} onClick={props.onClose} />
        <h2>{props.title}</h2>
        <span className="end" />
        {props.actions}
      </header>
      <div className="in">{props.children}</div>
      {props.footer && <footer>{props.footer}</footer>}
    </aside>
  );
}
