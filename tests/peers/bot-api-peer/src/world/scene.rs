//! What people do, and which bots learn of it.
//!
//! Invariants: a bot with privacy mode that is no administrator gets from a group only commands, mentions,
//! replies to it and service messages; no bot ever gets a bot's message.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{ChatKey, Group, Parts, Standing, Topic, User, World, merge};
use crate::{bodies, clock, text};

/// One message of a user.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    /// Token or id. Needed in private chats; in a group it narrows delivery to this bot.
    #[serde(default)]
    pub bot: Option<Value>,
    /// Missing: the private chat with `from`.
    #[serde(default)]
    pub chat: Option<i64>,
    pub from: i64,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub caption: Option<String>,
    #[serde(default)]
    pub photo: bool,
    #[serde(default)]
    pub reply_to: Option<i64>,
    #[serde(default)]
    pub topic: Option<i64>,
    #[serde(default)]
    pub update_id: Option<i64>,
    /// The message comes from an administrator who hides behind the group.
    #[serde(default)]
    pub anonymous: bool,
    #[serde(default)]
    pub raw: Map<String, Value>,
}

pub struct Said {
    pub message_id: i64,
    /// (bot, update id).
    pub updates: Vec<(i64, i64)>,
}

impl World {
    /// A user that nobody announced appears on first use.
    pub fn ensure_user(&mut self, id: i64) {
        if !self.bots.contains_key(&id) {
            self.users.entry(id).or_insert_with(|| User {
                id,
                first_name: format!("User {id}"),
                last_name: None,
                username: None,
                deactivated: false,
            });
        }
    }

    pub fn say(&mut self, say: Say, bot: Option<i64>) -> Result<Said, String> {
        self.ensure_user(say.from);
        let chat = say.chat.unwrap_or(say.from);
        let key = if chat > 0 {
            let bot = bot.ok_or("a private chat needs \"bot\"")?;
            if chat != say.from {
                return Err("in a private chat \"chat\" and \"from\" are the same user".into());
            }
            if *self.bot(bot).private.entry(chat).or_insert(false) {
                return Err("the user blocked this bot; unblock it first".into());
            }
            ChatKey::Private { bot, user: chat }
        } else {
            self.enter(chat, say.from, say.topic)?;
            ChatKey::Group(chat)
        };
        if let Some(id) = say.reply_to
            && self.message(key, id).is_none()
        {
            return Err(format!("no message {id} in chat {chat} to reply to"));
        }
        let words = say
            .text
            .clone()
            .or_else(|| say.caption.clone())
            .unwrap_or_default();
        let (from, sender_chat) = if say.anonymous {
            (bodies::ANONYMOUS_USER.clone(), self.chat_json(key))
        } else {
            (self.person_json(say.from).unwrap_or_default(), Value::Null)
        };
        let (message_id, message) = self.post(
            key,
            Parts {
                from,
                sender_chat,
                entities: text::entities_json(&words),
                text: say.text,
                caption: say.caption,
                photo: say.photo,
                reply_to: say.reply_to,
                topic: say.topic,
                raw: say.raw,
                ..Parts::default()
            },
        );
        let readers = match key {
            ChatKey::Private { bot, .. } => vec![bot],
            ChatKey::Group(id) => {
                let all = self.readers(id, &message);
                all.into_iter()
                    .filter(|reader| bot.is_none_or(|only| only == *reader))
                    .collect()
            }
        };
        Ok(Said {
            message_id,
            updates: self.tell(&readers, "message", key, &message, say.update_id),
        })
    }

    /// Checks the group, and lets the author and the topic in if they are new.
    fn enter(&mut self, chat: i64, from: i64, topic: Option<i64>) -> Result<(), String> {
        let group = self
            .groups
            .get_mut(&chat)
            .ok_or_else(|| format!("no group {chat}"))?;
        if let Some(to) = group.migrated_to {
            return Err(format!("group {chat} has become {to}"));
        }
        let standing = group.members.entry(from).or_insert(Standing::Member);
        if !standing.is_inside() {
            *standing = Standing::Member;
        }
        match topic {
            Some(_) if !group.is_forum => Err(format!("group {chat} is no forum")),
            Some(topic) if !group.topics.contains_key(&topic) => Err(format!("no topic {topic} in {chat}")),
            _ => Ok(()),
        }
    }

