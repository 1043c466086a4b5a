//! Owns the faults a test orders: which calls they hit, how often, and what happens then.

use serde::{Deserialize, Serialize};

use crate::incoming::{Incoming, split_ids};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The effect happens at once, the answer comes `ms` later.
    Slow,
    RateLimited,
    ServerError,
    HtmlChallenge,
    /// The connection closes without an answer and without an effect.
    CutConnection,
    /// The effect happens, then the connection closes without an answer.
    CutAfterApply,
    /// The effect happens, then the connection closes in the middle of the answer.
    CutMidBody,
    WrongShape,
    NotJson,
    HugeBody,
    BadAuth,
    /// Nothing happens until the caller leaves or the simulator stops.
    Hang,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    pub path: Option<String>,
    pub action: Option<String>,
    pub contains_order: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    #[serde(default, rename = "match")]
    pub matches: Match,
    pub fault: Fault,
    /// Hits left; `null` for ever.
    #[serde(default)]
    pub times: Option<u32>,
    #[serde(default)]
    pub ms: Option<u64>,
    #[serde(default)]
    pub status: Option<u16>,
    #[serde(default)]
    pub bytes: Option<u64>,
}

impl Rule {
    fn hits(&self, call: &Incoming) -> bool {
        let Match {
            path,
            action,
            contains_order,
        } = &self.matches;
        path.as_ref().is_none_or(|path| call.path.contains(path.as_str()))
            && action.as_ref().is_none_or(|action| call.action == *action)
            && contains_order
                .as_ref()
                .is_none_or(|order| split_ids(&call.ids).any(|id| id == order))
    }
}

/// The first rule that hits, used up by one.
pub fn take(rules: &mut Vec<Rule>, call: &Incoming) -> Option<Rule> {
    let index = rules.iter().position(|rule| rule.hits(call))?;
    let hit = rules[index].clone();
    if let Some(times) = &mut rules[index].times {
        *times = times.saturating_sub(1);
        if *times == 0 {
            rules.remove(index);
        }
    }
    Some(hit)
}
