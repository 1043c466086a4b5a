//! What each word of a message means, and which words stand together.
//!
//! Invariant: a piece is a phrase of the word list, one unknown word, or one number; pieces keep the order of the text and
//! know their clause, sentence and line.

use super::ids::Class;
use super::rules::{RuleName, Trace};
use super::token::{Token, TokenKind, split_joined};
use super::vocabulary::{Flags, Meaning, Strength, Use, Vocabulary};
use crate::command::CommandKind;

/// What a token means, as part of its phrase.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    pub(super) command: Option<Use>,
    pub(super) flags: Flags,
    /// The number of tokens in the phrase; 0 for all but the first of them.
    pub(super) words: usize,
}

/// Looks every word up, longest phrase first.
pub(super) fn marks(tokens: &[Token], tail: &str, vocabulary: &Vocabulary, trace: &mut Trace) -> Vec<Mark> {
    let mut marks = vec![
        Mark {
            words: 1,
            ..Mark::default()
        };
        tokens.len()
    ];
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].kind != TokenKind::Word {
            at += 1;
            continue;
        }
        let next = |n: usize, question: bool| -> Option<&str> {
            let before = tokens.get(at + n).map_or(tail, |token| &token.before);
            if question {
                return before.trim_start_matches(' ').starts_with('?').then_some("?");
            }
            let token = tokens.get(at + n)?;
            let joined = before.chars().all(|c| matches!(c, ' ' | '-' | '_' | '\''));
            (token.kind == TokenKind::Word && joined).then_some(token.text.as_str())
        };
        let (words, meaning) = match vocabulary.longest(&tokens[at].text, next) {
            Some((words, meaning)) => (words, Some(meaning)),
            None => (1, unusual(&tokens[at].text, vocabulary, trace)),
        };
        if let Some(mut meaning) = meaning {
            if let Some(command) = meaning.command {
                let rule = if command.alias {
                    RuleName::Alias
                } else {
                    RuleName::Word
                };
                if !trace.fire(rule) {
                    meaning.command = None;
                }
            }
            for mark in &mut marks[at..at + words] {
                *mark = Mark {
                    command: meaning.command,
                    flags: meaning.flags,
                    words: 0,
                };
            }
            marks[at].words = words;
        }
        at += words;
    }
    marks
}

/// A word that is not in the list as it stands: stretched, joined, or with one slip.
fn unusual(word: &str, vocabulary: &Vocabulary, trace: &mut Trace) -> Option<Meaning> {
    for most in [2, 1] {
        if let Some(short) = shortened(word, most)
            && let Some(meaning) = vocabulary.word(&short)
            && trace.fire(RuleName::Stretched)
        {
            return Some(meaning);
        }
    }
    if let Some((head, rest)) = split_joined(word, vocabulary)
        && trace.fire(RuleName::Joined)
    {
        let (head, rest) = (vocabulary.word(head)?, vocabulary.word(rest)?);
        let rest = rest.flags;
        let forbidding = Flags::Forbid.and(Flags::Deny);
        let flags = if rest.any(forbidding) { rest } else { Flags::NONE };
        return Some(Meaning {
            command: head.command,
            flags: head.flags.and(flags),
        });
    }
    if Vocabulary::negated_verb(word) && trace.fire(RuleName::NegatedVerb) {
        return Some(Meaning {
            command: None,
            flags: Flags::Forbid,
        });
    }
    let command = vocabulary.nearly(word)?;
    trace.fire(RuleName::Typo).then_some(Meaning {
        command: Some(command),
        flags: Flags::NONE,
    })
}

/// `refilllll` with at most `most` of the same letter in a row; `None` where no letter stands three times.
fn shortened(word: &str, most: usize) -> Option<String> {
    let mut out = String::new();
    let (mut last, mut run, mut long) = ('\0', 0, false);
    for c in word.chars() {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        long |= run == 3;
        if run <= most {
            out.push(c);
        }
    }
    long.then_some(out)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Id,
    /// A number that is no id.
    Number,
    Word,
}

