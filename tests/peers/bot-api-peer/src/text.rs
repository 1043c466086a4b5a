//! Message text: UTF-16 lengths, the entities Telegram finds by itself, and HTML markup.
//!
//! Knows nothing of chats. Markdown is not parsed: its text is taken as it comes.

use serde_json::{Map, Value, json};

pub fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

/// One entity with the text it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    pub kind: &'static str,
    pub offset: usize,
    pub length: usize,
    pub text: String,
}

impl Entity {
    pub fn to_json(&self) -> Value {
        json!({"type": self.kind, "offset": self.offset, "length": self.length})
    }
}

/// Commands, mentions and links, word by word.
pub fn scan(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if let Some((kind, length)) = classify(bare) {
            let covered = &bare[..length];
            found.push(Entity {
                kind,
                offset,
                length: utf16_len(covered),
                text: covered.to_owned(),
            });
        }
        offset += utf16_len(word);
    }
    found
}

/// `null` when there are none, so that the key is left out.
pub fn entities_json(text: &str) -> Value {
    let entities = scan(text);
    if entities.is_empty() {
        Value::Null
    } else {
        Value::Array(entities.iter().map(Entity::to_json).collect())
    }
}

fn classify(word: &str) -> Option<(&'static str, usize)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name_end = |text: &str| text.find(|c: char| !is_name(c)).unwrap_or(text.len());
    if let Some(rest) = word.strip_prefix('/') {
        let mut end = name_end(rest);
        if !(1..=64).contains(&end) {
            return None;
        }
        if let Some(bot) = rest[end..].strip_prefix('@') {
            end += 1 + name_end(bot);
        }
        return Some(("bot_command", 1 + end));
    }
    if let Some(rest) = word.strip_prefix('@') {
        let end = name_end(rest);
        return (end >= 3).then_some(("mention", 1 + end));
    }
    if word.starts_with("http://") || word.starts_with("https://") {
        return Some(("url", word.len()));
    }
    None
}

/// Plain text and entities of HTML markup, or the text Telegram answers after `can't parse entities: `.
pub fn parse_html(html: &str) -> Result<(String, Vec<Value>), String> {
    let mut text = String::new();
    let mut units = 0;
    let mut entities = Vec::new();
    let mut open: Vec<(String, usize, Map<String, Value>)> = Vec::new();
    let mut at = 0;
    while at < html.len() {
        let rest = &html[at..];
        if rest.starts_with('<') {
            let Some(close) = rest.find('>') else {
                return Err(format!("Unclosed start tag at byte offset {at}"));
            };
            let tag = &rest[1..close];
            if let Some(name) = tag.strip_prefix('/') {
                let Some((expected, from, mut entity)) = open.pop() else {
                    return Err(format!("Unexpected end tag at byte offset {at}"));
                };
                if !name.trim().is_empty() && !expected.eq_ignore_ascii_case(name.trim()) {
                    return Err(format!(
                        "Unmatched end tag at byte offset {at}, expected \"</{expected}>\", found \"</{}>\"",
                        name.trim()
                    ));
                }
                if units > from {
                    entity.insert("offset".into(), json!(from));
                    entity.insert("length".into(), json!(units - from));
                    entities.push(Value::Object(entity));
                }
            } else {
                let name = tag.split_whitespace().next().unwrap_or("").to_ascii_lowercase();
                let Some(entity) = opened(&name, tag) else {
                    return Err(format!("Unsupported start tag \"{name}\" at byte offset {at}"));
                };
                open.push((name, units, entity));
            }
            at += close + 1;
            continue;
        }
        let (piece, length) = character(rest);
        text.push(piece);
        units += piece.len_utf16();
        at += length;
    }
    match open.pop() {
        Some((name, ..)) => Err(format!(
            "Can't find end tag corresponding to start tag \"{name}\" at byte offset {at}"
        )),
        None => Ok((text, entities)),
    }
}

fn opened(name: &str, tag: &str) -> Option<Map<String, Value>> {
    let kind = match name {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "code" => "code",
        "pre" => "pre",
        "a" => "text_link",
        "blockquote" => "blockquote",
        "tg-spoiler" | "span" => "spoiler",
        _ => return None,
    };
    let mut entity = Map::from_iter([("type".to_owned(), json!(kind))]);
    if kind == "text_link" {
        let href = tag
            .split_once("href=")
            .map(|(_, value)| value.trim_matches(['"', '\'', ' ']))
            .unwrap_or("");
        entity.insert("url".into(), json!(href));
    }
    Some(entity)
}

/// The first character of `rest` with character references resolved, and how many bytes it took.
fn character(rest: &str) -> (char, usize) {
    const NAMED: [(&str, char); 4] = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"')];
    for (name, value) in NAMED {
        if rest.starts_with(name) {
            return (value, name.len());
        }
    }
    if let Some((digits, _)) = rest.strip_prefix("&#").and_then(|tail| tail.split_once(';')) {
        let code = match digits.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        };
        if let Some(value) = code.and_then(char::from_u32) {
            return (value, digits.len() + 3);
        }
    }
    let first = rest.chars().next().unwrap_or('\u{fffd}');
    (first, first.len_utf8())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn entities_count_utf16_units() {
        let found: Vec<_> = scan("😀 /refill@shop_bot 12, @shop_bot\nhttps://x.test/a?b=1 a/b @no")
            .into_iter()
            .map(|e| (e.kind, e.offset, e.length, e.text))
            .collect();
        assert_eq!(
            found,
            [
                ("bot_command", 3, 16, "/refill@shop_bot".to_owned()),
                ("mention", 24, 9, "@shop_bot".to_owned()),
                ("url", 34, 20, "https://x.test/a?b=1".to_owned()),
            ]
        );
    }

    #[test]
    fn html_becomes_text_and_entities_or_is_refused() {
        let (text, entities) = parse_html("a &lt;b&gt; <b>😀 x</b> &#65;&amp;").expect("valid");
        assert_eq!(text, "a <b> 😀 x A&");
        assert_eq!(entities, [json!({"type": "bold", "offset": 6, "length": 4})]);
        for (html, refusal) in [
            ("<x>y</x>", "Unsupported start tag \"x\" at byte offset 0"),
            (
                "<b>y",
                "Can't find end tag corresponding to start tag \"b\" at byte offset 4",
            ),
            ("y</b>", "Unexpected end tag at byte offset 1"),
            ("1 < 2", "Unclosed start tag at byte offset 2"),
        ] {
            assert_eq!(parse_html(html).expect_err(html), refusal);
        }
    }
}
