//! From an outbox row to the network, and what became of it.
//!
//! Two commits around the call: `sending` before it, the outcome with the credit after it. So a crash in between leaves a row
//! that says so: a reply is sent again (a customer rather reads it twice than never), a forward becomes `unknown` and waits for
//! a person (a provider's group must not be flooded).

use std::time::Duration;

use switchboard_channels::{
    refs::{ChatRef, MessageRef, TopicRef},
    session::{Delivery, Outcome as Sent, Outgoing, Refusal, RetryWhy},
};
use switchboard_domain::id::{AccountId, ChatId, OutboxId};
use switchboard_store::{
    StoreError, TenantScope, TenantTx, fail,
    queue::{Claimed, NewJob, Outcome},
    tenant::outbox::OutboxRow,
};

use crate::{Hub, jobs, live::Topic, payload};

/// After this many tries a message is given up: its credit goes back and staff see it.
const TRIES: i32 = 20;
const FORWARD_UNKNOWN: &str =
    "nobody knows whether the provider's group got it; look there, then send again or close";
/// A forward of which nobody knows whether it arrived is paid after this time; until then its price stays held.
const SETTLE_UNKNOWN_AFTER: chrono::TimeDelta = chrono::TimeDelta::hours(24);

pub(crate) async fn run(hub: &Hub, scope: &TenantScope, job: &Claimed) -> Result<Outcome, StoreError> {
    let id: OutboxId = payload(job, "outbox")?;
    if job.payload.get("settle").is_some() {
        return settle_unknown(hub, scope, job, id).await;
    }
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let Some(row) = tx.outbox().lock(id).await? else {
        return end(tx, job).await;
    };
    match row.state.as_str() {
        "queued" => {}
        "sending" if row.purpose == "forward" => {
            unknown(
                &mut tx,
                hub,
                &row,
                &[],
                "the send was cut off before the network answered",
            )
            .await?;
            return end(tx, job).await;
        }
        // A reply that was cut off: sent again, behind the parts that are known to have gone.
        "sending" => {}
        _ => return end(tx, job).await,
    }
    if row.purpose == "notice" && !row.by_person && tx.inbox().wants_no_notices(row.chat_id.into()).await? {
        refuse(
            &mut tx,
            hub,
            &row,
            &[],
            "the customer wants no notices: they said stop",
        )
        .await?;
        let done = end(tx, job).await?;
        changed(hub, scope, &row);
        return Ok(done);
    }
    tx.outbox().set_sending(id, now).await?;
    fail::point("send.before_mark");
    tx.commit().await?;
    fail::point("send.before_call");

    let delivery = match hub
        .fleet
        .session(scope, AccountId::from_uuid(row.account_id))
        .await?
    {
        Some(session) => session.send(&outgoing(id, &row)).await,
        None => Delivery::nothing_sent(Sent::Refused(Refusal::Other(
            "the channel is switched off or disconnected".to_owned(),
        ))),
    };
    fail::point("send.after_call");
    record(hub, scope, job, &row, delivery).await
}

/// A person has looked and wants a message of unknown fate sent again. False: there is no such message.
pub async fn resend(hub: &Hub, scope: &TenantScope, actor: &str, id: OutboxId) -> Result<bool, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let Some(row) = tx.outbox().lock(id).await?.filter(|row| row.state == "unknown") else {
        return Ok(false);
    };
    tx.outbox()
        .set_outcome(id, "queued", &[], Some("sent again by a person"), hub.clock.now())
        .await?;
    tx.request_list()
        .clear_staff_for_forward(id, FORWARD_UNKNOWN)
        .await?;
    let kind = if row.purpose == "forward" {
        jobs::SEND_FORWARD
    } else {
        jobs::SEND_REPLY
    };
    let lane = format!(
        "out:{}:{}",
        AccountId::from_uuid(row.account_id),
        ChatId::from_uuid(row.chat_id)
    );
    let job = NewJob::new(hub.clock.uuid(), kind, format!("resend:{id}:{}", row.attempts))
        .lane(lane)
        .payload(serde_json::json!({ "outbox": id }));
    tx.enqueue(&[job]).await?;
    tx.audit()
        .append(
            actor,
            "outbox.resend",
            &id.to_string(),
            serde_json::json!({}),
            hub.clock.now(),
        )
        .await?;
    tx.commit().await?;
    hub.notifier.committed();
    Ok(true)
}

fn outgoing(key: OutboxId, row: &OutboxRow) -> Outgoing {
    Outgoing {
        key,
        chat: ChatRef::new(row.chat_network_id.as_str()),
        topic: Some(row.topic.as_str())
            .filter(|topic| !topic.is_empty())
            .map(TopicRef::new),
        text: row.text.clone(),
        reply_to: row.reply_to.as_deref().map(MessageRef::new),
        parts_sent: row.network_ids.len(),
    }
}

