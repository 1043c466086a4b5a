//! The words that the grammar knows: the built-in list of `data/words.tsv` and an owner's aliases.
//!
//! Invariant: words are compared folded (`normalize`), and the longest phrase wins. A slip of the finger is forgiven only
//! in words of five letters and more that the list marks for it, and never where it could be two commands.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::normalize::{self, Kind};
use super::rules::{Rules, Trace};
use crate::command::CommandKind;

const BUILT_IN: &str = include_str!("../../../data/words.tsv");

/// The longest alias that an owner may set.
const MAX_ALIAS: usize = 60;

/// How much a word insists on its command. A weaker word yields to a stronger one beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    Faint,
    Adverb,
    Weak,
    Plain,
}

/// A word's command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) kind: CommandKind,
    pub(super) strength: Strength,
    /// Whether somebody who speaks the language has looked at the word.
    pub(super) reviewed: bool,
    pub(super) alias: bool,
}

/// What else a word means to the grammar; a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Flags(u32);

macro_rules! flags {
    ($($name:ident = $bit:literal, $word:literal;)*) => {
        #[allow(non_upper_case_globals, reason = "they read as words")]
        impl Flags {
            $(pub(super) const $name: Flags = Flags(1 << $bit);)*

            fn named(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)* _ => None }
            }
        }
    };
}

flags! {
    Forbid = 0, "forbid";
    Deny = 1, "deny";
    Harmless = 2, "harmless";
    Complaint = 3, "complaint";
    Question = 4, "question";
    Exists = 5, "exists";
    ReportBefore = 6, "report-before";
    ReportAfter = 7, "report-after";
    Mention = 8, "mention";
    Condition = 9, "condition";
    Or = 10, "or";
    And = 11, "and";
    Filler = 12, "filler";
    Label = 13, "label";
    UnitTime = 14, "unit-time";
    UnitCount = 15, "unit-count";
    UnitMoney = 16, "unit-money";
    BeforeMoney = 17, "before-money";
    BeforeCount = 18, "before-count";
    BeforeReference = 19, "before-reference";
    Phone = 20, "phone";
    MaybePhone = 21, "maybe-phone";
    Until = 22, "until";
    From = 23, "from";
    Month = 24, "month";
    Help = 25, "help";
    Talk = 26, "talk";
    Begin = 27, "begin";
    OfName = 28, "of-name";
}

impl Flags {
    /// Reads `name` or `name+name`.
    fn all_named(words: &str) -> Option<Self> {
        words
            .split('+')
            .try_fold(Self::NONE, |all, word| Some(all.and(Self::named(word)?)))
    }

    pub(super) const NONE: Flags = Flags(0);

    pub(super) const fn any(self, of: Flags) -> bool {
        self.0 & of.0 != 0
    }

    #[must_use]
    pub(super) const fn and(self, other: Flags) -> Self {
        Self(self.0 | other.0)
    }
}

/// All that one word or phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Meaning {
    pub(super) command: Option<Use>,
    pub(super) flags: Flags,
}

#[derive(Debug, Clone)]
struct Phrase {
    /// The words after the first. A last `?` stands for a question mark.
    rest: Box<[Box<str>]>,
    meaning: Meaning,
}

/// A line of the word list, or an alias, that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    #[error("line {line} of the word list: {reason}")]
    Line { line: usize, reason: &'static str },
    #[error("the alias `{0}` must be one to five words of letters")]
    Alias(String),
}

/// The words by which customers give commands. Cheap to share, dear to build: keep one per tenant.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    phrases: HashMap<Box<str>, Vec<Phrase>>,
    /// Words in which a slip is forgiven.
    forgiving: Vec<(Vec<char>, Use)>,
    pub(super) symbols: Vec<char>,
}

static BUILT_IN_VOCABULARY: LazyLock<Vocabulary> =
    LazyLock::new(|| Vocabulary::read(BUILT_IN).expect("the built-in word list is read by a test"));

