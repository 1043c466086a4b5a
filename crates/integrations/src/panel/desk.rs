//! Everybody who wants something of one panel queues at its desk.
//!
//! Invariants:
//! - One call at a time, at the panel's pace, in the order asked. All ids that wait when a read's turn comes travel in it,
//!   whoever asked for them, up to [`MAX_IDS`]; so do the orders of waiting cancel requests.
//! - A read answers with what was asked of the panel *after* the caller came: nothing is cached.
//! - An act that has not begun when its caller gives up is not begun; one that has begun is not repeated.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use switchboard_domain::order::{OrderId, OrderLookup};
use tokio::sync::{mpsc, oneshot};

use super::{
    Abilities, ActOutcome, Detail, KeyReport, MAX_IDS, Panel, PanelError, PanelKind, RefillId, RefillState,
};

/// Callers are not kept through a longer pause than this: their jobs come back later.
const PATIENCE: Duration = Duration::from_secs(15);
/// Pauses after a 429 that does not say how long.
const FIRST_BACKOFF: Duration = Duration::from_secs(2);
const LAST_BACKOFF: Duration = Duration::from_secs(64);

/// A handle; cheap to clone. The desk closes when the last one is dropped and its work is done.
#[derive(Clone)]
pub struct PanelDesk {
    panel: Arc<dyn Panel>,
    work: mpsc::UnboundedSender<Work>,
}

type Reply<T> = oneshot::Sender<Result<T, PanelError>>;

enum Work {
    Orders(Many<OrderLookup>),
    Cancel(Many<ActOutcome>),
    Refill(OrderId, Reply<ActOutcome>),
    RefillStatus(RefillId, Reply<RefillState>),
    CheckKey(oneshot::Sender<KeyReport>),
}

/// One caller's ids: those still to ask, and what is known of the others.
struct Many<T> {
    ids: VecDeque<OrderId>,
    known: HashMap<OrderId, T>,
    reply: Reply<HashMap<OrderId, T>>,
}

impl PanelDesk {
    /// Opens the desk of one panel. Must be called inside a runtime.
    pub fn open(panel: Arc<dyn Panel>) -> Self {
        let (work, inbox) = mpsc::unbounded_channel();
        let clerk = Clerk {
            panel: Arc::clone(&panel),
            inbox,
            waiting: VecDeque::new(),
            arrivals: 0,
            refusals: 0,
        };
        tokio::spawn(clerk.run());
        Self { panel, work }
    }

    pub fn kind(&self) -> PanelKind {
        self.panel.kind()
    }

    pub fn abilities(&self) -> Abilities {
        self.panel.abilities()
    }

    /// Reads orders afresh: an entry for each id asked, or one error for all of them.
    pub async fn orders(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, OrderLookup>, PanelError> {
        self.many(ids, Work::Orders).await
    }

    /// Asks to cancel: an entry for each id asked, or one error for all of them (see [`PanelError::may_have_acted`]).
    pub async fn request_cancel(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, ActOutcome>, PanelError> {
        self.many(ids, Work::Cancel).await
    }

    pub async fn refill(&self, id: &OrderId) -> Result<ActOutcome, PanelError> {
        self.ask(|reply| Work::Refill(id.clone(), reply)).await
    }

    pub async fn refill_status(&self, refill: &RefillId) -> Result<RefillState, PanelError> {
        self.ask(|reply| Work::RefillStatus(refill.clone(), reply)).await
    }

    pub async fn check_key(&self) -> KeyReport {
        let (reply, answer) = oneshot::channel();
        // A send that fails drops the reply, which the answer shows.
        let _ = self.work.send(Work::CheckKey(reply));
        match answer.await {
            Ok(report) => report,
            Err(_) => KeyReport::failed(self.kind(), &closed()),
        }
    }

    #[cfg(test)]
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.work.same_channel(&other.work)
    }

    pub(super) fn is_open(&self) -> bool {
        !self.work.is_closed()
    }

    async fn many<T>(
        &self,
        ids: &[OrderId],
        work: impl FnOnce(Many<T>) -> Work,
    ) -> Result<HashMap<OrderId, T>, PanelError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let mut seen = HashSet::new();
        let ids = ids.iter().filter(|id| seen.insert(*id)).cloned().collect();
        self.ask(|reply| {
            work(Many {
                ids,
                known: HashMap::new(),
                reply,
            })
        })
        .await
    }

