//! Updates waiting for one bot, by webhook or by getUpdates.
//!
//! Invariants: an entry stays until it is acknowledged or dropped on purpose; entries of one lane (chat) leave in
//! order and at most one of a lane is on its way.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::sync::{Semaphore, watch};

use super::World;
use crate::{clock, journal::Delivery};

/// The chat an update belongs to; updates without one share lane 0.
pub type LaneKey = i64;

/// Update bodies kept to be delivered again on request.
const MOST_HISTORY: usize = 50_000;

#[derive(Clone)]
pub struct Hook {
    pub url: url::Url,
    pub secret: Option<String>,
    pub max_connections: usize,
    /// One permit per connection.
    pub gate: Arc<Semaphore>,
}

#[derive(Clone)]
pub struct Entry {
    pub update_id: i64,
    pub lane: LaneKey,
    pub body: Bytes,
    /// Delivered again or under an id of the test's choice: offered once to a poller whatever its offset.
    forced: bool,
    handed_out: bool,
}

#[derive(Default)]
struct Lane {
    queue: VecDeque<u64>,
    /// A task is working on it.
    running: bool,
}

pub struct Inbox {
    pub hook: Option<Hook>,
    /// Wakes deliveries that wait for their next attempt.
    pub hook_changed: watch::Sender<()>,
    /// `None`: every kind but the opt-in ones.
    pub allowed: Option<Vec<String>>,
    pub last_error: Option<(i64, String)>,
    next_update: i64,
    entries: BTreeMap<u64, Entry>,
    lanes: HashMap<LaneKey, Lane>,
    history: BTreeMap<i64, (LaneKey, String, Bytes)>,
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            hook: None,
            hook_changed: watch::channel(()).0,
            allowed: None,
            last_error: None,
            next_update: 100_000_000 + clock::random_below(800_000_000),
            entries: BTreeMap::new(),
            lanes: HashMap::new(),
            history: BTreeMap::new(),
        }
    }
}

impl Inbox {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn entries(&self) -> impl Iterator<Item = (&u64, &Entry)> {
        self.entries.iter()
    }

    fn wants(&self, kind: &str) -> bool {
        match &self.allowed {
            Some(kinds) if !kinds.is_empty() => kinds.iter().any(|wanted| wanted == kind),
            _ => !matches!(
                kind,
                "chat_member" | "message_reaction" | "message_reaction_count"
            ),
        }
    }

    /// What the lane's task does next: the hook and the oldest entry. `None` ends the task.
    pub fn next_in_lane(&mut self, lane: LaneKey) -> Option<(Hook, u64, Entry)> {
        let hook = self.hook.clone();
        let state = self.lanes.get_mut(&lane)?;
        let front = state.queue.front().copied();
        match (
            hook,
            front.and_then(|seq| Some((seq, self.entries.get(&seq)?.clone()))),
        ) {
            (Some(hook), Some((seq, entry))) => Some((hook, seq, entry)),
            _ => {
                state.running = false;
                if state.queue.is_empty() {
                    self.lanes.remove(&lane);
                }
                None
            }
        }
    }

    fn remove(&mut self, seq: u64) {
        if let Some(entry) = self.entries.remove(&seq)
            && let Some(lane) = self.lanes.get_mut(&entry.lane)
        {
            lane.queue.retain(|queued| *queued != seq);
            if lane.queue.is_empty() && !lane.running {
                self.lanes.remove(&entry.lane);
            }
        }
    }

    /// What a poller gets now: JSON texts of at most `limit` updates, and their entries.
    pub fn offer(&mut self, offset: i64, limit: usize) -> Vec<(u64, Bytes)> {
        let mut offered = Vec::new();
        for (seq, entry) in &mut self.entries {
            if offered.len() == limit {
                break;
            }
            if entry.update_id >= offset || (entry.forced && !entry.handed_out) {
                entry.handed_out = true;
                offered.push((*seq, entry.body.clone()));
            }
        }
        offered
    }

    /// Entries that this offset confirms. A negative one keeps only the newest so many.
    fn confirmed(&self, offset: i64) -> Vec<u64> {
        if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let gone = self.entries.len().saturating_sub(keep);
            return self.entries.keys().take(gone).copied().collect();
        }
        self.entries
            .iter()
            .filter(|(_, entry)| entry.update_id < offset && (!entry.forced || entry.handed_out))
            .map(|(seq, _)| *seq)
            .collect()
    }
}

