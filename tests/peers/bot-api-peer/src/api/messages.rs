//! Sending and editing, and the checks Telegram makes first.

use serde_json::{Value, json};

use super::{ApiError, ApiResult, Success};
use crate::{
    clock,
    journal::Sent,
    params::Params,
    text,
    world::{ChatKey, Parts, Standing, World, merge},
};

const LONGEST_TEXT: usize = 4_096;

/// The chat a bot may write to, or why it may not.
pub fn writable_chat(world: &World, bot: i64, params: &Params) -> Result<ChatKey, ApiError> {
    let key = known_chat(world, bot, params)?;
    match key {
        ChatKey::Private { user, .. } => {
            if world.users.get(&user).is_some_and(|user| user.deactivated) {
                return Err(ApiError::forbidden("user is deactivated"));
            }
            match world.bots[&bot].private.get(&user) {
                Some(false) => Ok(key),
                Some(true) => Err(ApiError::forbidden("bot was blocked by the user")),
                None => Err(ApiError::forbidden("bot can't initiate conversation with a user")),
            }
        }
        ChatKey::Group(id) => {
            let group = &world.groups[&id];
            let kind = if group.is_supergroup {
                "supergroup"
            } else {
                "group"
            };
            match group.standing(bot) {
                Some(standing) if standing.is_inside() => Ok(key),
                Some(Standing::Kicked) => Err(ApiError::forbidden(format!(
                    "bot was kicked from the {kind} chat"
                ))),
                _ => Err(ApiError::forbidden(format!(
                    "bot is not a member of the {kind} chat"
                ))),
            }
        }
    }
}

/// A chat that the bot has met.
pub fn known_chat(world: &World, bot: i64, params: &Params) -> Result<ChatKey, ApiError> {
    if params.text("chat_id").is_none_or(|chat| chat.is_empty()) {
        return Err(ApiError::bad("chat_id is empty"));
    }
    let not_found = || ApiError::bad("chat not found");
    let chat = params.int("chat_id").ok_or_else(not_found)?;
    if chat > 0 {
        let opened = world.bots[&bot].private.contains_key(&chat);
        let met = || {
            world
                .groups
                .values()
                .any(|g| g.standing(bot).is_some() && g.standing(chat).is_some())
        };
        return if world.users.contains_key(&chat) && (opened || met()) {
            Ok(ChatKey::Private { bot, user: chat })
        } else {
            Err(not_found())
        };
    }
    let group = world
        .groups
        .get(&chat)
        .filter(|g| g.standing(bot).is_some())
        .ok_or_else(not_found)?;
    match group.migrated_to {
        Some(to) => Err(ApiError::migrated(to)),
        None => Ok(ChatKey::Group(chat)),
    }
}

/// Text and entities after markup is taken out.
fn formatted(params: &Params) -> Result<(String, Value), ApiError> {
    let raw = params.text("text").unwrap_or_default();
    let is_html = params
        .text("parse_mode")
        .is_some_and(|mode| mode.eq_ignore_ascii_case("html"));
    let (plain, entities) = if is_html {
        let (plain, entities) =
            text::parse_html(&raw).map_err(|why| ApiError::bad(format!("can't parse entities: {why}")))?;
        (plain, Value::Array(entities))
    } else {
        let given = params.json("entities").filter(Value::is_array);
        let entities = given.unwrap_or_else(|| text::entities_json(&raw));
        (raw, entities)
    };
    let trimmed = plain.trim();
    if trimmed.is_empty() {
        return Err(ApiError::bad("message text is empty"));
    }
    let entities = if entities.as_array().is_some_and(Vec::is_empty) {
        Value::Null
    } else {
        entities
    };
    Ok((trimmed.to_owned(), entities))
}

fn check_length(text: &str) -> Result<(), ApiError> {
    if text::utf16_len(text) > LONGEST_TEXT {
        return Err(ApiError::bad("message is too long"));
    }
    Ok(())
}

fn check_limits(world: &mut World, bot: i64, key: ChatKey) -> Result<(), ApiError> {
    match &mut world.bot(bot).limits {
        Some(limits) => limits.admit(key, clock::now_ms()).map_err(ApiError::too_many),
        None => Ok(()),
    }
}

