//! getUpdates and the webhook's settings. A bot has one of the two.

use std::{net::IpAddr, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{ApiError, ApiResult, Success};
use crate::{
    bodies, clock,
    params::Params,
    peer::Peer,
    world::{Hook, World},
};

const LONGEST_POLL_S: i64 = 50;

pub async fn get_updates(peer: &Peer, bot: i64, params: &Params) -> ApiResult {
    let offset = params.int("offset").unwrap_or(0);
    let limit = params
        .int("limit")
        .map_or(100, |limit| limit.clamp(1, 100) as usize);
    let timeout = params.int("timeout").unwrap_or(0).clamp(0, LONGEST_POLL_S);
    let deadline = tokio::time::Instant::now() + Duration::from_secs(timeout as u64);
    let turn = {
        let mut world = peer.world();
        let world: &mut World = &mut world;
        if world.bot(bot).inbox.hook.is_some() {
            return Err(ApiError::new(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ));
        }
        if let Some(allowed) = allowed_updates(params) {
            world.bot(bot).inbox.allowed = Some(allowed);
        }
        world.confirm(bot, offset);
        let bot = world.bot(bot);
        bot.poll_turn += 1;
        bot.poll_wake.send_replace(());
        bot.poll_turn
    };
    loop {
        let mut woken = {
            let mut world = peer.world();
            let world: &mut World = &mut world;
            let state = world.bot(bot);
            if state.poll_turn != turn {
                return Err(ApiError::new(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                ));
            }
            if state.inbox.hook.is_some() {
                return Err(ApiError::new(409, "Conflict: terminated by setWebhook request"));
            }
            let woken = state.poll_wake.subscribe();
            let offered = state.inbox.offer(offset.max(0), limit);
            let now = clock::now_ms();
            for (seq, _) in &offered {
                world.journal.note_delivery(*seq, |row| {
                    row.attempts += 1;
                    row.statuses.push(json!(200));
                    row.first_at_ms.get_or_insert(now);
                    row.last_at_ms = Some(now);
                    row.via = Some("poll");
                });
            }
            if !offered.is_empty() || tokio::time::Instant::now() >= deadline || peer.stop.is_cancelled() {
                let texts: Vec<&str> = offered
                    .iter()
                    .map(|(_, body)| std::str::from_utf8(body).unwrap_or("null"))
                    .collect();
                return Ok(Success {
                    result: format!("[{}]", texts.join(",")),
                    description: None,
                });
            }
            woken
        };
        tokio::select! {
            () = peer.stop.cancelled() => {}
            () = tokio::time::sleep_until(deadline) => {}
            _ = woken.changed() => {}
        }
    }
}

pub fn set_webhook(world: &mut World, bot: i64, params: &Params) -> ApiResult {
    let address = params.text("url").unwrap_or_default();
    if address.is_empty() {
        return delete_webhook(world, bot, params);
    }
    let url = url::Url::parse(&address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| ApiError::bad("bad webhook: An HTTPS URL must be provided for webhook"))?;
    let secret = params.text("secret_token").filter(|secret| !secret.is_empty());
    if let Some(secret) = &secret {
        if secret.len() > 256 {
            return Err(ApiError::bad("secret token is too long"));
        }
        if !secret
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        {
            return Err(ApiError::bad("secret token contains unallowed characters"));
        }
    }
    let max_connections = params.int("max_connections").unwrap_or(40).clamp(1, 100) as usize;
    if let Some(allowed) = allowed_updates(params) {
        world.bot(bot).inbox.allowed = Some(allowed);
    }
    if params.flag("drop_pending_updates") {
        world.drop_pending(bot);
    }
    let same = world.bot(bot).inbox.hook.as_ref().is_some_and(|hook| {
        hook.url == url && hook.secret == secret && hook.max_connections == max_connections
    });
    if same {
        // Somebody is there again: what waits for its next attempt need not wait longer.
        world.bot(bot).inbox.hook_changed.send_replace(());
        return Ok(Success::yes_because("Webhook is already set"));
    }
    let gate = Arc::new(Semaphore::new(max_connections));
    world.set_hook(
        bot,
        Some(Hook {
            url,
            secret,
            max_connections,
            gate,
        }),
    );
    Ok(Success::yes_because("Webhook was set"))
}

pub fn delete_webhook(world: &mut World, bot: i64, params: &Params) -> ApiResult {
    if params.flag("drop_pending_updates") {
        world.drop_pending(bot);
    }
    if world.bot(bot).inbox.hook.is_none() {
        return Ok(Success::yes_because("Webhook is already deleted"));
    }
    world.set_hook(bot, None);
    Ok(Success::yes_because("Webhook was deleted"))
}

pub fn get_webhook_info(world: &mut World, bot: i64) -> ApiResult {
    let inbox = &world.bot(bot).inbox;
    let hook = inbox.hook.as_ref();
    let address = hook.and_then(|hook| hook.url.host_str()?.parse::<IpAddr>().ok());
    let error = inbox.last_error.as_ref().filter(|_| hook.is_some());
    Ok(Success::new(&bodies::fill(
        &bodies::WEBHOOK_INFO,
        &json!({
            "url": hook.map_or("", |hook| hook.url.as_str()),
            "pending_update_count": inbox.len(),
            "last_error_date": error.map(|(date, _)| date),
            "last_error_message": error.map(|(_, message)| message),
            "max_connections": hook.map(|hook| hook.max_connections),
            "ip_address": address,
            "allowed_updates": inbox.allowed.as_ref().filter(|kinds| !kinds.is_empty()),
        }),
    )))
}

/// `None`: not mentioned, the former setting stays. An empty list goes back to the default.
fn allowed_updates(params: &Params) -> Option<Vec<String>> {
    let Value::Array(kinds) = params.json("allowed_updates")? else {
        return None;
    };
    Some(
        kinds
            .iter()
            .filter_map(|kind| kind.as_str().map(str::to_owned))
            .collect(),
    )
}
