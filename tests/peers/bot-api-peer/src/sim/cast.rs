//! Bots, users, groups and who is in them.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, Reply, bot_of, updates_json};
use crate::{
    clock,
    limits::Limits,
    peer::Peer,
    world::{Bot, Group, Inbox, Standing, User, World, owner_of},
};

type Peered = State<Arc<Peer>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewBot {
    token: Option<String>,
    username: String,
    first_name: Option<String>,
    #[serde(default)]
    can_read_all_group_messages: bool,
    #[serde(default)]
    limits: bool,
}

pub async fn create_bot(State(peer): Peered, Json(input): Json<NewBot>) -> Reply {
    let mut world = peer.world();
    let token = match input.token {
        Some(token) => token,
        None => format!("{}:{}", world.fresh_user_id(), clock::random_token(35)),
    };
    let id = token
        .split_once(':')
        .and_then(|(id, _)| id.parse::<i64>().ok())
        .filter(|id| *id > 0);
    let id = id.ok_or_else(|| Refusal::bad("a token is <positive number>:<text>"))?;
    if world.bots.contains_key(&id) || world.users.contains_key(&id) {
        return Err(Refusal::conflict("this id is taken"));
    }
    let reply = json!({"token": token, "id": id, "username": input.username});
    world.bots.insert(
        id,
        Bot {
            id,
            token,
            first_name: input.first_name.unwrap_or_else(|| input.username.clone()),
            username: input.username,
            can_read_all_group_messages: input.can_read_all_group_messages,
            revoked: false,
            limits: input.limits.then(Limits::default),
            private: HashMap::new(),
            next_private_message: 0,
            inbox: Inbox::default(),
            callbacks: Default::default(),
            commands: json!([]),
            poll_turn: 0,
            poll_wake: tokio::sync::watch::channel(()).0,
        },
    );
    Ok(Json(reply))
}

