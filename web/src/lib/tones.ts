// What states and outcomes look like, in one place: colour is a promise.
import type { AdminUser, ChannelState, PanelHealth, RequestState, TimelineStep } from "../api/contract";
import type { Tone } from "../ui/State";

export const REQUEST_TONE: Record<RequestState, Tone> = {
  person: "person",
  failed: "failed",
  under_way: "sent",
  done: "done",
  refused: "refused",
  closed: "closed",
};

export const CHANNEL_TONE: Record<ChannelState, Tone> = {
  connecting: "sent",
  online: "done",
  backing_off: "wait",
  logged_out: "failed",
  disabled: "pause",
};

export const PANEL_TONE: Record<PanelHealth["state"], Tone> = {
  ok: "done",
  down: "failed",
  unknown: "off",
};

export const STEP_TONE: Record<TimelineStep["state"], Tone> = {
  done: "done",
  refused: "refused",
  person: "person",
  failed: "failed",
  under_way: "sent",
  waiting: "wait",
};

/** What a decision can come to, and what it looks like. */
export const OUTCOMES = {
  refill_requested: "sent",
  cancel_requested: "sent",
  speed_up_requested: "sent",
  still_pending_speed_up: "sent",
  refund_queued: "sent",
  status_told: "done",
  already_open: "wait",
  still_wanted: "wait",
  confirm_first: "wait",
  not_eligible: "refused",
  cooling_down: "refused",
  not_yours: "refused",
  staff: "person",
  panel_unavailable: "failed",
} as const satisfies Record<string, Tone>;
export type OutcomeName = keyof typeof OUTCOMES;
export const OUTCOME_NAMES = Object.keys(OUTCOMES) as OutcomeName[];

export function outcomeTone(outcome: string): Tone {
  if (outcome in OUTCOMES) return OUTCOMES[outcome as OutcomeName];
  if (outcome in REQUEST_TONE) return REQUEST_TONE[outcome as RequestState];
  return "wait";
}

export const USER_TONE: Record<AdminUser["state"], Tone> = {
  active: "done",
  suspended: "pause",
  banned: "refused",
};
