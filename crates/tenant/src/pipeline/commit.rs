//! The second commit of a message's way: verdicts, replies and their price, panel intents, forwards, and the end of its job,
//! all in one transaction. Out of credit, nothing of it happens and the message is kept.

use std::collections::HashMap;

use switchboard_domain::{
    command::{
        CommandKind,
        compose::{Reply, notice, open_requests},
        parse::Group,
    },
    credit::{Credits, MessagePurpose},
    id::{ChatId, OutboxId, PanelId, RequestId},
    order::OrderId,
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx, fail,
    queue::{Claimed, NewJob, Outcome},
    tenant::{messages::MessageState, outbox::NewOutbox, requests::NewRequest},
};

use super::{
    Again, Context, Ending, ack_text, again, forwards, fresh_identity, new_chat,
    orders::{Decision, OPEN_FOR, Read},
    pairs,
    place::{Place, conclude, joined, place, topic, understood},
    plan::{self, Plan},
};
use crate::{
    Hub,
    bind::{self, Redeemed},
    jobs,
    live::Topic,
};

/// Lets people see a message that still waits for a panel. Its state stays: it is not decided.
pub(super) async fn show(hub: &Hub, scope: &TenantScope, context: &Context) -> Result<(), StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let place = place(&mut tx, hub, context).await?;
    let understood = understood(context, place.chat, Some(place.identity));
    tx.inbox().show(context.message, &understood).await?;
    tx.commit().await?;
    hub.live
        .changed(scope.tenant(), Topic::Chats, [place.chat.uuid()]);
    Ok(())
}

/// Ends a message that needs no panel.
pub(super) async fn ending(
    hub: &Hub,
    scope: &TenantScope,
    job: &Claimed,
    context: &Context,
    ending: Ending,
) -> Result<Outcome, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    match ending {
        Ending::Silence(why) => {
            let now = hub.clock.now();
            let chat = match &context.chat {
                Some(chat) => chat.id,
                None => {
                    let new = new_chat(hub, context.account.id, &context.inbound.chat, context.mode());
                    tx.chats().upsert(&new, now).await?.id
                }
            };
            let identity = match &context.inbound.sender {
                Some(sender) => {
                    let name = sender.display_name.as_deref().unwrap_or("");
                    let channel = context.account.channel;
                    Some(
                        tx.people()
                            .seen(fresh_identity(hub), channel, sender.id.as_str(), name, now)
                            .await?,
                    )
                }
                None => None,
            };
            if let Some(identity) = identity {
                joined(&mut tx, context, identity, now).await?;
            }
            conclude(&mut tx, context, chat, identity, MessageState::Ignored, why).await?;
            finish(hub, scope, tx, job, Touched::chat(chat)).await
        }
        Ending::Say {
            key,
            command,
            orders,
            why,
        } => {
            let texts = &context.shop.texts;
            let reply = notice(key, command, &orders, texts, &texts.language);
            say(hub, scope, job, context, tx, reply, why).await
        }
        Ending::Open(open) => {
            let texts = &context.shop.texts;
            let reply = open_requests(&open, texts, &texts.language);
            say(hub, scope, job, context, tx, reply, "asked what is open").await
        }
        Ending::Notices { on, key, why } => {
            let place = place(&mut tx, hub, context).await?;
            let off_at = (!on).then(|| hub.clock.now());
            tx.people().set_notices_off(place.identity, off_at).await?;
            let texts = &context.shop.texts;
            let reply = notice(key, None, &[], texts, &texts.language);
            say(hub, scope, job, context, tx, reply, why).await
        }
    }
}

/// One reply, and the end of its message.
async fn say(
    hub: &Hub,
    scope: &TenantScope,
    job: &Claimed,
    context: &Context,
    mut tx: TenantTx,
    reply: Reply,
    why: &str,
) -> Result<Outcome, StoreError> {
    let place = place(&mut tx, hub, context).await?;
    let who = Some(place.identity);
    conclude(&mut tx, context, place.chat, who, MessageState::Answered, why).await?;
    let rows = outbox_rows(hub, context, &place, &[reply], "reply");
    if !put(&mut tx, hub, context, &rows).await? {
        drop(tx);
        return hold_message(hub, scope, job, context).await;
    }
    finish(hub, scope, tx, job, Touched::chat(place.chat)).await
}

