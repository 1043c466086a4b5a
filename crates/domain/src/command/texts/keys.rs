//! The closed list of things that can be said, and which variables each may use.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! reply_keys {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $vars:expr;)*) => {
        /// One thing that can be said to a customer. Stable names: owners' texts are stored under them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ReplyKey {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl ReplyKey {
            pub const ALL: &'static [ReplyKey] = &[$(Self::$name,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The variables that a text under this key may use.
            pub const fn variables(self) -> &'static [Variable] {
                match self { $(Self::$name => $vars,)* }
            }
        }
    };
}

use Variable as V;

/// Said when nothing is known, or nothing may be told, about the orders.
const BARE: &[Variable] = &[V::OrderId, V::Ids, V::Count, V::Command];
const ORDER: &[Variable] = &[
    V::OrderId,
    V::Ids,
    V::Count,
    V::Command,
    V::Status,
    V::Service,
    V::Remains,
    V::Orders,
];
const REFILL: &[Variable] = &[
    V::OrderId,
    V::Ids,
    V::Count,
    V::Command,
    V::Status,
    V::Service,
    V::Remains,
    V::DaysLeft,
    V::Orders,
];
const STATE: &[Variable] = &[
    V::OrderId,
    V::Ids,
    V::Count,
    V::Command,
    V::Status,
    V::Service,
    V::Remains,
    V::State,
    V::Orders,
];
const WAIT: &[Variable] = &[
    V::OrderId,
    V::Ids,
    V::Count,
    V::Command,
    V::Status,
    V::Service,
    V::Remains,
    V::Wait,
    V::Orders,
];
/// Only ids and their number: not even the command, so that one text serves all.
const IDS: &[Variable] = &[V::OrderId, V::Ids, V::Count];
/// How a request stands: ours to tell, and nothing of the order itself.
const OPEN: &[Variable] = &[V::OrderId, V::Ids, V::Count, V::Command, V::State];
const NOTHING: &[Variable] = &[];

reply_keys! {
    RefillRequested = "refill_requested", REFILL;
    StillPendingSpeedUp = "still_pending_speed_up", ORDER;
    CancelQueued = "cancel_queued", ORDER;
    SpeedUpRequested = "speed_up_requested", ORDER;
    StatusTold = "status_told", ORDER;
    /// In a group others read along: less is told.
    StatusToldInGroup = "status_told_in_group", ORDER;
    RefundQueued = "refund_queued", ORDER;
    /// Foreign and unknown alike.
    NotYours = "not_yours", IDS;
    /// The same, of several orders in one message.
    NotYoursListed = "not_yours_listed", IDS;
    NotFinished = "not_finished", ORDER;
    AlreadyCompleted = "already_completed", ORDER;
    ClosedPartial = "closed_partial", ORDER;
    AlreadyCanceled = "already_canceled", ORDER;
    NoRefill = "no_refill", ORDER;
    RefillWindowOver = "refill_window_over", ORDER;
    NotOffered = "not_offered", ORDER;
    AlreadyOpen = "already_open", STATE;
    CoolingDown = "cooling_down", WAIT;
    StillWanted = "still_wanted", BARE;
    ConfirmFirst = "confirm_first", BARE;
    /// Taken in; a person will look, or it waits for a route.
    Received = "received", BARE;
    UnderReview = "under_review", ORDER;
    PanelUnavailable = "panel_unavailable", BARE;
    /// "Got it": said before the panel is asked.
    Ack = "ack", &[V::Ids, V::Count, V::Command];
    CutOff = "cut_off", IDS;
    AskCommand = "ask_command", IDS;
    AskIds = "ask_ids", &[V::Command];
    NotLinked = "not_linked", NOTHING;
    Help = "help", NOTHING;
    Muted = "muted", NOTHING;
    /// One line for each open request of the asker.
    OpenRequest = "open_request", OPEN;
    NoOpenRequests = "no_open_requests", NOTHING;
    NoticesOff = "notices_off", NOTHING;
    NoticesOn = "notices_on", NOTHING;
    /// In a customers' group, once, when it is bound.
    GroupBound = "group_bound", NOTHING;
    /// The same in a provider's group.
    ProviderGroupBound = "provider_group_bound", NOTHING;
}

impl ReplyKey {
    /// Whether the text may speak of the order itself. False for all that is said before ownership is known.
    pub fn shows_order(self) -> bool {
        self.variables().contains(&V::Status)
    }

    /// Whether the command stands in the text, so that orders of two commands need two texts.
    pub fn names_command(self) -> bool {
        self.variables().contains(&V::Command)
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.as_str() == text)
    }
}

impl fmt::Display for ReplyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a template may name, as `{NAME}` or `{{ NAME }}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    OrderId,
    Ids,
    Count,
    Command,
    Status,
    Service,
    Remains,
    DaysLeft,
    State,
    Wait,
    /// Not a text but a list for `{% for order in ORDERS %}`, each with the names above.
    Orders,
}

impl Variable {
    pub const ALL: [Variable; 11] = [
        V::OrderId,
        V::Ids,
        V::Count,
        V::Command,
        V::Status,
        V::Service,
        V::Remains,
        V::DaysLeft,
        V::State,
        V::Wait,
        V::Orders,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            V::OrderId => "ORDERID",
            V::Ids => "IDS",
            V::Count => "COUNT",
            V::Command => "COMMAND",
            V::Status => "STATUS",
            V::Service => "SERVICE",
            V::Remains => "REMAINS",
            V::DaysLeft => "DAYS_LEFT",
            V::State => "STATE",
            V::Wait => "WAIT",
            V::Orders => "ORDERS",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variable| variable.as_str() == text)
    }
}
