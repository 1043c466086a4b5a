//! The least of an update that must be known before it is stored: its id, and whose queue it belongs to.
//!
//! Invariant: fails only when no id can be read. Anything else must be storable, or Telegram would deliver it again
//! for a day.

use serde::Deserialize;
use switchboard_channels::refs::{ChatRef, SenderRef};

use crate::wire::lenient;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peek {
    pub update_id: u64,
    pub chat: Option<ChatRef>,
    pub sender: Option<SenderRef>,
}

/// Not an update of the Bot API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeekError {
    #[error("the body is larger than an update can be")]
    TooLarge,
    #[error("the body is not JSON with an `update_id`")]
    NotAnUpdate,
}

#[derive(Deserialize)]
struct OnlyId {
    update_id: u64,
}

/// Just the id. Reads the whole body once, keeps nothing else of it.
pub fn update_id(raw: &[u8]) -> Result<u64, PeekError> {
    Ok(read::<OnlyId>(raw)?.update_id)
}

#[derive(Deserialize)]
struct Keys {
    update_id: u64,
    #[serde(default, deserialize_with = "lenient")]
    message: Option<Part>,
    #[serde(default, deserialize_with = "lenient")]
    edited_message: Option<Part>,
    #[serde(default, deserialize_with = "lenient")]
    callback_query: Option<Part>,
    #[serde(default, deserialize_with = "lenient")]
    my_chat_member: Option<Part>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default, deserialize_with = "lenient")]
    chat: Option<Id>,
    #[serde(default, deserialize_with = "lenient")]
    from: Option<Id>,
    /// The message whose button was pressed.
    #[serde(default, deserialize_with = "lenient")]
    message: Option<Holder>,
}

#[derive(Deserialize)]
struct Holder {
    chat: Id,
}

#[derive(Deserialize)]
struct Id {
    id: i64,
}

pub fn peek(raw: &[u8]) -> Result<Peek, PeekError> {
    let keys: Keys = read(raw)?;
    let part = keys
        .message
        .or(keys.edited_message)
        .or(keys.callback_query)
        .or(keys.my_chat_member);
    let (chat, sender) = part.map_or((None, None), |part| {
        (part.chat.or(part.message.map(|holder| holder.chat)), part.from)
    });
    Ok(Peek {
        update_id: keys.update_id,
        chat: chat.map(|chat| ChatRef::new(chat.id.to_string())),
        sender: sender.map(|sender| SenderRef::new(sender.id.to_string())),
    })
}

fn read<'a, T: Deserialize<'a>>(raw: &'a [u8]) -> Result<T, PeekError> {
    if raw.len() > crate::MAX_UPDATE_BYTES {
        return Err(PeekError::TooLarge);
    }
    serde_json::from_slice(raw).map_err(|_| PeekError::NotAnUpdate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_and_only_an_id_is_needed() {
        for (raw, expected) in [
            (r#"{"update_id":3000000000}"#, Some((3_000_000_000, None, None))),
            (
                r#"{"update_id":1,"message":{"chat":{"id":-1001234567890},"from":{"id":42}}}"#,
                Some((1, Some("-1001234567890"), Some("42"))),
            ),
            (
                r#"{"update_id":2,"callback_query":{"from":{"id":42},"message":{"chat":{"id":7}}}}"#,
                Some((2, Some("7"), Some("42"))),
            ),
            (
                r#"{"update_id":3,"my_chat_member":{"chat":{"id":-5},"from":{"id":42}}}"#,
                Some((3, Some("-5"), Some("42"))),
            ),
            (
                r#"{"update_id":4,"message":"of another shape"}"#,
                Some((4, None, None)),
            ),
            (
                r#"{"update_id":5,"edited_message":{"chat":{"id":"text"},"from":null}}"#,
                Some((5, None, None)),
            ),
            (
                r#"{"update_id":6,"new_kind":{"chat":{"id":7}}}"#,
                Some((6, None, None)),
            ),
            (r#"{"update_id":-1}"#, None),
            (r#"{"message":{}}"#, None),
            ("[]", None),
            ("<html>", None),
            ("", None),
        ] {
            let expected = expected.map(|(update_id, chat, sender)| Peek {
                update_id,
                chat: chat.map(ChatRef::new),
                sender: sender.map(SenderRef::new),
            });
            assert_eq!(peek(raw.as_bytes()).ok(), expected, "{raw}");
            assert_eq!(
                update_id(raw.as_bytes()).ok(),
                expected.map(|peek| peek.update_id)
            );
        }
    }

    #[test]
    fn a_huge_or_deep_body_is_refused_not_fatal() {
        let huge = vec![b' '; crate::MAX_UPDATE_BYTES + 1];
        assert_eq!(update_id(&huge), Err(PeekError::TooLarge));
        let deep = format!(
            "{{\"update_id\":1,\"message\":{}1{}}}",
            "[".repeat(50_000),
            "]".repeat(50_000)
        );
        assert_eq!(peek(deep.as_bytes()), Err(PeekError::NotAnUpdate));
    }
}
