//! The simulated Telegram: bots, users, groups and their messages. Synchronous; the caller holds the one lock.
//!
//! Invariants: an id is a user, a bot or a group and never two of them; message ids rise within a private-chat
//! side of a bot and within a group; nothing here waits.

mod inbox;
mod people;
mod scene;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, watch};

pub use inbox::{Entry, Hook, Inbox, LaneKey};
pub use people::{Group, Standing, Topic, User};
pub use scene::{Announce, Say, owner_of};

use crate::{bodies, clock, faults::Faults, journal::Journal, limits::Limits};

/// Messages kept per chat for replies and edits.
const MOST_MESSAGES: usize = 5_000;

/// One chat as one bot sees it: every bot has its own private chat with a user, a group is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChatKey {
    Private { bot: i64, user: i64 },
    Group(i64),
}

impl ChatKey {
    /// The `chat.id` of the Bot API.
    pub fn id(self) -> i64 {
        match self {
            Self::Private { user, .. } => user,
            Self::Group(id) => id,
        }
    }
}

pub struct Bot {
    pub id: i64,
    pub token: String,
    pub username: String,
    pub first_name: String,
    pub can_read_all_group_messages: bool,
    pub revoked: bool,
    pub limits: Option<Limits>,
    /// Users who opened the chat; true: and blocked the bot later.
    pub private: HashMap<i64, bool>,
    pub next_private_message: i64,
    pub inbox: Inbox,
    pub callbacks: HashSet<String>,
    pub commands: Value,
    /// Rises with each getUpdates: an older long poll that sees a newer one gives up.
    pub poll_turn: u64,
    /// Fires on new updates, new pollers and webhook changes: a long poll looks again.
    pub poll_wake: watch::Sender<()>,
}

pub struct World {
    pub bots: BTreeMap<i64, Bot>,
    pub users: HashMap<i64, User>,
    pub groups: HashMap<i64, Group>,
    messages: HashMap<ChatKey, BTreeMap<i64, Value>>,
    pub faults: Faults,
    pub journal: Journal,
    pub kicks: mpsc::UnboundedSender<(i64, LaneKey)>,
    /// Fires whenever something was sent, delivered or dropped.
    pub changed: watch::Sender<()>,
    next_user: i64,
    next_group: i64,
}

/// The fields of a message that vary; a hole left `None` is left out.
#[derive(Default)]
pub struct Parts {
    pub from: Value,
    pub sender_chat: Value,
    pub text: Option<String>,
    pub caption: Option<String>,
    pub photo: bool,
    pub entities: Value,
    pub reply_to: Option<i64>,
    pub topic: Option<i64>,
    pub reply_markup: Value,
    pub raw: Map<String, Value>,
}

impl World {
    pub fn new(journal: Journal, kicks: mpsc::UnboundedSender<(i64, LaneKey)>) -> Self {
        Self {
            bots: BTreeMap::new(),
            users: HashMap::new(),
            groups: HashMap::new(),
            messages: HashMap::new(),
            faults: Faults::default(),
            journal,
            kicks,
            changed: watch::channel(()).0,
            next_user: 5_000_000_001,
            next_group: 1_000_001,
        }
    }

    pub fn bot_by_token(&self, token: &str) -> Option<i64> {
        let id = token.split_once(':')?.0.parse().ok()?;
        self.bots
            .get(&id)
            .filter(|bot| bot.token == token && !bot.revoked)
            .map(|bot| bot.id)
    }

    /// Control calls name a bot by token or by id.
    pub fn find_bot(&self, reference: &str) -> Option<i64> {
        let digits = reference.split(':').next()?;
        let id = digits.parse().ok()?;
        self.bots
            .get(&id)
            .filter(|bot| bot.token == reference || digits == reference)
            .map(|bot| bot.id)
    }

    pub fn bot(&mut self, id: i64) -> &mut Bot {
        self.bots
            .get_mut(&id)
            .expect("bots are never removed, and this id came from a look-up")
    }

    /// A free id for a new user, bot or group seen as a user id.
    pub fn fresh_user_id(&mut self) -> i64 {
        loop {
            let id = self.next_user;
            self.next_user += 1;
            if !self.users.contains_key(&id) && !self.bots.contains_key(&id) {
                return id;
            }
        }
    }

    pub fn fresh_group_id(&mut self, supergroup: bool) -> i64 {
        loop {
            let n = self.next_group;
            self.next_group += 1;
            let id = if supergroup { -1_000_000_000_000 - n } else { -n };
            if !self.groups.contains_key(&id) {
                return id;
            }
        }
    }

