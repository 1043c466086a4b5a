// The cord: every “why” is one drawing, a line with a sign per step. Dashed means not yet.
import { CircleDashed, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { TONE_ICON, type Tone } from "./State";

export interface CordStep {
  key: string;
  tone: Tone;
  /** Instead of the tone's own sign; the tone still colours it. */
  icon?: LucideIcon;
  title: ReactNode;
  detail?: ReactNode;
  /** At the end of the line: a time or how long it took. */
  end?: ReactNode;
  /** Not yet. */
  next?: boolean;
}

export function Cord(props: {
  steps: CordStep[];
  label?: string;
  big?: boolean;
  heading?: "h2" | "h3" | "h4";
}) {
  const Heading = props.heading ?? "h4";
  return (
    <ol className={props.big ? "cord big" : "cord"} aria-label={props.label}>
      {props.steps.map((step) => {
        const Icon = step.icon ?? (step.next ? CircleDashed : TONE_ICON[step.tone]);
        return (
          <li
            key={step.key}
            data-s={step.next ? undefined : step.tone}
            className={step.next ? "next" : undefined}
          >
            <Icon className="i" aria-hidden="true" />
            <div>
              <Heading>{step.title}</Heading>
              {typeof step.detail === "string" ? step.detail && <p>{step.detail}</p> : step.detail}
            </div>
            {step.end !== undefined && step.end !== null && <span className="ms">{step.end}</span>}
          </li>
        );
      })}
    </ol>
  );
}
