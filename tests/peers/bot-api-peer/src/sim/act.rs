//! What users do, updates made by hand, and faults.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Refusal, Reply, bot_of, optional_bot, updates_json};
use crate::{
    bodies, clock,
    faults::{Fault, Kind},
    peer::Peer,
    world::{Announce, ChatKey, Say, World},
};

type Peered = State<Arc<Peer>>;

fn say_one(world: &mut World, say: Say) -> Result<Value, Refusal> {
    let bot = optional_bot(world, say.bot.as_ref())?;
    let at_ms = clock::now_ms();
    let chat = say.chat.unwrap_or(say.from);
    let said = world.say(say, bot).map_err(Refusal::conflict)?;
    let (ids, rows) = updates_json(&said.updates);
    Ok(json!({
        "message_id": said.message_id, "chat": chat, "update_ids": ids, "updates": rows, "at_ms": at_ms,
    }))
}

pub async fn say(State(peer): Peered, Json(input): Json<Say>) -> Reply {
    say_one(&mut peer.world(), input).map(Json)
}

/// All or, at the first that is refused, those before it.
pub async fn say_many(State(peer): Peered, Json(input): Json<Vec<Say>>) -> Reply {
    let mut said = Vec::with_capacity(input.len());
    for (index, say) in input.into_iter().enumerate() {
        // Locked one by one: deliveries of the first begin while the last are still being said.
        let one = say_one(&mut peer.world(), say).map_err(|refusal| Refusal {
            message: format!("message {index}: {}", refusal.message),
            ..refusal
        })?;
        said.push(one);
    }
    Ok(Json(Value::Array(said)))
}

/// A chat as control calls name it: positive ids need a bot.
fn key_of(world: &World, bot: Option<&Value>, chat: i64) -> Result<ChatKey, Refusal> {
    if chat < 0 {
        return Ok(ChatKey::Group(chat));
    }
    let bot = optional_bot(world, bot)?.ok_or_else(|| Refusal::bad("a private chat needs \"bot\""))?;
    Ok(ChatKey::Private { bot, user: chat })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    bot: Option<Value>,
    chat: i64,
    message_id: i64,
    text: Option<String>,
    #[serde(default)]
    raw: Map<String, Value>,
}

pub async fn edit(State(peer): Peered, Json(input): Json<Edit>) -> Reply {
    let mut world = peer.world();
    let key = key_of(&world, input.bot.as_ref(), input.chat)?;
    let updates = world
        .edit(key, input.message_id, input.text, input.raw)
        .map_err(Refusal::not_found)?;
    let (ids, rows) = updates_json(&updates);
    Ok(Json(
        json!({"message_id": input.message_id, "update_ids": ids, "updates": rows}),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    bot: Value,
    chat: i64,
    message_id: i64,
    from: i64,
    data: String,
}

/// A user presses an inline button under a message of a bot.
pub async fn press(State(peer): Peered, Json(input): Json<Press>) -> Reply {
    let mut world = peer.world();
    let world: &mut World = &mut world;
    let bot = bot_of(world, &input.bot)?;
    let key = key_of(world, Some(&input.bot), input.chat)?;
    let message = world.message(key, input.message_id).cloned();
    let message = message.ok_or_else(|| Refusal::not_found("no such message"))?;
    world.ensure_user(input.from);
    let id = format!("{}{:09}", input.from, clock::random_below(1_000_000_000));
    let query = bodies::fill(
        &bodies::CALLBACK_QUERY,
        &json!({
            "id": id, "from": world.person_json(input.from), "message": message,
            "chat_instance": input.chat.to_string(), "data": input.data,
        }),
    );
    world.bot(bot).callbacks.insert(id.clone());
    let (ids, rows) = updates_json(&world.tell(&[bot], "callback_query", key, &query, None));
    Ok(Json(
        json!({"callback_query_id": id, "update_ids": ids, "updates": rows}),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Migration {
    group: i64,
    #[serde(default)]
    announce: Announce,
}

pub async fn migrate(State(peer): Peered, Json(input): Json<Migration>) -> Reply {
    let new = peer
        .world()
        .migrate(input.group, input.announce)
        .map_err(Refusal::conflict)?;
    Ok(Json(json!({"from": input.group, "to": new})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dup {
    bot: Option<Value>,
    update_id: i64,
    times: Option<u32>,
}

pub async fn dup(State(peer): Peered, Json(input): Json<Dup>) -> Reply {
    let mut world = peer.world();
    let bots = match optional_bot(&world, input.bot.as_ref())? {
        Some(bot) => vec![bot],
        None => world.bots.keys().copied().collect(),
    };
    let mut queued = 0;
    for bot in bots {
        for _ in 0..input.times.unwrap_or(1) {
            queued += u32::from(world.enqueue_again(bot, input.update_id));
        }
    }
    if queued == 0 {
        return Err(Refusal::not_found("no such update"));
    }
    Ok(Json(json!({"queued": queued})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawUpdate {
    bot: Value,
    update: Map<String, Value>,
}

/// Any update, as it is; without `update_id` it gets the next one.
pub async fn update(State(peer): Peered, Json(input): Json<RawUpdate>) -> Reply {
    let mut world = peer.world();
    let bot = bot_of(&world, &input.bot)?;
    let mut update = input.update;
    let chosen = update.remove("update_id").and_then(|id| id.as_i64());
    let mut parts = update.into_iter();
    let (kind, payload) = match (parts.next(), parts.next()) {
        (Some(part), None) => part,
        _ => return Err(Refusal::bad("an update has one part besides update_id")),
    };
    let chat = [
        &payload["chat"]["id"],
        &payload["message"]["chat"]["id"],
        &payload["from"]["id"],
    ];
    let lane = chat.iter().find_map(|id| id.as_i64()).unwrap_or(0);
    let id = world.enqueue(bot, &kind, lane, payload, chosen);
    Ok(Json(
        json!({"update_ids": id.map(|id| vec![id]).unwrap_or_default()}),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewFault {
    bot: Option<Value>,
    method: Option<String>,
    chat: Option<i64>,
    fault: Kind,
    retry_after: Option<i64>,
    times: Option<u64>,
    ms: Option<u64>,
    description: Option<String>,
}

pub async fn add_fault(State(peer): Peered, Json(input): Json<NewFault>) -> Reply {
    let mut world = peer.world();
    let bot = optional_bot(&world, input.bot.as_ref())?;
    let id = world.faults.add(Fault {
        id: 0,
        bot,
        method: input.method.map(|method| method.to_ascii_lowercase()),
        chat: input.chat,
        kind: input.fault,
        retry_after: input.retry_after.unwrap_or(1),
        ms: input.ms,
        description: input.description,
        left: input.times,
        hits: 0,
    });
    Ok(Json(json!({"id": id})))
}

#[derive(Deserialize)]
pub struct FaultId {
    id: Option<u64>,
}

pub async fn remove_faults(State(peer): Peered, Query(which): Query<FaultId>) -> Reply {
    Ok(Json(json!({"removed": peer.world().faults.remove(which.id)})))
}
