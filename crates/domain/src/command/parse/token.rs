//! Words and numbers with what stands between them.
//!
//! Invariant: tokens keep the order of the text; `before` holds every separator between two tokens, so that whether two
//! numbers are a list, a date or a price is decided later, in `ids`.

use super::links::Cuts;
use super::normalize::{Glyph, Kind};
use super::rules::{RuleName, Trace};
use super::shape::IdShape;
use super::vocabulary::{Flags, Vocabulary};

/// Stands in `before` for a link or name that was cut.
pub(super) const CUT: char = '\u{1}';

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    /// Digits only.
    Number,
    /// An id of the panel's own shape that is more than digits, or one out of an order page's link.
    Shaped,
    /// Letters and digits that are no id: `10k`, `user123`.
    Broken,
    /// Digits that must not be trusted; the rule says why.
    Unclear(RuleName),
}

#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) text: String,
    pub(super) before: String,
}

/// The text as tokens, and the separators after the last.
pub(super) fn tokens(
    glyphs: &[Glyph],
    cuts: &Cuts,
    shape: &IdShape,
    vocabulary: &Vocabulary,
    trace: &mut Trace,
) -> (Vec<Token>, String) {
    let mut out: Vec<Token> = Vec::new();
    let mut before = String::new();
    let mut linked = cuts.ids.iter().peekable();
    let mut at = 0;
    while at < glyphs.len() {
        while let Some((_, id)) = linked.next_if(|(place, _)| *place <= at) {
            before.push(' ');
            let before = std::mem::take(&mut before);
            out.push(Token {
                kind: TokenKind::Shaped,
                text: id.clone(),
                before,
            });
        }
        if let Some(len) = shaped(&glyphs[at..], at.checked_sub(1).map(|i| glyphs[i]), shape)
            && trace.fire(RuleName::ShapedId)
        {
            let text = glyphs[at..at + len].iter().map(|g| g.raw).collect();
            out.push(Token {
                kind: TokenKind::Shaped,
                text,
                before: std::mem::take(&mut before),
            });
            at += len;
            continue;
        }
        match glyphs[at].kind {
            Kind::Letter | Kind::Digit(_) | Kind::Odd => {
                let end = chunk_end(glyphs, at);
                let hashtag = before.ends_with('#');
                push_chunk(
                    &glyphs[at..end],
                    hashtag,
                    &mut before,
                    shape,
                    vocabulary,
                    trace,
                    &mut out,
                );
                at = end;
            }
            Kind::Symbol => {
                let before = std::mem::take(&mut before);
                out.push(Token {
                    kind: TokenKind::Word,
                    text: glyphs[at].c.to_string(),
                    before,
                });
                at += 1;
            }
            Kind::Newline => {
                before.push('\n');
                at += 1;
            }
            Kind::Space | Kind::Mark => {
                before.push(glyphs[at].c);
                at += 1;
            }
            Kind::Cut => {
                if !before.ends_with(CUT) {
                    before.push(CUT);
                }
                at += 1;
            }
        }
    }
    for (_, id) in linked {
        before.push(' ');
        let before = std::mem::take(&mut before);
        out.push(Token {
            kind: TokenKind::Shaped,
            text: id.clone(),
            before,
        });
    }
    (out, before)
}

/// The end of a run of letters and digits; an apostrophe between two letters belongs to it.
fn chunk_end(glyphs: &[Glyph], start: usize) -> usize {
    let letter = |i: usize| glyphs.get(i).is_some_and(|g| g.kind == Kind::Letter);
    let mut end = start;
    while end < glyphs.len() {
        let part = matches!(glyphs[end].kind, Kind::Letter | Kind::Digit(_) | Kind::Odd)
            || (glyphs[end].c == '\'' && end > start && letter(end - 1) && letter(end + 1));
        if !part {
            break;
        }
        end += 1;
    }
    end
}

/// The length of a hexadecimal or prefixed id at the start of `glyphs`.
fn shaped(glyphs: &[Glyph], previous: Option<Glyph>, shape: &IdShape) -> Option<usize> {
    if !shape.has_letters() || previous.is_some_and(|g| matches!(g.kind, Kind::Letter | Kind::Digit(_))) {
        return None;
    }
    let len = glyphs
        .iter()
        .take(41)
        .take_while(|g| g.kind != Kind::Cut && (g.raw.is_ascii_alphanumeric() || g.raw == '_'))
        .count();
    let text: String = glyphs[..len].iter().map(|g| g.raw).collect();
    shape.fits_letters(&text).then_some(len)
}

