//! What a call to the Bot API can end with, and how to tell.
//!
//! The library throws the error's number away, so the description decides; its wording has been stable for years.
//!
//! Invariant: "surely not done" is never said of a call that may have been done.
//! Invariant: no error holds a URL, a token or a raw body.

use std::time::Duration;

use serde::Deserialize;
use switchboard_channels::session::Refusal;
use teloxide_core::{ApiError, RequestError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Telegram refused, for good.
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("too many requests; wait {} s", after.as_secs())]
    TooMany { after: Duration },
    #[error("the group goes on as {to}")]
    Migrated { to: i64 },
    /// The topic does not exist (any more); the chat does.
    #[error("the topic does not exist")]
    NoSuchTopic,
    /// Another process polls with the same token.
    #[error("another program polls for this bot")]
    OtherPoller,
    /// Polling is refused while a hook is set.
    #[error("a hook is set for this bot")]
    HookIsSet,
    /// Surely not done: no connection was made.
    #[error("no connection to Telegram")]
    NotConnected,
    /// May have been done: no usable answer came back.
    #[error("{0}")]
    NoAnswer(&'static str),
}

/// How long to wait when Telegram says "too many" without saying how long.
const UNSAID_WAIT: Duration = Duration::from_secs(30);

/// Longest text of Telegram's that is kept.
const DETAIL_CHARS: usize = 200;

