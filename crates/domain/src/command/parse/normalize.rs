//! Characters as the grammar sees them: folded letters, ASCII digits, separators.
//!
//! Invariant: a digit is a character of category Nd, mapped by an explicit table (compatibility normalisation maps some
//! scripts' digits and not others, and turns a superscript into a digit). Every other number character is [`Kind::Odd`].

use unicode_normalization::char::{decompose_canonical, decompose_compatible};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::rules::{RuleName, Trace};

/// What a character is to the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Letter,
    /// A decimal digit, with the zero of its script.
    Digit(char),
    /// A superscript, circled number, fraction, numeral: never a digit of an id.
    Odd,
    /// A picture that the word list knows, a word of its own.
    Symbol,
    Space,
    Newline,
    Mark,
    /// Part of a link or @name.
    Cut,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    pub(super) c: char,
    /// As typed, for ids that hold letters.
    pub(super) raw: char,
    pub(super) kind: Kind,
}

/// The zero of every run of ten decimal digits in Unicode.
const ZEROS: [u32; 77] = [
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30,
    0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0,
    0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11DE0, 0x11F50, 0x16130,
    0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140,
    0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// The ASCII digit that a character of category Nd stands for, and the zero of its script.
pub(super) fn digit(c: char) -> Option<(char, char)> {
    let code = u32::from(c);
    let at = ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?;
    let value = code - ZEROS[at];
    let ascii = char::from_digit(value, 10)?;
    Some((ascii, char::from_u32(ZEROS[at])?))
}

/// Folds a whole text. `symbols` are pictures that the word list knows.
pub(super) fn glyphs(text: &str, symbols: &[char], trace: &mut Trace) -> Vec<Glyph> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        push(c, symbols, trace, &mut out);
    }
    out
}

fn push(c: char, symbols: &[char], trace: &mut Trace, out: &mut Vec<Glyph>) {
    let mut one = |c: char, raw: char, kind: Kind| out.push(Glyph { c, raw, kind });
    match c {
        'a'..='z' => return one(c, c, Kind::Letter),
        'A'..='Z' => return one(c.to_ascii_lowercase(), c, Kind::Letter),
        '0'..='9' => return one(c, c, Kind::Digit('0')),
        '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' | '\u{c}' => {
            return one('\n', '\n', Kind::Newline);
        }
        '\u{20}'..='\u{7e}' => return one(c, c, if c == ' ' { Kind::Space } else { Kind::Mark }),
        _ => {}
    }
    if invisible(c) {
        if !trace.fire(RuleName::Invisible) {
            one(' ', c, Kind::Space);
        }
        return;
    }
    if c.is_whitespace() {
        return one(' ', c, Kind::Space);
    }
    if symbols.contains(&c) {
        return one(c, c, Kind::Symbol);
    }
    if let Some((ascii, zero)) = digit(c) {
        if trace.fire(RuleName::DigitScripts) {
            one(ascii, ascii, Kind::Digit(zero));
        } else {
            one(c, c, Kind::Letter);
        }
        return;
    }
    let category = c.general_category();
    match category {
        GeneralCategory::OtherNumber | GeneralCategory::LetterNumber => return one(c, c, Kind::Odd),
        _ if c == '\u{20e3}' => return one(c, c, Kind::Odd),
        _ => {}
    }
    if let Some(mark) = separator(c) {
        return one(mark, c, Kind::Mark);
    }
    let letter = c.is_alphabetic()
        || matches!(
            category,
            GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark
        )
        || squared_letter(c).is_some();
    if !letter {
        return one(c, c, Kind::Mark);
    }
    if !trace.rules.on(RuleName::FancyLetters) {
        for lower in c.to_lowercase() {
            one(lower, c, Kind::Letter);
        }
        return;
    }
    let mut folded = String::new();
    fold_letter(c, &mut folded);
    if folded.is_ascii() && !folded.is_empty() {
        trace.fire(RuleName::FancyLetters);
    }
    for f in folded.chars() {
        one(f, c, Kind::Letter);
    }
}

/// Lower case, without compatibility dress, accents, tatweel, vowel points or nukta.
fn fold_letter(c: char, out: &mut String) {
    let c = squared_letter(c).unwrap_or(c);
    let mut keep = |d: char| {
        if dropped_mark(d) {
            return;
        }
        for lower in d.to_lowercase() {
            if !dropped_mark(lower) {
                out.push(same_letter(lower));
            }
        }
    };
    if ('\u{ac00}'..='\u{d7a3}').contains(&c) {
        decompose_canonical(c, &mut keep);
    } else {
        decompose_compatible(c, &mut keep);
    }
}

