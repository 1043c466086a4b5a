//! From a raw update to an event. Pure.
//!
//! Invariant: a text that Telegram delivered is never lost to a field beside it that we do not know.
//! Invariant: no sender is made up: a channel, an anonymous administrator and an unreadable sender are nobody.
//! Invariant: texts hold no NUL, which PostgreSQL cannot store.

use chrono::DateTime;
use switchboard_channels::{
    port::{Body, Event, IgnoredWhy, Inbound, LostWhy, MediaKind, NetworkChat, NetworkSender, Quoted, Role},
    refs::{ChatRef, MessageRef, SenderRef, TopicRef},
};
use switchboard_domain::channel::ChatKind;

use crate::wire::{CallbackQuery, Chat, ChatMemberUpdated, Member, Message, Replied, Update, User};

/// Accounts of Telegram that stand in for somebody else: GroupAnonymousBot, Channel_Bot, and the service account.
const STAND_INS: [i64; 3] = [1_087_968_824, 136_817_688, 777_000];

/// Who "we" are in an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnBot {
    pub id: i64,
    /// As `getMe` gave it; tells commands for this bot from those for another one.
    pub username: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    pub update_id: u64,
    pub event: Event,
}

/// An update that cannot be read: a person should look at its raw form. Holds nothing of its content.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    #[error("the update is not of the expected form ({category} at column {column})")]
    Unreadable { category: &'static str, column: usize },
    #[error("the message's date is out of range")]
    Date,
}

pub fn convert(raw: &[u8], own: &OwnBot) -> Result<Converted, ConvertError> {
    // The parser's message could quote the text, so only the place is kept.
    let update: Update = serde_json::from_slice(raw).map_err(|error| ConvertError::Unreadable {
        category: if error.is_data() {
            "another shape"
        } else {
            "not JSON"
        },
        column: error.column(),
    })?;
    let event = if let Some(message) = update.message {
        message_event(message, update.update_id, false, own)?
    } else if let Some(message) = update.edited_message {
        message_event(message, update.update_id, true, own)?
    } else if let Some(query) = update.callback_query {
        button(query)
    } else if let Some(change) = update.my_chat_member {
        membership(change)
    } else {
        ignored(IgnoredWhy::UnknownKind)
    };
    Ok(Converted {
        update_id: update.update_id,
        event,
    })
}

fn ignored(why: IgnoredWhy) -> Event {
    Event::Ignored { why }
}

fn chat_ref(id: i64) -> ChatRef {
    ChatRef::new(id.to_string())
}

fn clean(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "")
    } else {
        text
    }
}

fn full_name(first: Option<String>, last: Option<String>) -> Option<String> {
    let name = [first, last].into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then(|| clean(name))
}

/// `Err` for a chat that is no conversation.
fn network_chat(chat: Chat, thread: Option<i64>, is_topic: Option<bool>) -> Result<NetworkChat, IgnoredWhy> {
    let kind = match chat.kind.as_str() {
        "private" => ChatKind::Direct,
        "group" | "supergroup" => ChatKind::Group,
        "channel" => return Err(IgnoredWhy::NotAConversation),
        _ => return Err(IgnoredWhy::UnknownKind),
    };
    Ok(NetworkChat {
        id: chat_ref(chat.id),
        kind,
        title: chat
            .title
            .map(clean)
            .or(full_name(chat.first_name, chat.last_name)),
        // Plain groups number their reply threads in the same field: only a real topic is an address.
        topic: thread
            .filter(|_| is_topic == Some(true))
            .map(|thread| TopicRef::new(thread.to_string())),
    })
}

fn network_sender(user: User) -> NetworkSender {
    NetworkSender {
        id: SenderRef::new(user.id.to_string()),
        is_bot: user.is_bot,
        display_name: full_name(user.first_name, user.last_name),
        username: user.username.map(clean),
    }
}

fn message_event(
    message: Message,
    update_id: u64,
    edited: bool,
    own: &OwnBot,
) -> Result<Event, ConvertError> {
    let mut message = message;
    if let Some(to) = message.migrate_to_chat_id {
        return Ok(Event::Migrated {
            from: chat_ref(message.chat.id),
            to: chat_ref(to),
        });
    }
    if let Some(from) = message.migrate_from_chat_id {
        return Ok(Event::Migrated {
            from: chat_ref(from),
            to: chat_ref(message.chat.id),
        });
    }
    let stands_in = message.sender_chat.is_some();
    let from = message
        .from
        .take()
        .filter(|from| !stands_in && !STAND_INS.contains(&from.id));
    match &from {
        Some(from) if from.id == own.id => return Ok(ignored(IgnoredWhy::Own)),
        Some(from) if from.is_bot => return Ok(ignored(IgnoredWhy::FromBot)),
        _ => {}
    }
    let sent_at = DateTime::from_timestamp(message.date, 0).ok_or(ConvertError::Date)?;
    let reply_to = quoted(&mut message, own);
    let members = message.new_chat_members.take();
    let body = match body(&mut message, own) {
        Ok(body) => body,
        Err(why) => return Ok(ignored(why)),
    };
    let forwarded = message.forward_origin.is_some() || message.forward_date.is_some();
    let chat = match network_chat(message.chat, message.message_thread_id, message.is_topic_message) {
        Ok(chat) => chat,
        Err(why) => return Ok(ignored(why)),
    };
    if let Some(members) = members {
        let members: Vec<_> = members
            .into_iter()
            .filter(|member| member.id != own.id)
            .map(network_sender)
            .collect();
        if !members.is_empty() {
            return Ok(Event::MembersJoined { chat, members });
        }
    }
    let Some(body) = body else {
        return Ok(ignored(IgnoredWhy::Service));
    };
    Ok(Event::Message(Inbound {
        dedupe_key: format!("u{update_id}"),
        message_id: MessageRef::new(message.message_id.to_string()),
        chat,
        sender: from.map(network_sender),
        reply_to,
        sent_at,
        body,
        edited,
        forwarded,
    }))
}

