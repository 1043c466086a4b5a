//! Our words, in English. Each says what is known and never one step more.

use super::{Form, ReplyKey};

/// If even a default could not be rendered (a test renders them all, so it can).
pub(super) const LAST_RESORT: &str = "Your message has been received.";

/// `None` for [`Form::Many`] where what is said differs per order: the text for one then stands once per order.
pub(super) fn text(key: ReplyKey, form: Form) -> Option<&'static str> {
    let (one, many): (&str, Option<&str>) = match key {
        ReplyKey::RefillRequested => (
            "{ORDERID}: refill request has been added.",
            Some("Refill request has been added for these orders:\n{IDS}"),
        ),
        ReplyKey::StillPendingSpeedUp => (
            "{ORDERID} is still pending. Speed-up request has been added.",
            Some("These orders are still pending. Speed-up request has been added:\n{IDS}"),
        ),
        ReplyKey::CancelQueued => (
            "These orders are added to refund support queue:\n{IDS}",
            Some("These orders are added to refund support queue:\n{IDS}"),
        ),
        ReplyKey::SpeedUpRequested => (
            "{ORDERID}: speed-up request has been added.",
            Some("Speed-up request has been added for these orders:\n{IDS}"),
        ),
        ReplyKey::StatusTold => (
            "{ORDERID}: {STATUS}{% if REMAINS not in ['-', '0'] %}, {REMAINS} remaining{% endif %}\
             {% if SERVICE != '-' %} ({SERVICE}){% endif %}",
            None,
        ),
        ReplyKey::StatusToldInGroup => ("{ORDERID}: {STATUS}", None),
        ReplyKey::RefundQueued => (
            "{ORDERID}: refund request is with our team for review.",
            Some("Refund requests for these orders are with our team for review:\n{IDS}"),
        ),
        ReplyKey::NotYours => (
            "Order ID does not belong to your account",
            Some("Order ID does not belong to your account"),
        ),
        ReplyKey::NotYoursListed => (
            "Order ID does not belong to your account: {ORDERID}",
            Some("Order ID does not belong to your account: {IDS}"),
        ),
        ReplyKey::NotFinished => (
            "{ORDERID} is not finished yet, so it cannot be refilled now.",
            Some("These orders are not finished yet, so they cannot be refilled now:\n{IDS}"),
        ),
        ReplyKey::AlreadyCompleted => (
            "{ORDERID} is already completed.",
            Some("These orders are already completed:\n{IDS}"),
        ),
        ReplyKey::ClosedPartial => (
            "{ORDERID} is closed as partial: what was not delivered has been refunded.",
            Some("These orders are closed as partial: what was not delivered has been refunded:\n{IDS}"),
        ),
        ReplyKey::AlreadyCanceled => ("{ORDERID} is already {STATUS}.", None),
        ReplyKey::NoRefill => (
            "{ORDERID}: this service comes without refill.",
            Some("The services of these orders come without refill:\n{IDS}"),
        ),
        ReplyKey::RefillWindowOver => (
            "{ORDERID}: the refill period of this order is over.",
            Some("The refill period of these orders is over:\n{IDS}"),
        ),
        ReplyKey::NotOffered => ("{ORDERID} is {STATUS}: {COMMAND} is not offered for it.", None),
        ReplyKey::AlreadyOpen => ("{ORDERID}: your {COMMAND} request is already {STATE}.", None),
        ReplyKey::CoolingDown => (
            "{ORDERID}: a {COMMAND} request was closed a short while ago. You can ask again in {WAIT}.",
            None,
        ),
        ReplyKey::StillWanted => (
            "You asked for {COMMAND} of {ORDERID} a while ago. Is it still wanted? Reply yes and it goes ahead.",
            Some(
                "You asked for {COMMAND} of these orders a while ago. Is it still wanted? Reply yes and it goes \
                 ahead.\n{IDS}",
            ),
        ),
        ReplyKey::ConfirmFirst => (
            "Please confirm {COMMAND} of {ORDERID}: reply yes and it goes ahead.",
            Some("Please confirm {COMMAND} of these orders: reply yes and it goes ahead.\n{IDS}"),
        ),
        ReplyKey::Received => (
            "{ORDERID}: your {COMMAND} request has been received. Our team will look at it.",
            Some(
                "Your {COMMAND} request has been received for these orders. Our team will look at it:\n{IDS}",
            ),
        ),
        ReplyKey::UnderReview => (
            "{ORDERID}: your {COMMAND} request is recorded and under review.",
            Some("Your {COMMAND} request is recorded and under review for these orders:\n{IDS}"),
        ),
        ReplyKey::PanelUnavailable => (
            "{ORDERID}: the panel cannot be reached right now. Your {COMMAND} request is kept and our team will look at \
             it.",
            Some(
                "The panel cannot be reached right now. Your {COMMAND} request is kept and our team will look at it:\n\
                 {IDS}",
            ),
        ),
        ReplyKey::Ack => (
            "Got it, {COUNT} order. The result follows.",
            Some("Got it, {COUNT} orders. The results follow."),
        ),
        ReplyKey::CutOff => (
            "Only the first 100 orders of a message are taken. Please send this one again: {IDS}",
            Some("Only the first 100 orders of a message are taken. Please send these again:\n{IDS}"),
        ),
        ReplyKey::AskCommand => (
            "What shall we do with {ORDERID}: refill, cancel, speed-up or status?",
            Some("What shall we do with these {COUNT} orders: refill, cancel, speed-up or status?"),
        ),
        ReplyKey::AskIds => (
            "Which orders? Please send the order ids{% if COMMAND != '-' %} for {COMMAND}{% endif %}.",
            None,
        ),
        ReplyKey::NotLinked => (
            "This chat is not linked to an account of the panel yet. Please ask support to link it.",
            None,
        ),
        ReplyKey::Help => (
            "Send order ids and what you want, for example:\n12345678,12345679 refill\nYou can ask for refill, cancel, \
             speed-up or status, for up to 100 orders in a message.",
            None,
        ),
        ReplyKey::Muted => ("Too many requests. Please wait an hour and try again.", None),
        ReplyKey::OpenRequest => ("{ORDERID}: your {COMMAND} request is {STATE}.", None),
        ReplyKey::NoOpenRequests => (
            "You have no open requests. To ask about an order, send its id, for example: 12345678 status",
            None,
        ),
        ReplyKey::NoticesOff => (
            "You will get answers only, no notices. Send start to get notices again.",
            None,
        ),
        ReplyKey::NoticesOn => (
            "You will get notices about your requests again. Send stop to end them.",
            None,
        ),
        ReplyKey::GroupBound => (
            "This group is connected. Send order ids and what you want, for example:\n12345678,12345679 refill",
            None,
        ),
        ReplyKey::ProviderGroupBound => ("This group is connected. Requests will be posted here.", None),
    };
    match form {
        Form::One => Some(one),
        Form::Many => many,
    }
}
