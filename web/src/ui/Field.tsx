// A label, a control, and one line under it: an error with what to do, else good news, else a hint. What was typed stays.
import { Check, CircleAlert, Eye, EyeOff } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { useT } from "../i18n";
import { Button } from "./Button";

export interface ControlProps {
  id: string;
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
  className: string;
}

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  ok?: ReactNode;
  error?: string | undefined;
  className?: string | undefined;
  /** At the far end of the label's line. */
  aside?: ReactNode;
  children: (control: ControlProps) => ReactNode;
}

export function Field(props: FieldProps) {
  const id = useId();
  const note = `${id}n`;
  const hasNote = Boolean(props.error || props.ok || props.hint);
  return (
    <div className={`field ${props.className ?? ""}`}>
      {props.aside ? (
        <div className="row">
          <label className="lab" htmlFor={id}>
            {props.label}
          </label>
          <span className="end">{props.aside}</span>
        </div>
      ) : (
        <label htmlFor={id}>{props.label}</label>
      )}
      {props.children({
        id,
        "aria-invalid": props.error ? true : undefined,
        "aria-describedby": hasNote ? note : undefined,
        className: "input",
      })}
      {/* The line is a live region from the start, so that a message that comes later is read out. */}
      <div id={note} aria-live="polite">
        {props.error ? (
          <p className="hint err">
            <CircleAlert className="i s" aria-hidden="true" />
            {props.error}
          </p>
        ) : props.ok ? (
          <p className="hint ok">
            <Check className="i s" aria-hidden="true" />
            {props.ok}
          </p>
        ) : props.hint ? (
          <p className="hint">{props.hint}</p>
        ) : null}
      </div>
    </div>
  );
}

/** A password with a button that shows it. */
export function PasswordInput(props: {
  control: ControlProps;
  value: string;
  onChange: (value: string) => void;
  autoComplete: "current-password" | "new-password";
  name: string;
  onBlur?: () => void;
}) {
  const t = useT();
  const [shown, setShown] = useState(false);
  return (
    <div className="with">
      <input
        {...props.control}
        name={props.name}
        type={shown ? "text" : "password"}
        autoComplete={props.autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        onBlur={props.onBlur}
      />
      <Button
        icon={shown ? EyeOff : Eye}
        label={shown ? t("common.password.hide") : t("common.password.show")}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      />
    </div>
  );
}