impl Vocabulary {
    /// The list that comes with the product.
    pub fn built_in() -> &'static Self {
        &BUILT_IN_VOCABULARY
    }

    /// Reads a list in the form of `data/words.tsv`.
    pub fn read(list: &str) -> Result<Self, VocabularyError> {
        let mut vocabulary = Self {
            phrases: HashMap::new(),
            forgiving: Vec::new(),
            symbols: Vec::new(),
        };
        for (index, line) in list.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            vocabulary
                .read_line(line)
                .map_err(|reason| VocabularyError::Line {
                    line: index + 1,
                    reason,
                })?;
        }
        vocabulary.sort();
        Ok(vocabulary)
    }

    fn read_line(&mut self, line: &str) -> Result<(), &'static str> {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let [_language, meaning, strength, reviewed, typos, words] = cells[..] else {
            return Err("it needs six cells with a tab between each two");
        };
        let reviewed = yes(reviewed)?;
        let forgiving = yes(typos)?;
        let meaning = match CommandKind::parse(meaning) {
            Some(kind) => {
                let strength = match strength {
                    "plain" => Strength::Plain,
                    "weak" => Strength::Weak,
                    "adverb" => Strength::Adverb,
                    "faint" => Strength::Faint,
                    _ => return Err("the strength of a command is plain, weak, adverb or faint"),
                };
                Meaning {
                    command: Some(Use {
                        kind,
                        strength,
                        reviewed,
                        alias: false,
                    }),
                    flags: Flags::NONE,
                }
            }
            None => Meaning {
                command: None,
                flags: Flags::all_named(meaning).ok_or("unknown meaning")?,
            },
        };
        for phrase in words.split(',') {
            let words = self.fold(phrase);
            if words.is_empty() {
                return Err("an empty word between two commas");
            }
            if forgiving && words.len() == 1 {
                let letters: Vec<char> = words[0].chars().collect();
                if letters.len() < 5 {
                    return Err("slips are forgiven only in words of five letters and more");
                }
                self.forgiving
                    .extend(meaning.command.map(|command| (letters, command)));
            }
            self.add(words, meaning, false);
        }
        Ok(())
    }

    /// This list and an owner's own words. An alias acts like a reviewed word and wins over a built-in meaning.
    pub fn with_aliases<'a>(
        &self,
        aliases: impl IntoIterator<Item = (&'a str, CommandKind)>,
    ) -> Result<Self, VocabularyError> {
        let mut vocabulary = self.clone();
        for (alias, kind) in aliases {
            let words = vocabulary.fold(alias);
            let fits = (1..=5).contains(&words.len())
                && alias.chars().count() <= MAX_ALIAS
                && !words
                    .iter()
                    .any(|word| word.chars().any(|c| c.is_numeric() || c == '?'));
            if !fits {
                return Err(VocabularyError::Alias(alias.chars().take(MAX_ALIAS).collect()));
            }
            let command = Use {
                kind,
                strength: Strength::Plain,
                reviewed: true,
                alias: true,
            };
            vocabulary.add(
                words,
                Meaning {
                    command: Some(command),
                    flags: Flags::NONE,
                },
                true,
            );
        }
        vocabulary.sort();
        Ok(vocabulary)
    }

    fn add(&mut self, words: Vec<Box<str>>, meaning: Meaning, replace: bool) {
        for word in &words {
            let mut chars = word.chars();
            if let (Some(c), None) = (chars.next(), chars.next())
                && !c.is_alphanumeric()
                && c != '?'
                && !self.symbols.contains(&c)
            {
                self.symbols.push(c);
            }
        }
        let mut words = words.into_iter();
        let first = words.next().expect("callers pass at least one word");
        let rest: Box<[Box<str>]> = words.collect();
        let phrases = self.phrases.entry(first).or_default();
        match phrases.iter_mut().find(|phrase| phrase.rest == rest) {
            Some(known) if replace => known.meaning = meaning,
            Some(known) => {
                // Of two commands for one word, the more insistent one.
                let stronger = |a: Use, b: Use| if b.strength > a.strength { b } else { a };
                known.meaning.command = match (known.meaning.command, meaning.command) {
                    (Some(a), Some(b)) => Some(stronger(a, b)),
                    (a, b) => a.or(b),
                };
                known.meaning.flags = known.meaning.flags.and(meaning.flags);
            }
            None => phrases.push(Phrase { rest, meaning }),
        }
    }

    fn sort(&mut self) {
        for phrases in self.phrases.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
        }
    }

    /// The folded words of a phrase.
    fn fold(&self, phrase: &str) -> Vec<Box<str>> {
        let mut trace = Trace::new(Rules::ALL);
        let mut words = vec![String::new()];
        for glyph in normalize::glyphs(phrase, &self.symbols, &mut trace) {
            match (glyph.kind, glyph.c) {
                (Kind::Letter | Kind::Digit(_), c) => words.last_mut().expect("it begins with one").push(c),
                (_, '\'') => {}
                (Kind::Space | Kind::Newline, _) | (_, '-' | '_') => words.push(String::new()),
                (_, c) => words.push(c.to_string()),
            }
        }
        words
            .into_iter()
            .filter(|word| !word.is_empty())
            .map(String::into_boxed_str)
            .collect()
    }

    /// The longest phrase that begins with `first`. `next(n)` is the n-th word after it, or `?` where a question mark
    /// follows the (n-1)-th.
    pub(super) fn longest<'t>(
        &self,
        first: &str,
        next: impl Fn(usize, bool) -> Option<&'t str>,
    ) -> Option<(usize, Meaning)> {
        self.phrases.get(first)?.iter().find_map(|phrase| {
            let mut words = 1;
            for (index, word) in phrase.rest.iter().enumerate() {
                let mark = &**word == "?";
                if next(index + 1, mark)? != &**word {
                    return None;
                }
                words += usize::from(!mark);
            }
            Some((words, phrase.meaning))
        })
    }

    /// Whether an unknown word is a negated form of a verb: Nepali negates with a prefix, Turkish inside the word.
    pub(super) fn negated_verb(word: &str) -> bool {
        const HEADS: [&str; 18] = [
            "nagar",
            "nahun",
            "nadin",
            "nadie",
            "नगर",
            "नदिन",
            "etmey",
            "etmes",
            "etmed",
            "etmiy",
            "edilme",
            "edilmi",
            "yapma",
            "yapilma",
            "yapmi",
            "olmas",
            "olmad",
            "olmay",
        ];
        HEADS.iter().any(|head| word.starts_with(head))
    }

    /// What a single word means.
    pub(super) fn word(&self, word: &str) -> Option<Meaning> {
        self.phrases
            .get(word)?
            .iter()
            .find(|phrase| phrase.rest.is_empty())
            .map(|phrase| phrase.meaning)
    }

    /// The command of a word with one slip; `None` where no or more than one command is that near.
    pub(super) fn nearly(&self, word: &str) -> Option<Use> {
        let letters: Vec<char> = word.chars().take(32).collect();
        if letters.len() < 5 {
            return None;
        }
        let mut found: Option<Use> = None;
        for (known, command) in &self.forgiving {
            if one_slip(&letters, known) {
                match found {
                    Some(other) if other.kind != command.kind => return None,
                    Some(other) if other.reviewed => {}
                    _ => found = Some(*command),
                }
            }
        }
        found
    }
}

