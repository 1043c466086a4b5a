// Native <dialog>: focus, Escape and the rest of the page's inertness come from the browser. Rises from below on the phone.
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useT } from "../i18n";
import { Button } from "./Button";
import { Field } from "./Field";

export function Dialog(props: {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  className?: string;
  /** The title is there for screen readers only. */
  quietTitle?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog || dialog.open) return;
    const before = document.activeElement as HTMLElement | null;
    dialog.showModal();
    return () => {
      dialog.close();
      before?.focus({ preventScroll: true });
    };
  }, []);
  return (
    // Escape is the keyboard's way; the press on the veil is only a shortcut beside it.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <dialog
      ref={ref}
      className={`dlg ${props.className ?? ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) props.onClose();
      }}
    >
      <div className="dlg-in">
        <h2 id={id} className={props.quietTitle ? "vh" : "dlg-title"}>
          {props.title}
        </h2>
        {props.children}
        {props.footer && <footer>{props.footer}</footer>}
      </div>
    </dialog>
  );
}

/** Dangerous things name the object, the effect and the amount; the buttons say what they do. */
export function DangerDialog(props: {
  title: ReactNode;
  children: ReactNode;
  keep: string;
  act: string;
  busy?: boolean;
  /** Asked to be typed when more than one thing goes. */
  typeName?: string;
  error?: ReactNode;
  onClose: () => void;
  onAct: () => void;
}) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const asleep = props.typeName !== undefined && typed.trim() !== props.typeName;
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{props.keep}</Button>
          <Button
            danger
            go
            busy={props.busy ?? false}
            why={asleep ? t("common.type_name_why") : undefined}
            whyHidden
            onClick={props.onAct}
          >
            {props.act}
          </Button>
        </>
      }
    >
      {props.children}
      {props.typeName !== undefined && (
        <Field
          label={t("common.type_name", { name: props.typeName })}
          hint={asleep ? t("common.type_name_why") : undefined}
        >
          {(control) => (
            <input
              {...control}
              value={typed}
              autoComplete="off"
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      )}
      {props.error}
    </Dialog>
  );
}
