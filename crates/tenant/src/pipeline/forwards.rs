//! Which provider's group a verdict leads to, and the forward that gathers there.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use switchboard_domain::{
    channel::{ChannelKind, ChatKind},
    command::CommandKind,
    credit::{Credits, MessagePurpose},
    id::{AccountId, ChatId, OutboxId, PanelId, ProviderId},
};
use switchboard_store::{
    StoreError, TenantTx,
    tenant::{outbox::Gathering, requests::NewRequest},
};

use super::{Context, orders::Decision};
use crate::Hub;

/// A verdict's way to its provider's group.
pub(crate) struct Routed {
    pub provider: ProviderId,
    pub chat: ChatId,
    account: AccountId,
    pub topic: String,
    pub command: CommandKind,
    pub price: Credits,
    /// Requests of this time travel as one message.
    pub join: TimeDelta,
}

/// Finds the route; without one the verdict says no more than "received" and staff see it.
pub(super) fn routed(context: &Context, decision: &mut Decision) -> Option<Routed> {
    let command = decision.verdict.forward?;
    let shop = &context.shop;
    let read = decision.read.as_ref();
    let provider = read
        .and_then(|read| read.provider.as_deref())
        .and_then(|name| shop.provider(name));
    let route = provider.and_then(|provider| shop.route(provider));
    let (Some(provider), Some(route)) = (provider, route) else {
        decision.verdict = decision.verdict.clone().without_route();
        return None;
    };
    let channel = ChannelKind::parse(&route.channel).unwrap_or(context.account.channel);
    let kind = ChatKind::parse(&route.chat_kind).unwrap_or(ChatKind::Group);
    Some(Routed {
        provider,
        chat: route.chat_id.into(),
        account: route.account_id.into(),
        topic: route.topic.clone(),
        command,
        price: shop.prices.price(channel, kind, MessagePurpose::Forward),
        join: TimeDelta::milliseconds(i64::from(route.join_ms)),
    })
}

/// The forward of each request, and those of them that were made now (to be paid, and to be flushed by a job).
pub(super) async fn gather<'r>(
    tx: &mut TenantTx,
    hub: &Hub,
    requests: &[NewRequest],
    routes: &'r [Option<Routed>],
) -> Result<(Vec<Option<OutboxId>>, Vec<(OutboxId, &'r Routed)>), StoreError> {
    // One row a group, provider, panel and command, however many orders; in a fixed order, because each row is locked until
    // the commit and two messages must not wait for each other.
    let mut distinct: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, (request, routed)) in requests.iter().zip(routes).enumerate() {
        if let (Some(routed), Some(panel)) = (routed, request.panel) {
            distinct
                .entry((routed.chat, &routed.topic, routed.provider, panel, routed.command))
                .or_default()
                .push(at);
        }
    }
    let mut forwards = vec![None; requests.len()];
    let mut fresh = Vec::new();
    for ((.., panel, _), members) in distinct {
        let Some(routed) = members.first().and_then(|&at| routes[at].as_ref()) else {
            continue;
        };
        let (forward, made) = tx.outbox().gather(&routed.gathering(hub, panel)).await?;
        for at in members {
            forwards[at] = Some(forward);
        }
        if made {
            fresh.push((forward, routed));
        }
    }
    Ok((forwards, fresh))
}

impl Routed {
    fn gathering(&self, hub: &Hub, panel: PanelId) -> Gathering<'_> {
        Gathering {
            id: OutboxId::from_uuid(hub.clock.uuid()),
            account: self.account,
            chat: self.chat,
            topic: &self.topic,
            provider: self.provider,
            panel,
            command: self.command.as_str(),
            price: self.price,
            created_at: hub.clock.now(),
        }
    }
}
