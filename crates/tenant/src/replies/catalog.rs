//! Words for the owner about each text: its name, when it is said, and what its variables mean.

use switchboard_domain::command::texts::{ReplyKey, Variable as Name};

pub(super) struct Words {
    pub title: &'static str,
    pub when: &'static str,
    pub group: &'static str,
}

const ACCEPTED: &str = "Accepted";
const REFUSED: &str = "Refused";
const QUESTIONS: &str = "Questions";
const TEAM: &str = "For your team";
const OTHER: &str = "Other";

pub(super) fn words(key: ReplyKey) -> Words {
    let (group, title, when) = match key {
        ReplyKey::RefillRequested => (
            ACCEPTED,
            "Refill accepted",
            "The order is theirs, finished, and within its refill period.",
        ),
        ReplyKey::StillPendingSpeedUp => (
            ACCEPTED,
            "Still pending, speed-up added",
            "A refill was asked for an order that still runs: its provider is asked to push it.",
        ),
        ReplyKey::CancelQueued => (
            ACCEPTED,
            "Cancel accepted",
            "A cancel was asked for an order that still runs.",
        ),
        ReplyKey::SpeedUpRequested => (
            ACCEPTED,
            "Speed-up accepted",
            "A speed-up was asked for an order that still runs.",
        ),
        ReplyKey::StatusTold => (ACCEPTED, "Status", "The status was asked in a private chat."),
        ReplyKey::StatusToldInGroup => (
            ACCEPTED,
            "Status in a group",
            "The status was asked in a group, where others read along.",
        ),
        ReplyKey::RefundQueued => (
            TEAM,
            "Refund goes to your team",
            "A refund was asked for a finished order: one of you decides.",
        ),
        ReplyKey::NotYours => (
            REFUSED,
            "Not their order",
            "The one order asked for belongs to somebody else, or does not exist. The same words for both.",
        ),
        ReplyKey::NotYoursListed => (
            REFUSED,
            "Not their orders, of several",
            "Some orders of a message belong to somebody else, or do not exist.",
        ),
        ReplyKey::NotFinished => (
            REFUSED,
            "Not finished yet",
            "A refill was asked for an order that still runs, and your rule refuses it.",
        ),
        ReplyKey::AlreadyCompleted => (
            REFUSED,
            "Already completed",
            "A cancel or speed-up was asked for a completed order.",
        ),
        ReplyKey::ClosedPartial => (
            REFUSED,
            "Closed as partial",
            "Something was asked for a partial order.",
        ),
        ReplyKey::AlreadyCanceled => (
            REFUSED,
            "Already canceled",
            "Something was asked for a canceled or refunded order.",
        ),
        ReplyKey::NoRefill => (REFUSED, "No refill", "The service of the order has no refill."),
        ReplyKey::RefillWindowOver => (
            REFUSED,
            "Refill period over",
            "The order is older than its refill period.",
        ),
        ReplyKey::NotOffered => (
            REFUSED,
            "Not offered",
            "Your rule refuses this command for this status.",
        ),
        ReplyKey::AlreadyOpen => (REFUSED, "Asked already", "The same is open for this order."),
        ReplyKey::CoolingDown => (
            REFUSED,
            "Asked again too soon",
            "The same was closed a short while ago.",
        ),
        ReplyKey::StillWanted => (
            QUESTIONS,
            "Is it still wanted?",
            "The message waited too long to act on it without asking.",
        ),
        ReplyKey::ConfirmFirst => (
            QUESTIONS,
            "Please confirm",
            "Somebody who was silent for long asks for a cancel or refill, or a word was not certain.",
        ),
        ReplyKey::Received => (
            TEAM,
            "Received",
            "It is on the list of what needs a person. Says nothing about the order.",
        ),
        ReplyKey::UnderReview => (TEAM, "Under review", "Your rule sends it to a person."),
        ReplyKey::PanelUnavailable => (
            TEAM,
            "Panel does not answer",
            "The panel was away for minutes; one of you will look.",
        ),
        ReplyKey::Ack => (
            OTHER,
            "Got it",
            "The message has more than 10 orders, or the panel takes longer than 2 seconds.",
        ),
        ReplyKey::CutOff => (OTHER, "Too many orders", "A message has more than 100 orders."),
        ReplyKey::AskCommand => (
            QUESTIONS,
            "What shall we do?",
            "Order ids came without a command.",
        ),
        ReplyKey::AskIds => (QUESTIONS, "Which orders?", "A command came without order ids."),
        ReplyKey::NotLinked => (
            OTHER,
            "Not linked",
            "Somebody whom you have not linked to a customer writes in private.",
        ),
        ReplyKey::Help => (OTHER, "Help", "Somebody asks for help, or opens the chat."),
        ReplyKey::Muted => (
            OTHER,
            "Muted",
            "Somebody tried too many orders that are not theirs. Said once.",
        ),
        ReplyKey::OpenRequest => (
            OTHER,
            "Open request",
            "Somebody asks in private what about their order, without an id. One line for each open request.",
        ),
        ReplyKey::NoOpenRequests => (
            OTHER,
            "No open requests",
            "The same question, and nothing is open.",
        ),
        ReplyKey::NoticesOff => (OTHER, "Notices off", "Somebody writes stop in private."),
        ReplyKey::NoticesOn => (OTHER, "Notices on", "Somebody writes start in private."),
        ReplyKey::GroupBound => (
            OTHER,
            "Customers' group connected",
            "A group is connected by its code. Said once, in the group.",
        ),
        ReplyKey::ProviderGroupBound => (
            OTHER,
            "Provider's group connected",
            "A provider's group is connected by its code. Said once, in the group.",
        ),
    };
    Words { title, when, group }
}

/// What a text may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// As it is written: `{ORDERID}`.
    pub name: &'static str,
    pub meaning: &'static str,
    pub sample: &'static str,
}

/// The variables of a key's text.
pub fn variables(key: ReplyKey) -> Vec<Variable> {
    key.variables()
        .iter()
        .map(|variable| {
            let (meaning, sample) = match variable {
                Name::OrderId => ("The order's id; of several, all of them", "12345678"),
                Name::Ids => ("All order ids, one a line", "12345678"),
                Name::Count => ("How many orders", "1"),
                Name::Command => ("What was asked for", "refill"),
                Name::Status => ("The order's status", "completed"),
                Name::Service => (
                    "The service's name, without provider names",
                    "Sample likes, 30 days refill",
                ),
                Name::Remains => ("What is still to be delivered", "0"),
                Name::DaysLeft => ("Days until the refill period ends", "12"),
                Name::State => ("How the earlier request stands", "sent"),
                Name::Wait => ("When it may be asked again", "1 h 30 min"),
                Name::Orders => (
                    "For loops: {% for order in ORDERS %}{{ order.ORDERID }}{% endfor %}",
                    "a list",
                ),
            };
            Variable {
                name: variable.as_str(),
                meaning,
                sample,
            }
        })
        .collect()
}
