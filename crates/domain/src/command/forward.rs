//! What is written into a provider's group.
//!
//! Owns [`group_forwards`]. Invariants, each a property test: one message never mixes providers, routes, panels or
//! commands; no external id is lost, none stands twice in the messages of one group, and the order is kept.
//!
//! Absent on purpose: which route a provider has, pacing, and sending.

#[cfg(test)]
mod tests;

use std::{collections::HashSet, fmt, num::NonZeroU16};

use serde::{Deserialize, Serialize};

use super::CommandKind;
use crate::{
    id::{ChatId, PanelId, ProviderId, RequestId},
    order::PanelOrder,
};

/// Ids of one message together stay below this, so that a chat network does not have to split it.
const MAX_IDS_CHARS: usize = 3_500;

/// An order's id at its provider. One token: a panel cannot smuggle words or lines into a provider's group with it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalId(String);

/// A text that cannot be an external id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an external id has 1 to 64 letters, digits, `_` or `-`")]
pub struct InvalidExternalId;

impl ExternalId {
    pub fn new(text: &str) -> Result<Self, InvalidExternalId> {
        let text = text.trim();
        let fits = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
            && text.bytes().any(|b| b.is_ascii_alphanumeric() && b != b'0');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidExternalId)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ExternalId {
    type Error = InvalidExternalId;

    fn try_from(text: String) -> Result<Self, InvalidExternalId> {
        Self::new(&text)
    }
}

impl From<ExternalId> for String {
    fn from(id: ExternalId) -> String {
        id.0
    }
}

impl fmt::Debug for ExternalId {
    /// Debug output ends in logs, and this is the owner's secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExternalId(…)")
    }
}

/// The order's ids at its provider; `None` unless there is one and all can be used: to forward half an order would
/// look like the whole.
pub fn external_ids(order: &PanelOrder) -> Option<Vec<ExternalId>> {
    let ids: Vec<ExternalId> = order
        .external_ids
        .iter()
        .map(|text| ExternalId::new(text))
        .collect::<Result<_, _>>()
        .ok()?;
    (!ids.is_empty()).then_some(ids)
}

/// What stands between ids: providers' own bots parse it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joiner {
    #[default]
    Comma,
    Newline,
}

impl Joiner {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Comma => ",",
            Self::Newline => "\n",
        }
    }
}

/// How one route likes its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForwardStyle {
    /// With `{ids}`, `{command}` and `{panel}`.
    pub template: String,
    pub joiner: Joiner,
    /// The most ids in one message.
    pub piece_size: NonZeroU16,
}

impl Default for ForwardStyle {
    fn default() -> Self {
        Self {
            template: DEFAULT_TEMPLATE.to_owned(),
            joiner: Joiner::default(),
            piece_size: DEFAULT_PIECE,
        }
    }
}

pub const DEFAULT_TEMPLATE: &str = "{ids} {command}\n{panel}";
const DEFAULT_PIECE: NonZeroU16 = NonZeroU16::new(100).expect("100 is not zero");
const MAX_TEMPLATE_CHARS: usize = 500;

/// A template that cannot be used for forwards.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForwardStyleError {
    #[error("the template must contain `{{{0}}}` once")]
    Missing(&'static str),
    #[error("`{{{0}}}` is not a variable; there are {{ids}}, {{command}} and {{panel}}")]
    Unknown(String),
    #[error("the template has more than {MAX_TEMPLATE_CHARS} characters")]
    TooLong,
}

impl ForwardStyle {
    pub fn validate(&self) -> Result<(), ForwardStyleError> {
        if self.template.chars().count() > MAX_TEMPLATE_CHARS {
            return Err(ForwardStyleError::TooLong);
        }
        // Without its ids a message says nothing, without its command it says the wrong thing.
        for (variable, name) in [("{ids}", "ids"), ("{command}", "command")] {
            if self.template.matches(variable).count() != 1 {
                return Err(ForwardStyleError::Missing(name));
            }
        }
        let mut rest = self.template.as_str();
        while let Some((_, after)) = rest.split_once('{') {
            let Some((name, tail)) = after.split_once('}') else {
                break;
            };
            if !matches!(name, "ids" | "command" | "panel") {
                return Err(ForwardStyleError::Unknown(name.chars().take(40).collect()));
            }
            rest = tail;
        }
        Ok(())
    }

