//! The one home of wall clock and randomness.

use chrono::{DateTime, Utc};
use switchboard_domain::clock::Clock;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[expect(
    clippy::disallowed_methods,
    reason = "this is the place that all others get it from"
)]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn random_below(&self, bound: u64) -> u64 {
        if bound == 0 {
            0
        } else {
            rand::random_range(0..bound)
        }
    }
}