    /// The chat as shown inside messages and updates.
    pub fn chat_json(&self, key: ChatKey) -> Value {
        self.chat_body(
            key,
            &bodies::CHAT_PRIVATE,
            &bodies::CHAT_GROUP,
            &bodies::CHAT_SUPERGROUP,
        )
    }

    /// The chat as getChat answers it.
    pub fn chat_full_json(&self, key: ChatKey) -> Value {
        self.chat_body(
            key,
            &bodies::CHAT_FULL_PRIVATE,
            &bodies::CHAT_FULL_GROUP,
            &bodies::CHAT_FULL_SUPERGROUP,
        )
    }

    fn chat_body(&self, key: ChatKey, private: &Value, group: &Value, supergroup: &Value) -> Value {
        match key {
            ChatKey::Private { user, .. } => {
                let values = self
                    .users
                    .get(&user)
                    .map(User::values)
                    .unwrap_or_else(|| json!({"id": user}));
                bodies::fill(private, &values)
            }
            ChatKey::Group(id) => {
                let Some(found) = self.groups.get(&id) else {
                    return json!({"id": id});
                };
                let template = if found.is_supergroup { supergroup } else { group };
                bodies::fill(
                    template,
                    &json!({
                        "id": id, "title": found.title, "username": found.username,
                        "is_forum": found.is_forum.then_some(true),
                    }),
                )
            }
        }
    }

    /// A user or a bot, as a `User` object.
    pub fn person_json(&self, id: i64) -> Option<Value> {
        if let Some(bot) = self.bots.get(&id) {
            let values = json!({"id": id, "first_name": bot.first_name, "username": bot.username});
            return Some(bodies::fill(&bodies::BOT_USER, &values));
        }
        self.users
            .get(&id)
            .map(|user| bodies::fill(&bodies::USER, &user.values()))
    }

    pub fn member_json(&self, id: i64, standing: Standing) -> Value {
        bodies::fill(standing.body(), &json!({"user": self.person_json(id)}))
    }

    pub fn message(&self, key: ChatKey, id: i64) -> Option<&Value> {
        self.messages.get(&key)?.get(&id)
    }

    /// Makes a message in `key`, stores it and gives its id and JSON.
    pub fn post(&mut self, key: ChatKey, parts: Parts) -> (i64, Value) {
        let id = match key {
            ChatKey::Private { bot, .. } => {
                let bot = self.bot(bot);
                bot.next_private_message += 1;
                bot.next_private_message
            }
            ChatKey::Group(group) => match self.groups.get_mut(&group) {
                Some(group) => {
                    group.next_message += 1;
                    group.next_message
                }
                None => 0,
            },
        };
        let topic = parts.topic.filter(|topic| self.has_topic(key, *topic));
        // In a topic, a message that answers nothing hangs on the service message that opened the topic.
        let answered = parts.reply_to.or(topic);
        let reply = answered
            .and_then(|answered| self.message(key, answered))
            .cloned()
            .map(|mut reply| {
                if let Some(fields) = reply.as_object_mut() {
                    fields.remove("reply_to_message");
                }
                reply
            });
        let message = bodies::fill(
            &bodies::MESSAGE,
            &json!({
                "message_id": id,
                "from": parts.from,
                "sender_chat": parts.sender_chat,
                "chat": self.chat_json(key),
                "date": clock::now_ms() / 1_000,
                "message_thread_id": topic,
                "is_topic_message": topic.map(|_| true),
                "reply_to_message": reply,
                "photo": parts.photo.then(|| bodies::PHOTO.clone()),
                "text": parts.text,
                "entities": if parts.text.is_some() { parts.entities.clone() } else { Value::Null },
                "caption": parts.caption,
                "caption_entities": if parts.text.is_none() { parts.entities } else { Value::Null },
                "reply_markup": parts.reply_markup,
            }),
        );
        let message = merge(message, parts.raw);
        self.store(key, id, message.clone());
        (id, message)
    }

    pub fn store(&mut self, key: ChatKey, id: i64, message: Value) {
        let kept = self.messages.entry(key).or_default();
        kept.insert(id, message);
        if kept.len() > MOST_MESSAGES {
            kept.pop_first();
        }
    }

    fn has_topic(&self, key: ChatKey, topic: i64) -> bool {
        matches!(key, ChatKey::Group(id) if self.groups.get(&id).is_some_and(|group| group.topics.contains_key(&topic)))
    }
}

/// Lays `raw` over `message`; `null` takes a field away.
pub fn merge(mut message: Value, raw: Map<String, Value>) -> Value {
    if let Some(fields) = message.as_object_mut() {
        for (name, value) in raw {
            if value.is_null() {
                fields.remove(&name);
            } else {
                fields.insert(name, value);
            }
        }
    }
    message
}