fn yes(cell: &str) -> Result<bool, &'static str> {
    match cell {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("reviewed and typos are yes or no"),
    }
}

/// Whether two words differ by exactly one letter added, left out, replaced, or two neighbours swapped.
fn one_slip(a: &[char], b: &[char]) -> bool {
    if a.len().abs_diff(b.len()) > 1 || a == b {
        return false;
    }
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a[head..]
        .iter()
        .rev()
        .zip(b[head..].iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let (x, y) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    match (x, y) {
        ([_], [_]) | ([], [_]) | ([_], []) => true,
        ([p, q], [r, s]) => p == s && q == r,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_is_readable() {
        let vocabulary = Vocabulary::read(BUILT_IN).unwrap();
        assert!(vocabulary.phrases.len() > 1000);
    }

    #[test]
    fn every_line_but_english_is_unreviewed() {
        for line in BUILT_IN.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            if CommandKind::parse(cells[1]).is_some() {
                assert_eq!(cells[3] == "yes", cells[0] == "en", "{line}");
            }
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        for (list, line) in [
            ("en\trefill", 1),
            ("# x\nen\trefill\tloud\tyes\tno\tx", 2),
            ("en\tdance\t-\tyes\tno\tx", 1),
        ] {
            let error = Vocabulary::read(list).unwrap_err();
            assert!(
                matches!(error, VocabularyError::Line { line: l, .. } if l == line),
                "{error}"
            );
        }
    }

    #[test]
    fn slips() {
        let chars = |s: &str| s.chars().collect::<Vec<_>>();
        for (typed, meant, near) in [
            ("refil", "refill", true),
            ("erfill", "refill", true),
            ("refilll", "refill", true),
            ("rofill", "refill", true),
            ("refill", "refill", false),
            ("rifil", "refill", false),
            ("refund", "refill", false),
        ] {
            assert_eq!(one_slip(&chars(typed), &chars(meant)), near, "{typed}");
        }
    }

    #[test]
    fn no_command_is_a_slip_away_from_another() {
        let vocabulary = Vocabulary::built_in();
        for (a, x) in &vocabulary.forgiving {
            for (b, y) in &vocabulary.forgiving {
                assert!(x.kind == y.kind || !one_slip(a, b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn aliases() {
        let built_in = Vocabulary::built_in();
        let own = built_in
            .with_aliases([("topi", CommandKind::Refill), ("lets go", CommandKind::SpeedUp)])
            .unwrap();
        assert_eq!(
            own.word("topi").unwrap().command.unwrap().kind,
            CommandKind::Refill
        );
        for bad in ["", "  ", "a1", "one two three four five six"] {
            assert!(
                built_in.with_aliases([(bad, CommandKind::Refill)]).is_err(),
                "{bad}"
            );
        }
    }
}
