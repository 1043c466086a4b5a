//! One JSON line in, one out: lets anybody try a file of messages.
//!
//! In: `{"t": "481799696 refill"}`, with `quoted` (the text replied to) and `recent` (a list of ids, or a text that names
//! them) where wanted. Out: `{"t", "groups": [["refill", ["481799696"]]], "ask": false, "why": "word+id+one_command"}`, and
//! what more there is to say (`asks`, `proposed`, `cut`, `reading`). A bad line gives `{"error": "…"}`.

use serde::{Deserialize, Serialize};

use super::{Context, Group, Parsed, Reading, ids_in, parse};
use crate::order::{OrderId, OrderIds};

#[derive(Deserialize)]
struct Question {
    t: String,
    #[serde(default)]
    quoted: Option<String>,
    #[serde(default)]
    recent: Option<Recent>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Recent {
    Ids(Vec<OrderId>),
    Text(String),
}

#[derive(Serialize)]
struct Answer<'a> {
    t: &'a str,
    groups: Vec<(&'static str, &'a OrderIds)>,
    ask: bool,
    why: String,
    reading: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    asks: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    proposed: Vec<(&'static str, &'a OrderIds)>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    cut: &'a [OrderId],
}

/// Reads one line and answers it. Never fails: what cannot be read is answered with its error.
pub fn answer_line(line: &str) -> String {
    let question: Question = match serde_json::from_str(line) {
        Ok(question) => question,
        Err(error) => return serde_json::json!({ "error": format!("not a message: {error}") }).to_string(),
    };
    let mut context = Context {
        quoted: question.quoted.as_deref(),
        ..Context::default()
    };
    let recent = match question.recent {
        Some(Recent::Ids(ids)) => OrderIds::collect(ids).map(|(ids, _)| ids),
        Some(Recent::Text(text)) => ids_in(&text, &context.ids),
        None => None,
    };
    context.recent_ids = recent.as_ref();
    let parsed = parse(&question.t, &context);
    serde_json::to_string(&answer(&question.t, &parsed))
        .unwrap_or_else(|error| serde_json::json!({ "error": error.to_string() }).to_string())
}

fn answer<'a>(t: &'a str, parsed: &'a Parsed) -> Answer<'a> {
    let pairs = |groups: &'a [Group]| groups.iter().map(|g| (g.command.as_str(), &g.orders)).collect();
    Answer {
        t,
        groups: pairs(&parsed.groups),
        ask: parsed.ask.is_some(),
        why: parsed.why_text(),
        reading: match parsed.reading {
            Reading::Commands => "commands",
            Reading::IdsOnly(_) => "ids_only",
            Reading::CommandOnly(_) => "command_only",
            Reading::Ask(_) => "ask",
            Reading::Help => "help",
            Reading::Chatter => "chatter",
        },
        asks: parsed.ask.map(|ask| ask.as_str()),
        proposed: pairs(&parsed.proposed),
        cut: &parsed.cut,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(line: &str) -> serde_json::Value {
        serde_json::from_str(&answer_line(line)).unwrap()
    }

    #[test]
    fn a_line_is_answered() {
        let answer = value(r#"{"t": "481799696,481799190 refill"}"#);
        assert_eq!(
            answer["groups"],
            serde_json::json!([["refill", ["481799696", "481799190"]]])
        );
        assert_eq!(answer["ask"], false);
        assert_eq!(answer["why"], "word+id+one_command");
    }

    #[test]
    fn context_is_read() {
        for line in [
            r#"{"t": "refill", "quoted": "my orders 481799696"}"#,
            r#"{"t": "refill", "recent": ["481799696"]}"#,
            r#"{"t": "refill", "recent": "481799696"}"#,
        ] {
            assert_eq!(
                value(line)["groups"],
                serde_json::json!([["refill", ["481799696"]]]),
                "{line}"
            );
        }
    }

    #[test]
    fn a_bad_line_gives_an_error() {
        for line in [
            "",
            "x",
            "{}",
            r#"{"t": 5}"#,
            "[]",
            r#"{"t": "a", "recent": ["no id"]}"#,
            "\u{0}",
        ] {
            assert!(value(line)["error"].is_string(), "{line}");
        }
    }
}
