//! Time and randomness come from outside.
//!
//! `clippy.toml` bans the wall clock and random ids everywhere but in the implementations that the server wires
//! (`switchboard_server::wiring`), so a test can decide what time it is.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What time it is, and new ids. Cheap to call, never blocks.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> DateTime<Utc>;

    /// A fresh UUIDv7: sorts by time of making.
    fn uuid(&self) -> Uuid;

    /// Uniform in `0..bound`, for jitter. `bound` of 0 gives 0.
    fn random_below(&self, bound: u64) -> u64;
}
