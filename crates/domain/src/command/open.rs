//! What a customer may ask that is about no order: how things stand, and to be left alone.
//!
//! Pure and narrow on purpose: only a whole message that says nothing else is taken so. Everything with an id, or with more words,
//! is the grammar's ([`super::parse`]).

use super::CommandKind;
use super::decide::RequestState;
use crate::order::OrderId;

/// One open request, as its customer hears of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLine {
    pub order: OrderId,
    pub command: CommandKind,
    pub state: RequestState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// "What about my order?"
    Open,
    /// No unasked notices any more.
    Stop,
    /// Notices again.
    Start,
}

/// Words that change nothing in such a question.
const FILLERS: [&str; 44] = [
    "hi", "hello", "hey", "sir", "bro", "brother", "boss", "dear", "madam", "maam", "please", "pls", "plz",
    "kindly", "is", "are", "there", "any", "the", "my", "our", "me", "us", "on", "of", "for", "to", "a",
    "an", "give", "tell", "and", "so", "now", "today", "it", "its", "yet", "still", "do", "you", "have",
    "with", "from",
];

/// What is left of the question without them.
const QUESTIONS: [&str; 44] = [
    "what about",
    "what about order",
    "what about orders",
    "what about request",
    "what about requests",
    "update",
    "updates",
    "order update",
    "orders update",
    "update order",
    "update orders",
    "updates order",
    "updates orders",
    "request update",
    "status",
    "order status",
    "orders status",
    "status order",
    "status orders",
    "request status",
    "status request",
    "status requests",
    "news",
    "progress",
    "what happened",
    "what happened order",
    "what happened orders",
    "what happening",
    "what happening order",
    "whats happening",
    "whats happening order",
    "whats happening orders",
    "where order",
    "where orders",
    "wheres order",
    "how long",
    "how order",
    "open requests",
    "open orders",
    "what open",
    "whats status",
    "what status",
    "kya hua",
    "k bhayo",
];

pub fn wish(text: &str) -> Option<Wish> {
    // Longer than any of them: talk.
    if text.len() > 120 || text.chars().any(char::is_numeric) {
        return None;
    }
    let text = text.to_lowercase().replace(['\'', '’'], "");
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    match words[..] {
        ["stop"]
        | ["unsubscribe"]
        | ["stop", "notices" | "notifications" | "messages" | "updates"]
        | ["no", "notices" | "notifications"] => return Some(Wish::Stop),
        ["start"] | ["subscribe"] | ["start", "notices" | "notifications" | "messages" | "updates"] => {
            return Some(Wish::Start);
        }
        _ => {}
    }
    let asked: Vec<&str> = words.into_iter().filter(|word| !FILLERS.contains(word)).collect();
    QUESTIONS
        .contains(&asked.join(" ").as_str())
        .then_some(Wish::Open)
}

/// `/stop` is never a cancel, whatever was written before.
pub fn is_plain_stop(text: &str) -> bool {
    let text = text.trim();
    text.eq_ignore_ascii_case("/stop") || text.eq_ignore_ascii_case("unsubscribe")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_messages_are_wishes_and_nothing_else_is() {
        for (text, expected) in [
            ("what about my order?", Some(Wish::Open)),
            ("What about my orders sir??", Some(Wish::Open)),
            ("any update?", Some(Wish::Open)),
            ("Hello sir, any updates on my order please", Some(Wish::Open)),
            ("any update on the order", Some(Wish::Open)),
            ("order status", Some(Wish::Open)),
            ("status", Some(Wish::Open)),
            ("what's happening with my order", Some(Wish::Open)),
            ("Where is my order?", Some(Wish::Open)),
            ("kya hua bro", Some(Wish::Open)),
            ("stop", Some(Wish::Stop)),
            ("STOP!", Some(Wish::Stop)),
            ("/stop", Some(Wish::Stop)),
            ("stop notifications", Some(Wish::Stop)),
            ("start", Some(Wish::Start)),
            ("481799696 status", None),
            ("what about 481799696", None),
            ("stop my order", None),
            ("dont stop", None),
            ("please stop", None),
            ("start my order", None),
            ("update me when it is done with the refill", None),
            ("what about the price", None),
            ("hello", None),
            ("", None),
            ("??", None),
        ] {
            assert_eq!(wish(text), expected, "{text}");
        }
        assert!(wish(&"update ".repeat(1000)).is_none());
        assert!(is_plain_stop(" /Stop ") && !is_plain_stop("stop") && !is_plain_stop("/stop it"));
    }

    #[test]
    fn no_question_holds_a_filler() {
        for question in QUESTIONS {
            let lost = question.split(' ').find(|word| FILLERS.contains(word));
            assert_eq!(lost, None, "{question} would never be found");
        }
    }
}
