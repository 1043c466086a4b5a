//! Telegram's objects as literal JSON files with `"{{name}}"` holes.
//!
//! Invariant: shapes live in `bodies/`, not in Rust types, so the peer cannot share a mistake with a client library.
//! A hole that is given `null` or nothing disappears together with its key, as Telegram omits absent fields.

use std::sync::LazyLock;

use serde_json::{Map, Value};

macro_rules! bodies {
    ($($name:ident = $file:literal;)*) => {$(
        pub static $name: LazyLock<Value> = LazyLock::new(|| {
            serde_json::from_str(include_str!(concat!("../bodies/", $file, ".json"))).expect("literal bodies are valid JSON")
        });
    )*
    #[cfg(test)]
    fn all() -> Vec<&'static Value> { vec![$(&$name),*] }
    };
}

bodies! {
    ANONYMOUS_USER = "anonymous_user";
    BOT_USER = "bot_user";
    CALLBACK_QUERY = "callback_query";
    CHAT_FULL_GROUP = "chat_full_group";
    CHAT_FULL_PRIVATE = "chat_full_private";
    CHAT_FULL_SUPERGROUP = "chat_full_supergroup";
    CHAT_GROUP = "chat_group";
    CHAT_MEMBER_UPDATED = "chat_member_updated";
    CHAT_PRIVATE = "chat_private";
    CHAT_SUPERGROUP = "chat_supergroup";
    ERROR = "error";
    ME = "me";
    MEMBER_ADMINISTRATOR = "member_administrator";
    MEMBER_CREATOR = "member_creator";
    MEMBER_KICKED = "member_kicked";
    MEMBER_LEFT = "member_left";
    MEMBER_MEMBER = "member_member";
    MESSAGE = "message";
    PHOTO = "photo";
    USER = "user";
    WEBHOOK_INFO = "webhook_info";
}

pub const BAD_GATEWAY_HTML: &str = include_str!("../bodies/bad_gateway.html");

/// Fills the holes of `template` from the object `values`.
pub fn fill(template: &Value, values: &Value) -> Value {
    let empty = Map::new();
    fill_value(template, values.as_object().unwrap_or(&empty)).unwrap_or(Value::Null)
}

fn fill_value(template: &Value, values: &Map<String, Value>) -> Option<Value> {
    match template {
        Value::String(text) => match text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) {
            Some(hole) => values.get(hole).filter(|value| !value.is_null()).cloned(),
            None => Some(template.clone()),
        },
        Value::Object(fields) => Some(Value::Object(
            fields
                .iter()
                .filter_map(|(key, field)| Some((key.clone(), fill_value(field, values)?)))
                .collect(),
        )),
        Value::Array(items) => Some(Value::Array(
            items.iter().filter_map(|item| fill_value(item, values)).collect(),
        )),
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_body_parses_and_holes_without_a_value_disappear() {
        for body in all() {
            assert!(!fill(body, &json!({})).to_string().contains("{{"), "{body}");
        }
        let user = fill(&USER, &json!({"id": 7, "first_name": "Ann", "username": null}));
        assert_eq!(
            user,
            json!({"id": 7, "is_bot": false, "first_name": "Ann", "language_code": "en"})
        );
    }
}
