//! What arrives from a chat network.
//!
//! Invariant: `Inbound::dedupe_key` is the same for every delivery of one network event, and never used twice within
//! one account.
//! Invariant: an absent `sender` means "nobody whom we could hold to it": such a message may be read by staff, but
//! nothing is done for it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use switchboard_domain::channel::ChatKind;

use crate::refs::{ChatRef, MessageRef, SenderRef, TopicRef};

/// One thing that happened on the network, as far as this product cares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Somebody wrote, or changed what they wrote.
    Message(Inbound),
    /// The account was let into a chat. A new group is off until the owner switches it on.
    ChatFound {
        chat: NetworkChat,
        by: Option<NetworkSender>,
        role: Role,
    },
    /// The account can no longer read or write there.
    ChatLost { chat: NetworkChat, why: LostWhy },
    /// Still in the chat, with other rights.
    MembershipChanged { chat: NetworkChat, role: Role },
    /// The chat goes on under another id; `from` is dead.
    Migrated { from: ChatRef, to: ChatRef },
    /// People joined a group. The account's own joining is `ChatFound`.
    MembersJoined {
        chat: NetworkChat,
        members: Vec<NetworkSender>,
    },
    /// A button under one of our messages was pressed.
    Button {
        callback_id: String,
        chat: Option<NetworkChat>,
        sender: NetworkSender,
        message_id: Option<MessageRef>,
        data: Option<String>,
    },
    /// Nothing to do, on purpose.
    Ignored { why: IgnoredWhy },
}

/// What the account may do in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Role {
    pub administrator: bool,
    pub can_send: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LostWhy {
    /// Removed, or banned.
    Removed,
    /// The person of a direct chat blocked the account.
    Blocked,
    Left,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IgnoredWhy {
    /// Written by a bot: two bots must never talk each other into a loop.
    FromBot,
    /// Written by this very account.
    Own,
    /// A command that names another bot.
    ForAnotherBot,
    /// A notice of the network: pinned, renamed, and the like.
    Service,
    /// A broadcast channel: neither a direct chat nor a group.
    NotAConversation,
    /// An event, or a kind of chat, that this product does not use.
    UnknownKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    pub dedupe_key: String,
    pub message_id: MessageRef,
    pub chat: NetworkChat,
    pub sender: Option<NetworkSender>,
    pub reply_to: Option<Quoted>,
    pub sent_at: DateTime<Utc>,
    pub body: Body,
    /// A later version of a message that was sent at `sent_at`.
    pub edited: bool,
    /// Written by somebody else: a forwarded contact or id proves nothing.
    pub forwarded: bool,
}

impl Inbound {
    /// What the sender wrote: the text, or the words under a picture.
    pub fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Text { text } => Some(text),
            Body::Media { caption, .. } => caption.as_deref(),
            Body::Contact { .. } | Body::Start { .. } => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkChat {
    pub id: ChatRef,
    pub kind: ChatKind,
    /// For display: the group's title, or the other person's name.
    pub title: Option<String>,
    pub topic: Option<TopicRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkSender {
    /// The only thing that identifies a person.
    pub id: SenderRef,
    pub is_bot: bool,
    /// For display only: whoever holds it today.
    pub display_name: Option<String>,
    /// For display only: such names change hands.
    pub username: Option<String>,
}

/// The message that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    pub message_id: MessageRef,
    /// The part that the sender marked, else all of it.
    pub text: Option<String>,
    pub from_own_account: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "body", rename_all = "snake_case")]
pub enum Body {
    Text {
        text: String,
    },
    Media {
        kind: MediaKind,
        caption: Option<String>,
    },
    /// A card from somebody's address book. It proves a number only when `of` is the sender, the message is not
    /// forwarded, and it answers our own request.
    Contact {
        phone: String,
        of: Option<SenderRef>,
        name: Option<String>,
    },
    /// The first press in a chat, with the single-use code of a link if one led here.
    Start {
        payload: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Photo,
    Video,
    Voice,
    Audio,
    Document,
    Sticker,
    Location,
    Poll,
    Other,
}
