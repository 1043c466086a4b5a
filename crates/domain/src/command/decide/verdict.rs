//! What comes out of a decision.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ConfirmCause, RequestState};
use crate::command::{
    CommandKind,
    texts::{Details, ReplyKey},
};

/// The decision on one order. It is stored as it is: what was decided must be explainable later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// As typed.
    pub command: CommandKind,
    pub outcome: Outcome,
    pub reply: ReplyKey,
    /// Variables of the reply that do not come from the order.
    pub details: Details,
    /// To be asked of the panel, behind an intent row.
    pub act: Option<PanelAct>,
    /// To be asked of the order's provider.
    pub forward: Option<CommandKind>,
    /// To be shown to staff.
    pub staff: Option<StaffReason>,
    /// The action under which this request is open: one per (panel, order, action).
    pub opens: Option<CommandKind>,
    /// Counts as a try at an order that is not the sender's.
    pub miss: bool,
    /// For the owner. May name the status; never a provider or an external id.
    pub why: String,
}

impl Verdict {
    /// The provider of this order has no route: staff see it, and the customer hears no more than "received".
    /// A verdict that forwards nothing stays as it is.
    #[must_use]
    pub fn without_route(mut self) -> Self {
        if self.forward.take().is_some() {
            self.staff = Some(StaffReason::NoRoute);
            if self.act.is_none() {
                self.reply = ReplyKey::Received;
            }
            self.why.push_str("; no route leads to the provider's group");
        }
        self
    }
}

/// How a request ended, or began. Stable names: they stand in rows, reports and `--json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "detail")]
pub enum Outcome {
    RefillRequested,
    StillPendingSpeedUp,
    CancelRequested,
    SpeedUpRequested,
    StatusTold,
    RefundQueued,
    NotYours,
    NotEligible(Refusal),
    AlreadyOpen,
    CoolingDown { until: DateTime<Utc> },
    StillWanted,
    ConfirmFirst(ConfirmCause),
    Staff,
    PanelUnavailable,
}

impl Outcome {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RefillRequested => "refill_requested",
            Self::StillPendingSpeedUp => "still_pending_speed_up",
            Self::CancelRequested => "cancel_requested",
            Self::SpeedUpRequested => "speed_up_requested",
            Self::StatusTold => "status_told",
            Self::RefundQueued => "refund_queued",
            Self::NotYours => "not_yours",
            Self::NotEligible(_) => "not_eligible",
            Self::AlreadyOpen => "already_open",
            Self::CoolingDown { .. } => "cooling_down",
            Self::StillWanted => "still_wanted",
            Self::ConfirmFirst(_) => "confirm_first",
            Self::Staff => "staff",
            Self::PanelUnavailable => "panel_unavailable",
        }
    }

    /// Outcomes that may carry an action or a forward. All others are words only.
    pub const fn may_act(self) -> bool {
        matches!(
            self,
            Self::RefillRequested
                | Self::StillPendingSpeedUp
                | Self::CancelRequested
                | Self::SpeedUpRequested
        )
    }
}

/// A call that changes something on the panel. There are no others: nothing here refunds, forces or claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelAct {
    Refill,
    /// Asks for a cancel; whether it happens is the provider's and the panel's.
    RequestCancel,
}

impl PanelAct {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refill => "refill",
            Self::RequestCancel => "request_cancel",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Refill, Self::RequestCancel]
            .into_iter()
            .find(|act| act.as_str() == text)
    }
}

/// Why an order's owner does not get what they asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    NotFinished,
    AlreadyCompleted,
    ClosedPartial,
    AlreadyCanceled,
    NoRefill,
    RefillWindowOver,
    /// The owner's rule.
    NotOffered,
}

impl Refusal {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFinished => "not_finished",
            Self::AlreadyCompleted => "already_completed",
            Self::ClosedPartial => "closed_partial",
            Self::AlreadyCanceled => "already_canceled",
            Self::NoRefill => "no_refill",
            Self::RefillWindowOver => "refill_window_over",
            Self::NotOffered => "not_offered",
        }
    }

    pub(super) const fn reply(self) -> ReplyKey {
        match self {
            Self::NotFinished => ReplyKey::NotFinished,
            Self::AlreadyCompleted => ReplyKey::AlreadyCompleted,
            Self::ClosedPartial => ReplyKey::ClosedPartial,
            Self::AlreadyCanceled => ReplyKey::AlreadyCanceled,
            Self::NoRefill => ReplyKey::NoRefill,
            Self::RefillWindowOver => ReplyKey::RefillWindowOver,
            Self::NotOffered => ReplyKey::NotOffered,
        }
    }

    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::NotFinished => "a refill needs a finished order",
            Self::AlreadyCompleted => "there is nothing left to do on it",
            Self::ClosedPartial => "the rest was refunded when it closed",
            Self::AlreadyCanceled => "it is closed and refunded already",
            Self::NoRefill => "its service has no refill",
            Self::RefillWindowOver => "its refill period is over",
            Self::NotOffered => "your rule does not offer this",
        }
    }
}

