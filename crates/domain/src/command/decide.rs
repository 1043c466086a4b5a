//! The verdict on ONE order under ONE command.
//!
//! Owns [`decide`]: what is done, said, forwarded and left to staff, from a fresh read of the order and the owner's
//! [`Rules`]. Pure: the clock, the read and the history come in with [`Facts`].
//!
//! Invariants, each a property test:
//! - nothing is done or forwarded for an order that is not known to be the asker's, nor for an unknown status, an
//!   unreadable order, a silent panel, or a message older than [`STALE_AFTER`];
//! - foreign and unknown orders get one and the same reply;
//! - `why` is for the owner and names neither provider nor external id.

pub mod abuse;
mod facts;
mod ownership;
mod rules;
mod service_rule;
mod verdict;

#[cfg(test)]
pub(in crate::command) mod fixtures;
#[cfg(test)]
pub(in crate::command) mod properties;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};

pub use facts::{
    Asker, ConfirmCause, Facts, MapRow, PanelAbilities, PanelRead, RequestOnOrder, RequestState,
};
pub use rules::{Choice, RefillDefault, RefillWay, RuleError, Rules, StatusRow};
pub use service_rule::{ServiceRule, service_rule};
pub use verdict::{Outcome, PanelAct, Refusal, StaffReason, Verdict};

use super::{CommandKind, forward::external_ids, texts::ReplyKey};
use crate::{
    channel::ChatKind,
    order::{OrderLookup, OrderStatus, PanelOrder},
};
use ownership::Whose;
use service_rule::Window;
use verdict::Draft;

/// A message older than this asks whether it is still wanted, instead of acting.
pub const STALE_AFTER: TimeDelta = TimeDelta::minutes(15);

/// Whether a message is too old to be acted on. The pipeline asks this before it spends a call on the panel.
pub fn is_stale(asked_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - asked_at > STALE_AFTER
}

/// Decides one order under one command.
pub fn decide(facts: &Facts<'_>, rules: &Rules) -> Verdict {
    let draft = Draft::of(facts.command);
    if is_stale(facts.asked_at, facts.now) {
        return draft
            .say(ReplyKey::StillWanted)
            .because("the message is older than 15 minutes")
            .end(Outcome::StillWanted);
    }
    let order = match ownership::whose(facts) {
        Whose::Theirs(order) => order,
        Whose::NotTheirs(why) => {
            return draft
                .say(ReplyKey::NotYours)
                .because(why)
                .missed()
                .end(Outcome::NotYours);
        }
        Whose::Unsure(reason) => {
            // It does not open a request: a stranger could block the owner's own one with it.
            return draft
                .say(ReplyKey::Received)
                .because(reason.sentence())
                .staff(reason)
                .end(Outcome::Staff);
        }
        Whose::PanelDown(class) => {
            return draft
                .say(ReplyKey::PanelUnavailable)
                .because(format!("the panel gave no answer: {class}"))
                .staff(StaffReason::PanelUnavailable)
                .end(Outcome::PanelUnavailable);
        }
    };
    let row = StatusRow::of(&order.status);
    match rules.choice(row, facts.command) {
        Choice::Tell => tell(facts, draft, order),
        Choice::Refuse => refuse(draft, order, refusal(row, facts.command)),
        Choice::Staff => to_staff(facts, rules, draft, row, order),
        Choice::Review => gate(facts, rules, facts.command, draft, |draft| {
            draft
                .say(ReplyKey::UnderReview)
                .because(format!("{}: your rule is to look first", shown(order)))
                .staff(StaffReason::OwnersRule)
                .opens(facts.command)
                .end(Outcome::Staff)
        }),
        Choice::SpeedUp => speed_up(facts, rules, draft, order, Outcome::StillPendingSpeedUp),
        Choice::Act => match facts.command {
            CommandKind::Refill => refill(facts, rules, draft, order),
            CommandKind::Cancel | CommandKind::Refund => cancel(facts, rules, draft, order),
            CommandKind::SpeedUp => speed_up(facts, rules, draft, order, Outcome::SpeedUpRequested),
            CommandKind::Status => tell(facts, draft, order),
        },
    }
}

/// The status as the owner reads it. A word that no table knows is left out: it could be anything.
fn shown(order: &PanelOrder) -> String {
    format!("the order is {}", order.status.as_str())
}

