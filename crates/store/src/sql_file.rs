//! Migration files, taken apart into single statements.
//!
//! Sent one at a time because a string of several with role statements in it fails on sharded servers.

/// Splits at `;`, but not inside quotes, dollar quotes or comments. Comments between statements are dropped.
pub(crate) fn statements(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'-' if bytes[at..].starts_with(b"--") => at = end_of(text, at, "\n"),
            b'/' if bytes[at..].starts_with(b"/*") => at = end_of(text, at, "*/"),
            quote @ (b'\'' | b'"') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += 1;
                }
                at += 1;
            }
            b'$' => match dollar_tag(&text[at..]) {
                Some(tag) => at = end_of(text, at + tag.len(), tag),
                None => at += 1,
            },
            b';' => {
                push(&mut found, &text[start..at]);
                at += 1;
                start = at;
            }
            _ => at += 1,
        }
    }
    push(&mut found, &text[start.min(text.len())..]);
    found
}

fn end_of(text: &str, from: usize, mark: &str) -> usize {
    text[from..]
        .find(mark)
        .map_or(text.len(), |found| from + found + mark.len())
}

/// `$$` or `$name$` at the start of `text`.
fn dollar_tag(text: &str) -> Option<&str> {
    let end = text[1..].find('$')? + 2;
    text[1..end - 1]
        .bytes()
        .all(|b| b.is_ascii_alphabetic() || b == b'_')
        .then(|| &text[..end])
}

fn push<'a>(found: &mut Vec<&'a str>, statement: &'a str) {
    let mut rest = statement.trim();
    while let Some(comment) = rest.strip_prefix("--") {
        rest = comment
            .split_once('\n')
            .map_or("", |(_, after)| after)
            .trim_start();
    }
    if !rest.is_empty() {
        found.push(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn a_semicolon_inside_a_text_or_a_body_ends_nothing() {
        let text = "-- a; comment\nSELECT 'a;b';\n\nCREATE FUNCTION f() AS $$ BEGIN; END $$;\n-- last\nSELECT \"x;y\", $1;";
        assert_eq!(
            statements(text),
            [
                "SELECT 'a;b'",
                "CREATE FUNCTION f() AS $$ BEGIN; END $$",
                "SELECT \"x;y\", $1"
            ]
        );
    }

    #[test]
    fn cut_files_do_not_panic() {
        for text in ["", "-- only", "SELECT '", "/*", "$", "$$", "$a$ x", "SELECT 1"] {
            statements(text);
        }
        assert_eq!(statements("SELECT 1"), ["SELECT 1"]);
    }
}
