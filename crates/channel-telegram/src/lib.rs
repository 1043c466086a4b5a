//! Telegram bots as a chat network.
//!
//! Owns everything that knows the Bot API: reading updates, calling methods, pacing, the hook and the long poll.
//!
//! Invariant: an update is read with narrow structs of our own and kept raw beside it; the library's types would lose
//! a text that has one entity they do not know.
//! Invariant: a token stands in no error, log line or `Debug`.
//! Invariant: receiving is the caller's: it stores the raw update, then acknowledges, then converts from its queue.
//!
//! Absent on purpose: storage, HTTP routes, and every rule about what a message means.

pub mod client;
pub mod connector;
pub mod convert;
pub mod error;
pub mod limiter;
mod pacer;
pub mod peek;
pub mod poll;
pub mod privacy;
pub mod session;
#[cfg(test)]
mod simulated;
pub mod token;
pub mod webhook;
mod wire;

/// Longest text of one message, in UTF-16 units.
pub const TEXT_UNITS: usize = 4096;

/// Largest update that is worth reading; Telegram's own are far smaller.
pub const MAX_UPDATE_BYTES: usize = 256 * 1024;

/// What Telegram is asked to deliver.
pub const ALLOWED_UPDATES: [&str; 4] = ["message", "edited_message", "callback_query", "my_chat_member"];
