//! Whether who listens may still do so: all open sockets of this process, looked after by one task.
//!
//! Invariant: one query per look, however many sockets; the task ends with the last socket. A database that does not answer
//! closes nobody.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use switchboard_domain::id::UserId;
use switchboard_store::SignedIn;
use tokio::sync::watch;

use crate::App;

/// Twice within the second in which a change is to be obeyed.
const LOOK_EVERY: Duration = Duration::from_millis(400);

#[derive(Debug, Clone)]
pub(super) enum Standing {
    Is(Arc<SignedIn>),
    Ended,
}

#[derive(Debug, Default)]
pub struct Sockets(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    next: u64,
    looking: bool,
    seats: HashMap<u64, Place>,
}

#[derive(Debug)]
struct Place {
    hash: [u8; 32],
    user: UserId,
    standing: watch::Sender<Standing>,
}

/// One socket's place; given up when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    app: Weak<App>,
    number: u64,
    standing: watch::Receiver<Standing>,
}

impl Sockets {
    /// How many are open.
    pub fn count(&self) -> usize {
        self.lock().seats.len()
    }

    /// `None`: this person has `most` open already.
    pub(super) fn take(
        &self,
        app: &Arc<App>,
        hash: [u8; 32],
        who: &Arc<SignedIn>,
        most: usize,
    ) -> Option<Seat> {
        let mut open = self.lock();
        let user = who.user();
        if open.seats.values().filter(|place| place.user == user).count() >= most {
            return None;
        }
        let (sender, standing) = watch::channel(Standing::Is(who.clone()));
        let number = open.next;
        open.next += 1;
        let place = Place {
            hash,
            user,
            standing: sender,
        };
        open.seats.insert(number, place);
        if !open.looking {
            open.looking = true;
            tokio::spawn(look(Arc::downgrade(app)));
        }
        Some(Seat {
            app: Arc::downgrade(app),
            number,
            standing,
        })
    }

    /// The sessions to look at; empty: nobody is left, and the task ends.
    fn sessions(&self) -> Vec<[u8; 32]> {
        let mut open = self.lock();
        open.looking = !open.seats.is_empty();
        let mut hashes: Vec<[u8; 32]> = open.seats.values().map(|place| place.hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes
    }

    fn tell(&self, found: &HashMap<[u8; 32], Arc<SignedIn>>, asked: &[[u8; 32]]) {
        for place in self.lock().seats.values() {
            // Whoever came after the question was asked is looked at the next time.
            if asked.binary_search(&place.hash).is_err() {
                continue;
            }
            match found.get(&place.hash) {
                None => {
                    place.standing.send_replace(Standing::Ended);
                }
                Some(who) => {
                    place.standing.send_if_modified(|standing| match standing {
                        Standing::Is(before) if same(before, who) => false,
                        Standing::Is(before) => {
                            *before = who.clone();
                            true
                        }
                        Standing::Ended => false,
                    });
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn same(a: &SignedIn, b: &SignedIn) -> bool {
    a.account().state == b.account().state && a.memberships() == b.memberships()
}

async fn look(app: Weak<App>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(app) = app.upgrade() else { return };
        let asked = app.sockets.sessions();
        if asked.is_empty() {
            return;
        }
        match app.db.signed_in_many(&asked).await {
            Ok(found) => app.sockets.tell(&found, &asked),
            Err(error) => tracing::debug!(%error, "open sockets could not be looked after; tried again"),
        }
    }
}

impl Seat {
    /// Waits until something about the session, the account or its memberships changed.
    pub async fn changed(&mut self) -> Standing {
        match self.standing.changed().await {
            Ok(()) => self.standing.borrow_and_update().clone(),
            Err(_) => Standing::Ended,
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(app) = self.app.upgrade() {
            app.sockets.lock().seats.remove(&self.number);
        }
    }
}