    /// One pass, so that a panel named `{ids}` stays a name. A stored template that cannot be used gives way to ours.
    fn text(&self, ids: &str, command: CommandKind, panel: &str) -> String {
        let mut rest = match self.validate() {
            Ok(()) => self.template.as_str(),
            Err(_) => DEFAULT_TEMPLATE,
        };
        let mut out = String::with_capacity(rest.len() + ids.len() + panel.len());
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (value, tail) = match after.split_once('}') {
                Some(("ids", tail)) => (ids, tail),
                Some(("command", tail)) => (command.as_str(), tail),
                Some(("panel", tail)) => (panel, tail),
                _ => ("{", after),
            };
            out.push_str(value);
            rest = tail;
        }
        out.push_str(rest);
        out.trim().to_owned()
    }
}

/// One request that goes to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardItem {
    pub request: RequestId,
    pub provider: ProviderId,
    /// The provider's group.
    pub route: ChatId,
    pub command: CommandKind,
    pub panel: PanelId,
    /// As the provider knows the owner's panel.
    pub panel_name: String,
    pub external_ids: Vec<ExternalId>,
    pub style: ForwardStyle,
}

/// One message for a provider's group, with what is needed to route an answer back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardMessage {
    pub provider: ProviderId,
    pub route: ChatId,
    pub command: CommandKind,
    pub panel: PanelId,
    pub text: String,
    /// The ids in the text, each with every request that it stands for.
    pub ids: Vec<(ExternalId, Vec<RequestId>)>,
}

impl ForwardMessage {
    /// The requests of this message, each once.
    pub fn requests(&self) -> Vec<RequestId> {
        let mut seen = HashSet::new();
        self.ids
            .iter()
            .flat_map(|(_, requests)| requests)
            .filter(|request| seen.insert(**request))
            .copied()
            .collect()
    }
}

struct Group {
    first: ForwardItem,
    ids: Vec<(ExternalId, Vec<RequestId>)>,
}

/// Makes as few messages as the rules allow. Style and panel name are those of a group's first item.
pub fn group_forwards(items: Vec<ForwardItem>) -> Vec<ForwardMessage> {
    let mut groups: Vec<Group> = Vec::new();
    for mut item in items {
        let ids = std::mem::take(&mut item.external_ids);
        let request = item.request;
        let same = |group: &Group| {
            let first = &group.first;
            (first.provider, first.route, first.command, first.panel)
                == (item.provider, item.route, item.command, item.panel)
        };
        let index = groups.iter().position(same).unwrap_or_else(|| {
            groups.push(Group {
                first: item,
                ids: Vec::new(),
            });
            groups.len() - 1
        });
        let group = &mut groups[index];
        for id in ids {
            match group.ids.iter_mut().find(|(known, _)| *known == id) {
                Some((_, requests)) if requests.contains(&request) => {}
                Some((_, requests)) => requests.push(request),
                None => group.ids.push((id, vec![request])),
            }
        }
    }
    groups.into_iter().flat_map(pieces).collect()
}

fn pieces(group: Group) -> Vec<ForwardMessage> {
    let Group { first, ids } = group;
    let size = usize::from(first.style.piece_size.get());
    let mut pieces: Vec<Vec<(ExternalId, Vec<RequestId>)>> = Vec::new();
    let mut chars = 0;
    for id in ids {
        let more = id.0.as_str().len() + 1;
        match pieces.last_mut() {
            Some(piece) if piece.len() < size && chars + more <= MAX_IDS_CHARS => {
                chars += more;
                piece.push(id);
            }
            _ => {
                chars = more;
                pieces.push(vec![id]);
            }
        }
    }
    pieces
        .into_iter()
        .map(|ids| {
            let listed: Vec<&str> = ids.iter().map(|(id, _)| id.as_str()).collect();
            let text = first.style.text(
                &listed.join(first.style.joiner.as_str()),
                first.command,
                &first.panel_name,
            );
            ForwardMessage {
                provider: first.provider,
                route: first.route,
                command: first.command,
                panel: first.panel,
                text,
                ids,
            }
        })
        .collect()
}
