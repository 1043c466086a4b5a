//! Delivery by webhook: one task per chat that has something waiting.
//!
//! Invariants: one update of a chat is on its way at a time; an update leaves only on a 2xx; a receiver that is
//! away is asked again with growing pauses, for ever.

use std::{sync::Arc, time::Duration};

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{
    clock,
    peer::Peer,
    world::{Entry, Hook, LaneKey},
};

/// Starts a task for every lane that begins to have work.
pub async fn run(peer: Arc<Peer>, mut kicks: mpsc::UnboundedReceiver<(i64, LaneKey)>) {
    loop {
        let kick = tokio::select! {
            () = peer.stop.cancelled() => return,
            kick = kicks.recv() => kick,
        };
        let Some((bot, lane)) = kick else { return };
        tokio::spawn(drain(Arc::clone(&peer), bot, lane));
    }
}

async fn drain(peer: Arc<Peer>, bot: i64, lane: LaneKey) {
    let mut failures = 0;
    loop {
        let (next, mut hook_changed) = {
            let mut world = peer.world();
            let inbox = &mut world.bot(bot).inbox;
            (inbox.next_in_lane(lane), inbox.hook_changed.subscribe())
        };
        let Some((hook, seq, entry)) = next else { return };
        let delivered = tokio::select! {
            () = peer.stop.cancelled() => return,
            // Waiting for a connection of a hook that is no longer set would be for nothing.
            permit = Arc::clone(&hook.gate).acquire_owned() => {
                if hook_changed.has_changed().unwrap_or(false) {
                    continue;
                }
                let outcome = tokio::select! {
                    () = peer.stop.cancelled() => return,
                    outcome = attempt(&peer, &hook, &entry, bot, seq) => outcome,
                };
                drop(permit);
                outcome
            }
        };
        if delivered {
            failures = 0;
            continue;
        }
        let pause = peer
            .options
            .redelivery
            .saturating_mul(1 << u32::min(failures, 16))
            .min(peer.options.redelivery_max);
        failures += 1;
        tokio::select! {
            () = peer.stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
            _ = hook_changed.changed() => failures = 0,
        }
    }
}

async fn attempt(peer: &Peer, hook: &Hook, entry: &Entry, bot: i64, seq: u64) -> bool {
    let started = clock::now_ms();
    peer.world().journal.note_delivery(seq, |row| {
        row.attempts += 1;
        row.via = Some("webhook");
        row.first_at_ms.get_or_insert(started);
    });
    let mut request = peer
        .http
        .post(hook.url.clone())
        .header(CONTENT_TYPE, "application/json")
        .body(entry.body.clone());
    if let Some(secret) = &hook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    // The whole answer is read, so that the connection can be used again.
    let outcome = match request.send().await {
        Ok(response) => {
            let status = response.status();
            match tokio::time::timeout(Duration::from_secs(5), response.bytes()).await {
                Ok(Ok(_)) => Ok(status),
                _ => Err(("broken", "Connection reset by peer")),
            }
        }
        Err(error) if error.is_timeout() => Err(("timeout", "Read timeout expired")),
        Err(error) if error.is_connect() => Err(("connect", "Connection refused")),
        Err(_) => Err(("broken", "Connection reset by peer")),
    };
    let (shown, problem) = match outcome {
        Ok(status) if status.is_success() => (json!(status.as_u16()), None),
        Ok(status) => {
            let reason = status.canonical_reason().unwrap_or("Unknown");
            let problem = format!("Wrong response from the webhook: {} {reason}", status.as_u16());
            (json!(status.as_u16()), Some(problem))
        }
        Err((kind, problem)) => (Value::from(kind), Some(problem.to_owned())),
    };
    let now = clock::now_ms();
    let mut world = peer.world();
    world.journal.note_delivery(seq, |row| {
        row.statuses.push(shown);
        row.last_at_ms = Some(now);
    });
    match problem {
        None => {
            world.acknowledge(bot, seq);
            true
        }
        Some(problem) => {
            world.bot(bot).inbox.last_error = Some((now / 1_000, problem));
            world.changed.send_replace(());
            false
        }
    }
}
