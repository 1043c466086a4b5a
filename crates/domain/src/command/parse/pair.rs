//! Which ids belong to which command.
//!
//! Invariant: with one command all ids are its own; with several, each id goes to the one command that the order of the
//! words, the lines or the clauses leave no doubt about, or there is no pairing at all.

use super::rules::{RuleName, Trace};
use crate::command::CommandKind;

/// An id or a command, with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    /// `None` for an id.
    pub(super) command: Option<CommandKind>,
    /// What the caller calls it.
    pub(super) index: usize,
    pub(super) clause: usize,
    pub(super) sentence: usize,
    pub(super) line: usize,
}

impl Element {
    /// How far two neighbours are apart: words, a comma, a sentence, a line.
    fn gap(&self, other: &Element) -> u8 {
        if self.line != other.line {
            3
        } else if self.sentence != other.sentence {
            2
        } else {
            u8::from(self.clause != other.clause)
        }
    }
}

pub(super) type Pairs = Vec<(CommandKind, usize)>;

/// Pairs ids with commands. `alternative` says that the message holds an "or".
pub(super) fn pair(elements: &[Element], alternative: bool, trace: &mut Trace) -> Option<Pairs> {
    let mut kinds: Vec<CommandKind> = Vec::new();
    for kind in elements.iter().filter_map(|element| element.command) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if let [only] = kinds[..] {
        return trace.fire(RuleName::OneCommand).then(|| all(elements, only));
    }
    if alternative {
        return None;
    }
    if let Some(pairs) = in_turn(elements)
        && trace.fire(RuleName::PairedInTurn)
    {
        return Some(pairs);
    }
    let by = |unit: fn(&Element) -> usize| {
        let mut pairs = Vec::new();
        for part in elements.chunk_by(|a, b| unit(a) == unit(b)) {
            let mut kinds = part.iter().filter_map(|element| element.command);
            let first = kinds.next()?;
            if kinds.all(|kind| kind == first) {
                let ids = all(part, first);
                if ids.is_empty() {
                    return None;
                }
                pairs.extend(ids);
            } else {
                pairs.extend(in_turn(part)?);
            }
        }
        Some(pairs)
    };
    let pairs = by(|e| e.line)
        .or_else(|| by(|e| e.sentence))
        .or_else(|| by(|e| e.clause))?;
    trace.fire(RuleName::PairedByClause).then_some(pairs)
}

fn all(elements: &[Element], kind: CommandKind) -> Pairs {
    elements
        .iter()
        .filter(|element| element.command.is_none())
        .map(|id| (kind, id.index))
        .collect()
}

/// `ids command ids command …` or `command ids command ids …`.
fn in_turn(elements: &[Element]) -> Option<Pairs> {
    let runs: Vec<&[Element]> = elements.chunk_by(|a, b| a.command == b.command).collect();
    if !runs.len().is_multiple_of(2) {
        return None;
    }
    let alternate = runs
        .windows(2)
        .all(|two| two[0][0].command.is_some() != two[1][0].command.is_some());
    if !alternate {
        return None;
    }
    let gap = |a: &[Element], b: &[Element]| a[a.len() - 1].gap(&b[0]);
    let mut pairs = Vec::new();
    for (index, two) in runs.chunks(2).enumerate() {
        // "1, refill 2, cancel 3" is not in turn: a command may not stand nearer to the next pair than to its own.
        if let Some(next) = runs.get(index * 2 + 2)
            && gap(two[0], two[1]) > gap(two[1], next)
        {
            return None;
        }
        let kind = two[0][0].command.or(two[1][0].command)?;
        let ids = if two[0][0].command.is_none() {
            two[0]
        } else {
            two[1]
        };
        pairs.extend(ids.iter().map(|id| (kind, id.index)));
    }
    Some(pairs)
}