fn tell(facts: &Facts<'_>, draft: Draft, order: &PanelOrder) -> Verdict {
    let key = match facts.chat {
        ChatKind::Direct => ReplyKey::StatusTold,
        ChatKind::Group => ReplyKey::StatusToldInGroup,
    };
    draft.say(key).because(shown(order)).end(Outcome::StatusTold)
}

fn refuse(draft: Draft, order: &PanelOrder, refusal: Refusal) -> Verdict {
    draft
        .say(refusal.reply())
        .because(format!("{}: {}", shown(order), refusal.sentence()))
        .end(Outcome::NotEligible(refusal))
}

/// Why a cell that refuses does so.
fn refusal(row: StatusRow, command: CommandKind) -> Refusal {
    use StatusRow as S;
    match (row, command) {
        (S::Awaiting | S::Pending | S::InProgress | S::Processing, CommandKind::Refill) => {
            Refusal::NotFinished
        }
        (S::Completed, CommandKind::Cancel | CommandKind::SpeedUp) => Refusal::AlreadyCompleted,
        (S::Partial, _) => Refusal::ClosedPartial,
        (S::Canceled | S::Refunded, _) => Refusal::AlreadyCanceled,
        _ => Refusal::NotOffered,
    }
}

fn to_staff(facts: &Facts<'_>, rules: &Rules, draft: Draft, row: StatusRow, order: &PanelOrder) -> Verdict {
    let refund_review = row == StatusRow::Completed && facts.command == CommandKind::Refund;
    let (key, outcome, reason) = match row {
        StatusRow::Unknown => (ReplyKey::Received, Outcome::Staff, StaffReason::UnknownStatus),
        StatusRow::Fail => (ReplyKey::Received, Outcome::Staff, StaffReason::OrderFailed),
        StatusRow::Active | StatusRow::Paused | StatusRow::Expired => {
            (ReplyKey::Received, Outcome::Staff, StaffReason::ParentOrder)
        }
        _ if refund_review => (
            ReplyKey::RefundQueued,
            Outcome::RefundQueued,
            StaffReason::RefundReview,
        ),
        _ => (ReplyKey::Received, Outcome::Staff, StaffReason::OwnersRule),
    };
    // To be told how an order stands opens nothing.
    if facts.command == CommandKind::Status {
        return draft
            .say(key)
            .because(reason.sentence())
            .staff(reason)
            .end(outcome);
    }
    gate(facts, rules, facts.command, draft, |draft| {
        draft
            .say(key)
            .because(format!("{}: {}", shown(order), reason.sentence()))
            .staff(reason)
            .opens(facts.command)
            .end(outcome)
    })
}

fn refill(facts: &Facts<'_>, rules: &Rules, draft: Draft, order: &PanelOrder) -> Verdict {
    let (why, days_left) = match service_rule::window(facts, rules, order) {
        Window::Open { why, days_left } => (why, days_left),
        Window::Closed(why) => {
            return draft
                .say(ReplyKey::RefillWindowOver)
                .because(why)
                .end(Outcome::NotEligible(Refusal::RefillWindowOver));
        }
        Window::Denied(why) => {
            return draft
                .say(ReplyKey::NoRefill)
                .because(why)
                .end(Outcome::NotEligible(Refusal::NoRefill));
        }
        Window::Ask(reason) => {
            return gate(facts, rules, CommandKind::Refill, draft, |draft| {
                draft
                    .say(ReplyKey::UnderReview)
                    .because(reason.sentence())
                    .staff(reason)
                    .opens(CommandKind::Refill)
                    .end(Outcome::Staff)
            });
        }
    };
    gate(facts, rules, CommandKind::Refill, draft, |draft| {
        // No button for the order is no word on its guarantee; it only means that the panel would not take the call.
        let can_act = facts.panel.refill && order.panel_allows_refill != Some(false);
        let act = can_act && rules.refill_way != RefillWay::ProviderOnly;
        let forward = !act || rules.refill_way == RefillWay::Both;
        let draft = draft
            .say(ReplyKey::RefillRequested)
            .because(why)
            .days_left(days_left);
        let draft = if act { draft.act(PanelAct::Refill) } else { draft };
        let draft = if forward {
            pass_on(facts, draft, order, CommandKind::Refill)
        } else {
            draft
        };
        draft.opens(CommandKind::Refill).end(Outcome::RefillRequested)
    })
}

