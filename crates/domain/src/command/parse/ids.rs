//! Which numbers of a text are order ids.
//!
//! Invariant: a number is an id only if it has the panel's shape and nothing near it says that it is something else; in
//! doubt it is none, or the customer is asked.

use super::read::Mark;
use super::rules::{RuleName, Trace};
use super::shape::IdShape;
use super::token::{Token, TokenKind};
use super::vocabulary::Flags;

/// What became of a token that holds digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// No digits at all.
    Word,
    Id,
    /// Digits that are known to be something else.
    Other,
    /// Digits of no known use, of four and more.
    Loose,
    /// Asks, whatever else stands in the message.
    Unclear(RuleName),
}

struct Numbers<'a> {
    tokens: &'a [Token],
    marks: &'a [Mark],
    tail: &'a str,
    shape: &'a IdShape,
    classes: Vec<Class>,
}

/// Says of every token whether it is an id.
pub(super) fn classify(
    tokens: &[Token],
    marks: &[Mark],
    tail: &str,
    shape: &IdShape,
    trace: &mut Trace,
) -> Vec<Class> {
    let first = |token: &Token| match token.kind {
        TokenKind::Word => Class::Word,
        TokenKind::Shaped => Class::Id,
        TokenKind::Broken => {
            let digits = token.text.bytes().filter(u8::is_ascii_digit).count();
            if digits >= 4 { Class::Loose } else { Class::Other }
        }
        TokenKind::Unclear(rule) => Class::Unclear(rule),
        TokenKind::Number => Class::Loose,
    };
    let classes = tokens.iter().map(first).collect();
    let mut numbers = Numbers {
        tokens,
        marks,
        tail,
        shape,
        classes,
    };
    if numbers.short_message(trace) {
        return numbers.classes;
    }
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == TokenKind::Number
            && shape.fits_digits(&token.text)
            && trace.rules.on(RuleName::PlainId)
        {
            numbers.classes[at] = Class::Id;
        }
    }
    numbers.chains(trace);
    numbers.phones(trace);
    for at in 0..tokens.len() {
        numbers.neighbours(at, trace);
    }
    numbers.ranges(trace);
    numbers.round(trace);
    for (at, token) in tokens.iter().enumerate() {
        match numbers.classes[at] {
            Class::Loose if token.text.len() < 4 => numbers.classes[at] = Class::Other,
            Class::Id if token.kind == TokenKind::Number => {
                trace.fire(RuleName::PlainId);
            }
            _ => {}
        }
    }
    numbers.classes
}

