//! Waiting for one's turn: a line per chat, in the order of arrival, over the pure `Limiter`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use switchboard_channels::session::Scope;
use tokio::{
    sync::OwnedMutexGuard,
    time::{Instant, sleep_until},
};

use crate::limiter::{Limiter, Limits, Ticket, Turn};

type Line = Arc<tokio::sync::Mutex<()>>;

pub(crate) struct Pacer {
    limiter: Mutex<Limiter>,
    lines: Mutex<HashMap<i64, Line>>,
    max_wait: Duration,
}

impl Pacer {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            max_wait: limits.max_wait,
            limiter: Mutex::new(Limiter::new(limits)),
            lines: Mutex::default(),
        }
    }

    /// The front of a chat's line, until the guard is dropped.
    pub(crate) async fn front(&self, chat: i64) -> OwnedMutexGuard<()> {
        let line = {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            if lines.len() >= 1024 {
                lines.retain(|_, line| Arc::strong_count(line) > 1);
            }
            Arc::clone(lines.entry(chat).or_default())
        };
        line.lock_owned().await
    }

    /// Waits until one message may go out; at once `Err` with the wait when it would be long.
    pub(crate) async fn turn(&self, chat: i64) -> Result<(), Duration> {
        let mut ticket = Ticket::new(chat);
        let asked = Instant::now();
        loop {
            let now = Instant::now();
            let turn = self
                .limiter
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .turn(&mut ticket, now);
            match turn {
                Turn::Go => return Ok(()),
                Turn::Wait(until) if until - asked > self.max_wait => return Err(until - now),
                Turn::Wait(until) => sleep_until(until).await,
            }
        }
    }

    pub(crate) fn too_many(&self, chat: i64, after: Duration) -> Scope {
        self.limiter
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .too_many(chat, after, Instant::now())
    }
}