async fn record(
    hub: &Hub,
    scope: &TenantScope,
    job: &Claimed,
    row: &OutboxRow,
    delivery: Delivery,
) -> Result<Outcome, StoreError> {
    let (id, now) = (OutboxId::from_uuid(row.id), hub.clock.now());
    let parts: Vec<String> = delivery.sent.into_iter().map(String::from).collect();
    let last_try = job.attempts + 1 >= TRIES;
    let mut tx = hub.db.begin(scope).await?;
    let outcome = match delivery.outcome {
        Sent::Sent => {
            tx.outbox().set_outcome(id, "sent", &parts, None, now).await?;
            tx.wallet().settle(id, now).await?;
            None
        }
        Sent::Retry { why, .. } if last_try && why == RetryWhy::Unreachable => {
            refuse(
                &mut tx,
                hub,
                row,
                &parts,
                "the network could not be reached, again and again",
            )
            .await?;
            None
        }
        Sent::Retry { after, why, .. } => {
            tx.outbox()
                .set_outcome(id, "queued", &parts, Some(&format!("waiting: {why:?}")), now)
                .await?;
            let reason = format!("{why:?}");
            Some(match why {
                RetryWhy::Unreachable => Outcome::Retry {
                    after: Some(after),
                    error: reason,
                },
                RetryWhy::Paced | RetryWhy::TooMany | RetryWhy::Stopped => Outcome::Later { after, reason },
            })
        }
        Sent::Migrated { to } => {
            let account = AccountId::from_uuid(row.account_id);
            tx.chats()
                .migrate(account, &row.chat_network_id, to.as_str())
                .await?;
            tx.outbox()
                .set_outcome(id, "queued", &parts, Some("the group moved to a new id"), now)
                .await?;
            Some(Outcome::Later {
                after: Duration::ZERO,
                reason: "the group moved".to_owned(),
            })
        }
        Sent::Refused(refusal) => {
            // The chat before the wallet, as a message's commit locks them.
            note_refusal(&mut tx, hub, row, &refusal).await?;
            refuse(&mut tx, hub, row, &parts, &refusal.to_string()).await?;
            None
        }
        Sent::Unknown(why) if row.purpose == "forward" || last_try => {
            unknown(&mut tx, hub, row, &parts, &why).await?;
            None
        }
        Sent::Unknown(why) => {
            tx.outbox()
                .set_outcome(id, "queued", &parts, Some(&why), now)
                .await?;
            Some(Outcome::Retry {
                after: None,
                error: why,
            })
        }
    };
    fail::point("send.before_outcome");
    match outcome {
        Some(again) => {
            tx.commit().await?;
            changed(hub, scope, row);
            Ok(again)
        }
        None => {
            let done = end(tx, job).await;
            fail::point("send.after_outcome");
            changed(hub, scope, row);
            done
        }
    }
}

/// What pages show of a message that was sent, or not.
fn changed(hub: &Hub, scope: &TenantScope, row: &OutboxRow) {
    let tenant = scope.tenant();
    hub.live.changed(tenant, Topic::Chats, [row.chat_id]);
    hub.live.changed(tenant, Topic::Wallet, []);
    if row.purpose == "forward" {
        hub.live.changed(tenant, Topic::Requests, []);
    }
}

async fn end(mut tx: TenantTx, job: &Claimed) -> Result<Outcome, StoreError> {
    tx.finish_job(job.id, job.fence).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Refused for good. What was held goes back, unless a part has gone out.
async fn refuse(
    tx: &mut TenantTx,
    hub: &Hub,
    row: &OutboxRow,
    parts: &[String],
    why: &str,
) -> Result<(), StoreError> {
    let (id, now) = (OutboxId::from_uuid(row.id), hub.clock.now());
    tx.outbox()
        .set_outcome(id, "refused", parts, Some(why), now)
        .await?;
    if parts.is_empty() && row.network_ids.is_empty() {
        tx.wallet().release(id, now).await?;
    } else {
        tx.wallet().settle(id, now).await?;
    }
    if row.purpose == "forward" {
        tx.requests()
            .set_staff_for_forward(id, &format!("the provider's group did not get it: {why}"))
            .await?;
    }
    Ok(())
}

async fn unknown(
    tx: &mut TenantTx,
    hub: &Hub,
    row: &OutboxRow,
    parts: &[String],
    why: &str,
) -> Result<(), StoreError> {
    let (id, now) = (OutboxId::from_uuid(row.id), hub.clock.now());
    tx.outbox()
        .set_outcome(id, "unknown", parts, Some(why), now)
        .await?;
    if row.purpose == "forward" {
        tx.requests().set_staff_for_forward(id, FORWARD_UNKNOWN).await?;
    }
    let kind = if row.purpose == "forward" {
        jobs::SEND_FORWARD
    } else {
        jobs::SEND_REPLY
    };
    let settle = NewJob::new(hub.clock.uuid(), kind, format!("settle:{id}"))
        .payload(serde_json::json!({ "outbox": id, "settle": true }))
        .run_at(now + SETTLE_UNKNOWN_AFTER);
    tx.enqueue(&[settle]).await
}

async fn settle_unknown(
    hub: &Hub,
    scope: &TenantScope,
    job: &Claimed,
    id: OutboxId,
) -> Result<Outcome, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    if tx
        .outbox()
        .lock(id)
        .await?
        .is_some_and(|row| row.state == "unknown")
    {
        tx.wallet().settle(id, hub.clock.now()).await?;
    }
    end(tx, job).await
}

/// What a refusal says about the account or the chat, beyond this one message.
async fn note_refusal(
    tx: &mut TenantTx,
    hub: &Hub,
    row: &OutboxRow,
    refusal: &Refusal,
) -> Result<(), StoreError> {
    match refusal {
        Refusal::TokenRevoked => {
            let text = "The chat network no longer accepts this account's token: connect it again.";
            tx.accounts()
                .set_state(
                    AccountId::from_uuid(row.account_id),
                    "logged_out",
                    text,
                    hub.clock.now(),
                )
                .await?;
            Ok(())
        }
        Refusal::Blocked | Refusal::Kicked | Refusal::ChatNotFound => {
            tx.chats()
                .set_lost(ChatId::from_uuid(row.chat_id), &refusal.to_string())
                .await
        }
        _ => Ok(()),
    }
}