/// Binds a group by the code that stands in its message, or says why not. Free, and said once.
pub(super) async fn bind(
    hub: &Hub,
    scope: &TenantScope,
    job: &Claimed,
    context: &Context,
    code: &str,
) -> Result<Outcome, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let mut place = place(&mut tx, hub, context).await?;
    let ended = bind::redeem(&mut tx, hub, context.account.id, place.chat, topic(context), code).await?;
    let texts = &context.shop.texts;
    let reply = match &ended {
        Redeemed::Bound { purpose, .. } => notice(purpose.said(), None, &[], texts, &texts.language).text,
        Redeemed::Refused(why) => why.clone(),
        Redeemed::Unknown => {
            let who = Some(place.identity);
            let why = "a code that is not known";
            conclude(&mut tx, context, place.chat, who, MessageState::Ignored, why).await?;
            return finish(hub, scope, tx, job, Touched::chat(place.chat)).await;
        }
    };
    // Also where the group is silent: who binds it looks for the answer.
    place.silent = false;
    let row = NewOutbox {
        id: OutboxId::from_uuid(hub.clock.uuid()),
        key: format!("bind:{}", context.message),
        account: context.account.id,
        chat: place.chat,
        topic: topic(context).to_owned(),
        purpose: "reply",
        text: reply,
        reply_to: Some(context.inbound.message_id.as_str().to_owned()),
        message: Some(context.message),
        state: "queued",
        price: Credits::ZERO,
        created_at: hub.clock.now(),
    };
    put(&mut tx, hub, context, &[row]).await?;
    let who = Some(place.identity);
    let why = "a group is bound";
    conclude(&mut tx, context, place.chat, who, MessageState::Answered, why).await?;
    let done = finish(hub, scope, tx, job, Touched::chat(place.chat)).await?;
    for topic in [Topic::Channels, Topic::Providers, Topic::Setup] {
        hub.live.changed(scope.tenant(), topic, []);
    }
    Ok(done)
}

/// "Got it": committed before the panel is asked. Saying it twice is impossible: its key is the message's.
pub(super) async fn acknowledge(
    hub: &Hub,
    scope: &TenantScope,
    context: &Context,
    groups: &[Group],
) -> Result<(), StoreError> {
    let Some(first) = groups.first() else {
        return Ok(());
    };
    let all: Vec<OrderId> = pairs(groups).map(|(_, order)| order.clone()).collect();
    let mut tx = hub.db.begin(scope).await?;
    let place = place(&mut tx, hub, context).await?;
    let understood = understood(context, place.chat, Some(place.identity));
    tx.inbox().show(context.message, &understood).await?;
    let rows = outbox_rows(
        hub,
        context,
        &place,
        &[ack_text(context, first.command, &all)],
        "ack",
    );
    // Out of credit the ack stays unsaid; the decision will find the same and keep the message.
    if put(&mut tx, hub, context, &rows).await? {
        tx.commit().await?;
        hub.notifier.committed();
        hub.live
            .changed(scope.tenant(), Topic::Chats, [place.chat.uuid()]);
    }
    Ok(())
}