fn push_chunk(
    chunk: &[Glyph],
    hashtag: bool,
    before: &mut String,
    shape: &IdShape,
    vocabulary: &Vocabulary,
    trace: &mut Trace,
    out: &mut Vec<Token>,
) {
    let text: String = chunk.iter().filter(|g| g.c != '\'').map(|g| g.c).collect();
    let letters = chunk.iter().any(|g| g.kind == Kind::Letter);
    let odd = chunk.iter().any(|g| g.kind == Kind::Odd);
    let mut scripts = chunk.iter().filter_map(|g| match g.kind {
        Kind::Digit(zero) => Some(zero),
        _ => None,
    });
    let first = scripts.next();
    let digits = usize::from(first.is_some()) + scripts.clone().count();
    let mixed = scripts.any(|zero| Some(zero) != first);
    let mut one = |kind: TokenKind, text: String| {
        out.push(Token {
            kind,
            text,
            before: std::mem::take(before),
        });
    };
    if !letters {
        let kind = if odd && chunk.len() < 4 {
            TokenKind::Broken
        } else if odd && trace.fire(RuleName::OddDigits) {
            TokenKind::Unclear(RuleName::OddDigits)
        } else if mixed && trace.fire(RuleName::MixedScripts) {
            TokenKind::Unclear(RuleName::MixedScripts)
        } else {
            TokenKind::Number
        };
        let text = if odd {
            text.chars().filter(char::is_ascii_digit).collect()
        } else {
            text
        };
        return one(kind, text);
    }
    if first.is_none() {
        return one(TokenKind::Word, text);
    }
    if hashtag && trace.fire(RuleName::Hashtag) {
        return one(TokenKind::Broken, text);
    }
    if digits >= 4 && lookalike(chunk) && trace.fire(RuleName::Lookalike) {
        return one(TokenKind::Unclear(RuleName::Lookalike), text);
    }
    if let Some(parts) = glued(chunk, shape, vocabulary)
        && !odd
        && trace.fire(RuleName::Glued)
    {
        for (number, part) in parts {
            one(
                if number {
                    TokenKind::Number
                } else {
                    TokenKind::Word
                },
                part,
            );
        }
        return;
    }
    one(TokenKind::Broken, text);
}

/// Whether the only letters are ones that are taken for digits (`O`, `l`, `I`).
fn lookalike(chunk: &[Glyph]) -> bool {
    let letters = chunk.iter().filter(|g| g.kind == Kind::Letter);
    letters.clone().count() <= 2
        && letters
            .clone()
            .all(|g| matches!(g.c, 'o' | 'l' | 'i' | 'о' | 'з' | 'ο'))
}

/// Splits `refill481799696`, `481799696refill`, `id481799696`, `৪৮১৭৯৯৬৯৬টা`. `None` where the letters say nothing.
fn glued(chunk: &[Glyph], shape: &IdShape, vocabulary: &Vocabulary) -> Option<Vec<(bool, String)>> {
    let mut parts: Vec<(bool, String)> = Vec::new();
    for glyph in chunk {
        let number = matches!(glyph.kind, Kind::Digit(_));
        if glyph.c == '\'' {
            continue;
        }
        match parts.last_mut() {
            Some((same, part)) if *same == number => part.push(glyph.c),
            _ => parts.push((number, glyph.c.to_string())),
        }
    }
    let known = |word: &str| {
        vocabulary
            .word(word)
            .is_some_and(|m| m.command.is_some() || m.flags.any(Flags::Label))
            || split_joined(word, vocabulary).is_some()
            || (word.chars().count() >= 5 && vocabulary.nearly(word).is_some())
    };
    let foreign = |word: &str| word.chars().all(|c| !c.is_ascii()) && word.chars().count() <= 8;
    let commanded = parts.iter().all(|(number, part)| {
        if *number {
            shape.fits_digits(part)
        } else {
            known(part)
        }
    });
    let suffixed = parts.len() == 2
        && parts.iter().all(|(number, part)| {
            if *number {
                shape.fits_digits(part) && part.len() >= 6
            } else {
                foreign(part)
            }
        });
    (commanded || suffixed).then_some(parts)
}

/// Splits `refillkaro`, `cancelplease`, `cancelnagarnu` into a command and a known word.
pub(super) fn split_joined<'w>(word: &'w str, vocabulary: &Vocabulary) -> Option<(&'w str, &'w str)> {
    const HEADS: [&str; 6] = ["refill", "cancel", "refund", "speedup", "status", "refil"];
    HEADS.into_iter().find_map(|head| {
        let rest = word.strip_prefix(head).filter(|rest| !rest.is_empty())?;
        let meaning = vocabulary.word(rest)?;
        let wanted = Flags::Filler
            .and(Flags::Forbid)
            .and(Flags::Deny)
            .and(Flags::Label);
        (rest.chars().count() >= 2 && meaning.flags.any(wanted)).then(|| word.split_at(head.len()))
    })
}
