//! Owns the call log: what every request asked, what was answered and what it changed.
//!
//! Invariant: a call is logged before it takes effect, and no key is ever logged.

use std::collections::VecDeque;

use serde::{Serialize, Serializer};

use crate::faults::Fault;
use crate::incoming::{Api, Incoming, split_ids};

/// Enough for every test; a bench that runs on loses its oldest calls rather than the machine's memory.
const KEPT: usize = 200_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    InProgress,
    Answered,
    /// A fault replaced, delayed or cut the answer.
    Faulted,
    /// The caller left before the answer.
    Abandoned,
}

#[derive(Clone, Serialize)]
pub struct Call {
    pub seq: u64,
    pub at_ms: u64,
    pub method: String,
    pub path: String,
    pub api: Api,
    pub action: String,
    #[serde(serialize_with = "as_list")]
    pub ids: String,
    pub write: bool,
    pub forbidden: bool,
    pub fault: Option<Fault>,
    pub outcome: Outcome,
    pub status: Option<u16>,
    /// Whether anything changed on the panel, and which ids did.
    pub effect: bool,
    #[serde(serialize_with = "as_list")]
    pub effect_ids: String,
    pub took_ms: Option<u64>,
}

fn as_list<S: Serializer>(ids: &str, out: S) -> Result<S::Ok, S::Error> {
    out.collect_seq(split_ids(ids))
}

#[derive(Default)]
pub struct CallLog {
    calls: VecDeque<Call>,
    last: u64,
    dropped: u64,
}

impl CallLog {
    pub fn open(&mut self, incoming: &Incoming, at_ms: u64) -> &mut Call {
        if self.calls.len() == KEPT {
            self.calls.pop_front();
            self.dropped += 1;
        }
        self.last += 1;
        self.calls.push_back(Call {
            seq: self.last,
            at_ms,
            method: incoming.method.clone(),
            path: incoming.path.clone(),
            api: incoming.api,
            action: incoming.action.clone(),
            ids: incoming.ids.clone(),
            write: incoming.write,
            forbidden: incoming.forbidden,
            fault: None,
            outcome: Outcome::InProgress,
            status: None,
            effect: false,
            effect_ids: String::new(),
            took_ms: None,
        });
        self.calls.back_mut().expect("one was pushed just now")
    }

    /// The call, unless it was cleared or crowded out meanwhile.
    pub fn get_mut(&mut self, seq: u64) -> Option<&mut Call> {
        let first = self.calls.front()?.seq;
        self.calls.get_mut(usize::try_from(seq.checked_sub(first)?).ok()?)
    }

    pub fn since(&self, seq: u64) -> Vec<Call> {
        self.calls
            .iter()
            .skip_while(|call| call.seq <= seq)
            .cloned()
            .collect()
    }

    pub fn last(&self) -> u64 {
        self.last
    }

    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Numbers go on, so that a reader's `since` stays right.
    pub fn clear(&mut self) {
        self.calls.clear();
        self.dropped = 0;
    }
}