pub fn send_message(world: &mut World, bot: i64, params: &Params) -> ApiResult {
    let (text, entities) = formatted(params)?;
    let key = writable_chat(world, bot, params)?;
    check_length(&text)?;
    let reply_to = replied(world, key, params)?;
    let topic = topic(world, bot, key, params, reply_to)?;
    check_limits(world, bot, key)?;

    let reply_markup = params.json("reply_markup");
    // Only inline keyboards are part of a message.
    let inline = reply_markup
        .clone()
        .filter(|markup| markup.get("inline_keyboard").is_some());
    let from = world.person_json(bot).unwrap_or_default();
    let (message_id, message) = world.post(
        key,
        Parts {
            from,
            text: Some(text.clone()),
            entities,
            reply_to,
            topic,
            reply_markup: inline.unwrap_or_default(),
            ..Parts::default()
        },
    );
    if let ChatKey::Group(id) = key
        && let Some(group) = world.groups.get_mut(&id)
    {
        group.last_bot = Some(bot);
    }
    world.journal.add_sent(Sent {
        seq: 0,
        at_ms: clock::now_ms(),
        method: "sendMessage",
        bot,
        chat: key.id(),
        message_id,
        text,
        reply_to,
        topic,
        parse_mode: params.text("parse_mode"),
        reply_markup,
        answer_cut: false,
    });
    world.changed.send_replace(());
    Ok(Success::new(&message))
}

fn replied(world: &World, key: ChatKey, params: &Params) -> Result<Option<i64>, ApiError> {
    let parameters = params.json("reply_parameters");
    let (id, lenient) = match &parameters {
        Some(reply) => (
            reply["message_id"].as_i64(),
            reply["allow_sending_without_reply"].as_bool().unwrap_or(false),
        ),
        None => (
            params.int("reply_to_message_id"),
            params.flag("allow_sending_without_reply"),
        ),
    };
    match id {
        Some(id) if world.message(key, id).is_none() => {
            if lenient {
                Ok(None)
            } else {
                Err(ApiError::bad("message to be replied not found"))
            }
        }
        id => Ok(id),
    }
}

fn topic(
    world: &World,
    bot: i64,
    key: ChatKey,
    params: &Params,
    reply_to: Option<i64>,
) -> Result<Option<i64>, ApiError> {
    let ChatKey::Group(id) = key else { return Ok(None) };
    let group = &world.groups[&id];
    // A reply goes to the topic of what it answers.
    let inherited =
        || reply_to.and_then(|answered| world.message(key, answered)?["message_thread_id"].as_i64());
    let Some(wanted) = params.int("message_thread_id").or_else(inherited) else {
        return Ok(None);
    };
    match group.topics.get(&wanted).filter(|_| group.is_forum) {
        None => Err(ApiError::bad("message thread not found")),
        Some(topic) if topic.closed && !group.standing(bot).is_some_and(Standing::is_admin) => {
            Err(ApiError::bad("TOPIC_CLOSED"))
        }
        Some(_) => Ok(Some(wanted)),
    }
}

pub fn edit_message_text(world: &mut World, bot: i64, params: &Params) -> ApiResult {
    let (text, entities) = formatted(params)?;
    let key = writable_chat(world, bot, params)?;
    check_length(&text)?;
    let id = params
        .int("message_id")
        .ok_or_else(|| ApiError::bad("message identifier is not specified"))?;
    let old = world
        .message(key, id)
        .cloned()
        .ok_or_else(|| ApiError::bad("message to edit not found"))?;
    if old["from"]["id"] != json!(bot) || old["text"].is_null() {
        return Err(ApiError::bad("message can't be edited"));
    }
    let reply_markup = params.json("reply_markup").unwrap_or_default();
    if old["text"] == json!(text) && old["entities"] == entities && old["reply_markup"] == reply_markup {
        return Err(ApiError::bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
        ));
    }
    check_limits(world, bot, key)?;
    let changes = json!({
        "text": text, "entities": entities, "reply_markup": reply_markup, "edit_date": clock::now_ms() / 1_000,
    });
    let message = merge(old, changes.as_object().cloned().unwrap_or_default());
    world.store(key, id, message.clone());
    world.journal.add_sent(Sent {
        seq: 0,
        at_ms: clock::now_ms(),
        method: "editMessageText",
        bot,
        chat: key.id(),
        message_id: id,
        text,
        reply_to: message["reply_to_message"]["message_id"].as_i64(),
        topic: message["message_thread_id"].as_i64(),
        parse_mode: params.text("parse_mode"),
        reply_markup: Some(reply_markup).filter(|markup| !markup.is_null()),
        answer_cut: false,
    });
    world.changed.send_replace(());
    Ok(Success::new(&message))
}

pub fn send_chat_action(world: &mut World, bot: i64, params: &Params) -> ApiResult {
    writable_chat(world, bot, params)?;
    match params.text("action") {
        Some(action) if !action.is_empty() => Ok(Success::yes()),
        _ => Err(ApiError::bad("wrong parameter action in request")),
    }
}

pub fn answer_callback_query(world: &mut World, bot: i64, params: &Params) -> ApiResult {
    let id = params.text("callback_query_id").unwrap_or_default();
    if world.bot(bot).callbacks.remove(&id) {
        return Ok(Success::yes());
    }
    Err(ApiError::bad(
        "query is too old and response timeout expired or query ID is invalid",
    ))
}
