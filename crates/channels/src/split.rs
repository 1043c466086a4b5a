//! Cuts a long text into parts that a network takes.
//!
//! Invariant: a part has at most `max` UTF-16 units and is not blank; a character is never cut; only white space
//! between parts is lost; the same text and `max` always give the same parts, so that a resend can go on at a part.

/// Lines stay whole if they can, then words, then numbers in a comma list. No parts for a blank text.
///
/// # Panics
/// When `max` is below 2: a character may need two units.
pub fn split(text: &str, max: usize) -> Vec<&str> {
    assert!(max >= 2, "a part must have room for any character");
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.trim().is_empty() {
        let (part, after) = rest.split_at(cut(rest, max));
        let part = part.trim_end();
        if !part.trim().is_empty() {
            parts.push(part);
        }
        rest = after;
        // The white space at the cut goes with it, but not the indent of the next line.
        if let Some(line) = rest.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n') {
            rest = line;
        } else if !part.is_empty() && !rest.starts_with('\n') {
            rest = rest.strip_prefix(' ').unwrap_or(rest);
        }
    }
    parts
}

/// Where the first part ends, in bytes. Never 0 for a text that is not empty.
fn cut(text: &str, max: usize) -> usize {
    let mut units = 0;
    let (mut line, mut word, mut list) = (None, None, None);
    for (at, c) in text.char_indices() {
        if at > 0 {
            if c == '\n' {
                line = Some((at, units));
            }
            if c.is_whitespace() {
                word = Some(at);
            }
        }
        if units + c.len_utf16() > max {
            // A line border far at the front would leave a tiny part before a long one.
            let line = line.filter(|(_, units)| *units >= max / 2).map(|(at, _)| at);
            return line.or(word).or(list).unwrap_or(at);
        }
        units += c.len_utf16();
        if c.is_ascii_punctuation() {
            list = Some(at + c.len_utf8());
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn units(text: &str) -> usize {
        text.encode_utf16().count()
    }

    #[test]
    fn cuts_where_a_reader_would() {
        for (text, max, expected) in [
            ("short", 10, vec!["short"]),
            ("", 10, vec![]),
            (" \n ", 10, vec![]),
            ("one two\nthree four", 12, vec!["one two", "three four"]),
            ("one two\n\nthree four", 12, vec!["one two", "three four"]),
            ("one two three", 8, vec!["one two", "three"]),
            ("101,102,103,104", 8, vec!["101,102,", "103,104"]),
            ("abcdefghij", 4, vec!["abcd", "efgh", "ij"]),
            // Two units each: three of them do not fit into five.
            (
                "\u{1F600}\u{1F600}\u{1F600}",
                5,
                vec!["\u{1F600}\u{1F600}", "\u{1F600}"],
            ),
            ("12345678\n  indented", 10, vec!["12345678", "  indented"]),
        ] {
            assert_eq!(split(text, max), expected, "{text:?}");
        }
    }

    #[test]
    fn a_hundred_orders_of_a_line_each_stay_whole_lines() {
        let text: String = (0..100)
            .map(|n| {
                format!(
                    "{}: refill has been requested, thank you for waiting\n",
                    481_799_600 + n
                )
            })
            .collect();
        let parts = split(&text, 4096);
        assert_eq!(parts.len(), 2);
        assert!(parts.iter().all(|part| part.ends_with("waiting")));
        assert_eq!(parts.iter().map(|part| part.lines().count()).sum::<usize>(), 100);
    }

    proptest! {
        #[test]
        fn parts_fit_and_together_say_the_same(text in "(\\PC|[ \n\t,]|[0-9a-z]{1,9}|\u{1F469}\u{200D}\u{1F4BB}){0,80}", max in 2usize..40) {
            let parts = split(&text, max);
            for part in &parts {
                prop_assert!(units(part) <= max);
                prop_assert!(!part.trim().is_empty());
            }
            let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(squeeze(&parts.concat()), squeeze(&text));
        }

        #[test]
        fn words_that_fit_are_never_cut(words in prop::collection::vec("[a-z0-9]{1,12}", 1..60), max in 12usize..40) {
            let text = words.join(" ");
            let again: Vec<String> = split(&text, max)
                .iter()
                .flat_map(|part| part.split_whitespace().map(str::to_owned))
                .collect();
            prop_assert_eq!(again, words);
        }
    }
}