pub(crate) fn classify(error: &RequestError) -> CallError {
    match error {
        RequestError::Api(ApiError::InvalidToken) => Refusal::TokenRevoked.into(),
        RequestError::Api(ApiError::Unknown(description)) => by_description(description),
        RequestError::Api(known) => by_description(&known.to_string()),
        RequestError::MigrateToChatId(to) => CallError::Migrated { to: to.0 },
        RequestError::RetryAfter(after) => CallError::TooMany {
            after: after.duration(),
        },
        RequestError::Network(error) if error.is_connect() || error.is_builder() => CallError::NotConnected,
        RequestError::Network(_) => CallError::NoAnswer("the connection broke before Telegram answered"),
        RequestError::InvalidJson { raw, .. } => by_body(raw),
        RequestError::Io(_) => CallError::NotConnected,
    }
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

/// An answer that the library could not read: an error with parameters of a new kind is still an error.
fn by_body(raw: &str) -> CallError {
    match serde_json::from_str(raw) {
        Ok(Answer {
            ok: false,
            description: Some(description),
            parameters,
        }) => match parameters {
            Some(Parameters {
                retry_after: Some(seconds),
                ..
            }) => CallError::TooMany {
                after: Duration::from_secs(seconds),
            },
            Some(Parameters {
                migrate_to_chat_id: Some(to),
                ..
            }) => CallError::Migrated { to },
            _ => by_description(&description),
        },
        _ => CallError::NoAnswer("Telegram's answer could not be read"),
    }
}

fn by_description(description: &str) -> CallError {
    let lower = description.to_lowercase();
    let has = |words: &str| lower.contains(words);
    let detail = || -> String {
        description
            .chars()
            .filter(|c| !c.is_control())
            .take(DETAIL_CHARS)
            .collect()
    };
    if lower == "unauthorized" || lower == "not found" {
        return Refusal::TokenRevoked.into();
    }
    if has("too many requests") {
        let number = lower.rsplit("retry after").next().map(str::trim);
        let after = number
            .and_then(|number| number.parse().ok())
            .map(Duration::from_secs);
        return CallError::TooMany {
            after: after.unwrap_or(UNSAID_WAIT),
        };
    }
    if lower.starts_with("conflict") {
        return if has("webhook") {
            CallError::HookIsSet
        } else {
            CallError::OtherPoller
        };
    }
    if lower.starts_with("forbidden") {
        let refusal = if has("blocked by the user") || has("user is deactivated") {
            Refusal::Blocked
        } else if has("was kicked") || has("not a member") || has("group chat was deleted") {
            Refusal::Kicked
        } else {
            Refusal::Forbidden(detail())
        };
        return refusal.into();
    }
    if has("message thread not found") || has("topic_deleted") {
        return CallError::NoSuchTopic;
    }
    if lower.starts_with("bad request") {
        let refusal = if has("chat not found") || has("user not found") || has("peer_id_invalid") {
            Refusal::ChatNotFound
        } else if has("message is too long") || has("message_too_long") {
            Refusal::TooLong
        } else if has("text is empty") || has("text must be non-empty") {
            Refusal::Empty
        } else if has("topic_closed") {
            Refusal::TopicClosed
        } else if has("rights") || has("write_forbidden") || has("chat_restricted") {
            Refusal::Forbidden(detail())
        } else {
            Refusal::Other(detail())
        };
        return refusal.into();
    }
    // Neither a known refusal nor a bad request: "Internal Server Error", "Bad Gateway" and the like.
    CallError::NoAnswer("Telegram is out of order")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the library reads the body, without the network.
    fn of_body(body: &str) -> CallError {
        let error = serde_json::from_str::<ApiError>(&serde_json::to_string(body).unwrap()).unwrap();
        classify(&RequestError::Api(error))
    }

    #[test]
    fn descriptions_are_told_apart() {
        let forbidden = |text: &str| CallError::Refused(Refusal::Forbidden(text.into()));
        for (description, expected) in [
            ("Unauthorized", Refusal::TokenRevoked.into()),
            ("Not Found", Refusal::TokenRevoked.into()),
            ("Forbidden: bot was blocked by the user", Refusal::Blocked.into()),
            ("Forbidden: user is deactivated", Refusal::Blocked.into()),
            (
                "Forbidden: bot was kicked from the supergroup chat",
                Refusal::Kicked.into(),
            ),
            (
                "Forbidden: bot was kicked from the group chat",
                Refusal::Kicked.into(),
            ),
            (
                "Forbidden: bot is not a member of the supergroup chat",
                Refusal::Kicked.into(),
            ),
            (
                "Forbidden: bot can't initiate conversation with a user",
                forbidden("Forbidden: bot can't initiate conversation with a user"),
            ),
            ("Bad Request: chat not found", Refusal::ChatNotFound.into()),
            ("Bad Request: message is too long", Refusal::TooLong.into()),
            ("Bad Request: message text is empty", Refusal::Empty.into()),
            ("Bad Request: TOPIC_CLOSED", Refusal::TopicClosed.into()),
            ("Bad Request: message thread not found", CallError::NoSuchTopic),
            (
                "Bad Request: not enough rights to send text messages to the chat",
                forbidden("Bad Request: not enough rights to send text messages to the chat"),
            ),
            (
                "Bad Request: something new",
                Refusal::Other("Bad Request: something new".into()).into(),
            ),
            (
                "Too Many Requests: retry after 35",
                CallError::TooMany {
                    after: Duration::from_secs(35),
                },
            ),
            (
                "Too Many Requests: later",
                CallError::TooMany { after: UNSAID_WAIT },
            ),
            (
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                CallError::OtherPoller,
            ),
            (
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
                CallError::HookIsSet,
            ),
            (
                "Internal Server Error",
                CallError::NoAnswer("Telegram is out of order"),
            ),
        ] {
            assert_eq!(of_body(description), expected, "{description}");
        }
    }

    #[test]
    fn an_error_with_parameters_of_a_new_kind_is_still_that_error() {
        for (body, expected) in [
            (
                r#"{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":9,"adaptive":true}}"#,
                CallError::TooMany {
                    after: Duration::from_secs(9),
                },
            ),
            (
                r#"{"ok":false,"description":"Bad Request: chat not found","parameters":{}}"#,
                Refusal::ChatNotFound.into(),
            ),
            (
                r#"{"ok":true,"result":null}"#,
                CallError::NoAnswer("Telegram's answer could not be read"),
            ),
            (
                "<html>502</html>",
                CallError::NoAnswer("Telegram's answer could not be read"),
            ),
        ] {
            assert_eq!(by_body(body), expected, "{body}");
        }
    }
}
