//! All that a decision is made from.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    channel::ChatKind,
    command::CommandKind,
    order::{OrderId, OrderLookup},
};

/// One order, one command, one asker, one moment.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub command: CommandKind,
    pub order_id: &'a OrderId,
    /// A fresh read: a status kept from earlier is not enough.
    pub read: PanelRead<'a>,
    pub asker: Asker<'a>,
    pub panel: PanelAbilities,
    /// Requests on this (panel, order), of every action: open ones, and those closed within the cooldown.
    pub requests: &'a [RequestOnOrder],
    /// The `refill` flag of the panel's service list, where that was read. Not the order's own button.
    pub service_refill: Option<bool>,
    pub asked_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
    pub chat: ChatKind,
    /// Set where this identity must say yes before a cancel or refund. `None` once it did.
    pub confirm: Option<ConfirmCause>,
}

/// What the panel answered.
#[derive(Debug, Clone, Copy)]
pub enum PanelRead<'a> {
    Answer(&'a OrderLookup),
    /// No answer: the error's class, a name of ours (`timeout`, `blocked_by_html`) and never the panel's own words.
    Down(&'static str),
}

/// Who asks, as far as this panel is concerned.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// Usernames on this panel that the asker's customer is linked to.
    pub usernames: &'a [String],
    /// The panel shows one single user under the order's username when case is ignored.
    pub one_user_ignoring_case: bool,
    /// The row of the owner's order → customer map, for panels that do not name an order's owner.
    pub mapped: MapRow,
}

/// What the owner's order → customer map says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapRow {
    Mine,
    SomeoneElses,
    NoRow,
}

/// What can be done on this panel by its API, and what it tells. Data of the adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelAbilities {
    pub refill: bool,
    pub request_cancel: bool,
    /// Its orders name the account that placed them.
    pub tells_owner: bool,
    /// Its orders name provider and external id; without that an absent provider does not mean a manual service.
    pub tells_provider: bool,
}

/// An earlier request on the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestOnOrder {
    /// As opened ([`super::Verdict::opens`]), which may differ from what was typed.
    pub action: CommandKind,
    pub opened_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub state: RequestState,
    pub same_customer: bool,
}

/// How far a request got. Stable names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Stored; nothing left the house yet.
    Recorded,
    /// Asked of the panel or of the provider.
    Sent,
    /// The provider said yes.
    Confirmed,
    WithStaff,
}

impl RequestState {
    pub const ALL: [RequestState; 4] = [Self::Recorded, Self::Sent, Self::Confirmed, Self::WithStaff];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::WithStaff => "with_staff",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// For the customer: what is known, and no word of whom it was sent to.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::WithStaff => "with our team",
        }
    }
}

/// Why an identity is asked before a cancel or refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmCause {
    /// Nothing heard for 90 days: the number may have changed hands.
    SilentFor90Days,
    /// Joined a group, that acts as one customer, after it was set up.
    LateJoiner,
    /// The command was read from a word that nobody who speaks the language has reviewed.
    UnreviewedWord,
}

impl ConfirmCause {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SilentFor90Days => "silent_for_90_days",
            Self::LateJoiner => "late_joiner",
            Self::UnreviewedWord => "unreviewed_word",
        }
    }

    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::SilentFor90Days => "this sender was silent for 90 days",
            Self::LateJoiner => "this sender joined the group after it was linked",
            Self::UnreviewedWord => "the command was read from a word that is not reviewed yet",
        }
    }
}