    async fn ask<T>(&self, work: impl FnOnce(Reply<T>) -> Work) -> Result<T, PanelError> {
        let (reply, answer) = oneshot::channel();
        let _ = self.work.send(work(reply));
        answer.await.unwrap_or_else(|_| Err(closed()))
    }
}

/// The clerk's task ended by a panic: whether the call went out is not known.
fn closed() -> PanelError {
    PanelError::Unreachable {
        request_may_have_arrived: true,
        detail: Detail::new("the panel's queue was closed"),
    }
}

impl Work {
    fn is_abandoned(&self) -> bool {
        match self {
            Self::Orders(many) => many.reply.is_closed(),
            Self::Cancel(many) => many.reply.is_closed(),
            Self::Refill(_, reply) => reply.is_closed(),
            Self::RefillStatus(_, reply) => reply.is_closed(),
            Self::CheckKey(reply) => reply.is_closed(),
        }
    }

    fn fail(self, kind: PanelKind, error: &PanelError) {
        match self {
            Self::Orders(many) => many.fail(error),
            Self::Cancel(many) => many.fail(error),
            Self::Refill(_, reply) => drop(reply.send(Err(error.clone()))),
            Self::RefillStatus(_, reply) => drop(reply.send(Err(error.clone()))),
            Self::CheckKey(reply) => drop(reply.send(KeyReport::failed(kind, error))),
        }
    }
}

impl<T> Many<T> {
    fn fail(self, error: &PanelError) {
        let _ = self.reply.send(Err(error.clone()));
    }
}

/// The one who calls.
struct Clerk {
    panel: Arc<dyn Panel>,
    inbox: mpsc::UnboundedReceiver<Work>,
    /// In the order of arrival, whose number stands beside each.
    waiting: VecDeque<(u64, Work)>,
    arrivals: u64,
    /// 429s in a row.
    refusals: u32,
}

impl Clerk {
    async fn run(mut self) {
        while let Some(work) = self.inbox.recv().await {
            self.arrive(work);
            while !self.waiting.is_empty() {
                if self.turn_away() {
                    continue;
                }
                self.panel.pacer().ready().await;
                // Gathered as late as possible, so that what came during the wait goes along.
                self.empty_inbox();
                self.waiting.retain(|(_, work)| !work.is_abandoned());
                if let Some((number, first)) = self.waiting.pop_front() {
                    self.serve(number, first).await;
                }
            }
        }
    }

    fn arrive(&mut self, work: Work) {
        self.arrivals += 1;
        self.waiting.push_back((self.arrivals, work));
    }

    fn empty_inbox(&mut self) {
        while let Ok(work) = self.inbox.try_recv() {
            self.arrive(work);
        }
    }

    /// During a long pause everybody is told when to come back. Whether it is one.
    fn turn_away(&mut self) -> bool {
        let Some(left) = self.panel.pacer().pause_left().filter(|left| *left > PATIENCE) else {
            return false;
        };
        self.empty_inbox();
        let error = PanelError::RateLimited {
            retry_after: Some(left),
            detail: Detail::new("the panel asked for a pause, which is not over"),
        };
        let kind = self.panel.kind();
        self.waiting
            .drain(..)
            .for_each(|(_, work)| work.fail(kind, &error));
        true
    }

