// A state is an icon of its own shape and a word, never colour alone.
import {
  Archive,
  Ban,
  CircleArrowRight,
  CircleCheck,
  CircleDashed,
  CirclePause,
  Clock3,
  Hand,
  type LucideIcon,
  OctagonX,
} from "lucide-react";
import type { ReactNode } from "react";

/** Amber = a person is needed. Red = broken. Blue = on its way. Green = done. A refusal is a right answer: grey. */
export type Tone = "done" | "sent" | "person" | "failed" | "refused" | "wait" | "off" | "pause" | "closed";

export const TONE_ICON: Record<Tone, LucideIcon> = {
  done: CircleCheck,
  sent: CircleArrowRight,
  person: Hand,
  failed: OctagonX,
  refused: Ban,
  wait: Clock3,
  off: CircleDashed,
  pause: CirclePause,
  closed: Archive,
};

export function State(props: {
  tone: Tone;
  children: ReactNode;
  box?: boolean;
  icon?: LucideIcon;
  title?: string;
}) {
  const Icon = props.icon ?? TONE_ICON[props.tone];
  return (
    <span className={props.box ? "st box" : "st"} data-s={props.tone} title={props.title}>
      <Icon className="i" aria-hidden="true" />
      <span className="cut">{props.children}</span>
    </span>
  );
}