impl World {
    /// Queues an update of `kind` for a bot. `None`: the bot does not want such updates.
    pub fn enqueue(
        &mut self,
        bot: i64,
        kind: &str,
        lane: LaneKey,
        payload: Value,
        chosen_id: Option<i64>,
    ) -> Option<i64> {
        let inbox = &mut self.bot(bot).inbox;
        if !inbox.wants(kind) {
            return None;
        }
        let update_id = chosen_id.unwrap_or_else(|| {
            inbox.next_update += 1;
            inbox.next_update
        });
        let update = Map::from_iter([
            ("update_id".to_owned(), json!(update_id)),
            (kind.to_owned(), payload),
        ]);
        let body = Bytes::from(Value::Object(update).to_string());
        self.enqueue_body(bot, kind, lane, update_id, body, chosen_id.is_some());
        Some(update_id)
    }

    /// Queues the update with this id again, as it was.
    pub fn enqueue_again(&mut self, bot: i64, update_id: i64) -> bool {
        let Some((lane, kind, body)) = self.bot(bot).inbox.history.get(&update_id).cloned() else {
            return false;
        };
        self.enqueue_body(bot, &kind, lane, update_id, body, true);
        true
    }

    fn enqueue_body(
        &mut self,
        bot: i64,
        kind: &str,
        lane: LaneKey,
        update_id: i64,
        body: Bytes,
        forced: bool,
    ) {
        let seq = self.journal.next_seq();
        self.journal.deliveries.insert(
            seq,
            Delivery {
                seq,
                bot,
                update_id,
                kind: kind.to_owned(),
                chat: lane,
                made_at_ms: clock::now_ms(),
                attempts: 0,
                statuses: Vec::new(),
                first_at_ms: None,
                last_at_ms: None,
                acknowledged: false,
                via: None,
                dropped: false,
            },
        );
        self.journal.note_delivery(seq, |_| {});
        let kicks = self.kicks.clone();
        let owner = self.bot(bot);
        let inbox = &mut owner.inbox;
        inbox
            .history
            .insert(update_id, (lane, kind.to_owned(), body.clone()));
        if inbox.history.len() > MOST_HISTORY {
            inbox.history.pop_first();
        }
        inbox.entries.insert(
            seq,
            Entry {
                update_id,
                lane,
                body,
                forced,
                handed_out: false,
            },
        );
        let state = inbox.lanes.entry(lane).or_default();
        state.queue.push_back(seq);
        if inbox.hook.is_some() && !state.running {
            state.running = true;
            // Fails only at shutdown.
            kicks.send((bot, lane)).ok();
        }
        owner.poll_wake.send_replace(());
        self.changed.send_replace(());
    }

    /// Sets or removes the webhook and starts the delivery of what waits.
    pub fn set_hook(&mut self, bot: i64, hook: Option<Hook>) {
        let kicks = self.kicks.clone();
        let owner = self.bot(bot);
        let inbox = &mut owner.inbox;
        inbox.hook = hook;
        inbox.last_error = None;
        if inbox.hook.is_some() {
            for (lane, state) in &mut inbox.lanes {
                if !state.running && !state.queue.is_empty() {
                    state.running = true;
                    kicks.send((bot, *lane)).ok();
                }
            }
        }
        inbox.hook_changed.send_replace(());
        owner.poll_wake.send_replace(());
    }

    /// The receiver has it.
    pub fn acknowledge(&mut self, bot: i64, seq: u64) {
        self.bot(bot).inbox.remove(seq);
        self.journal.note_delivery(seq, |row| row.acknowledged = true);
        self.changed.send_replace(());
    }

    /// getUpdates confirms everything below its offset.
    pub fn confirm(&mut self, bot: i64, offset: i64) {
        for seq in self.bot(bot).inbox.confirmed(offset) {
            self.acknowledge(bot, seq);
        }
    }

    pub fn drop_pending(&mut self, bot: i64) {
        let all: Vec<u64> = self.bot(bot).inbox.entries.keys().copied().collect();
        for seq in all {
            self.bot(bot).inbox.remove(seq);
            self.journal.note_delivery(seq, |row| row.dropped = true);
        }
        self.changed.send_replace(());
    }
}
