//! Time that stands until the test moves it, randomness from a seed.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use switchboard_domain::clock::Clock;
use uuid::Uuid;

/// Starts on a Monday morning, 2027-01-04 09:00 UTC, in every test.
///
/// Ids are the real ones: tests share a server, whose roles are named after them.
#[derive(Debug)]
pub struct TestClock(Mutex<State>);

#[derive(Debug)]
struct State {
    now: DateTime<Utc>,
    /// Set while time flows.
    since: Option<Instant>,
    random: StdRng,
}

impl Default for TestClock {
    fn default() -> Self {
        Self::at(
            Utc.with_ymd_and_hms(2027, 1, 4, 9, 0, 0)
                .single()
                .expect("an unambiguous time"),
        )
    }
}

impl TestClock {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(State {
            now,
            since: None,
            random: StdRng::seed_from_u64(1),
        }))
    }

    pub fn set(&self, now: DateTime<Utc>) {
        let mut state = self.state();
        state.now = now;
        state.since = state.since.map(|_| Instant::now());
    }

    /// Moves the time on, and says what it is now.
    pub fn advance(&self, by: Duration) -> DateTime<Utc> {
        let by = TimeDelta::from_std(by).expect("a test's step is not centuries");
        let now = self.now() + by;
        self.set(now);
        now
    }

    /// From here on time also flows by itself, for tests that run the real workers.
    pub fn flow(&self) {
        self.state().since.get_or_insert_with(Instant::now);
    }

    /// The same random numbers again.
    pub fn seed(&self, seed: u64) {
        self.state().random = StdRng::seed_from_u64(seed);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        let state = self.state();
        match state.since {
            Some(since) => {
                state.now + TimeDelta::from_std(since.elapsed()).expect("a test does not run for centuries")
            }
            None => state.now,
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "ids must differ between tests that share a server"
    )]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn random_below(&self, bound: u64) -> u64 {
        if bound == 0 {
            0
        } else {
            self.state().random.random_range(0..bound)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stands_until_it_is_moved() {
        let clock = TestClock::new();
        let start = clock.now();
        assert_eq!(start.to_rfc3339(), "2027-01-04T09:00:00+00:00");
        assert_eq!(
            clock.advance(Duration::from_secs(61)) - start,
            TimeDelta::seconds(61)
        );
        assert_eq!(clock.now() - start, TimeDelta::seconds(61));
        clock.flow();
        let flowing = clock.now();
        while clock.now() == flowing {}
        assert!(clock.now() > flowing);
    }

    #[test]
    fn a_seed_gives_the_same_numbers_and_ids_are_never_the_same() {
        let numbers = |seed| {
            let clock = TestClock::new();
            clock.seed(seed);
            (0..8).map(|_| clock.random_below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
        let clock = TestClock::new();
        assert_eq!(clock.random_below(0), 0);
        assert!(clock.uuid() < clock.uuid());
    }
}
