//! A forward that has joined the requests of a moment becomes one message (or a few pieces) for its provider's group.

use std::num::NonZeroU16;

use switchboard_domain::{
    command::{
        CommandKind,
        forward::{ExternalId, ForwardItem, ForwardStyle, group_forwards},
    },
    credit::Credits,
    id::{ChatId, OutboxId, PanelId, ProviderId},
};
use switchboard_store::{
    StoreError, TenantScope, fail,
    queue::{Claimed, NewJob, Outcome},
    tenant::outbox::NewOutbox,
};

use crate::{Hub, jobs, payload};

pub(crate) async fn run(hub: &Hub, scope: &TenantScope, job: &Claimed) -> Result<Outcome, StoreError> {
    let id: OutboxId = payload(job, "outbox")?;
    let shop = hub.shops.get(&hub.db, scope).await?;
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    if let Some(row) = tx.outbox().lock(id).await?.filter(|row| row.state == "gathering") {
        let (Some(provider), Some(panel)) = (row.provider_id, row.panel_id) else {
            return Err(StoreError::unreadable(
                "outbox",
                "a forward without provider or panel",
            ));
        };
        let (provider, panel, chat) = (
            ProviderId::from(provider),
            PanelId::from(panel),
            ChatId::from(row.chat_id),
        );
        let command = row.command.as_deref().and_then(CommandKind::parse);
        let command =
            command.ok_or_else(|| StoreError::unreadable("outbox", "a forward without a command"))?;
        let style = style(shop.route(provider));
        let panel_name = shop
            .panels
            .get(&panel)
            .map(|panel| panel.name.clone())
            .unwrap_or_default();
        let items = tx
            .requests()
            .forwarded(id)
            .await?
            .into_iter()
            .map(|(request, external)| ForwardItem {
                request,
                provider,
                route: chat,
                command,
                panel,
                panel_name: panel_name.clone(),
                external_ids: external
                    .iter()
                    .filter_map(|text| ExternalId::new(text).ok())
                    .collect(),
                style: style.clone(),
            });
        let messages = group_forwards(items.collect());
        let lane = format!(
            "out:{}:{}",
            switchboard_domain::id::AccountId::from_uuid(row.account_id),
            chat
        );
        let send = |id: OutboxId| {
            NewJob::new(hub.clock.uuid(), jobs::SEND_FORWARD, format!("send:{id}"))
                .lane(lane.as_str())
                .payload(serde_json::json!({ "outbox": id }))
        };
        match messages.split_first() {
            None => {
                tx.outbox()
                    .set_outcome(
                        id,
                        "refused",
                        &[],
                        Some("no order had a usable id at its provider"),
                        now,
                    )
                    .await?;
                tx.wallet().release(id, now).await?;
            }
            Some((first, rest)) => {
                tx.outbox().ready(id, &first.text).await?;
                let mut sends = vec![send(id)];
                // Further pieces of the same message: paid with the first.
                let pieces: Vec<NewOutbox> = rest
                    .iter()
                    .enumerate()
                    .map(|(n, message)| NewOutbox {
                        id: OutboxId::from_uuid(hub.clock.uuid()),
                        key: format!("piece:{id}:{}", n + 1),
                        account: row.account_id.into(),
                        chat,
                        topic: row.topic.clone(),
                        purpose: "forward",
                        text: message.text.clone(),
                        reply_to: None,
                        message: None,
                        state: "queued",
                        price: Credits::ZERO,
                        created_at: now,
                    })
                    .collect();
                sends.extend(tx.outbox().insert(&pieces).await?.into_iter().map(send));
                tx.enqueue(&sends).await?;
            }
        }
    }
    tx.finish_job(job.id, job.fence).await?;
    fail::point("gather.before_commit");
    tx.commit().await?;
    fail::point("gather.after_commit");
    Ok(Outcome::Done)
}

/// How a route likes its messages.
pub(crate) fn style(route: Option<&switchboard_store::tenant::providers::Route>) -> ForwardStyle {
    let mut style = ForwardStyle::default();
    if let Some(route) = route {
        if let Some(template) = &route.template {
            style.template.clone_from(template);
        }
        let pieces = u16::try_from(route.piece_size).ok().and_then(NonZeroU16::new);
        style.piece_size = pieces.unwrap_or(style.piece_size);
    }
    style
}