/// Why a person has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffReason {
    UnknownStatus,
    Unreadable,
    NoOwnerRow,
    MissingOnPanel,
    PanelUnavailable,
    OrderFailed,
    ParentOrder,
    ManualService,
    NoExternalId,
    ProviderNotTold,
    RefundReview,
    RefillRuleUnclear,
    RefillDateUnknown,
    OwnersRule,
    NoRoute,
    /// The number is an order of this customer on more than one panel.
    SeveralPanels,
}

impl StaffReason {
    pub const ALL: [StaffReason; 16] = [
        Self::UnknownStatus,
        Self::Unreadable,
        Self::NoOwnerRow,
        Self::MissingOnPanel,
        Self::PanelUnavailable,
        Self::OrderFailed,
        Self::ParentOrder,
        Self::ManualService,
        Self::NoExternalId,
        Self::ProviderNotTold,
        Self::RefundReview,
        Self::RefillRuleUnclear,
        Self::RefillDateUnknown,
        Self::OwnersRule,
        Self::NoRoute,
        Self::SeveralPanels,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownStatus => "unknown_status",
            Self::Unreadable => "unreadable",
            Self::NoOwnerRow => "no_owner_row",
            Self::MissingOnPanel => "missing_on_panel",
            Self::PanelUnavailable => "panel_unavailable",
            Self::OrderFailed => "order_failed",
            Self::ParentOrder => "parent_order",
            Self::ManualService => "manual_service",
            Self::NoExternalId => "no_external_id",
            Self::ProviderNotTold => "provider_not_told",
            Self::RefundReview => "refund_review",
            Self::RefillRuleUnclear => "refill_rule_unclear",
            Self::RefillDateUnknown => "refill_date_unknown",
            Self::OwnersRule => "owners_rule",
            Self::NoRoute => "no_route",
            Self::SeveralPanels => "several_panels",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// For the staff list.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::UnknownStatus => "the panel shows a status that no rule knows",
            Self::Unreadable => "the panel's answer for this order could not be read",
            Self::NoOwnerRow => {
                "the panel does not say whose order it is, and the order map has no row for it"
            }
            Self::MissingOnPanel => "the order map has this order, but the panel does not",
            Self::PanelUnavailable => "the panel could not be reached",
            Self::OrderFailed => "sending the order to its provider failed, and the customer was charged",
            Self::ParentOrder => "it is the parent of a drip-feed or subscription",
            Self::ManualService => "the service is manual: it has no provider to ask",
            Self::NoExternalId => "the order has no usable id at its provider yet",
            Self::ProviderNotTold => "the panel does not say who delivers the order",
            Self::RefundReview => "a refund of a completed order needs a person",
            Self::RefillRuleUnclear => {
                "nothing says whether the service has a refill, and your default is to ask"
            }
            Self::RefillDateUnknown => "the panel gives no date to count the refill period from",
            Self::OwnersRule => "your rule sends it to staff",
            Self::NoRoute => "no route leads to the provider's group",
            Self::SeveralPanels => "the customer has an order of this number on more than one panel",
        }
    }
}

/// A verdict in the making. Starts as words only; nothing acts unless it was said so.
pub(super) struct Draft(Verdict);

impl Draft {
    pub(super) fn of(command: CommandKind) -> Self {
        Self(Verdict {
            command,
            outcome: Outcome::Staff,
            reply: ReplyKey::Received,
            details: Details {
                command: Some(command),
                ..Details::default()
            },
            act: None,
            forward: None,
            staff: None,
            opens: None,
            miss: false,
            why: String::new(),
        })
    }

    pub(super) fn say(mut self, key: ReplyKey) -> Self {
        self.0.reply = key;
        self
    }

    pub(super) fn because(mut self, why: impl Into<Cow<'static, str>>) -> Self {
        self.0.why = why.into().into_owned();
        self
    }

    pub(super) fn about(mut self, command: CommandKind) -> Self {
        self.0.details.command = Some(command);
        self
    }

    pub(super) fn state(mut self, state: RequestState) -> Self {
        self.0.details.state = Some(state.words().to_owned());
        self
    }

    pub(super) fn wait(mut self, minutes: i64) -> Self {
        self.0.details.wait_minutes = Some(minutes);
        self
    }

    pub(super) fn days_left(mut self, days: Option<i64>) -> Self {
        self.0.details.days_left = days;
        self
    }

    pub(super) fn act(mut self, act: PanelAct) -> Self {
        self.0.act = Some(act);
        self
    }

    pub(super) fn acts(&self) -> bool {
        self.0.act.is_some()
    }

    pub(super) fn forward(mut self, command: CommandKind) -> Self {
        self.0.forward = Some(command);
        self
    }

    pub(super) fn staff(mut self, reason: StaffReason) -> Self {
        self.0.staff = Some(reason);
        self
    }

    pub(super) fn opens(mut self, action: CommandKind) -> Self {
        self.0.opens = Some(action);
        self
    }

    pub(super) fn missed(mut self) -> Self {
        self.0.miss = true;
        self
    }

    pub(super) fn end(mut self, outcome: Outcome) -> Verdict {
        self.0.outcome = outcome;
        self.0
    }
}
