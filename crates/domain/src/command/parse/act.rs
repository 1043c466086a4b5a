//! From commands and ids that nothing forbids to groups of orders.
//!
//! Invariant: at most [`MAX_ORDERS`](crate::order::MAX_ORDERS) ids in all groups together; an order stands in one group only.

use std::collections::HashSet;

use super::pair::{self, Element};
use super::read::What;
use super::rules::{RuleName, Trace};
use super::vocabulary::{Flags, Strength, Use};
use super::{Ask, Group, Message, Parsed, Reading, ask, chatter, reading};
use crate::command::CommandKind;
use crate::order::{OrderId, OrderIds};

pub(super) fn limit(cut: Vec<OrderId>, trace: &mut Trace) -> Vec<OrderId> {
    if !cut.is_empty() && !trace.fire(RuleName::Limit) {
        Vec::new()
    } else {
        cut
    }
}

/// A message with ids and at least one command that nothing forbids.
pub(super) fn with_ids(message: &Message, mut commands: Vec<usize>, mut trace: Trace) -> Parsed {
    let list = &message.pieces.list;
    let alternative = list.iter().any(|piece| piece.flags.any(Flags::Or));
    let as_cancel =
        cancel_with_refund(message, &commands, alternative) && trace.fire(RuleName::CancelWithRefund);
    let elements = |commands: &[usize]| -> Vec<Element> {
        let mut chosen = vec![false; list.len()];
        commands.iter().for_each(|i| chosen[*i] = true);
        (0..list.len())
            .filter(|i| chosen[*i] || list[*i].what == What::Id)
            .map(|i| Element {
                command: message
                    .command(i)
                    .filter(|_| chosen[i])
                    .map(|command| match command.kind {
                        CommandKind::Refund if as_cancel => CommandKind::Cancel,
                        kind => kind,
                    }),
                index: i,
                clause: list[i].clause,
                sentence: list[i].sentence,
                line: list[i].line,
            })
            .collect()
    };
    let mut pairs = pair::pair(&elements(&commands), alternative, &mut trace);
    let plain: Vec<usize> = commands
        .iter()
        .copied()
        .filter(|i| list[*i].is(Strength::Plain))
        .collect();
    if pairs.is_none() && !plain.is_empty() && plain.len() < commands.len() && trace.fire(RuleName::Weak) {
        pairs = pair::pair(&elements(&plain), alternative, &mut trace);
        commands = plain;
    }
    let pairs = match pairs {
        Some(pairs) => pairs,
        None if trace.fire(RuleName::TwoCommands) => return ask(Ask::TwoCommands, trace),
        None => {
            let first = commands
                .first()
                .and_then(|i| message.command(*i))
                .map(|command| command.kind);
            first.map_or_else(Vec::new, |kind| {
                elements(&[]).iter().map(|id| (kind, id.index)).collect()
            })
        }
    };
    let pairs = pairs
        .into_iter()
        .filter_map(|(kind, piece)| Some((kind, message.id(piece)?)))
        .collect();
    let uses: Vec<Use> = commands.iter().filter_map(|i| message.command(*i)).collect();
    finish(pairs, &uses, trace)
}

/// "Cancel and refund 1": a cancelled order is refunded, so it is one cancel. Not "cancel the refund", not "cancel or refund".
fn cancel_with_refund(message: &Message, commands: &[usize], alternative: bool) -> bool {
    let kinds: HashSet<CommandKind> = commands
        .iter()
        .filter_map(|i| message.command(*i))
        .map(|c| c.kind)
        .collect();
    if alternative || kinds != HashSet::from([CommandKind::Cancel, CommandKind::Refund]) {
        return false;
    }
    let list = &message.pieces.list;
    let guard = message.guard();
    let about_the_other = commands.windows(2).any(|two| {
        message.command(two[0]).map(|c| c.kind) != message.command(two[1]).map(|c| c.kind)
            && (two[0] + 1..two[1]).all(|i| list[i].filler())
            && (two[0] + 1..two[1]).any(|i| {
                matches!(
                    guard.text(i),
                    "the" | "my" | "this" | "your" | "of" | "for" | "that"
                )
            })
            && !(two[0] + 1..two[1]).any(|i| list[i].flags.any(Flags::And))
    });
    let mut chosen = vec![false; list.len()];
    commands.iter().for_each(|i| chosen[*i] = true);
    let runs = (0..list.len())
        .filter(|i| list[*i].what == What::Id || chosen[*i])
        .collect::<Vec<_>>()
        .chunk_by(|a, b| (list[*a].what == What::Id) == (list[*b].what == What::Id))
        .filter(|run| list[run[0]].what == What::Id)
        .count();
    !about_the_other && runs == 1
}

/// Makes groups, at most [`MAX_ORDERS`] ids in all, unless a command has to be confirmed or an order has two.
pub(super) fn finish(pairs: Vec<(CommandKind, OrderId)>, uses: &[Use], mut trace: Trace) -> Parsed {
    let Some((kept, cut)) = OrderIds::collect(pairs.iter().map(|(_, id)| id.clone())) else {
        return chatter(trace);
    };
    let kept: HashSet<&OrderId> = kept.iter().collect();
    let mut groups: Vec<(CommandKind, Vec<OrderId>)> = Vec::new();
    let mut seen: HashSet<(CommandKind, &OrderId)> = HashSet::new();
    for (kind, id) in pairs.iter().filter(|(_, id)| kept.contains(id)) {
        if !seen.insert((*kind, id)) {
            continue;
        }
        match groups.iter_mut().find(|(known, _)| known == kind) {
            Some((_, ids)) => ids.push(id.clone()),
            None => groups.push((*kind, vec![id.clone()])),
        }
    }
    let twice = seen.len() > kept.len();
    if twice && trace.fire(RuleName::SameOrderTwice) {
        return ask(Ask::TwoCommands, trace);
    }
    let groups: Vec<Group> = groups
        .into_iter()
        .filter_map(|(command, ids)| OrderIds::collect(ids).map(|(orders, _)| Group { command, orders }))
        .collect();
    let cut = limit(cut, &mut trace);
    let dear = |kind: CommandKind| matches!(kind, CommandKind::Cancel | CommandKind::Refund);
    // One reviewed word for the command is enough: "cancel, batalkan".
    let unsure = uses.iter().find(|c| {
        dear(c.kind) && !c.reviewed && !uses.iter().any(|other| dear(other.kind) && other.reviewed)
    });
    if let Some(command) = unsure
        && trace.fire(RuleName::Unreviewed)
    {
        let kind = groups
            .iter()
            .map(|group| group.command)
            .find(|kind| dear(*kind))
            .unwrap_or(command.kind);
        return Parsed {
            proposed: groups,
            cut,
            ..ask(Ask::Confirm(kind), trace)
        };
    }
    Parsed {
        groups,
        cut,
        ..reading(Reading::Commands, None, trace)
    }
}
