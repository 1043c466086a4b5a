//! Who the bot is, and what it may ask about chats.

use serde_json::{Value, json};

use super::{
    ApiError, ApiResult, Success,
    messages::{known_chat, writable_chat},
};
use crate::{
    bodies,
    params::Params,
    world::{ChatKey, Standing, World},
};

pub fn get_me(world: &mut World, bot: i64) -> ApiResult {
    let bot = world.bot(bot);
    Ok(Success::new(&bodies::fill(
        &bodies::ME,
        &json!({
            "id": bot.id, "first_name": bot.first_name, "username": bot.username,
            "can_read_all_group_messages": bot.can_read_all_group_messages,
        }),
    )))
}

pub fn get_chat(world: &mut World, bot: i64, params: &Params) -> ApiResult {
    let key = match known_chat(world, bot, params)? {
        key @ ChatKey::Private { .. } => key,
        ChatKey::Group(_) => writable_chat(world, bot, params)?,
    };
    Ok(Success::new(&world.chat_full_json(key)))
}

pub fn get_chat_member(world: &mut World, bot: i64, params: &Params) -> ApiResult {
    let key = match known_chat(world, bot, params)? {
        key @ ChatKey::Private { .. } => key,
        ChatKey::Group(_) => writable_chat(world, bot, params)?,
    };
    let user = params
        .int("user_id")
        .filter(|user| world.person_json(*user).is_some())
        .ok_or_else(|| ApiError::bad("invalid user_id specified"))?;
    let standing = match key {
        ChatKey::Private { .. } => Standing::Member,
        ChatKey::Group(id) => world.groups[&id].standing(user).unwrap_or(Standing::Left),
    };
    Ok(Success::new(&world.member_json(user, standing)))
}

pub fn leave_chat(world: &mut World, bot: i64, params: &Params) -> ApiResult {
    match writable_chat(world, bot, params)? {
        ChatKey::Private { .. } => Err(ApiError::bad(
            "chat member status can't be changed in private chats",
        )),
        ChatKey::Group(id) => {
            world.change_standing(id, bot, Standing::Left, bot);
            Ok(Success::yes())
        }
    }
}

pub fn set_my_commands(world: &mut World, bot: i64, params: &Params) -> ApiResult {
    let commands = params.json("commands").filter(Value::is_array);
    let commands = commands.ok_or_else(|| ApiError::bad("can't parse commands JSON object"))?;
    let valid = commands.as_array().is_some_and(|list| {
        list.len() <= 100
            && list.iter().all(|command| {
                command["command"].as_str().is_some_and(|name| {
                    (1..=32).contains(&name.len())
                        && name
                            .chars()
                            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
                }) && command["description"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty() && text.len() <= 256)
            })
    });
    if !valid {
        return Err(ApiError::bad("BOT_COMMAND_INVALID"));
    }
    world.bot(bot).commands = commands;
    Ok(Success::yes())
}
