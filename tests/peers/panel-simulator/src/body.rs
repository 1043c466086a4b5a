//! Owns filling the literal bodies: `{{name}}` becomes text, nothing else is interpreted.

/// Fills a body; `value` appends what stands for a name.
pub fn fill(body: &str, mut value: impl FnMut(&str, &mut String)) -> String {
    let mut out = String::with_capacity(body.len() + 128);
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else {
            break;
        };
        out.push_str(before);
        value(name, &mut out);
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Fills a body from a short list of ready pieces of JSON.
pub fn fill_list(body: &str, values: &[(&str, &str)]) -> String {
    fill(body, |name, out| {
        let found = values.iter().find(|(key, _)| *key == name);
        out.push_str(
            found
                .expect("every placeholder of an embedded body has a value; the tests render each")
                .1,
        );
    })
}

/// Appends text so that it can stand between quotes in JSON.
pub fn push_text(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
}

pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_text(&mut out, text);
    out
}

pub fn quoted(value: &str) -> String {
    format!("\"{}\"", text(value))
}

/// An id as most panels print it: a number when it is one, else a string.
pub fn push_id(out: &mut String, id: &str) {
    let decimal = !id.is_empty() && id.len() <= 18 && id.bytes().all(|b| b.is_ascii_digit());
    if decimal && (id == "0" || !id.starts_with('0')) {
        out.push_str(id);
    } else {
        out.push('"');
        push_text(out, id);
        out.push('"');
    }
}

pub fn id(value: &str) -> String {
    let mut out = String::new();
    push_id(&mut out, value);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_by_name_and_leaves_the_rest() {
        let filled = fill(r#"{"a":{{a}},"b":{ {{b}} }}"#, |name, out| {
            out.push_str(&name.repeat(2))
        });
        assert_eq!(filled, r#"{"a":aa,"b":{ bb }}"#);
    }

    #[test]
    fn text_stays_inside_its_quotes() {
        for sample in ["plain", "a\"b", "a\\b", "tab\tline\n", "\u{1}", "سلام {{x}}"] {
            let parsed: String = serde_json::from_str(&quoted(sample)).expect("valid JSON");
            assert_eq!(parsed, sample);
        }
    }

    #[test]
    fn ids_are_numbers_only_when_nothing_is_lost() {
        for (given, printed) in [
            ("12", "12"),
            ("0", "0"),
            ("007", "\"007\""),
            ("ord_1", "\"ord_1\""),
            ("65f0c0ffee65f0c0ffee65f0", "\"65f0c0ffee65f0c0ffee65f0\""),
            ("", "\"\""),
        ] {
            assert_eq!(id(given), printed);
        }
    }
}