    async fn serve(&mut self, number: u64, first: Work) {
        match first {
            Work::Orders(first) => {
                let (callers, ids) = self.gather((number, first), |work| match work {
                    Work::Orders(many) => Ok(many),
                    other => Err(other),
                });
                let answer = self.panel.orders(&ids).await;
                self.note(answer.as_ref().err());
                let missing = || OrderLookup::Unreadable("missing from the panel's answer".to_owned());
                self.distribute(callers, &ids, &answer, missing, Work::Orders);
            }
            Work::Cancel(first) => {
                let (callers, ids) = self.gather((number, first), |work| match work {
                    Work::Cancel(many) => Ok(many),
                    other => Err(other),
                });
                let answer = self.panel.request_cancel(&ids).await;
                self.note(answer.as_ref().err());
                let missing = || ActOutcome::Unknown(Detail::new("missing from the panel's answer"));
                self.distribute(callers, &ids, &answer, missing, Work::Cancel);
            }
            Work::Refill(id, reply) => {
                let answer = self.panel.refill(&id).await;
                self.note(answer.as_ref().err());
                let _ = reply.send(answer);
            }
            Work::RefillStatus(refill, reply) => {
                let answer = self.panel.refill_status(&refill).await;
                self.note(answer.as_ref().err());
                let _ = reply.send(answer);
            }
            Work::CheckKey(reply) => drop(reply.send(self.panel.check_key().await)),
        }
    }

    /// Takes all waiting work of one sort, in its order, and as many of its ids as one call holds.
    fn gather<T>(
        &mut self,
        first: (u64, Many<T>),
        same: impl Fn(Work) -> Result<Many<T>, Work>,
    ) -> (Vec<(u64, Many<T>)>, Vec<OrderId>) {
        let mut callers = vec![first];
        let mut rest = VecDeque::new();
        for (number, work) in self.waiting.drain(..) {
            match same(work) {
                Ok(many) => callers.push((number, many)),
                Err(other) => rest.push_back((number, other)),
            }
        }
        self.waiting = rest;
        let mut taken = HashSet::new();
        let ids = callers
            .iter()
            .flat_map(|(_, many)| &many.ids)
            .filter(|id| taken.insert(*id))
            .take(MAX_IDS);
        let ids = ids.cloned().collect();
        (callers, ids)
    }

    /// Gives each caller its part. Whoever still lacks an id keeps its place in the queue.
    fn distribute<T: Clone>(
        &mut self,
        callers: Vec<(u64, Many<T>)>,
        asked: &[OrderId],
        answer: &Result<HashMap<OrderId, T>, PanelError>,
        missing: impl Fn() -> T,
        wrap: impl Fn(Many<T>) -> Work,
    ) {
        let asked: HashSet<&OrderId> = asked.iter().collect();
        for (number, mut many) in callers {
            let (done, left): (VecDeque<OrderId>, VecDeque<OrderId>) =
                many.ids.drain(..).partition(|id| asked.contains(id));
            match answer {
                Err(error) if !done.is_empty() => {
                    many.fail(error);
                    continue;
                }
                Ok(answer) => many.known.extend(done.into_iter().map(|id| {
                    let part = answer.get(&id).cloned().unwrap_or_else(&missing);
                    (id, part)
                })),
                Err(_) => {}
            }
            many.ids = left;
            if many.ids.is_empty() {
                let _ = many.reply.send(Ok(many.known));
            } else {
                self.waiting.push_back((number, wrap(many)));
            }
        }
        self.waiting.make_contiguous().sort_by_key(|(number, _)| *number);
    }

    /// A 429 pauses everything that goes to this panel.
    fn note(&mut self, error: Option<&PanelError>) {
        let Some(PanelError::RateLimited { retry_after, .. }) = error else {
            self.refusals = 0;
            return;
        };
        let backoff = FIRST_BACKOFF
            .saturating_mul(1 << self.refusals.min(5))
            .min(LAST_BACKOFF);
        self.refusals += 1;
        // A panel that says "0" is not believed twice.
        self.panel
            .pacer()
            .pause(retry_after.unwrap_or(backoff).max(FIRST_BACKOFF));
    }
}

#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;