impl Numbers<'_> {
    fn is_number(&self, at: usize) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::Number)
    }

    fn after(&self, at: usize) -> &str {
        self.tokens.get(at + 1).map_or(self.tail, |next| &next.before)
    }

    fn flags(&self, at: usize) -> Flags {
        self.marks.get(at).map_or(Flags::NONE, |mark| mark.flags)
    }

    /// A number too long, and not round enough, for a quantity.
    fn big(&self, at: usize) -> bool {
        let text = &self.tokens[at].text;
        text.len() >= 8 && !text.ends_with("000")
    }

    /// `1,2 refill`: only ids of up to three digits, separators and commands.
    fn short_message(&mut self, trace: &mut Trace) -> bool {
        let numbers: Vec<usize> = (0..self.tokens.len()).filter(|at| self.is_number(*at)).collect();
        let plain = |at: usize| match self.tokens[at].kind {
            TokenKind::Number => self.tokens[at].text.len() <= self.shape.min,
            TokenKind::Word => {
                let mark = &self.marks[at];
                let labels = mark.flags.any(Flags::Label) && !(at > 0 && self.is_number(at - 1));
                mark.command.is_some() || labels
            }
            _ => false,
        };
        let separators = |text: &str| {
            text.chars().all(|c| {
                matches!(
                    c,
                    ' ' | '\n' | ',' | ';' | '|' | '#' | ':' | '(' | ')' | '.' | '!' | '-'
                )
            })
        };
        let separated = |at: usize| {
            let before = self.tokens[at].before.as_str();
            let both = at > 0 && self.is_number(at - 1) && self.is_number(at);
            separators(before) && !(both && matches!(before.trim(), "." | "-" | ":"))
        };
        let commands = self.marks.iter().any(|mark| mark.command.is_some());
        let short = numbers
            .iter()
            .any(|at| self.shape.fits_short(&self.tokens[*at].text));
        let all = short
            && commands
            && separators(self.tail)
            && (0..self.tokens.len()).all(|at| plain(at) && separated(at));
        if self.grouped(&numbers) && trace.fire(RuleName::GroupedDigits) {
            for at in numbers {
                self.classes[at] = Class::Unclear(RuleName::GroupedDigits);
            }
            return true;
        }
        if !all || !trace.fire(RuleName::ShortIds) {
            return false;
        }
        for at in numbers {
            let text = &self.tokens[at].text;
            let id = self.shape.fits_short(text) || self.shape.fits_digits(text);
            self.classes[at] = if id { Class::Id } else { Class::Other };
        }
        true
    }

    /// `481 799 696` and `10,000`: groups of three that may be one number.
    fn grouped(&self, numbers: &[usize]) -> bool {
        let [first, rest @ ..] = numbers else { return false };
        let connected = rest
            .iter()
            .zip(numbers)
            .all(|(b, a)| *b == a + 1 && matches!(self.tokens[*b].before.as_str(), " " | "," | "." | "-"));
        let threes = rest.iter().all(|at| self.tokens[*at].text.len() == 3);
        let head = &self.tokens[*first].text;
        let command = self.marks.iter().any(|mark| mark.command.is_some());
        let one = rest.len() >= 2 || rest.iter().any(|at| self.tokens[*at].text == "000");
        command && !rest.is_empty() && connected && threes && head.len() <= 3 && one
    }

    /// Numbers joined by one mark without spaces: a list of ids, a date, a price, a time.
    fn chains(&mut self, trace: &mut Trace) {
        let mut start = 0;
        while start < self.tokens.len() {
            let mut end = start + 1;
            if self.is_number(start) {
                while self.is_number(end) && matches!(self.tokens[end].before.as_str(), "." | "/" | "-" | ":")
                {
                    end += 1;
                }
            }
            if end - start > 1 {
                self.chain(start, end, trace);
            }
            start = end;
        }
    }

    fn chain(&mut self, start: usize, end: usize, trace: &mut Trace) {
        let text = |at: usize| self.tokens[at].text.as_str();
        let ids = (start..end).all(|at| self.shape.fits_digits(text(at)));
        let total: usize = (start..end).map(|at| text(at).len()).sum();
        let phone = text(start).starts_with('0') && (9..=13).contains(&total);
        if ids && !phone {
            return;
        }
        let line_start = start == 0 || self.tokens[start].before.contains('\n');
        let listed = end - start == 2 && line_start && text(start).len() <= 2 && text(start + 1).len() >= 6;
        if listed && trace.fire(RuleName::ListMarker) {
            self.classes[start] = Class::Other;
            return;
        }
        if trace.fire(RuleName::NumberChain) {
            for at in start..end {
                self.classes[at] = if text(at).len() >= 6 {
                    Class::Loose
                } else {
                    Class::Other
                };
            }
        }
    }

    /// `+977 9841234567`, and ten digits beside words like "whatsapp".
    fn phones(&mut self, trace: &mut Trace) {
        let mut at = 0;
        while at < self.tokens.len() {
            let begin = at;
            at += 1;
            if !self.is_number(begin) {
                continue;
            }
            let before = self.tokens[begin].before.as_str();
            let summed = begin > 0
                && self.is_number(begin - 1)
                && (before == "+" || self.tokens[begin - 1].text.len() == self.tokens[begin].text.len());
            if before.trim_end_matches('(').ends_with('+') && !summed {
                let mut total = self.tokens[begin].text.len();
                while total < 10
                    && self.is_number(at)
                    && matches!(
                        self.tokens[at].before.as_str(),
                        " " | "-" | " (" | ") " | ")" | "("
                    )
                {
                    total += self.tokens[at].text.len();
                    at += 1;
                }
                if total >= 7 && trace.fire(RuleName::Phone) {
                    self.classes[begin..at].fill(Class::Other);
                }
                continue;
            }
            let text = &self.tokens[begin].text;
            let near = self
                .words_before(begin, 3)
                .fold(Flags::NONE, |all, word| all.and(self.flags(word)));
            let next = if self
                .tokens
                .get(begin + 1)
                .is_some_and(|t| !t.before.contains('\n'))
            {
                self.flags(begin + 1)
            } else {
                Flags::NONE
            };
            let mobile = text.len() == 10 && text.starts_with(['6', '7', '8', '9', '0']);
            let named = (10..=12).contains(&text.len()) && (near.any(Flags::Phone) || next.any(Flags::Phone));
            let order = self
                .words_before(begin, 3)
                .any(|word| matches!(self.tokens[word].text.as_str(), "order" | "orders" | "id" | "ids"));
            let maybe = mobile && near.any(Flags::MaybePhone) && !order;
            if (named || maybe) && trace.fire(RuleName::Phone) {
                self.classes[begin] = Class::Other;
            }
        }
    }

    /// Up to `most` words right before a number, on its line and not across another number.
    fn words_before(&self, at: usize, most: usize) -> impl Iterator<Item = usize> + '_ {
        let open = move |i: &usize| {
            !self.tokens[i + 1].before.contains(['\n', ';', '|', ','])
                && self.tokens[*i].kind == TokenKind::Word
                && self.marks[*i].command.is_none()
        };
        (0..at).rev().take(most).take_while(open)
    }

    /// Units, prices, references right beside a number.
    fn neighbours(&mut self, at: usize, trace: &mut Trace) {
        if !self.is_number(at) || !matches!(self.classes[at], Class::Id | Class::Loose) {
            return;
        }
        let before = self.tokens[at].before.as_str();
        let after = self.after(at);
        let joined = after.chars().all(|c| matches!(c, ' ' | '-' | '.'));
        let next = if joined { self.flags(at + 1) } else { Flags::NONE };
        let previous = (at > 0
            && before
                .chars()
                .all(|c| matches!(c, ' ' | '.' | ':' | '-' | '=' | '#' | '(')))
        .then(|| at - 1);
        // "txn id is 1234567": the word that tells may stand before these.
        let telling = |flag: Flags| {
            let skip = |i: usize| {
                matches!(
                    self.tokens[i].text.as_str(),
                    "id" | "no" | "number" | "is" | "was" | "num" | "of" | "nr" | "code" | "for" | "about"
                )
            };
            let mut word = previous;
            let mut steps = 0;
            while let Some(i) = word {
                if self.flags(i).any(flag) {
                    return true;
                }
                if steps == 2 || !skip(i) || self.tokens[i].before.contains(['\n', ',', '?', '!']) {
                    return false;
                }
                steps += 1;
                word = i.checked_sub(1);
            }
            false
        };
        let direct = |flag: Flags| previous.is_some_and(|i| self.flags(i).any(flag));
        let len = self.tokens[at].text.len();
        let big = self.big(at);
        let currency = before.ends_with('$') || after.starts_with('$') || after.starts_with('%');
        let rule = if currency
            || (!big && (next.any(Flags::UnitMoney) || direct(Flags::UnitMoney)))
            || direct(Flags::BeforeMoney)
        {
            RuleName::Money
        } else if telling(Flags::BeforeReference) {
            RuleName::Reference
        } else if len <= 4 && next.any(Flags::UnitTime) {
            RuleName::Duration
        } else if (len == 4 && direct(Flags::Month)) || (len <= 2 && next.any(Flags::Month)) {
            RuleName::NumberChain
        } else if !big && (next.any(Flags::UnitCount) || direct(Flags::BeforeCount)) {
            RuleName::Quantity
        } else {
            return;
        };
        if trace.fire(rule) {
            self.classes[at] = Class::Other;
        }
    }

    /// Two ids with "to", `-` or `..` between them may be a range.
    fn ranges(&mut self, trace: &mut Trace) {
        for a in 0..self.tokens.len() {
            if !matches!(self.classes[a], Class::Id | Class::Loose) || !self.is_number(a) {
                continue;
            }
            let word = self.is_number(a + 2)
                && self.flags(a + 1).any(Flags::Until.and(Flags::From))
                && self.tokens[a + 1].before.trim().is_empty()
                && self.tokens[a + 2].before.trim().is_empty();
            let between = self
                .tokens
                .get(a + 1)
                .map_or("", |token| token.before.trim_matches(' '));
            let dashed =
                self.is_number(a + 1) && matches!(between, "-" | "--" | "~" | "->" | ">" | ".." | "...");
            let b = if word { a + 2 } else { a + 1 };
            if !(word || dashed) || !matches!(self.classes[b], Class::Id | Class::Loose) {
                continue;
            }
            let (low, high) = (&self.tokens[a].text, &self.tokens[b].text);
            let distance = match (low.parse::<u64>(), high.parse::<u64>()) {
                (Ok(low), Ok(high)) if high > low => Some(high - low),
                _ => None,
            };
            let near = low.len() == high.len() && distance.is_some_and(|d| d <= 1000);
            let from = a > 0 && self.flags(a - 1).any(Flags::From);
            let counts = word && (from || !near) && !(self.big(a) && self.big(b));
            if counts {
                if trace.fire(RuleName::Quantity) {
                    for at in [a, b] {
                        if !self.big(at) {
                            self.classes[at] = Class::Other;
                        }
                    }
                }
            } else if (word || near || between.starts_with("..")) && trace.fire(RuleName::Range) {
                self.classes[a] = Class::Unclear(RuleName::Range);
                self.classes[b] = Class::Unclear(RuleName::Range);
            }
        }
    }

    /// Beside long ids a short round number is a quantity, and four digits that look like a year are one.
    fn round(&mut self, trace: &mut Trace) {
        let longest = (0..self.tokens.len())
            .filter(|at| self.classes[*at] == Class::Id)
            .map(|at| self.tokens[at].text.len())
            .max()
            .unwrap_or(0);
        for at in 0..self.tokens.len() {
            let text = &self.tokens[at].text;
            let year = text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
            let round = text.len() <= 6 && text.ends_with("00");
            if self.is_number(at)
                && self.classes[at] == Class::Id
                && longest >= 7
                && text.len() + 2 <= longest
                && (year || round)
                && trace.fire(RuleName::RoundNumber)
            {
                self.classes[at] = Class::Other;
            }
        }
    }
}
