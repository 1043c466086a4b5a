// The small parts of a page: sections, notes, banners, empty states, chips, gauges. One look each, no state of their own.
import { Check, ChevronDown, Lock, type LucideIcon, Minus, X } from "lucide-react";
import type { CSSProperties, ReactNode } from "react";
import type { Ability } from "../api/contract";
import { useT } from "../i18n";
import type { Tone } from "./State";

/** A section: heading, one line about it, one link or button at the end. */
export function Sec(props: {
  title: ReactNode;
  about?: ReactNode;
  end?: ReactNode;
  children: ReactNode;
  level?: 2 | 3;
  className?: string;
}) {
  const Heading = props.level === 3 ? "h3" : "h2";
  return (
    <section className={`sec ${props.className ?? ""}`}>
      <header>
        <Heading>{props.title}</Heading>
        {props.about !== undefined && <p>{props.about}</p>}
        {props.end}
      </header>
      {props.children}
    </section>
  );
}

export function Banner(props: {
  tone?: "person" | "failed" | "platform";
  icon: LucideIcon;
  children: ReactNode;
  action?: ReactNode;
}) {
  const Icon = props.icon;
  return (
    <div className="banner" data-s={props.tone}>
      <Icon className="i" aria-hidden="true" />
      <p>{props.children}</p>
      {props.action}
    </div>
  );
}

/** Teaches with one sentence and one action. */
export function Empty(props: {
  icon: LucideIcon;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  level?: 2 | 3;
}) {
  const Icon = props.icon;
  const Heading = props.level === 3 ? "h3" : "h2";
  return (
    <div className="empty">
      <Icon className="i" aria-hidden="true" />
      <Heading>{props.title}</Heading>
      {props.children && <p>{props.children}</p>}
      {props.action}
    </div>
  );
}

/** A filter that stands: its name, its value, a cross. */
export function Chip(props: {
  name: ReactNode;
  value: ReactNode;
  onRemove: () => void;
  removeLabel: string;
}) {
  return (
    <button type="button" className="chip" onClick={props.onRemove} title={props.removeLabel}>
      {props.name} <b>{props.value}</b>
      <X className="i s" aria-hidden="true" />
      <span className="vh">{props.removeLabel}</span>
    </button>
  );
}

export function Fold(props: {
  summary: ReactNode;
  state?: ReactNode;
  about?: ReactNode;
  children: ReactNode;
  open?: boolean;
}) {
  return (
    <details className="fold" open={props.open}>
      <summary>
        <span>{props.summary}</span>
        {props.state ?? <span />}
        {props.about && <span className="mut">{props.about}</span>}
        <ChevronDown className="i s" aria-hidden="true" />
      </summary>
      {props.children}
    </details>
  );
}

const ABILITY_ICON: Record<Ability["state"], LucideIcon> = { can: Check, cannot: Minus, locked: Lock };

/** What a key can do (check), cannot (dash) and may not until the owner allows it (lock). */
export function Can({ abilities }: { abilities: Ability[] }) {
  const t = useT();
  return (
    <ul className="can">
      {abilities.map((ability) => {
        const Icon = ABILITY_ICON[ability.state];
        return (
          <li key={ability.key} className={ability.state === "can" ? undefined : "no"}>
            <Icon className="i s" aria-hidden="true" />
            <span>
              <span className="vh">{t(`common.ability.${ability.state}`)} </span>
              {ability.sentence}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Points out of `of`, with the sum of reasons beside it in the caller's words. */
export function Gauge(props: { value: number; of: number; tone?: "person" | "failed"; label: string }) {
  const filled = Math.round((Math.min(props.value, props.of) / props.of) * 20);
  return (
    <div className="gauge" data-s={props.tone}>
      <div className="track" role="img" aria-label={props.label}>
        {Array.from({ length: 20 }, (_, index) => (
          <i key={index} className={index < filled ? "f" : undefined} />
        ))}
      </div>
    </div>
  );
}

export function Meter(props: {
  value: number;
  of: number;
  label: string;
  tone?: Tone;
  plain?: boolean;
  className?: string;
}) {
  const share = props.of === 0 ? 0 : Math.min(1, props.value / props.of);
  const style: CSSProperties = { inlineSize: `${share * 100}%` };
  const fill = props.tone && FILL[props.tone];
  if (fill) style.background = fill;
  const part = props.plain
    ? { "aria-hidden": true }
    : {
        role: "progressbar",
        "aria-label": props.label,
        "aria-valuenow": props.value,
        "aria-valuemin": 0,
        "aria-valuemax": props.of,
      };
  return (
    <div className={`meter ${props.className ?? ""}`} {...part}>
      <i style={style} />
    </div>
  );
}
const FILL: Partial<Record<Tone, string>> = {
  done: "var(--done)",
  sent: "var(--sent)",
  refused: "var(--quiet)",
  person: "var(--person-fill)",
  failed: "var(--failed-fill)",
};

export function Fig(props: { value: ReactNode; children: ReactNode }) {
  return (
    <div className="fig">
      <strong>{props.value}</strong>
      <span>{props.children}</span>
    </div>
  );
}

/** Settings: what it is about at the start, the controls beside it. */
export function Option(props: { title: ReactNode; about?: ReactNode; children: ReactNode }) {
  return (
    <section className="opt">
      <header>
        <h2>{props.title}</h2>
        {props.about && <p>{props.about}</p>}
      </header>
      <div>{props.children}</div>
    </section>
  );
}

/** One of several, with its price beside it. */
export function Choice(props: {
  name: string;
  value: string;
  checked: boolean;
  onChoose: (value: string) => void;
  title: ReactNode;
  end?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <label className="choice">
      <input
        type="radio"
        name={props.name}
        value={props.value}
        checked={props.checked}
        onChange={() => props.onChoose(props.value)}
      />
      <b>{props.title}</b>
      {props.end !== undefined && <span className="end">{props.end}</span>}
      {props.children && <p>{props.children}</p>}
    </label>
  );
}

export function Seg<V extends string>(props: {
  label: string;
  value: V;
  options: { value: V; label: ReactNode }[];
  onChange: (value: V) => void;
  full?: boolean;
}) {
  return (
    <div className={props.full ? "seg full" : "seg"} role="group" aria-label={props.label}>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === props.value}
          onClick={() => props.onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

export function Switch(props: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  why?: string | undefined;
}) {
  return (
    <input
      type="checkbox"
      role="switch"
      aria-checked={props.checked}
      className="sw"
      aria-label={props.label}
      checked={props.checked}
      aria-disabled={props.why ? true : undefined}
      title={props.why}
      onChange={(event) => {
        if (!props.why) props.onChange(event.target.checked);
      }}
    />
  );
}

export function Bubble(props: { out?: boolean; by?: ReactNode; children: ReactNode; meta?: ReactNode }) {
  return (
    <div className={props.out ? "bub out" : "bub"}>
      {props.by && <div className="by">{props.by}</div>}
      <span className="whitespace-pre-wrap">{props.children}</span>
      {props.meta && <div className="meta">{props.meta}</div>}
    </div>
  );
}