#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) what: What,
    /// Index of the first token.
    pub(super) token: usize,
    pub(super) command: Option<Use>,
    pub(super) flags: Flags,
    pub(super) words: usize,
    pub(super) clause: usize,
    pub(super) sentence: usize,
    pub(super) line: usize,
}

impl Piece {
    /// A word of courtesy or grammar, or a label of an id.
    pub(super) fn filler(&self) -> bool {
        self.what == What::Word
            && self.flags.any(
                Flags::Filler
                    .and(Flags::And)
                    .and(Flags::Label)
                    .and(Flags::Harmless),
            )
    }

    pub(super) fn is(&self, strength: Strength) -> bool {
        self.command.is_some_and(|command| command.strength == strength)
    }
}

/// The message as pieces, with the sentences that end in a question mark.
pub(super) struct Pieces {
    pub(super) list: Vec<Piece>,
    pub(super) questions: Vec<usize>,
}

pub(super) fn pieces(tokens: &[Token], tail: &str, marks: &[Mark], classes: &[Class]) -> Pieces {
    let mut list: Vec<Piece> = Vec::with_capacity(tokens.len());
    let mut questions = Vec::new();
    let (mut clause, mut sentence, mut line) = (0, 0, 0);
    for (at, token) in tokens.iter().enumerate() {
        let mark = &marks[at];
        if mark.words == 0 {
            continue;
        }
        if at > 0 {
            let label = mark_before(marks, at);
            match boundary(
                &token.before,
                classes[at - 1] != Class::Word,
                classes[at] != Class::Word,
                label,
            ) {
                Boundary::None => {}
                Boundary::Clause => clause += 1,
                Boundary::Sentence => (clause, sentence) = (clause + 1, sentence + 1),
                Boundary::Line => (clause, sentence, line) = (clause + 1, sentence + 1, line + 1),
            }
            if token.before.contains('?') && !list.is_empty() {
                questions.extend(list.last().map(|piece| piece.sentence));
            }
        }
        let what = match classes[at] {
            Class::Word => What::Word,
            Class::Id => What::Id,
            _ => What::Number,
        };
        let (command, flags) = if what == What::Word {
            (mark.command, mark.flags)
        } else {
            (None, Flags::NONE)
        };
        let words = mark.words;
        list.push(Piece {
            what,
            token: at,
            command,
            flags,
            words,
            clause,
            sentence,
            line,
        });
    }
    if tail.contains('?') {
        questions.extend(list.last().map(|piece| piece.sentence));
    }
    Pieces { list, questions }
}

fn mark_before(marks: &[Mark], at: usize) -> bool {
    marks[at - 1]
        .flags
        .any(Flags::Label.and(Flags::UnitMoney).and(Flags::BeforeReference))
}

/// How far from a beginning a denial may stand to deny it.
const NEAR: usize = 3;

impl Pieces {
    /// Corrects what single words cannot know: names of services, pasted fields, beginnings denied.
    pub(super) fn settle(&mut self, tokens: &[Token], trace: &mut Trace) {
        self.service_names(tokens, trace);
        self.pasted_fields(tokens, trace);
        self.denied_beginnings(trace);
    }