/// Decides all orders of a message and writes what follows.
#[expect(
    clippy::too_many_arguments,
    reason = "what was asked, and what was found out about it"
)]
pub(super) async fn decided(
    hub: &Hub,
    scope: &TenantScope,
    job: &Claimed,
    context: &Context,
    asked: Vec<(CommandKind, OrderId)>,
    cut: &[OrderId],
    candidates: &[PanelId],
    reads: &HashMap<PanelId, Read>,
) -> Result<Outcome, StoreError> {
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    if let Some(again) = &context.again
        && !again::make_room(&mut tx, again, now).await?
    {
        return finish_untouched(tx, job).await;
    }
    let Plan {
        decisions,
        routes,
        replies,
        misses,
        facts,
    } = plan::plan(hub, &mut tx, context, &asked, cut, candidates, reads).await?;
    let orders: Vec<OrderId> = asked.into_iter().map(|(_, order)| order).collect();
    for reply in replies.iter().filter(|reply| reply.fell_back) {
        tracing::warn!(tenant.id = %scope.tenant(), text.key = ?reply.key, "an owner's text failed; the default stood in");
    }
    let place = place(&mut tx, hub, context).await?;

    let mut requests: Vec<NewRequest> = decisions
        .iter()
        .map(|d| request(hub, context, &place, d))
        .collect();
    let mut holds: Vec<(OutboxId, Credits)> = Vec::new();
    let mut new_jobs: Vec<NewJob> = Vec::new();
    if !place.silent {
        let (forwards, fresh) = forwards::gather(&mut tx, hub, &requests, &routes).await?;
        for (request, forward) in requests.iter_mut().zip(forwards) {
            request.forward = forward;
        }
        for (forward, routed) in fresh {
            holds.push((forward, routed.price));
            new_jobs.push(
                NewJob::new(hub.clock.uuid(), jobs::GATHER, format!("gather:{forward}"))
                    .payload(serde_json::json!({ "outbox": forward }))
                    .run_at(now + routed.join),
            );
        }
        // Two messages that open the same orders meet in one order, or each would wait for the other.
        requests.sort_by(|a, b| (a.panel, &a.order, a.opens).cmp(&(b.panel, &b.order, b.opens)));
    }
    for (&panel, facts) in &facts {
        if facts.any_stale(now - OPEN_FOR) {
            tx.requests().close_stale(panel, &orders, now - OPEN_FOR).await?;
        }
    }
    if tx.requests().insert(&requests).await? < requests.len() {
        // Another chat opened one of these between our look and now: look again.
        drop(tx);
        return Ok(Outcome::Later {
            after: std::time::Duration::from_millis(50),
            reason: "opened by another chat".to_owned(),
        });
    }
    let what = context
        .again
        .as_ref()
        .map_or_else(|| "reply".to_owned(), Again::reply_key);
    let rows = outbox_rows(hub, context, &place, &replies, &what);
    holds.extend(
        rows.iter()
            .filter(|row| row.state == "queued")
            .map(|row| (row.id, row.price)),
    );
    tx.outbox().insert(&rows).await?;
    new_jobs.extend(send_jobs(hub, context, &place, &rows));
    let acts: Vec<RequestId> = requests
        .iter()
        .filter(|request| request.act.is_some())
        .map(|request| request.id)
        .collect();
    if !acts.is_empty() {
        new_jobs.push(
            NewJob::new(hub.clock.uuid(), jobs::ACT, act_lane(context))
                .payload(serde_json::json!({ "requests": acts })),
        );
    }
    tx.enqueue(&new_jobs).await?;
    if let Some((times, mute)) = &misses {
        if mute.is_some() {
            tracing::warn!(tenant.id = %scope.tenant(), identity.id = %place.identity, "a sender who tries other people's orders is muted");
        }
        tx.people()
            .set_misses(place.identity, times, mute.map(|mute| mute.until))
            .await?;
    }
    let staff = decisions.iter().any(|decision| decision.verdict.staff.is_some());
    let state = if staff {
        MessageState::Staff
    } else {
        MessageState::Answered
    };
    if context.again.is_none() {
        conclude(&mut tx, context, place.chat, Some(place.identity), state, "").await?;
    }
    // Last of all: the wallet's row is the one that all messages of a tenant meet at, and stays locked until the commit.
    if !tx.wallet().hold(&holds, now).await? {
        drop(tx);
        return match &context.again {
            Some(again) => again::without_credit(hub, scope, job, again).await,
            None => hold_message(hub, scope, job, context).await,
        };
    }
    let touched = Touched {
        chat: place.chat,
        requests: requests.iter().map(|request| request.id).collect(),
    };
    let done = finish(hub, scope, tx, job, touched).await?;
    for routed in routes.iter().flatten() {
        hub.notifier
            .committed_for(routed.join.to_std().unwrap_or_default());
    }
    Ok(done)
}

/// Panel actions of one decision are done one after the other.
fn act_lane(context: &Context) -> String {
    match &context.again {
        Some(again) => again.act_lane(context.message),
        None => jobs::act_lane(context.message, "", "", 0),
    }
}

/// What a message's commit changed, for open pages.
pub(super) struct Touched {
    pub chat: ChatId,
    pub requests: Vec<RequestId>,
}

impl Touched {
    pub fn chat(chat: ChatId) -> Self {
        Self {
            chat,
            requests: Vec::new(),
        }
    }
}

pub(super) async fn finish(
    hub: &Hub,
    scope: &TenantScope,
    tx: TenantTx,
    job: &Claimed,
    touched: Touched,
) -> Result<Outcome, StoreError> {
    let done = finish_untouched(tx, job).await?;
    let tenant = scope.tenant();
    hub.live.changed(tenant, Topic::Chats, [touched.chat.uuid()]);
    if !touched.requests.is_empty() {
        let ids = touched.requests.iter().map(|id| id.uuid());
        hub.live.changed(tenant, Topic::Requests, ids);
    }
    hub.live.changed(tenant, Topic::Wallet, []);
    Ok(done)
}

/// Commits a transaction that pages need not look at.
pub(super) async fn finish_untouched(mut tx: TenantTx, job: &Claimed) -> Result<Outcome, StoreError> {
    tx.finish_job(job.id, job.fence).await?;
    fail::point("pipeline.before_commit");
    tx.commit().await?;
    fail::point("pipeline.after_commit");
    Ok(Outcome::Done)
}

