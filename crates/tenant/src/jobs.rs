//! Job kinds of the tenant side, and the handler that runs them. The kinds that a tenant's role may put are also named in
//! the row policy of `queue.job`.

use switchboard_domain::id::MessageId;

pub const MESSAGE: &str = "message.handle";
pub const ACT: &str = "panel.act";
pub const GATHER: &str = "forward.gather";
pub const SEND_FORWARD: &str = "forward.send";
pub const SEND_REPLY: &str = "reply.send";
/// Put by the platform: a grant waits.
pub const BOOK_GRANTS: &str = "credit.book";

/// The lane (and the cause) of the panel actions of one decision: the first of a whole message, later ones of one order.
pub(crate) fn act_lane(message: MessageId, command: &str, order: &str, attempt: i32) -> String {
    match attempt {
        0 => format!("act:{message}"),
        _ => format!("act:{message}:{command}:{order}:{attempt}"),
    }
}
