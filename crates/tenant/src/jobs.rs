//! Job kinds of the tenant side, and the handler that runs them. The kinds that a tenant's role may put are also named in
//! the row policy of `queue.job`.

pub const MESSAGE: &str = "message.handle";
pub const ACT: &str = "panel.act";
pub const GATHER: &str = "forward.gather";
pub const SEND_FORWARD: &str = "forward.send";
pub const SEND_REPLY: &str = "reply.send";
/// Put by the platform: a grant waits.
pub const BOOK_GRANTS: &str = "credit.book";
