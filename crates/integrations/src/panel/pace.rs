//! How often one panel may be called.

use std::{sync::Mutex, time::Duration};

use tokio::{sync::MutexGuard, time::Instant};

use super::PanelKind;

/// The least time between two calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    min_gap: Duration,
}

impl Pace {
    const FASTEST: Duration = Duration::from_millis(20);
    const SLOWEST: Duration = Duration::from_secs(60);

    /// What is known to be safe: PerfectPanel tells clients 5/s, RentalPanel answered 429 below 5 s.
    pub const fn of(kind: PanelKind) -> Self {
        match kind {
            PanelKind::PerfectPanelAdminV2 | PanelKind::UserApiV2 => Self {
                min_gap: Duration::from_millis(334),
            },
            PanelKind::RentalPanelAdminV1 => Self {
                min_gap: Duration::from_secs(5),
            },
        }
    }

    /// The owner's own setting, brought into 20 ms to 60 s.
    pub fn every(min_gap: Duration) -> Self {
        Self {
            min_gap: min_gap.clamp(Self::FASTEST, Self::SLOWEST),
        }
    }

    pub fn min_gap(self) -> Duration {
        self.min_gap
    }
}

/// Hands out turns, one at a time and in the order asked, at a pace. The first turn after a rest comes at once.
///
/// From a gap of a second on it is counted from the end of the last call: such panels count arrivals strictly, and a
/// slow call followed by a fast one would arrive too close.
pub struct Pacer {
    pace: Pace,
    gate: tokio::sync::Mutex<()>,
    next: Mutex<Next>,
}

#[derive(Clone, Copy)]
struct Next {
    at: Option<Instant>,
    /// A pause that the panel asked for, which is not the usual gap.
    paused_until: Option<Instant>,
}

/// The right to make one call. Dropping it ends the call.
pub struct Turn<'a> {
    pacer: &'a Pacer,
    _gate: MutexGuard<'a, ()>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.pacer.pace.min_gap >= Duration::from_secs(1) {
            self.pacer.set_next(Instant::now() + self.pacer.pace.min_gap);
        }
    }
}

impl Pacer {
    const LONGEST_PAUSE: Duration = Duration::from_secs(300);

    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            gate: tokio::sync::Mutex::new(()),
            next: Mutex::new(Next {
                at: None,
                paused_until: None,
            }),
        }
    }

    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// Waits until a turn would be free, without taking it: whoever gathers work gathers it as late as possible.
    pub async fn ready(&self) {
        let _gate = self.gate.lock().await;
        self.rest().await;
    }

    /// Waits for a turn and takes it.
    pub async fn turn(&self) -> Turn<'_> {
        let gate = self.gate.lock().await;
        self.rest().await;
        self.set_next(Instant::now() + self.pace.min_gap);
        Turn {
            pacer: self,
            _gate: gate,
        }
    }

    /// No turn for a while: the panel said so. At most five minutes.
    pub fn pause(&self, pause: Duration) {
        let until = Instant::now() + pause.min(Self::LONGEST_PAUSE);
        let mut next = self.lock();
        next.paused_until = Some(next.paused_until.map_or(until, |known| known.max(until)));
    }

    /// What is left of a pause that the panel asked for.
    pub fn pause_left(&self) -> Option<Duration> {
        let until = self.lock().paused_until?;
        Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    async fn rest(&self) {
        loop {
            let Next { at, paused_until } = *self.lock();
            let now = Instant::now();
            match at.max(paused_until).filter(|until| *until > now) {
                Some(until) => tokio::time::sleep_until(until).await,
                None => return,
            }
        }
    }

    fn set_next(&self, at: Instant) {
        self.lock().at = Some(at);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Next> {
        self.next
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn starts(pacer: &Pacer, turns: usize, each: Duration) -> Vec<u64> {
        let begin = Instant::now();
        let mut starts = Vec::new();
        for _ in 0..turns {
            let _turn = pacer.turn().await;
            starts.push(u64::try_from(begin.elapsed().as_millis()).unwrap());
            tokio::time::sleep(each).await;
        }
        starts
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_turn_is_free_and_the_rest_keep_the_gap() {
        let quick = Pacer::new(Pace::every(Duration::from_millis(300)));
        assert_eq!(starts(&quick, 3, Duration::from_millis(100)).await, [0, 300, 600]);
        tokio::time::sleep(Duration::from_secs(9)).await;
        assert_eq!(starts(&quick, 2, Duration::ZERO).await, [0, 300]);
        let tight = Pacer::new(Pace::of(PanelKind::RentalPanelAdminV1));
        assert_eq!(starts(&tight, 3, Duration::from_secs(1)).await, [0, 6000, 12000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody_and_is_bounded() {
        let pacer = Pacer::new(Pace::every(Duration::from_millis(300)));
        pacer.pause(Duration::from_secs(7));
        pacer.pause(Duration::from_secs(2));
        assert_eq!(pacer.pause_left(), Some(Duration::from_secs(7)));
        assert_eq!(starts(&pacer, 2, Duration::ZERO).await, [7000, 7300]);
        assert_eq!(pacer.pause_left(), None);
        pacer.pause(Duration::from_secs(86_400));
        assert_eq!(pacer.pause_left(), Some(Pacer::LONGEST_PAUSE));
    }

    #[test]
    fn an_owners_pace_is_brought_into_bounds() {
        assert_eq!(Pace::every(Duration::ZERO).min_gap(), Pace::FASTEST);
        assert_eq!(Pace::every(Duration::from_secs(9999)).min_gap(), Pace::SLOWEST);
    }
}
