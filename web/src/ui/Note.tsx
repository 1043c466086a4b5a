import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { TONE_ICON } from "./State";

/** A sentence with a sign, at the place it is about. */
export function Note(props: {
  tone?: "person" | "failed" | "done";
  icon?: LucideIcon;
  children: ReactNode;
  className?: string;
  live?: boolean;
}) {
  const Icon = props.icon ?? TONE_ICON[props.tone ?? "wait"];
  return (
    <div
      className={`note ${props.className ?? ""}`}
      data-s={props.tone}
      role={props.live ? "status" : undefined}
    >
      <Icon className="i" aria-hidden="true" />
      <div>{props.children}</div>
    </div>
  );
}