fn dropped_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{640}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{93c}' | '\u{9bc}')
}

/// Letters that writers use for one another, and small capitals.
fn same_letter(c: char) -> char {
    match c {
        'ı' => 'i',
        'ة' | 'ہ' | 'ھ' | 'ە' => 'ه',
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        'ᴀ' => 'a',
        'ʙ' => 'b',
        'ᴄ' => 'c',
        'ᴅ' => 'd',
        'ᴇ' => 'e',
        'ғ' | 'ꜰ' => 'f',
        'ɢ' => 'g',
        'ʜ' => 'h',
        'ɪ' => 'i',
        'ᴊ' => 'j',
        'ᴋ' => 'k',
        'ʟ' => 'l',
        'ᴍ' => 'm',
        'ɴ' => 'n',
        'ᴏ' => 'o',
        'ᴘ' => 'p',
        'ǫ' => 'q',
        'ʀ' => 'r',
        'ꜱ' => 's',
        'ᴛ' => 't',
        'ᴜ' => 'u',
        'ᴠ' => 'v',
        'ᴡ' => 'w',
        'ʏ' => 'y',
        'ᴢ' => 'z',
        other => other,
    }
}

/// Circled and squared Latin letters, some of which no normalisation form maps.
fn squared_letter(c: char) -> Option<char> {
    let code = u32::from(c);
    let offset = match code {
        0x24B6..=0x24CF => code - 0x24B6,
        0x24D0..=0x24E9 => code - 0x24D0,
        0x1F110..=0x1F129 => code - 0x1F110,
        0x1F130..=0x1F149 => code - 0x1F130,
        0x1F150..=0x1F169 => code - 0x1F150,
        0x1F170..=0x1F189 => code - 0x1F170,
        _ => return None,
    };
    char::from_u32(u32::from('a') + offset)
}

/// Separators of other scripts and widths, as the ASCII mark that they stand for.
fn separator(c: char) -> Option<char> {
    Some(match c {
        '،' | '、' | '，' | '﹐' | '､' => ',',
        '؛' | '；' => ';',
        '。' | '．' | '｡' | '۔' | '।' | '॥' | '•' | '·' | '…' | '∙' => '.',
        '؟' | '？' => '?',
        '！' => '!',
        '：' | '﹕' => ':',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' => '-',
        '／' | '⁄' | '∕' => '/',
        '｜' | '¦' => '|',
        '＃' | '№' | '#' => '#',
        '（' => '(',
        '）' => ')',
        '＠' => '@',
        '＋' => '+',
        '％' | '٪' => '%',
        '～' | '〜' => '~',
        '＄' => '$',
        '‘' | '’' | 'ʼ' | '´' | '`' | '＇' | '′' => '\'',
        '₹' | '€' | '£' | '¥' | '₺' | '₽' | '₦' | '৳' | '₨' | '₩' | '₫' | '﷼' => '$',
        _ => return None,
    })
}

fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
        || c.general_category() == GeneralCategory::Format
        || (c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_digits_is_the_category_nd() {
        for c in (0..=0x10_FFFF).filter_map(char::from_u32) {
            let decimal = c.general_category() == GeneralCategory::DecimalNumber;
            assert_eq!(digit(c).is_some(), decimal, "U+{:04X}", u32::from(c));
        }
        assert_eq!(digit('٤'), Some(('4', '٠')));
        assert_eq!(digit('९'), Some(('9', '०')));
        assert_eq!(digit('²'), None);
    }

    #[test]
    fn letters_are_folded() {
        let fold = |text: &str| {
            let mut out = String::new();
            text.chars().for_each(|c| fold_letter(c, &mut out));
            out
        };
        for (typed, folded) in [
            ("𝗥𝗘𝗙𝗜𝗟𝗟", "refill"),
            ("İPTAL", "iptal"),
            ("ıptal", "iptal"),
            ("إلغاء", "الغاء"),
            ("Ⓡⓔⓕ", "ref"),
            ("reﬁll", "refill"),
        ] {
            assert_eq!(fold(typed), folded);
        }
    }
}