pub async fn list_bots(State(peer): Peered) -> Reply {
    let world = peer.world();
    let rows = world.bots.values().map(|bot| {
        json!({
            "id": bot.id, "token": bot.token, "username": bot.username, "revoked": bot.revoked,
            "can_read_all_group_messages": bot.can_read_all_group_messages, "limits": bot.limits.is_some(),
            "webhook": bot.inbox.hook.as_ref().map(|hook| hook.url.as_str()), "pending": bot.inbox.len(),
        })
    });
    Ok(Json(rows.collect()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BotChange {
    can_read_all_group_messages: Option<bool>,
    limits: Option<bool>,
    revoked: Option<bool>,
}

pub async fn change_bot(State(peer): Peered, Path(bot): Path<String>, Json(input): Json<BotChange>) -> Reply {
    let mut world = peer.world();
    let id = bot_of(&world, &json!(bot))?;
    let bot = world.bot(id);
    if let Some(value) = input.can_read_all_group_messages {
        bot.can_read_all_group_messages = value;
    }
    if let Some(value) = input.limits {
        bot.limits = value.then(Limits::default);
    }
    if let Some(value) = input.revoked {
        bot.revoked = value;
    }
    Ok(Json(json!({"id": id})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    id: Option<i64>,
    first_name: String,
    last_name: Option<String>,
    username: Option<String>,
}

/// The same id again changes the user.
pub async fn create_user(State(peer): Peered, Json(input): Json<NewUser>) -> Reply {
    let mut world = peer.world();
    let id = input.id.unwrap_or_else(|| world.fresh_user_id());
    if id <= 0 || world.bots.contains_key(&id) {
        return Err(Refusal::conflict("this id cannot be a user"));
    }
    let reply = json!({"id": id, "first_name": input.first_name, "username": input.username});
    world.users.insert(
        id,
        User {
            id,
            first_name: input.first_name,
            last_name: input.last_name,
            username: input.username,
            deactivated: false,
        },
    );
    Ok(Json(reply))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    deactivated: bool,
}

pub async fn change_user(State(peer): Peered, Path(id): Path<i64>, Json(input): Json<UserChange>) -> Reply {
    let mut world = peer.world();
    let user = world
        .users
        .get_mut(&id)
        .ok_or_else(|| Refusal::not_found("no such user"))?;
    user.deactivated = input.deactivated;
    Ok(Json(json!({"id": id})))
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Type {
    #[default]
    Group,
    Supergroup,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    id: Option<i64>,
    title: String,
    username: Option<String>,
    #[serde(default, rename = "type")]
    kind: Type,
    #[serde(default)]
    is_forum: bool,
    #[serde(default)]
    members: Vec<i64>,
    #[serde(default)]
    bots: Vec<Value>,
    /// False: bots of these are just inside, no update says so.
    announce: Option<bool>,
}

pub async fn create_group(State(peer): Peered, Json(input): Json<NewGroup>) -> Reply {
    let mut world = peer.world();
    let world: &mut World = &mut world;
    let is_supergroup = input.kind == Type::Supergroup;
    let id = input.id.unwrap_or_else(|| world.fresh_group_id(is_supergroup));
    if id >= 0 || (id <= -1_000_000_000_000) != is_supergroup {
        return Err(Refusal::bad("ids: group -N, supergroup -100N (13 digits)"));
    }
    if world.groups.contains_key(&id) {
        return Err(Refusal::conflict("this id is taken"));
    }
    if input.is_forum && !is_supergroup {
        return Err(Refusal::bad("only a supergroup can be a forum"));
    }
    let bots = input
        .bots
        .iter()
        .map(|bot| bot_of(world, bot))
        .collect::<Result<Vec<_>, _>>()?;
    let mut members = input.members;
    if members.is_empty() {
        members.push(world.fresh_user_id());
    }
    let owner = members[0];
    for member in &members {
        world.ensure_user(*member);
    }
    let standings = members.into_iter().map(|member| {
        (
            member,
            if member == owner {
                Standing::Creator
            } else {
                Standing::Member
            },
        )
    });
    world.groups.insert(
        id,
        Group {
            title: input.title,
            username: input.username,
            is_supergroup,
            is_forum: input.is_forum,
            members: standings.collect(),
            migrated_to: None,
            last_bot: None,
            topics: Default::default(),
            next_message: 0,
        },
    );
    let mut updates = Vec::new();
    for bot in bots {
        if input.announce == Some(false) {
            if let Some(group) = world.groups.get_mut(&id) {
                group.members.insert(bot, Standing::Member);
            }
        } else {
            updates.extend(world.change_standing(id, bot, Standing::Member, owner));
        }
    }
    let (ids, rows) = updates_json(&updates);
    Ok(Json(
        json!({"id": id, "owner": owner, "update_ids": ids, "updates": rows}),
    ))
}

/// Somebody in a group, and by whom the thing is done (the owner, unless said).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    bot: Option<Value>,
    user: Option<i64>,
    by: Option<i64>,
    /// Of a removal: `kicked` (default) or `left`.
    #[serde(rename = "as")]
    removed_as: Option<String>,
}

fn set_standing(peer: &Peer, group: i64, input: &Member, new: Standing) -> Reply {
    let mut world = peer.world();
    let world: &mut World = &mut world;
    let who = match (&input.bot, input.user) {
        (Some(bot), None) => bot_of(world, bot)?,
        (None, Some(user)) => {
            world.ensure_user(user);
            user
        }
        _ => return Err(Refusal::bad("name a \"bot\" or a \"user\"")),
    };
    let found = world
        .groups
        .get(&group)
        .ok_or_else(|| Refusal::not_found("no such group"))?;
    if let Some(to) = found.migrated_to {
        return Err(Refusal::conflict(format!("this group has become {to}")));
    }
    let actor = input.by.unwrap_or_else(|| owner_of(found));
    let (ids, rows) = updates_json(&world.change_standing(group, who, new, actor));
    Ok(Json(json!({"update_ids": ids, "updates": rows})))
}

pub async fn add_member(State(peer): Peered, Path(group): Path<i64>, Json(input): Json<Member>) -> Reply {
    set_standing(&peer, group, &input, Standing::Member)
}

pub async fn promote(State(peer): Peered, Path(group): Path<i64>, Json(input): Json<Member>) -> Reply {
    set_standing(&peer, group, &input, Standing::Administrator)
}

pub async fn demote(State(peer): Peered, Path(group): Path<i64>, Json(input): Json<Member>) -> Reply {
    set_standing(&peer, group, &input, Standing::Member)
}

pub async fn remove(State(peer): Peered, Path(group): Path<i64>, Json(input): Json<Member>) -> Reply {
    let new = match input.removed_as.as_deref() {
        None | Some("kicked") => Standing::Kicked,
        Some("left") => Standing::Left,
        Some(_) => return Err(Refusal::bad("\"as\" is \"kicked\" or \"left\"")),
    };
    set_standing(&peer, group, &input, new)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTopic {
    name: String,
}

pub async fn open_topic(State(peer): Peered, Path(group): Path<i64>, Json(input): Json<NewTopic>) -> Reply {
    let mut world = peer.world();
    let owner = world.groups.get(&group).map_or(0, owner_of);
    let topic = world
        .open_topic(group, input.name, owner)
        .map_err(Refusal::conflict)?;
    Ok(Json(json!({"topic": topic})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicChange {
    closed: bool,
}

pub async fn change_topic(
    State(peer): Peered,
    Path((group, topic)): Path<(i64, i64)>,
    Json(input): Json<TopicChange>,
) -> Reply {
    let mut world = peer.world();
    let found = world
        .groups
        .get_mut(&group)
        .and_then(|group| group.topics.get_mut(&topic));
    let found = found.ok_or_else(|| Refusal::not_found("no such topic"))?;
    found.closed = input.closed;
    Ok(Json(
        json!({"topic": topic, "name": found.name, "closed": found.closed}),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocking {
    bot: Value,
    user: i64,
}

fn set_blocked(peer: &Peer, input: &Blocking, blocked: bool) -> Reply {
    let mut world = peer.world();
    let bot = bot_of(&world, &input.bot)?;
    let (ids, rows) = updates_json(&world.set_blocked(bot, input.user, blocked));
    Ok(Json(json!({"update_ids": ids, "updates": rows})))
}

pub async fn block(State(peer): Peered, Json(input): Json<Blocking>) -> Reply {
    set_blocked(&peer, &input, true)
}

pub async fn unblock(State(peer): Peered, Json(input): Json<Blocking>) -> Reply {
    set_blocked(&peer, &input, false)
}