    /// The update of one happening, for each of these bots. Gives (bot, update id).
    pub fn tell(
        &mut self,
        bots: &[i64],
        kind: &str,
        key: ChatKey,
        payload: &Value,
        update_id: Option<i64>,
    ) -> Vec<(i64, i64)> {
        bots.iter()
            .filter_map(|bot| {
                Some((
                    *bot,
                    self.enqueue(*bot, kind, key.id(), payload.clone(), update_id)?,
                ))
            })
            .collect()
    }

    pub fn bots_in(&self, group: i64) -> Vec<i64> {
        let Some(group) = self.groups.get(&group) else {
            return Vec::new();
        };
        self.bots
            .keys()
            .copied()
            .filter(|bot| group.standing(*bot).is_some_and(Standing::is_inside))
            .collect()
    }

    /// Bots that Telegram shows this message of a user.
    fn readers(&self, group_id: i64, message: &Value) -> Vec<i64> {
        let Some(group) = self.groups.get(&group_id) else {
            return Vec::new();
        };
        let mut readers = self.bots_in(group_id);
        readers.retain(|bot| {
            self.bots[bot].can_read_all_group_messages
                || group.standing(*bot).is_some_and(Standing::is_admin)
                || self.is_meant_for(group, *bot, message)
        });
        readers
    }

    fn is_meant_for(&self, group: &Group, bot: i64, message: &Value) -> bool {
        let reply = &message["reply_to_message"];
        // The service message that every message of a topic hangs on is nobody's.
        if reply["from"]["id"] == json!(bot) && reply["forum_topic_created"].is_null() {
            return true;
        }
        let words = message["text"]
            .as_str()
            .or_else(|| message["caption"].as_str())
            .unwrap_or("");
        let name = self.bots[&bot].username.to_ascii_lowercase();
        text::scan(words).iter().any(|entity| {
            let shown = entity.text.to_ascii_lowercase();
            match (entity.kind, shown.split_once('@')) {
                ("bot_command" | "mention", Some((_, addressee))) => addressee == name,
                // A bare command goes to the bot that wrote last; to all when none ever wrote.
                ("bot_command", None) => entity.offset == 0 && group.last_bot.is_none_or(|last| last == bot),
                _ => false,
            }
        })
    }

    /// A user changes a message. Gives (bot, update id).
    pub fn edit(
        &mut self,
        key: ChatKey,
        message_id: i64,
        text: Option<String>,
        raw: Map<String, Value>,
    ) -> Result<Vec<(i64, i64)>, String> {
        let old = self
            .message(key, message_id)
            .cloned()
            .ok_or_else(|| format!("no message {message_id}"))?;
        let mut changes = Map::from_iter([("edit_date".to_owned(), json!(clock::now_ms() / 1_000))]);
        if let Some(text) = text {
            let (words, entities) = if old["text"].is_string() {
                ("text", "entities")
            } else {
                ("caption", "caption_entities")
            };
            changes.insert(entities.into(), text::entities_json(&text));
            changes.insert(words.into(), json!(text));
        }
        changes.extend(raw);
        let message = merge(old, changes);
        self.store(key, message_id, message.clone());
        let readers = match key {
            ChatKey::Private { bot, .. } => vec![bot],
            ChatKey::Group(id) => self.readers(id, &message),
        };
        Ok(self.tell(&readers, "edited_message", key, &message, None))
    }

    /// Somebody joins, leaves, rises or is thrown out; a bot learns it by `my_chat_member`.
    pub fn change_standing(&mut self, group_id: i64, who: i64, new: Standing, actor: i64) -> Vec<(i64, i64)> {
        let Some(group) = self.groups.get_mut(&group_id) else {
            return Vec::new();
        };
        let old = group.members.insert(who, new).unwrap_or(Standing::Left);
        if old == new {
            return Vec::new();
        }
        let key = ChatKey::Group(group_id);
        let mut told = Vec::new();
        let payload = self.member_change(key, who, old, new, actor);
        if self.bots.contains_key(&who) {
            told = self.tell(&[who], "my_chat_member", key, &payload, None);
        }
        let witnesses: Vec<i64> = self
            .bots_in(group_id)
            .into_iter()
            .filter(|bot| {
                *bot != who
                    && self.groups[&group_id]
                        .standing(*bot)
                        .is_some_and(Standing::is_admin)
            })
            .collect();
        told.extend(self.tell(&witnesses, "chat_member", key, &payload, None));
        let person = self.person_json(who);
        let service = match (old.is_inside(), new.is_inside()) {
            (false, true) => json!({"new_chat_members": [person], "new_chat_member": person}),
            (true, false) => json!({"left_chat_member": person}),
            _ => return told,
        };
        told.extend(self.service(group_id, actor, None, service));
        told
    }

