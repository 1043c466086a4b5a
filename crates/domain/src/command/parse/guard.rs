//! What must not act: negations, complaints, questions, reports, conditions.
//!
//! Invariant: a command that a negation may mean never acts. The guard errs towards asking; the one exception is a
//! contrast ("don't cancel, refill 1") whose second command can do no harm.

use super::Ask;
use super::ids::Class;
use super::read::{Piece, Pieces, What};
use super::rules::{RuleName, Trace};
use super::token::Token;
use super::vocabulary::{Flags, Strength};
use crate::command::CommandKind;

pub(super) struct Guard<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) classes: &'a [Class],
    pub(super) pieces: &'a Pieces,
}

impl Guard<'_> {
    /// Keeps of `commands` (indices of pieces) those that count: a word that only describes yields to a plain command.
    /// The flag says that a command is reported as stuck.
    pub(super) fn effective(&self, trace: &mut Trace) -> (Vec<usize>, bool) {
        let list = &self.pieces.list;
        let all: Vec<usize> = (0..list.len()).filter(|i| list[*i].command.is_some()).collect();
        let strength = |i: usize| {
            list[i]
                .command
                .map_or(Strength::Faint, |command| command.strength)
        };
        let kind = |i: usize| list[i].command.map(|command| command.kind);
        let clauses = list.last().map_or(0, |piece| piece.clause + 1);
        let mut top_in = vec![Strength::Faint; clauses];
        let mut has_id = vec![false; clauses];
        let mut refill_in = vec![false; clauses];
        for piece in list {
            has_id[piece.clause] |= piece.what == What::Id;
            if let Some(command) = piece.command {
                top_in[piece.clause] = top_in[piece.clause].max(command.strength);
                refill_in[piece.clause] |=
                    command.kind == CommandKind::Refill && command.strength == Strength::Plain;
            }
        }
        let top = all.iter().map(|i| strength(*i)).max().unwrap_or(Strength::Faint);
        let differs = all.iter().any(|i| kind(*i) != kind(all[0]));
        let mut stalled = false;
        let mut kept = Vec::new();
        for i in &all {
            let clause = list[*i].clause;
            let outranked = top_in[clause] > strength(*i) || (top > strength(*i) && !has_id[clause]);
            if outranked && differs && trace.fire(RuleName::Weak) {
                let slow = list[*i].is(Strength::Weak) && kind(*i) == Some(CommandKind::SpeedUp);
                stalled |= refill_in[clause] && slow;
                continue;
            }
            kept.push(*i);
        }
        (kept, stalled)
    }

    /// The reason to ask instead of acting. May drop commands that do not count from `commands`.
    pub(super) fn blocks(&self, commands: &mut Vec<usize>, stalled: bool, trace: &mut Trace) -> Option<Ask> {
        if commands.is_empty() {
            return None;
        }
        if self.negated(commands, trace) {
            return Some(Ask::Negated);
        }
        if stalled && trace.fire(RuleName::Stalled) {
            return Some(Ask::Complaint);
        }
        if self.questioned(commands) && trace.fire(RuleName::Question) {
            return Some(Ask::Complaint);
        }
        if self.existence(commands) && trace.fire(RuleName::Existence) {
            return Some(Ask::Existence);
        }
        if self.reported(commands) && trace.fire(RuleName::Report) {
            return Some(Ask::Report);
        }
        if self.conditional(commands) && trace.fire(RuleName::Condition) {
            return Some(Ask::Condition);
        }
        None
    }

    fn list(&self) -> &[Piece] {
        &self.pieces.list
    }

    fn kind(&self, i: usize) -> Option<CommandKind> {
        self.list()[i].command.map(|command| command.kind)
    }

    fn flagged(&self, flag: Flags) -> impl Iterator<Item = usize> + '_ {
        let list = self.list();
        (0..list.len()).filter(move |i| list[*i].flags.any(flag))
    }

    /// A `no` that numbers what follows it.
    fn numbering(&self, i: usize) -> bool {
        let list = self.list();
        list[i].flags.any(Flags::Label.and(Flags::MaybePhone))
            && list
                .get(i + 1)
                .is_some_and(|next| next.what != What::Word && next.line == list[i].line)
    }

    /// The pieces that deny or forbid, in the first list those that reach beyond their clause.
    fn denials(&self, trace: &mut Trace) -> (Vec<usize>, Vec<usize>) {
        let far: Vec<usize> = self.flagged(Flags::Forbid).collect();
        let mut near: Vec<usize> = self
            .flagged(Flags::Deny)
            .filter(|i| {
                !self.numbering(*i) && !self.list()[*i].flags.any(Flags::Harmless.and(Flags::Complaint))
            })
            .collect();
        let phrases: Vec<usize> = self.flagged(Flags::Harmless.and(Flags::Complaint)).collect();
        for i in phrases {
            let tied = self.list()[i].flags.any(Flags::Complaint) && self.tied(i);
            if tied || !trace.fire(RuleName::Harmless) {
                near.push(i);
            }
        }
        (far, near)
    }

    /// Whether a complaint ("not received") is about a command right beside it: "refund not received".
    fn tied(&self, i: usize) -> bool {
        let list = self.list();
        let plain = |piece: &Piece| {
            piece.command.is_some() && !piece.is(Strength::Faint) && !piece.is(Strength::Adverb)
        };
        let same = |piece: &&Piece| piece.clause == list[i].clause;
        let before = list[..i]
            .iter()
            .rev()
            .take_while(same)
            .take(12)
            .find(|p| p.what == What::Word && !p.filler());
        let after = list.get(i + 1).filter(same);
        let pushes = |p: &&Piece| {
            p.command
                .is_some_and(|c| matches!(c.kind, CommandKind::SpeedUp | CommandKind::Status))
        };
        before.is_some_and(plain) || after.filter(|p| !pushes(p)).is_some_and(plain)
    }

    fn negated(&self, commands: &mut Vec<usize>, trace: &mut Trace) -> bool {
        let (far, near) = self.denials(trace);
        let list = self.list();
        let clause_of = |i: &usize| list[*i].clause;
        let denied = self.clauses(far.iter().chain(&near).copied());
        let forbidden = self.clauses(far.iter().copied());
        let commanded = self.clauses(commands.iter().copied());
        let (negated, clean): (Vec<usize>, Vec<usize>) =
            commands.iter().copied().partition(|c| denied[clause_of(c)]);
        let loose_forbid = far.iter().any(|f| !commanded[clause_of(f)]);
        // "refill, not 481799696": the denial stands right before the id.
        let denied_id = far.iter().chain(&near).any(|d| {
            list[*d].command.is_none()
                && list[d + 1..]
                    .iter()
                    .take(4)
                    .take_while(|next| next.clause == clause_of(d))
                    .find(|next| !next.flags.any(Flags::Label))
                    .is_some_and(|next| next.what == What::Id)
        });
        // "cancel 481799696? no": a clause that is nothing but a denial, after the command.
        let telling =
            self.clauses((0..list.len()).filter(|i| !list[*i].flags.any(Flags::Deny) && !list[*i].filler()));
        let afterthought = near
            .iter()
            .any(|d| !telling[clause_of(d)] && commands.first() < Some(d));
        if negated.is_empty() && !loose_forbid && !denied_id && !afterthought {
            return false;
        }
        let free = !loose_forbid && !denied_id && !afterthought && !clean.is_empty();
        let describing = negated.iter().all(|c| !list[*c].is(Strength::Plain))
            && !negated.iter().any(|c| forbidden[clause_of(c)])
            && clean.iter().any(|c| list[*c].is(Strength::Plain));
        if free && (describing || self.contrast(&negated, &clean)) && trace.fire(RuleName::Contrast) {
            *commands = clean;
            return false;
        }
        trace.fire(RuleName::Negation)
    }

    /// "Don't cancel, refill 481799696": one forbidden command without ids, one harmless other in a clause of its own.
    fn contrast(&self, negated: &[usize], clean: &[usize]) -> bool {
        let list = self.list();
        let single = |of: &[usize]| {
            let first = of.first().and_then(|i| self.kind(*i));
            of.iter()
                .all(|i| self.kind(*i) == first)
                .then_some(first)
                .flatten()
        };
        let (Some(no), Some(yes)) = (single(negated), single(clean)) else {
            return false;
        };
        let harmless = matches!(
            yes,
            CommandKind::Refill | CommandKind::Status | CommandKind::SpeedUp
        );
        let negated = self.clauses(negated.iter().copied());
        let ids_apart = !list.iter().any(|p| p.what == What::Id && negated[p.clause]);
        no != yes && harmless && ids_apart && self.flagged(Flags::Or).next().is_none()
    }

    /// Of every clause, whether one of these pieces stands in it.
    fn clauses(&self, pieces: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let list = self.list();
        let mut in_clause = vec![false; list.last().map_or(0, |piece| piece.clause + 1)];
        for piece in pieces {
            in_clause[list[piece].clause] = true;
        }
        in_clause
    }

    /// "Why no refill", "when will you cancel": about a command, or about a drop.
    fn questioned(&self, commands: &[usize]) -> bool {
        let list = self.list();
        let asked = self.clauses(commands.iter().copied().filter(|c| match self.kind(*c) {
            Some(CommandKind::Status) | None => false,
            Some(CommandKind::SpeedUp) => list[*c].is(Strength::Plain),
            Some(_) => true,
        }));
        self.flagged(Flags::Question)
            .any(|q| !list[q].flags.any(Flags::Harmless) && asked[list[q].clause])
    }

    /// "Is there refill for 481799696?"
    fn existence(&self, commands: &[usize]) -> bool {
        let list = self.list();
        let plain = |c: &usize| list[*c].is(Strength::Plain) && self.kind(*c) != Some(CommandKind::Status);
        let commanded = self.clauses(commands.iter().copied().filter(plain));
        self.flagged(Flags::Exists).any(|e| {
            let opens = e == 0 || list[e - 1].sentence != list[e].sentence;
            let asked = opens || self.pieces.questions.binary_search(&list[e].sentence).is_ok();
            asked && commanded[list[e].clause] && !list[e].flags.any(Flags::Harmless)
        })
    }

    /// "Already refilled", "refill done", "thanks for the refill".
    fn reported(&self, commands: &[usize]) -> bool {
        let list = self.list();
        let ids = (0..list.len()).filter(|i| list[*i].what == What::Id);
        let meant = self.clauses(ids.chain(commands.iter().copied()));
        self.flagged(Flags::Mention).any(|m| meant[list[m].clause])
            || commands.iter().any(|c| {
                let plain = list[*c].is(Strength::Plain) && self.kind(*c) != Some(CommandKind::Status);
                plain && (self.told_before(*c) || self.told_after(*c))
            })
    }

    fn tells(&self, i: usize, flag: Flags) -> bool {
        self.list()[i].flags.any(flag) && !self.list()[i].flags.any(Flags::Harmless)
    }

    /// Whether a telling word stands before the command, with no more than fillers between.
    fn told_before(&self, c: usize) -> bool {
        let list = self.list();
        for i in (0..c).rev().take(4) {
            if list[i].clause != list[c].clause || list[i].what != What::Word {
                return false;
            }
            if self.tells(i, Flags::ReportBefore) {
                return true;
            }
            if !list[i].filler() {
                return false;
            }
        }
        false
    }

    /// Whether the next word after the command, past its ids, is a telling one.
    fn told_after(&self, c: usize) -> bool {
        let list = self.list();
        (c + 1..list.len())
            .take_while(|i| list[*i].clause == list[c].clause)
            .find(|i| list[*i].what == What::Word)
            .is_some_and(|i| self.tells(i, Flags::ReportAfter))
    }

    fn conditional(&self, commands: &[usize]) -> bool {
        let acting = |c: &usize| {
            !matches!(self.kind(*c), None | Some(CommandKind::Status)) && self.list()[*c].is(Strength::Plain)
        };
        commands.iter().any(acting)
            && self
                .flagged(Flags::Condition)
                .any(|i| !self.list()[i].flags.any(Flags::Harmless))
    }

    /// Whether the message holds digits that might have been meant for an id.
    pub(super) fn loose_numbers(&self) -> bool {
        self.classes
            .iter()
            .any(|class| matches!(class, Class::Loose | Class::Unclear(_) | Class::Other))
    }

    pub(super) fn unclear(&self) -> Option<RuleName> {
        self.classes.iter().find_map(|class| match class {
            Class::Unclear(rule) => Some(*rule),
            _ => None,
        })
    }

    /// Words that are neither filler nor part of a command.
    pub(super) fn talk(&self) -> usize {
        self.list()
            .iter()
            .filter(|piece| piece.what == What::Word && piece.command.is_none() && !piece.filler())
            .count()
    }

    pub(super) fn words(&self) -> usize {
        self.list()
            .iter()
            .filter(|piece| piece.what == What::Word)
            .map(|piece| piece.words)
            .sum()
    }

    pub(super) fn text(&self, i: usize) -> &str {
        &self.tokens[self.list()[i].token].text
    }
}