    fn service_names(&mut self, tokens: &[Token], trace: &mut Trace) {
        let plain = |p: &Piece| p.is(Strength::Plain);
        let others = self.list.iter().filter(|p| plain(p)).count();
        let duration = |i: usize| {
            let days = |text: &str| {
                let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
                !number.is_empty() && number.len() < text.len() && number.bytes().all(|b| b.is_ascii_digit())
            };
            let unit = self.list.get(i + 1).is_some_and(|p| p.flags.any(Flags::UnitTime));
            self.list
                .get(i)
                .is_some_and(|p| p.what == What::Number && (unit || days(&tokens[p.token].text)))
        };
        let part_of_name: Vec<usize> = (0..self.list.len())
            .filter(|i| {
                plain(&self.list[*i])
                    && self.list[*i]
                        .command
                        .is_some_and(|c| c.kind == CommandKind::Refill)
            })
            .filter(|i| {
                let named = |at: Option<usize>| {
                    at.and_then(|at| self.list.get(at))
                        .is_some_and(|p| p.flags.any(Flags::OfName) && p.sentence == self.list[*i].sentence)
                };
                let unit_before = i
                    .checked_sub(1)
                    .is_some_and(|at| self.list[at].flags.any(Flags::UnitTime))
                    && i.checked_sub(2)
                        .is_some_and(|at| self.list[at].what == What::Number);
                let days_before = i.checked_sub(1).is_some_and(duration);
                named(i.checked_sub(1)) || named(Some(i + 1)) || unit_before || days_before || duration(i + 1)
            })
            .collect();
        if part_of_name.is_empty() || part_of_name.len() == others || !trace.fire(RuleName::ServiceName) {
            return;
        }
        for i in part_of_name {
            if let Some(command) = &mut self.list[i].command {
                command.strength = Strength::Faint;
            }
        }
    }

    fn pasted_fields(&mut self, tokens: &[Token], trace: &mut Trace) {
        for i in 0..self.list.len() {
            let field = self.list[i]
                .command
                .is_some_and(|c| c.kind == CommandKind::Status)
                && self.list.get(i + 1).is_some_and(|next| {
                    next.what == What::Word
                        && tokens[next.token].before.trim() == ":"
                        && next.line == self.list[i].line
                });
            if field && trace.fire(RuleName::PastedField) {
                self.list[i].command = None;
                self.list[i + 1].command = None;
            }
        }
    }

    fn denied_beginnings(&mut self, trace: &mut Trace) {
        for i in 0..self.list.len() {
            let piece = &self.list[i];
            let free = piece
                .command
                .is_none_or(|c| c.kind == CommandKind::SpeedUp && c.strength < Strength::Weak);
            if !piece.flags.any(Flags::Begin) || !free {
                continue;
            }
            let clause = piece.clause;
            let near = |j: usize| {
                self.list.get(j).is_some_and(|p| {
                    p.clause == clause
                        && p.flags.any(Flags::Deny)
                        && !p.flags.any(Flags::Forbid)
                        && p.command.is_none()
                })
            };
            let open = |j: &usize| {
                self.list
                    .get(*j)
                    .is_some_and(|p| p.command.is_none() && p.what == What::Word)
            };
            let after = (i + 1..=i + NEAR).take_while(open).find(|j| near(*j));
            let before = (1..=NEAR)
                .filter_map(|back| i.checked_sub(back))
                .take_while(open)
                .find(|j| near(*j));
            if let Some(denial) = after.or(before)
                && trace.fire(RuleName::NotStarted)
            {
                self.list[denial].flags = Flags::Filler;
                let (kind, strength) = (CommandKind::SpeedUp, Strength::Weak);
                self.list[i].command = Some(Use {
                    kind,
                    strength,
                    reviewed: true,
                    alias: false,
                });
                self.list[i].words = 2;
            }
        }
    }
}

enum Boundary {
    None,
    Clause,
    Sentence,
    Line,
}

fn boundary(before: &str, number_before: bool, number_after: bool, label_before: bool) -> Boundary {
    let between_numbers = number_before && number_after;
    if before.contains('\n') {
        return Boundary::Line;
    }
    if before.contains(['!', '?', ';', '|']) && !between_numbers {
        return Boundary::Sentence;
    }
    if before.contains('.') && !between_numbers && !(label_before && number_after) {
        return Boundary::Sentence;
    }
    if before.contains(',') && !between_numbers {
        return Boundary::Clause;
    }
    Boundary::None
}
