//! Faults that a test asked for, and which call they hit.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub enum Kind {
    #[serde(rename = "429")]
    TooManyRequests,
    #[serde(rename = "401")]
    Unauthorized,
    #[serde(rename = "403_blocked")]
    Blocked,
    #[serde(rename = "403_kicked")]
    Kicked,
    #[serde(rename = "400")]
    BadRequest,
    #[serde(rename = "500")]
    Internal,
    /// 502 with an HTML page.
    #[serde(rename = "html")]
    Html,
    /// Works, `ms` late.
    #[serde(rename = "slow")]
    Slow,
    /// The connection closes and nothing has happened.
    #[serde(rename = "cut_before")]
    CutBefore,
    /// It happened, then the connection closes without an answer.
    #[serde(rename = "cut_after")]
    CutAfter,
    /// Nothing happens and no answer comes, for `ms` or for ever.
    #[serde(rename = "hang")]
    Hang,
}

#[derive(Debug, Clone)]
pub struct Fault {
    pub id: u64,
    pub bot: Option<i64>,
    /// Lower case.
    pub method: Option<String>,
    pub chat: Option<i64>,
    pub kind: Kind,
    pub retry_after: i64,
    pub ms: Option<u64>,
    pub description: Option<String>,
    /// How many more calls it hits; `None`: until removed.
    pub left: Option<u64>,
    pub hits: u64,
}

#[derive(Default)]
pub struct Faults {
    list: Vec<Fault>,
    last_id: u64,
}

impl Faults {
    pub fn add(&mut self, mut fault: Fault) -> u64 {
        self.last_id += 1;
        fault.id = self.last_id;
        self.list.push(fault);
        self.last_id
    }

    /// Removes one, or all. Says how many were removed.
    pub fn remove(&mut self, id: Option<u64>) -> usize {
        let before = self.list.len();
        self.list.retain(|fault| id.is_some_and(|id| fault.id != id));
        before - self.list.len()
    }

    /// The oldest fault that fits this call; one of its `times` is used up.
    pub fn take(&mut self, bot: i64, method: &str, chat: Option<i64>) -> Option<Fault> {
        let fault = self.list.iter_mut().find(|fault| {
            fault.left != Some(0)
                && fault.bot.is_none_or(|wanted| wanted == bot)
                && fault.method.as_deref().is_none_or(|wanted| wanted == method)
                && fault.chat.is_none_or(|wanted| Some(wanted) == chat)
        })?;
        fault.hits += 1;
        fault.left = fault.left.map(|left| left - 1);
        Some(fault.clone())
    }

    pub fn to_json(&self) -> Value {
        self.list
            .iter()
            .map(|fault| {
                json!({
                    "id": fault.id, "bot": fault.bot, "method": fault.method, "chat": fault.chat,
                    "fault": fault.kind, "left": fault.left, "hits": fault.hits,
                })
            })
            .collect()
    }
}