/// A refund of an order that still runs is a cancel: both share one open request.
fn cancel(facts: &Facts<'_>, rules: &Rules, draft: Draft, order: &PanelOrder) -> Verdict {
    gate(facts, rules, CommandKind::Cancel, draft, |draft| {
        let draft = draft
            .say(ReplyKey::CancelQueued)
            .because(format!("{}: accepted", shown(order)));
        let draft = if facts.panel.request_cancel && order.panel_allows_cancel != Some(false) {
            draft.act(PanelAct::RequestCancel)
        } else {
            draft
        };
        pass_on(facts, draft, order, CommandKind::Cancel)
            .opens(CommandKind::Cancel)
            .end(Outcome::CancelRequested)
    })
}

fn speed_up(facts: &Facts<'_>, rules: &Rules, draft: Draft, order: &PanelOrder, outcome: Outcome) -> Verdict {
    let key = match outcome {
        Outcome::StillPendingSpeedUp => ReplyKey::StillPendingSpeedUp,
        _ => ReplyKey::SpeedUpRequested,
    };
    gate(facts, rules, CommandKind::SpeedUp, draft, |draft| {
        let draft = draft
            .say(key)
            .because(format!("{}: the provider is asked to push", shown(order)));
        pass_on(facts, draft, order, CommandKind::SpeedUp)
            .opens(CommandKind::SpeedUp)
            .end(outcome)
    })
}

/// To the provider where there is one that knows the order; else a person does it by hand.
fn pass_on(facts: &Facts<'_>, draft: Draft, order: &PanelOrder, command: CommandKind) -> Draft {
    let named = order
        .provider
        .as_deref()
        .map(str::trim)
        .is_some_and(|name| !name.is_empty() && !name.eq_ignore_ascii_case("n/a"));
    let reason = if !facts.panel.tells_provider && !named {
        if draft.acts() {
            // The panel itself passes the request on.
            return draft;
        }
        StaffReason::ProviderNotTold
    } else if !named {
        StaffReason::ManualService
    } else if external_ids(order).is_none() {
        StaffReason::NoExternalId
    } else {
        return draft.forward(command);
    };
    draft.staff(reason)
}

/// What stands between a request that would be accepted and accepting it: an open one, the cooldown, a confirmation.
fn gate(
    facts: &Facts<'_>,
    rules: &Rules,
    action: CommandKind,
    draft: Draft,
    accept: impl FnOnce(Draft) -> Verdict,
) -> Verdict {
    let draft = draft.about(action);
    let same = || facts.requests.iter().filter(|request| request.action == action);
    if let Some(open) = same().find(|request| request.closed_at.is_none()) {
        let whom = if open.same_customer {
            "this customer"
        } else {
            "somebody else"
        };
        return draft
            .say(ReplyKey::AlreadyOpen)
            .state(open.state)
            .because(format!(
                "a {action} request of {whom} is open since {}: {}",
                open.opened_at.format("%Y-%m-%d %H:%M UTC"),
                open.state.as_str()
            ))
            .end(Outcome::AlreadyOpen);
    }
    let until = same()
        .filter_map(|request| request.closed_at)
        .max()
        .map(|closed_at| closed_at + rules.cooldown());
    if let Some(until) = until.filter(|until| *until > facts.now) {
        return draft
            .say(ReplyKey::CoolingDown)
            .wait((until - facts.now).num_seconds().div_euclid(60) + 1)
            .because(format!(
                "the last {action} request closed less than {} hours ago",
                rules.cooldown_hours
            ))
            .end(Outcome::CoolingDown { until });
    }
    if let Some(cause) = facts.confirm
        && matches!(facts.command, CommandKind::Cancel | CommandKind::Refund)
    {
        return draft
            .about(facts.command)
            .say(ReplyKey::ConfirmFirst)
            .because(cause.sentence())
            .end(Outcome::ConfirmFirst(cause));
    }
    accept(draft)
}

/// The order of a fresh read, if it is the one that was asked for.
fn asked_order<'a>(facts: &Facts<'a>) -> Option<&'a PanelOrder> {
    match facts.read {
        PanelRead::Answer(OrderLookup::Found(order)) if order.id == *facts.order_id => Some(order),
        _ => None,
    }
}

/// When a completed order counts as completed: no panel says, so the last change stands for it, else its making.
fn completed_at(order: &PanelOrder) -> Option<(DateTime<Utc>, &'static str)> {
    debug_assert!(!matches!(order.status, OrderStatus::Unknown(_)));
    order
        .updated_at
        .map(|at| (at, "its last change"))
        .or_else(|| order.created_at.map(|at| (at, "its creation")))
}
