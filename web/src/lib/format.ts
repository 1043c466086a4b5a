// Times, numbers and amounts in the reader's language and time zone; Intl only.
import type { Instant, Locale, Micros } from "../api/contract";

const INTL: Record<Locale, string> = { en: "en-GB", ne: "ne-NP" };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Format {
  zone: string;
  number: (value: number) => string;
  percent: (share: number) => string;
  /** Credits of a price or a cost: 1_500_000 → “1.5”. */
  credits: (micros: Micros) => string;
  time: (at: Instant) => string;
  /** With seconds, for “last message in”. */
  clock: (at: Instant) => string;
  /** With milliseconds, for traces. */
  stamp: (at: Instant) => string;
  /** “23 Nov”, with the year when it is another one. */
  day: (at: Instant) => string;
  /** “23 Nov 2026, 14:03”. */
  exact: (at: Instant) => string;
  /** Shortest that is still clear: the time today, the day before that. */
  short: (at: Instant) => string;
  /** “5 minutes ago”, “in 2 hours”. */
  relative: (at: Instant, now: number) => string;
  weekday: (at: number) => string;
  /** “192 ms”, “1.2 s”. */
  took: (ms: number) => string;
  list: (items: string[]) => string;
}

export function makeFormat(locale: Locale, zone: string, now: () => number = () => Date.now()): Format {
  const tag = INTL[locale];
  const date = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(tag, { timeZone: zone, ...options });
    return (at: Instant | number) => format.format(typeof at === "number" ? at : Date.parse(at));
  };
  const integer = new Intl.NumberFormat(tag);
  const share = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 });
  const credit = new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 3 });
  const tenth = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "short" });
  const list = new Intl.ListFormat(tag, { type: "conjunction" });
  const time = date({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const weekday = date({ weekday: "long", day: "numeric", month: "long" });
  const dayMonth = date({ day: "numeric", month: "short" });
  const dayMonthYear = date({ day: "numeric", month: "short", year: "numeric" });
  const year = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric" });
  const dayKey = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  const sameDay = (a: number, b: number) => dayKey.format(a) === dayKey.format(b);
  const day = (at: Instant) =>
    year.format(Date.parse(at)) === year.format(now()) ? dayMonth(at) : dayMonthYear(at);
  return {
    zone,
    number: (value) => integer.format(value),
    percent: (value) => share.format(value),
    credits: (micros) => (Math.abs(micros) >= 1_000_000_000 ? tenth : credit).format(micros / 1_000_000),
    time,
    clock: date({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
    stamp: date({
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      fractionalSecondDigits: 3,
      hourCycle: "h23",
    }),
    day,
    exact: (at) => `${dayMonthYear(at)}, ${time(at)}`,
    short: (at) => {
      const then = Date.parse(at);
      if (sameDay(then, now())) return time(at);
      return Math.abs(now() - then) < 7 * DAY ? `${dayMonth(at)}, ${time(at)}` : day(at);
    },
    relative: (at, from) => {
      const delta = Date.parse(at) - from;
      const size = Math.abs(delta);
      if (size < 45_000) return relative.format(0, "second");
      if (size < HOUR) return relative.format(Math.round(delta / MINUTE), "minute");
      if (size < DAY) return relative.format(Math.round(delta / HOUR), "hour");
      if (size < 14 * DAY) return relative.format(Math.round(delta / DAY), "day");
      return day(at);
    },
    weekday: (at) => `${weekday(at)}, ${time(at)}`,
    took: (ms) => (ms < 1000 ? `${tenth.format(ms)} ms` : `${tenth.format(ms / 1000)} s`),
    list: (items) => list.format(items),
  };
}

export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** Zones a person can choose, ours first. */
export function zones(): string[] {
  const all = Intl.supportedValuesOf("timeZone");
  const own = ["Asia/Kathmandu", "Asia/Katmandu", browserZone()];
  const first = own.filter(
    (zone, index) => own.indexOf(zone) === index && (all.includes(zone) || zone === "Asia/Kathmandu"),
  );
  return [...first.filter((zone) => zone !== "Asia/Katmandu"), ...all.filter((zone) => !own.includes(zone))];
}
