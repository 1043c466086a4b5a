//! A message played through: understood, looked up on the panels, decided and composed as a real one, and then nothing.
//!
//! Invariants: the panels are only read; nothing is acted on, sent, charged or stored. Every step is the pipeline's own.

use std::{collections::HashMap, time::Duration};

use switchboard_channels::{
    port::{Body, Inbound, NetworkChat, NetworkSender},
    refs::{ChatRef, MessageRef, SenderRef},
};
use switchboard_domain::{
    channel::{ChannelKind, ChatKind},
    command::{
        CommandKind,
        compose::{Reply, notice, open_requests},
    },
    id::{AccountId, ChatId, CustomerId, IdentityId, MessageId, PanelId},
    order::OrderId,
};
use switchboard_store::{
    StoreError, TenantScope,
    tenant::{
        chats::{Chat, ChatMode, ChatParty},
        messages::StoredMessage,
        people::Identity,
    },
};
use tokio::time::Instant;

use super::{
    At, Context, Ending, ack_text,
    orders::{self, Read},
    pairs,
    plan::{Plan, plan},
    understand::{self, Meaning},
    unheard,
};
use crate::Hub;

/// So long a panel is waited for; whoever plays waits before a page.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is played.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Played<'a> {
    pub text: &'a str,
    /// `None`: a stranger without a link.
    pub customer: Option<CustomerId>,
    pub kind: ChatKind,
    /// What the same person wrote just before.
    pub previous: Option<&'a str>,
}

pub(crate) struct Rehearsal {
    pub context: Context,
    pub outcome: Rehearsed,
    pub parsing: Duration,
    pub reading: Duration,
    pub deciding: Duration,
}