    fn member_change(&self, key: ChatKey, who: i64, old: Standing, new: Standing, actor: i64) -> Value {
        bodies::fill(
            &bodies::CHAT_MEMBER_UPDATED,
            &json!({
                "chat": self.chat_json(key),
                "from": self.person_json(actor),
                "date": clock::now_ms() / 1_000,
                "old": self.member_json(who, old),
                "new": self.member_json(who, new),
            }),
        )
    }

    /// A service message, seen by all bots inside.
    pub fn service(
        &mut self,
        group_id: i64,
        actor: i64,
        topic: Option<i64>,
        fields: Value,
    ) -> Vec<(i64, i64)> {
        let key = ChatKey::Group(group_id);
        let from = self.person_json(actor).unwrap_or_default();
        let raw = fields.as_object().cloned().unwrap_or_default();
        let (_, message) = self.post(
            key,
            Parts {
                from,
                topic,
                raw,
                ..Parts::default()
            },
        );
        let bots = self.bots_in(group_id);
        self.tell(&bots, "message", key, &message, None)
    }

    /// A user stops or restarts a bot.
    pub fn set_blocked(&mut self, bot: i64, user: i64, blocked: bool) -> Vec<(i64, i64)> {
        self.ensure_user(user);
        let before = self.bot(bot).private.insert(user, blocked).unwrap_or(false);
        if before == blocked {
            return Vec::new();
        }
        let standing = |blocked| {
            if blocked {
                Standing::Kicked
            } else {
                Standing::Member
            }
        };
        let key = ChatKey::Private { bot, user };
        let payload = self.member_change(key, bot, standing(before), standing(blocked), user);
        self.tell(&[bot], "my_chat_member", key, &payload, None)
    }

    /// Opens a topic; its id is the id of the service message.
    pub fn open_topic(&mut self, group_id: i64, name: String, actor: i64) -> Result<i64, String> {
        let group = self
            .groups
            .get_mut(&group_id)
            .ok_or_else(|| format!("no group {group_id}"))?;
        if !group.is_forum {
            return Err(format!("group {group_id} is no forum"));
        }
        let id = group.next_message + 1;
        group.topics.insert(
            id,
            Topic {
                name: name.clone(),
                closed: false,
            },
        );
        let fields = json!({"forum_topic_created": {"name": name, "icon_color": 7_322_096}});
        self.service(group_id, actor, Some(id), fields);
        Ok(id)
    }

    /// A basic group becomes a supergroup: a new chat id, message ids from the start.
    pub fn migrate(&mut self, group_id: i64, announce: Announce) -> Result<i64, String> {
        let new_id = self.fresh_group_id(true);
        let group = self
            .groups
            .get_mut(&group_id)
            .ok_or_else(|| format!("no group {group_id}"))?;
        if group.is_supergroup || group.migrated_to.is_some() {
            return Err(format!("group {group_id} cannot be upgraded"));
        }
        let supergroup = Group {
            title: group.title.clone(),
            username: None,
            is_supergroup: true,
            is_forum: false,
            members: group.members.clone(),
            migrated_to: None,
            last_bot: group.last_bot,
            topics: Default::default(),
            next_message: 0,
        };
        let actor = owner_of(group);
        self.groups.insert(new_id, supergroup);
        if matches!(announce, Announce::Both | Announce::Old) {
            self.service(group_id, actor, None, json!({"migrate_to_chat_id": new_id}));
        }
        if matches!(announce, Announce::Both | Announce::New) {
            self.service(new_id, actor, None, json!({"migrate_from_chat_id": group_id}));
        }
        if let Some(group) = self.groups.get_mut(&group_id) {
            group.migrated_to = Some(new_id);
        }
        Ok(new_id)
    }
}

/// Which of the two service messages of a migration arrive.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Announce {
    #[default]
    Both,
    Old,
    New,
    None,
}

/// Who acts when nobody is named.
pub fn owner_of(group: &Group) -> i64 {
    group
        .members
        .iter()
        .find(|(_, standing)| **standing == Standing::Creator)
        .or_else(|| group.members.iter().next())
        .map_or(0, |(id, _)| *id)
}
