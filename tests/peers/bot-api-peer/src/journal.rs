//! What happened: messages accepted from bots, every API call, every delivery of an update.
//!
//! Invariants: sequence numbers only rise, also over [`Journal::clear`], so a reader's `since` stays valid;
//! tokens and webhook secrets are never recorded.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::faults::Kind;

/// Long load tests must not grow without end; the log file has them all.
const MOST_CALLS: usize = 100_000;

#[derive(Debug, Clone, Serialize)]
pub struct Sent {
    pub seq: u64,
    pub at_ms: i64,
    pub method: &'static str,
    pub bot: i64,
    pub chat: i64,
    pub message_id: i64,
    pub text: String,
    pub reply_to: Option<i64>,
    pub topic: Option<i64>,
    pub parse_mode: Option<String>,
    pub reply_markup: Option<Value>,
    /// The client never got the answer: a fault cut the connection.
    pub answer_cut: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Call {
    pub seq: u64,
    pub at_ms: i64,
    pub took_ms: i64,
    pub bot: Option<i64>,
    pub method: String,
    pub params: Value,
    /// 0: no answer was given.
    pub status: u16,
    pub description: Option<String>,
    pub fault: Option<Kind>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    pub seq: u64,
    pub bot: i64,
    pub update_id: i64,
    pub kind: String,
    pub chat: i64,
    pub made_at_ms: i64,
    pub attempts: u32,
    /// HTTP status, or `timeout`, `connect`, `broken` of each attempt.
    pub statuses: Vec<Value>,
    pub first_at_ms: Option<i64>,
    pub last_at_ms: Option<i64>,
    pub acknowledged: bool,
    /// `webhook` or `poll`, once it was tried.
    pub via: Option<&'static str>,
    /// Given up by the test or by `drop_pending_updates`.
    pub dropped: bool,
}

#[derive(Default)]
pub struct Journal {
    last_seq: u64,
    pub sent: Vec<Sent>,
    pub calls: VecDeque<Call>,
    pub deliveries: BTreeMap<u64, Delivery>,
    file: Option<mpsc::UnboundedSender<String>>,
}

impl Journal {
    pub fn new(file: Option<mpsc::UnboundedSender<String>>) -> Self {
        Self {
            file,
            ..Self::default()
        }
    }

    pub fn next_seq(&mut self) -> u64 {
        self.last_seq += 1;
        self.last_seq
    }

    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// Lets the writer finish.
    pub fn close_file(&mut self) {
        self.file = None;
    }

    fn write(&self, kind: &str, row: &impl Serialize) {
        if let Some(file) = &self.file {
            // The writer ends only at shutdown; lines after that have no reader.
            file.send(json!({kind: row}).to_string()).ok();
        }
    }

    pub fn add_sent(&mut self, mut row: Sent) {
        row.seq = self.next_seq();
        self.write("sent", &row);
        self.sent.push(row);
    }

    pub fn add_call(&mut self, mut row: Call) {
        row.seq = self.next_seq();
        self.write("call", &row);
        if self.calls.len() == MOST_CALLS {
            self.calls.pop_front();
        }
        self.calls.push_back(row);
    }

    /// One attempt at, or a confirmation of, a delivery.
    pub fn note_delivery(&mut self, seq: u64, change: impl FnOnce(&mut Delivery)) {
        if let Some(row) = self.deliveries.get_mut(&seq) {
            change(row);
            let row = row.clone();
            self.write("delivery", &row);
        }
    }

    /// The newest `sent` row belongs to the call whose answer is being cut.
    pub fn mark_last_sent_cut(&mut self, bot: i64, message_id: i64) {
        if let Some(row) = self
            .sent
            .iter_mut()
            .rev()
            .find(|row| row.bot == bot && row.message_id == message_id)
        {
            row.answer_cut = true;
            let row = row.clone();
            self.write("sent_answer_cut", &row);
        }
    }

    /// Forgets everything but deliveries that are still open.
    pub fn clear(&mut self) {
        self.sent.clear();
        self.calls.clear();
        self.deliveries.retain(|_, row| !row.acknowledged && !row.dropped);
    }
}