pub(crate) enum Rehearsed {
    Silence(&'static str),
    /// A text that needs no panel.
    Said {
        reply: Reply,
        why: &'static str,
    },
    Decided(Box<Decided>),
}

pub(crate) struct Decided {
    /// "Got it", said before the panels are asked.
    pub ack: Option<Reply>,
    pub cut: Vec<OrderId>,
    pub plan: Plan,
    pub reads: HashMap<PanelId, Read>,
}

pub(crate) async fn rehearse(
    hub: &Hub,
    scope: &TenantScope,
    played: &Played<'_>,
) -> Result<Rehearsal, StoreError> {
    let begun = Instant::now();
    let context = context(hub, scope, played).await?;
    let mut rehearsal = Rehearsal {
        outcome: Rehearsed::Silence(""),
        context,
        parsing: Duration::ZERO,
        reading: Duration::ZERO,
        deciding: Duration::ZERO,
    };
    let context = &mut rehearsal.context;
    if let Some(why) = unheard(hub, context) {
        rehearsal.outcome = Rehearsed::Silence(why);
        return Ok(rehearsal);
    }
    let mut tx = hub.db.begin(scope).await?;
    let meaning = understand::read_after(&mut tx, context, played.previous, hub.clock.now()).await?;
    // No connection is held while the panel is asked.
    drop(tx);
    rehearsal.parsing = begun.elapsed();
    let (groups, cut) = match meaning {
        Meaning::Commands {
            groups,
            cut,
            confirmed,
        } => {
            context.confirmed = confirmed;
            (groups, cut)
        }
        Meaning::Ending(Ending::Silence(why)) => {
            rehearsal.outcome = Rehearsed::Silence(why);
            return Ok(rehearsal);
        }
        Meaning::Ending(Ending::Say {
            key,
            command,
            orders,
            why,
        }) => {
            let texts = &context.shop.texts;
            let reply = notice(key, command, &orders, texts, &texts.language);
            rehearsal.outcome = Rehearsed::Said { reply, why };
            return Ok(rehearsal);
        }
        Meaning::Ending(Ending::Open(open)) => {
            let texts = &context.shop.texts;
            let reply = open_requests(&open, texts, &texts.language);
            rehearsal.outcome = Rehearsed::Said {
                reply,
                why: "asked what is open",
            };
            return Ok(rehearsal);
        }
        Meaning::Ending(Ending::Notices { key, why, .. }) => {
            let texts = &context.shop.texts;
            let reply = notice(key, None, &[], texts, &texts.language);
            rehearsal.outcome = Rehearsed::Said { reply, why };
            return Ok(rehearsal);
        }
    };
    let asked: Vec<(CommandKind, OrderId)> = pairs(&groups)
        .map(|(command, order)| (command, order.clone()))
        .collect();
    let ids = orders::distinct(&asked);
    let candidates = orders::candidates(context);
    let ack = (ids.len() > orders::ACK_ABOVE && !candidates.is_empty())
        .then(|| ack_text(context, groups[0].command, &ids));
    let asking = Instant::now();
    let reads = match tokio::time::timeout(PATIENCE, orders::fetch(hub, scope, &candidates, &ids)).await {
        Ok(reads) => reads?,
        // As a panel that is not asked: it counts as down.
        Err(_) => HashMap::new(),
    };
    rehearsal.reading = asking.elapsed();
    let deciding = Instant::now();
    let mut tx = hub.db.begin(scope).await?;
    let plan = plan(hub, &mut tx, context, &asked, &cut, &candidates, &reads).await?;
    drop(tx);
    rehearsal.deciding = deciding.elapsed();
    rehearsal.outcome = Rehearsed::Decided(Box::new(Decided {
        ack,
        cut,
        plan,
        reads,
    }));
    Ok(rehearsal)
}

/// A message that nobody sent, from a sender who is not stored, in a chat that is not there.
async fn context(hub: &Hub, scope: &TenantScope, played: &Played<'_>) -> Result<Context, StoreError> {
    let now = hub.clock.now();
    let shop = hub.shops.get(&hub.db, scope).await?;
    let (mut links, mut mapped) = (Vec::new(), Vec::new());
    if let Some(customer) = played.customer {
        let mut tx = hub.db.begin(scope).await?;
        links = tx.people().links(customer).await?;
        mapped = tx.people().mapped_panels(customer).await?;
    }
    // Prices go by the channel: the oldest account's, or a bot's.
    let account = shop
        .accounts
        .values()
        .min_by_key(|account| account.created_at)
        .map_or(
            At {
                id: AccountId::from_uuid(hub.clock.uuid()),
                channel: ChannelKind::TelegramBot,
            },
            At::from,
        );
    let chat = Chat {
        id: ChatId::from_uuid(hub.clock.uuid()),
        account_id: account.id,
        network_id: String::new(),
        kind: played.kind,
        title: String::new(),
        mode: ChatMode::Support,
        party: ChatParty::Customer,
        lost_reason: None,
        bot_paused_until: None,
        acts_as: None,
    };
    let identity = Identity {
        id: IdentityId::from_uuid(hub.clock.uuid()),
        customer: played.customer,
        last_seen_at: now,
        misses: Vec::new(),
        muted_until: None,
    };
    let inbound = Inbound {
        dedupe_key: String::new(),
        message_id: MessageRef::new("played"),
        chat: NetworkChat {
            id: ChatRef::new("played"),
            kind: played.kind,
            title: None,
            topic: None,
        },
        sender: Some(NetworkSender {
            id: SenderRef::new("played"),
            is_bot: false,
            display_name: None,
            username: None,
        }),
        reply_to: None,
        sent_at: now,
        body: Body::Text {
            text: played.text.to_owned(),
        },
        edited: false,
        forwarded: false,
    };
    Ok(Context {
        message: MessageId::from_uuid(hub.clock.uuid()),
        stored: StoredMessage {
            account_id: account.id.uuid(),
            dedupe_key: String::new(),
            raw: String::new(),
            received_at: now,
            state: "stored".to_owned(),
        },
        account,
        inbound,
        chat: Some(chat),
        identity: Some(identity),
        links,
        mapped,
        shop,
        confirmed: false,
        again: None,
    })
}