/// No credit: the message is kept as it is and can be replayed; nothing is sent, nothing asked of a panel.
async fn hold_message(
    hub: &Hub,
    scope: &TenantScope,
    job: &Claimed,
    context: &Context,
) -> Result<Outcome, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let place = place(&mut tx, hub, context).await?;
    let who = Some(place.identity);
    conclude(
        &mut tx,
        context,
        place.chat,
        who,
        MessageState::Held,
        "no credit left",
    )
    .await?;
    tracing::warn!(tenant.id = %scope.tenant(), message.id = %context.message, "no credit left: the message is kept");
    finish(hub, scope, tx, job, Touched::chat(place.chat)).await
}

fn request(hub: &Hub, context: &Context, place: &Place, decision: &Decision) -> NewRequest {
    let (now, verdict) = (hub.clock.now(), &decision.verdict);
    let read = decision.read.as_ref();
    let provider_name = read.and_then(|read| read.provider.clone());
    // In silent mode nothing leaves the house, so nothing is open either.
    let opens = verdict.opens.filter(|_| !place.silent);
    let waits = (opens.is_some() || verdict.staff.is_some()) && !place.silent;
    NewRequest {
        id: RequestId::from_uuid(hub.clock.uuid()),
        message: context.message,
        chat: place.chat,
        identity: place.identity,
        customer: context.customer(),
        panel: decision.panel,
        order: decision.order.clone(),
        command: decision.command.as_str(),
        opens: opens.map(CommandKind::as_str),
        outcome: verdict.outcome.as_str().to_owned(),
        why: verdict.why.clone(),
        staff_reason: verdict.staff.map(|reason| reason.sentence().to_owned()),
        order_status: read.map(|read| read.status.as_str().to_owned()),
        provider: provider_name
            .as_deref()
            .and_then(|name| context.shop.provider(name)),
        provider_name,
        external_ids: read.map(|read| read.external_ids.clone()).unwrap_or_default(),
        act: verdict.act.filter(|_| !place.silent).map(|act| act.as_str()),
        attempt: context.again.as_ref().map_or(0, |again| again.attempt),
        forward_command: verdict.forward.filter(|_| !place.silent).map(CommandKind::as_str),
        forward: None,
        created_at: now,
        closed_at: (!waits).then_some(now),
    }
}

fn outbox_rows(hub: &Hub, context: &Context, place: &Place, replies: &[Reply], what: &str) -> Vec<NewOutbox> {
    let price = context.shop.prices.price(
        context.account.channel,
        context.inbound.chat.kind,
        MessagePurpose::Reply,
    );
    // In a group the answer hangs on the question, so that everybody sees whose it is.
    let reply_to = context
        .is_group()
        .then(|| context.inbound.message_id.as_str().to_owned());
    let rows = replies
        .iter()
        .filter(|reply| !reply.text.trim().is_empty())
        .enumerate();
    rows.map(|(n, reply)| NewOutbox {
        id: OutboxId::from_uuid(hub.clock.uuid()),
        key: format!("{what}:{}:{n}", context.message),
        account: context.account.id,
        chat: place.chat,
        topic: topic(context).to_owned(),
        purpose: "reply",
        text: reply.text.clone(),
        reply_to: reply_to.clone(),
        message: Some(context.message),
        state: if place.silent { "silent" } else { "queued" },
        price: if place.silent { Credits::ZERO } else { price },
        created_at: hub.clock.now(),
    })
    .collect()
}

fn send_jobs(hub: &Hub, context: &Context, place: &Place, rows: &[NewOutbox]) -> Vec<NewJob> {
    let lane = format!("out:{}:{}", context.account.id, place.chat);
    rows.iter()
        .filter(|row| row.state == "queued")
        .map(|row| {
            NewJob::new(hub.clock.uuid(), jobs::SEND_REPLY, format!("send:{}", row.id))
                .lane(lane.as_str())
                .payload(serde_json::json!({ "outbox": row.id }))
        })
        .collect()
}

/// Writes replies that are new, holds their price, queues their sending. False: no credit, nothing may be committed.
async fn put(
    tx: &mut TenantTx,
    hub: &Hub,
    context: &Context,
    rows: &[NewOutbox],
) -> Result<bool, StoreError> {
    let fresh = tx.outbox().insert(rows).await?;
    let fresh: Vec<NewOutbox> = rows
        .iter()
        .filter(|row| fresh.contains(&row.id))
        .cloned()
        .collect();
    let holds: Vec<(OutboxId, Credits)> = fresh
        .iter()
        .filter(|row| row.state == "queued")
        .map(|row| (row.id, row.price))
        .collect();
    if !tx.wallet().hold(&holds, hub.clock.now()).await? {
        return Ok(false);
    }
    let Some(first) = fresh.first() else {
        return Ok(true);
    };
    let place = Place {
        chat: first.chat,
        identity: fresh_identity(hub),
        silent: false,
    };
    tx.enqueue(&send_jobs(hub, context, &place, &fresh)).await?;
    Ok(true)
}
