// The filters of the list: what stands in the address, what the API is asked, what is shown as chips.
import type { Query } from "../../api/client";
import type { Channel, Command } from "../../api/contract";
import { compact, oneOf, type Raw, str } from "../../lib/search";
import { dayStart } from "../../lib/zoned";

export const VIEWS = ["all", "open", "person", "closed"] as const;
export type View = (typeof VIEWS)[number];
export const COMMANDS: readonly Command[] = ["refill", "cancel", "speed_up", "status", "refund"];
export const CHANNELS: readonly Channel[] = ["telegram_bot", "telegram_account", "whats_app", "test_room"];

export interface Filters {
  command?: Command;
  outcome?: string;
  panel?: string;
  provider?: string;
  channel?: Channel;
  customer?: string;
  assignee?: string;
  q?: string;
  /** Order ids, comma separated. */
  ids?: string;
  /** Days, 2026-11-16; both ends included. */
  from?: string;
  to?: string;
}
export type FilterName = keyof Filters;
export const FILTER_NAMES: readonly FilterName[] = [
  "ids",
  "q",
  "command",
  "outcome",
  "panel",
  "provider",
  "channel",
  "customer",
  "assignee",
  "from",
  "to",
];

export interface RequestsSearch extends Filters {
  view?: View;
  after?: string;
  open?: string;
}

const day = (value: unknown) =>
  typeof value === "string" && dayStart(value, "UTC") !== null ? value : undefined;
const ids = (value: unknown) => {
  const found = str(value)?.match(/\d+/g);
  return found ? [...new Set(found)].slice(0, 100).join(",") : undefined;
};

/** `open` is the view a person begins with, so it is not written down. */
export function validateRequests(search: Raw): RequestsSearch {
  const view = oneOf(search.view, VIEWS);
  return compact({
    view: view === "open" ? undefined : view,
    command: oneOf(search.command, COMMANDS),
    outcome: str(search.outcome),
    panel: str(search.panel),
    provider: str(search.provider),
    channel: oneOf(search.channel, CHANNELS),
    customer: str(search.customer),
    assignee: str(search.assignee),
    q: str(search.q),
    ids: ids(search.ids),
    from: day(search.from),
    to: day(search.to),
    after: str(search.after),
    open: str(search.open),
  });
}

export function filtersOf(search: RequestsSearch): Filters {
  const { view: _view, after: _after, open: _open, ...filters } = search;
  return Object.fromEntries(
    FILTER_NAMES.filter((name) => filters[name] !== undefined).map((name) => [name, filters[name]]),
  );
}

/** The question to the API: days become instants of the reader's zone, the last day whole. */
export function toQuery(search: RequestsSearch, zone: string): Query {
  const { from, to, ...rest } = filtersOf(search);
  return {
    view: search.view ?? "open",
    ...rest,
    from: from && dayStart(from, zone),
    to: to && dayStart(to, zone, 1),
  };
}
