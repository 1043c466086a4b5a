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
        let top_in = |clause: usize| {
            all.iter()
                .filter(|i| list[**i].clause == clause)
                .map(|i| strength(*i))
                .max()
        };
        let top = all.iter().map(|i| strength(*i)).max();
        let has_id = |clause: usize| {
            list.iter()
                .any(|piece| piece.clause == clause && piece.what == What::Id)
        };
        let mut stalled = false;
        let mut kept = Vec::new();
        for i in &all {
            let clause = list[*i].clause;
            let here = top_in(clause);
            let differs = all.iter().any(|j| kind(*j) != kind(*i));
            let outranked = here > Some(strength(*i)) || (top > Some(strength(*i)) && !has_id(clause));
            if outranked && differs && trace.fire(RuleName::Weak) {
                let refill_here = all.iter().any(|j| {
                    list[*j].clause == clause
                        && kind(*j) == Some(CommandKind::Refill)
                        && list[*j].is(Strength::Plain)
                });
                stalled |=
                    refill_here && list[*i].is(Strength::Weak) && kind(*i) == Some(CommandKind::SpeedUp);
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
            .find(|p| p.what == What::Word && !p.filler());
        let after = list.get(i + 1).filter(same);
        before.is_some_and(plain) || after.is_some_and(plain)
    }

    fn negated(&self, commands: &mut Vec<usize>, trace: &mut Trace) -> bool {
        let (far, near) = self.denials(trace);
        let list = self.list();
        let clause_of = |i: &usize| list[*i].clause;
        let denied = |c: &usize| far.iter().chain(&near).any(|d| clause_of(d) == clause_of(c));
        let (negated, clean): (Vec<usize>, Vec<usize>) = commands.iter().copied().partition(denied);
        let loose_forbid = far
            .iter()
            .any(|f| !commands.iter().any(|c| clause_of(c) == clause_of(f)));
        // "refill, not 481799696": the denial stands right before the id.
        let denied_id = far.iter().chain(&near).any(|d| {
            list.get(d + 1)
                .is_some_and(|next| next.what == What::Id && next.clause == clause_of(d))
                && list[*d].command.is_none()
        });
        // "cancel 481799696? no": a clause that is nothing but a denial, after the command.
        let afterthought = near.iter().any(|d| {
            list.iter()
                .filter(|p| p.clause == clause_of(d))
                .all(|p| p.flags.any(Flags::Deny) || p.filler())
                && commands.iter().any(|c| c < d)
        });
        if negated.is_empty() && !loose_forbid && !denied_id && !afterthought {
            return false;
        }
        let free = !loose_forbid && !denied_id && !afterthought && !clean.is_empty();
        let describing = negated.iter().all(|c| !list[*c].is(Strength::Plain))
            && !far
                .iter()
                .any(|f| negated.iter().any(|c| clause_of(c) == clause_of(f)))
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
        let ids_apart = !list
            .iter()
            .any(|p| p.what == What::Id && negated.iter().any(|n| list[*n].clause == p.clause));
        no != yes && harmless && ids_apart && self.flagged(Flags::Or).next().is_none()
    }

    fn plain_in_clause<'c>(&'c self, commands: &'c [usize], i: usize) -> impl Iterator<Item = usize> + 'c {
        let list = self.list();
        commands
            .iter()
            .copied()
            .filter(move |c| list[*c].clause == list[i].clause)
    }

    /// "Why no refill", "when will you cancel": about a command, or about a drop.
    fn questioned(&self, commands: &[usize]) -> bool {
        self.flagged(Flags::Question).any(|q| {
            !self.list()[q].flags.any(Flags::Harmless)
                && self.plain_in_clause(commands, q).any(|c| {
                    c != q
                        && match self.kind(c) {
                            Some(CommandKind::Status) | None => false,
                            Some(CommandKind::SpeedUp) => self.list()[c].is(Strength::Plain),
                            Some(_) => true,
                        }
                })
        })
    }

    fn existence(&self, commands: &[usize]) -> bool {
        self.flagged(Flags::Exists).any(|e| {
            let asked = self.pieces.questions.contains(&self.list()[e].sentence);
            asked
                && !self.list()[e].flags.any(Flags::Harmless)
                && self
                    .plain_in_clause(commands, e)
                    .any(|c| self.list()[c].is(Strength::Plain) && self.kind(c) != Some(CommandKind::Status))
        })
    }

    /// "Already refilled", "refill done", "thanks for the refill".
    fn reported(&self, commands: &[usize]) -> bool {
        let list = self.list();
        let mention = self.flagged(Flags::Mention).any(|m| {
            list.iter().enumerate().any(|(i, p)| {
                p.clause == list[m].clause && i != m && (p.what == What::Id || commands.contains(&i))
            })
        });
        let tells = |i: usize, flag: Flags| list[i].flags.any(flag) && !list[i].flags.any(Flags::Harmless);
        mention
            || commands.iter().any(|c| {
                let c = *c;
                if !list[c].is(Strength::Plain) || self.kind(c) == Some(CommandKind::Status) {
                    return false;
                }
                let same = |i: &usize| list[*i].clause == list[c].clause;
                let before = (0..c)
                    .rev()
                    .take_while(same)
                    .take(4)
                    .take_while(|i| list[*i].what == What::Word);
                let mut passed = true;
                let told = before.filter(|i| {
                    let open = passed;
                    passed &= list[*i].filler();
                    open && tells(*i, Flags::ReportBefore)
                });
                let told = told.count() > 0;
                let after = (c + 1..list.len())
                    .take_while(same)
                    .find(|i| list[*i].what == What::Word)
                    .is_some_and(|i| tells(i, Flags::ReportAfter));
                told || after
            })
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