fn quoted(message: &mut Message, own: &OwnBot) -> Option<Quoted> {
    let Replied {
        message_id,
        from,
        text,
        caption,
        forum_topic_created,
    } = message.reply_to_message.take()?;
    // In a forum every message formally answers the notice that opened its topic.
    if forum_topic_created.is_some() {
        return None;
    }
    let marked = message.quote.take().filter(|quote| quote.is_manual);
    Some(Quoted {
        message_id: MessageRef::new(message_id.to_string()),
        text: marked.map(|quote| quote.text).or(text).or(caption).map(clean),
        from_own_account: from.is_some_and(|from| from.id == own.id),
    })
}

fn body(message: &mut Message, own: &OwnBot) -> Result<Option<Body>, IgnoredWhy> {
    if let Some(text) = message.text.take() {
        return text_body(clean(text), own).map(Some);
    }
    if let Some(contact) = message.contact.take() {
        return Ok(Some(Body::Contact {
            phone: clean(contact.phone_number),
            of: contact.user_id.map(|id| SenderRef::new(id.to_string())),
            name: full_name(contact.first_name, contact.last_name),
        }));
    }
    let caption = message.caption.take().map(clean);
    let kinds = [
        (&message.photo, MediaKind::Photo),
        (&message.video, MediaKind::Video),
        (&message.video_note, MediaKind::Video),
        (&message.animation, MediaKind::Video),
        (&message.voice, MediaKind::Voice),
        (&message.audio, MediaKind::Audio),
        (&message.document, MediaKind::Document),
        (&message.sticker, MediaKind::Sticker),
        (&message.venue, MediaKind::Location),
        (&message.location, MediaKind::Location),
        (&message.poll, MediaKind::Poll),
    ];
    let known = kinds
        .iter()
        .find(|(field, _)| field.is_some())
        .map(|(_, kind)| *kind);
    // Words under something that did not exist when this was written are still words.
    let kind = known.or(caption.is_some().then_some(MediaKind::Other));
    Ok(kind.map(|kind| Body::Media { kind, caption }))
}

/// Takes the bot's own name out of a leading `/command@name`, and reads the payload of `/start`.
fn text_body(text: String, own: &OwnBot) -> Result<Body, IgnoredWhy> {
    let Some(command) = text.strip_prefix('/') else {
        return Ok(Body::Text { text });
    };
    let end = command.find(char::is_whitespace).unwrap_or(command.len());
    let (command, rest) = command.split_at(end);
    let (name, addressee) = match command.split_once('@') {
        Some((name, addressee)) => (name, Some(addressee)),
        None => (command, None),
    };
    if let (Some(addressee), Some(username)) = (addressee, &own.username)
        && !addressee.eq_ignore_ascii_case(username)
    {
        return Err(IgnoredWhy::ForAnotherBot);
    }
    if name == "start" {
        let payload = rest.trim();
        if payload.is_empty() {
            return Ok(Body::Start { payload: None });
        }
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if payload.len() <= 64 && payload.bytes().all(fits) {
            return Ok(Body::Start {
                payload: Some(payload.to_owned()),
            });
        }
    }
    let text = match addressee {
        Some(_) => format!("/{name}{rest}"),
        None => text,
    };
    Ok(Body::Text { text })
}

fn button(query: CallbackQuery) -> Event {
    if query.from.is_bot {
        return ignored(IgnoredWhy::FromBot);
    }
    let message_id = query.message.as_ref().map(|message| message.message_id);
    let chat = query.message.and_then(|message| {
        network_chat(message.chat, message.message_thread_id, message.is_topic_message).ok()
    });
    Event::Button {
        callback_id: query.id,
        chat,
        sender: network_sender(query.from),
        message_id: message_id.map(|id| MessageRef::new(id.to_string())),
        data: query.data.map(clean),
    }
}

fn role(member: &Member) -> Option<Role> {
    match member.status.as_str() {
        "creator" | "administrator" => Some(Role {
            administrator: true,
            can_send: true,
        }),
        "member" => Some(Role {
            administrator: false,
            can_send: true,
        }),
        "restricted" if member.is_member == Some(true) => Some(Role {
            administrator: false,
            can_send: member.can_send_messages.unwrap_or(false),
        }),
        _ => None,
    }
}

fn membership(change: ChatMemberUpdated) -> Event {
    let chat = match network_chat(change.chat, None, None) {
        Ok(chat) => chat,
        Err(why) => return ignored(why),
    };
    match (role(&change.old_chat_member), role(&change.new_chat_member)) {
        (None, Some(role)) => Event::ChatFound {
            by: change
                .from
                .filter(|from| !from.is_bot && !STAND_INS.contains(&from.id))
                .map(network_sender),
            chat,
            role,
        },
        (Some(_), Some(role)) => Event::MembershipChanged { chat, role },
        (_, None) => Event::ChatLost {
            why: match (chat.kind, change.new_chat_member.status.as_str()) {
                (ChatKind::Direct, _) => LostWhy::Blocked,
                (ChatKind::Group, "left") => LostWhy::Left,
                (ChatKind::Group, _) => LostWhy::Removed,
            },
            chat,
        },
    }
}

#[cfg(test)]
mod tests;
