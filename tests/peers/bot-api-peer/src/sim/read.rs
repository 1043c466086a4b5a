//! What happened so far, and waiting for more.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, Reply, optional_bot};
use crate::{journal::Sent, peer::Peer, world::World};

type Peered = State<Arc<Peer>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    bot: Option<String>,
    chat: Option<i64>,
    #[serde(default)]
    since: u64,
    method: Option<String>,
    update_id: Option<i64>,
}

fn bot_in(world: &World, bot: Option<&String>) -> Result<Option<i64>, Refusal> {
    optional_bot(world, bot.map(|bot| json!(bot)).as_ref())
}

fn sent_rows(world: &World, since: u64, bot: Option<i64>, chat: Option<i64>) -> impl Iterator<Item = &Sent> {
    let sent = &world.journal.sent;
    let start = sent.partition_point(|row| row.seq <= since);
    sent[start..]
        .iter()
        .filter(move |row| bot.is_none_or(|bot| row.bot == bot) && chat.is_none_or(|chat| row.chat == chat))
}

pub async fn sent(State(peer): Peered, Query(filter): Query<Filter>) -> Reply {
    let world = peer.world();
    let bot = bot_in(&world, filter.bot.as_ref())?;
    let rows = sent_rows(&world, filter.since, bot, filter.chat).filter(|row| {
        filter
            .method
            .as_ref()
            .is_none_or(|m| m.eq_ignore_ascii_case(row.method))
    });
    Ok(Json(
        json!({"sent": rows.collect::<Vec<_>>(), "last_seq": world.journal.last_seq()}),
    ))
}

pub async fn calls(State(peer): Peered, Query(filter): Query<Filter>) -> Reply {
    let world = peer.world();
    let bot = bot_in(&world, filter.bot.as_ref())?;
    let rows: Vec<_> = world
        .journal
        .calls
        .iter()
        .filter(|row| row.seq > filter.since && bot.is_none_or(|bot| row.bot == Some(bot)))
        .filter(|row| {
            filter
                .method
                .as_ref()
                .is_none_or(|m| m.eq_ignore_ascii_case(&row.method))
        })
        .filter(|row| {
            filter.chat.is_none_or(|chat| {
                let given = &row.params["chat_id"];
                given.as_i64() == Some(chat) || given.as_str() == Some(&chat.to_string())
            })
        })
        .collect();
    Ok(Json(json!({"calls": rows, "last_seq": world.journal.last_seq()})))
}

pub async fn webhooks(State(peer): Peered, Query(filter): Query<Filter>) -> Reply {
    let world = peer.world();
    let bot = bot_in(&world, filter.bot.as_ref())?;
    let rows: Vec<_> = world
        .journal
        .deliveries
        .range(filter.since + 1..)
        .map(|(_, row)| row)
        .filter(|row| bot.is_none_or(|bot| row.bot == bot))
        .filter(|row| filter.chat.is_none_or(|chat| row.chat == chat))
        .filter(|row| filter.update_id.is_none_or(|id| row.update_id == id))
        .collect();
    Ok(Json(
        json!({"deliveries": rows, "last_seq": world.journal.last_seq()}),
    ))
}

fn pending_count(world: &World, bot: Option<i64>) -> usize {
    world
        .bots
        .values()
        .filter(|row| bot.is_none_or(|bot| row.id == bot))
        .map(|row| row.inbox.len())
        .sum()
}

pub async fn pending(State(peer): Peered, Query(filter): Query<Filter>) -> Reply {
    let world = peer.world();
    let bot = bot_in(&world, filter.bot.as_ref())?;
    let mut rows = Vec::new();
    for owner in world
        .bots
        .values()
        .filter(|row| bot.is_none_or(|bot| row.id == bot))
    {
        for (seq, entry) in owner.inbox.entries() {
            if filter.chat.is_none_or(|chat| chat == entry.lane) {
                let attempts = world.journal.deliveries.get(seq).map_or(0, |row| row.attempts);
                rows.push(json!({
                    "bot": owner.id, "update_id": entry.update_id, "chat": entry.lane, "attempts": attempts,
                }));
            }
        }
    }
    Ok(Json(json!({"count": rows.len(), "pending": rows})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// Until at least so many messages were sent …
    sent: Option<usize>,
    /// … and at most so many updates wait.
    pending: Option<usize>,
    bot: Option<String>,
    chat: Option<i64>,
    #[serde(default)]
    since: u64,
    #[serde(default = "Wait::timeout_ms")]
    timeout_ms: u64,
}

impl Wait {
    fn timeout_ms() -> u64 {
        10_000
    }
}

/// 200 when it came to pass, 408 when time ran out; both with the messages so far.
pub async fn wait(
    State(peer): Peered,
    Query(wait): Query<Wait>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let bot = bot_in(&peer.world(), wait.bot.as_ref())?;
    let deadline = tokio::time::Instant::now() + Duration::from_millis(wait.timeout_ms);
    let mut changed = peer.world().changed.subscribe();
    let (mut counted, mut seen) = (0, wait.since);
    loop {
        changed.borrow_and_update();
        {
            let world = peer.world();
            // Only what is new is counted, so that waiting for thousands stays cheap.
            let fresh = sent_rows(&world, seen, bot, wait.chat);
            counted += fresh.count();
            seen = seen.max(world.journal.last_seq());
            let reached = wait.sent.is_none_or(|wanted| counted >= wanted)
                && wait.pending.is_none_or(|most| pending_count(&world, bot) <= most);
            let over = tokio::time::Instant::now() >= deadline || peer.stop.is_cancelled();
            if reached || over {
                let rows: Vec<_> = sent_rows(&world, wait.since, bot, wait.chat).collect();
                let status = if reached {
                    StatusCode::OK
                } else {
                    StatusCode::REQUEST_TIMEOUT
                };
                let body = json!({
                    "reached": reached, "count": counted, "sent": rows, "pending": pending_count(&world, bot),
                    "last_seq": world.journal.last_seq(),
                });
                return Ok((status, Json(body)));
            }
        }
        tokio::select! {
            () = peer.stop.cancelled() => {}
            () = tokio::time::sleep_until(deadline) => {}
            _ = changed.changed() => {}
        }
    }
}

pub async fn clear_log(State(peer): Peered) -> Reply {
    let mut world = peer.world();
    world.journal.clear();
    Ok(Json(json!({"last_seq": world.journal.last_seq()})))
}

pub async fn faults(State(peer): Peered) -> Reply {
    Ok(Json(peer.world().faults.to_json()))
}
