//! The parts of an update that this product reads.
//!
//! Invariant: what a message needs to be a message (id, date, chat) is strict; every other field that has an
//! unexpected shape counts as absent, so that Telegram's next extension costs that field and not the text.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::Value;

pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}

#[derive(Deserialize)]
pub(crate) struct Update {
    pub update_id: u64,
    pub message: Option<Message>,
    pub edited_message: Option<Message>,
    pub callback_query: Option<CallbackQuery>,
    pub my_chat_member: Option<ChatMemberUpdated>,
}

#[derive(Deserialize)]
pub(crate) struct Chat {
    pub id: i64,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, deserialize_with = "lenient")]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub first_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub last_name: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct User {
    pub id: i64,
    /// Without this field nobody can tell: then the sender counts as unreadable.
    pub is_bot: bool,
    #[serde(default, deserialize_with = "lenient")]
    pub first_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub last_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub username: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Message {
    pub message_id: i64,
    pub date: i64,
    pub chat: Chat,
    #[serde(default, deserialize_with = "lenient")]
    pub from: Option<User>,
    pub sender_chat: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "lenient")]
    pub text: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub caption: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub message_thread_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    pub is_topic_message: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    pub reply_to_message: Option<Replied>,
    #[serde(default, deserialize_with = "lenient")]
    pub quote: Option<Quote>,
    #[serde(default, deserialize_with = "lenient")]
    pub contact: Option<Contact>,
    #[serde(default, deserialize_with = "lenient")]
    pub migrate_to_chat_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    pub migrate_from_chat_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    pub new_chat_members: Option<Vec<User>>,
    pub forward_origin: Option<IgnoredAny>,
    pub forward_date: Option<IgnoredAny>,
    pub photo: Option<IgnoredAny>,
    pub video: Option<IgnoredAny>,
    pub video_note: Option<IgnoredAny>,
    pub animation: Option<IgnoredAny>,
    pub voice: Option<IgnoredAny>,
    pub audio: Option<IgnoredAny>,
    pub document: Option<IgnoredAny>,
    pub sticker: Option<IgnoredAny>,
    pub location: Option<IgnoredAny>,
    pub venue: Option<IgnoredAny>,
    pub poll: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(crate) struct Replied {
    pub message_id: i64,
    #[serde(default, deserialize_with = "lenient")]
    pub from: Option<User>,
    #[serde(default, deserialize_with = "lenient")]
    pub text: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub caption: Option<String>,
    pub forum_topic_created: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(crate) struct Quote {
    pub text: String,
    #[serde(default)]
    pub is_manual: bool,
}

#[derive(Deserialize)]
pub(crate) struct Contact {
    pub phone_number: String,
    #[serde(default, deserialize_with = "lenient")]
    pub user_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    pub first_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub last_name: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct CallbackQuery {
    pub id: String,
    pub from: User,
    #[serde(default, deserialize_with = "lenient")]
    pub message: Option<Pressed>,
    #[serde(default, deserialize_with = "lenient")]
    pub data: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Pressed {
    pub message_id: i64,
    pub chat: Chat,
    #[serde(default, deserialize_with = "lenient")]
    pub message_thread_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    pub is_topic_message: Option<bool>,
}

#[derive(Deserialize)]
pub(crate) struct ChatMemberUpdated {
    pub chat: Chat,
    #[serde(default, deserialize_with = "lenient")]
    pub from: Option<User>,
    pub old_chat_member: Member,
    pub new_chat_member: Member,
}

#[derive(Deserialize)]
pub(crate) struct Member {
    pub status: String,
    #[serde(default, deserialize_with = "lenient")]
    pub is_member: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    pub can_send_messages: Option<bool>,
}
