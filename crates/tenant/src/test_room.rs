//! The test room: the owner plays a customer, and sees what would be said, done and written to providers, and why.
//!
//! Invariants: panels are only read; nothing is sent, acted on, charged, or stored as a request. Real names of providers do not
//! appear, their orders' ids there do: the owner sees what the provider would.

pub mod examples;
mod words;

use std::collections::HashMap;

use switchboard_domain::{
    channel::ChatKind,
    command::{
        CommandKind,
        forward::{ExternalId, ForwardItem, external_ids, group_forwards},
    },
    credit::{Credits, MessagePurpose},
    id::{ChatId, CustomerId, ProviderId, RequestId},
};
use switchboard_store::{StoreError, TenantScope};
use uuid::Uuid;

use crate::{
    Hub, gather,
    pipeline::rehearse::{Played, Rehearsal, Rehearsed, rehearse},
};

pub const MAX_TEXT: usize = 4_096;

#[derive(Debug, thiserror::Error)]
pub enum TestRoomError {
    #[error("a message has 1 to 4,096 characters")]
    BadText,
    #[error("the message before has at most 4,096 characters")]
    BadPrevious,
    #[error("there is no such customer")]
    NoCustomer,
    #[error("an example's name has 1 to 80 characters in one line")]
    BadName,
    #[error("an example holds at most 50 replies of 4,000 characters together")]
    TooMuch,
    #[error("there are 100 examples; remove one first")]
    TooMany,
    #[error("there is no such example")]
    NotFound,
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

/// What is played.
#[derive(Debug, Clone)]
pub struct Play<'a> {
    pub text: &'a str,
    /// `None`: a stranger.
    pub customer: Option<CustomerId>,
    pub kind: ChatKind,
    /// What the same person wrote just before.
    pub previous: Option<&'a str>,
}

#[derive(Debug, Clone)]
pub struct TestRun {
    pub id: Uuid,
    pub text: String,
    pub replies: Vec<String>,
    pub forwards: Vec<TestForward>,
    pub steps: Vec<TestStep>,
    pub orders: Vec<TestOrder>,
    pub cost: Credits,
    pub took_ms: u64,
}

/// A message as a provider's group would get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestForward {
    pub provider_alias: String,
    /// The group's title.
    pub to: String,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKey {
    Parsed,
    Owner,
    Status,
    Rule,
    Reply,
    Forward,
    Cost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done,
    Refused,
    Person,
    Failed,
    /// Would come later, or is not reached.
    Waiting,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TestStep {
    pub key: StepKey,
    pub state: StepState,
    pub title: String,
    pub detail: String,
    pub ms: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Something would be asked of the panel or the provider.
    Acts,
    /// Words only.
    Answers,
    /// Somebody has to look.
    Person,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TestOrder {
    pub order_id: String,
    pub command: CommandKind,
    pub verdict: Verdict,
    pub sentence: String,
    pub steps: Vec<TestStep>,
}

/// What things are called, for the words.
struct Names {
    customer: Option<String>,
    /// By group.
    chats: HashMap<ChatId, String>,
    aliases: HashMap<ProviderId, String>,
}

/// Plays one message.
pub async fn play(hub: &Hub, scope: &TenantScope, play: &Play<'_>) -> Result<TestRun, TestRoomError> {
    let text = play.text.trim();
    if !(1..=MAX_TEXT).contains(&text.chars().count()) {
        return Err(TestRoomError::BadText);
    }
    if play.previous.is_some_and(|text| text.chars().count() > MAX_TEXT) {
        return Err(TestRoomError::BadPrevious);
    }
    let customer = match play.customer {
        Some(id) => {
            let found = hub.db.begin(scope).await?.customer_book().find(id).await?;
            Some(found.ok_or(TestRoomError::NoCustomer)?.name)
        }
        None => None,
    };
    let played = Played {
        text,
        customer: play.customer,
        kind: play.kind,
        previous: play.previous.map(str::trim).filter(|text| !text.is_empty()),
    };
    let rehearsal = rehearse(hub, scope, &played).await?;
    let names = names(hub, scope, customer, &rehearsal).await?;
    // For the checklist: it has been tried.
    let mut tx = hub.db.begin(scope).await?;
    tx.test_examples().note_played(hub.clock.now()).await?;
    tx.commit().await?;
    Ok(told(hub.clock.uuid(), text, &rehearsal, &names))
}

async fn names(
    hub: &Hub,
    scope: &TenantScope,
    customer: Option<String>,
    rehearsal: &Rehearsal,
) -> Result<Names, StoreError> {
    let shop = &rehearsal.context.shop;
    let mut chats = HashMap::new();
    if let Rehearsed::Decided(decided) = &rehearsal.outcome {
        let plan = &decided.plan;
        let mut tx = hub.db.begin(scope).await?;
        for routed in plan.routes.iter().flatten() {
            if !chats.contains_key(&routed.chat)
                && let Some(chat) = tx.chats().find(routed.chat).await?
            {
                chats.insert(routed.chat, chat.title);
            }
        }
    }
    Ok(Names {
        customer,
        chats,
        aliases: shop
            .providers
            .iter()
            .map(|provider| (provider.id.into(), provider.alias.clone()))
            .collect(),
    })
}

fn told(id: Uuid, text: &str, rehearsal: &Rehearsal, names: &Names) -> TestRun {
    let forwards = forwards(rehearsal, names);
    let replies = replies(rehearsal);
    let cost = cost(rehearsal, replies.len());
    let took = rehearsal.parsing + rehearsal.reading + rehearsal.deciding;
    TestRun {
        id,
        text: text.to_owned(),
        steps: words::steps(rehearsal, names, &replies, &forwards, &cost),
        orders: words::orders(rehearsal, names, &cost),
        replies,
        forwards,
        cost: cost.total,
        took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    }
}

/// Everything that the customer would read, in its order.
fn replies(rehearsal: &Rehearsal) -> Vec<String> {
    let said = match &rehearsal.outcome {
        Rehearsed::Silence(_) => Vec::new(),
        Rehearsed::Said { reply, .. } => vec![reply],
        Rehearsed::Decided(decided) => decided.ack.iter().chain(&decided.plan.replies).collect(),
    };
    said.into_iter()
        .map(|reply| reply.text.clone())
        .filter(|text| !text.trim().is_empty())
        .collect()
}

/// By the same code that gathers and writes to providers.
fn forwards(rehearsal: &Rehearsal, names: &Names) -> Vec<TestForward> {
    let Rehearsed::Decided(decided) = &rehearsal.outcome else {
        return Vec::new();
    };
    let plan = &decided.plan;
    let shop = &rehearsal.context.shop;
    let items = plan.decisions.iter().zip(&plan.routes).enumerate();
    let items = items.filter_map(|(at, (decision, routed))| {
        let (routed, panel) = (routed.as_ref()?, decision.panel?);
        let external: Vec<ExternalId> = decision.read.as_deref().and_then(external_ids)?;
        Some(ForwardItem {
            // Told apart, and no more: nothing is stored.
            request: RequestId::from_uuid(Uuid::from_u128(at as u128 + 1)),
            provider: routed.provider,
            route: routed.chat,
            command: routed.command,
            panel,
            panel_name: shop
                .panels
                .get(&panel)
                .map(|panel| panel.name.clone())
                .unwrap_or_default(),
            external_ids: external,
            style: gather::style(shop.route(routed.provider)),
        })
    });
    group_forwards(items.collect())
        .into_iter()
        .map(|message| TestForward {
            provider_alias: names.aliases.get(&message.provider).cloned().unwrap_or_default(),
            to: names.chats.get(&message.route).cloned().unwrap_or_default(),
            text: message.text,
        })
        .collect()
}

struct Cost {
    reply: Credits,
    replies: usize,
    /// One price a group, provider, panel and command, however many orders and pieces.
    forwards: Vec<Credits>,
    total: Credits,
}

fn cost(rehearsal: &Rehearsal, replies: usize) -> Cost {
    let context = &rehearsal.context;
    let kind = context.inbound.chat.kind;
    let price = context
        .shop
        .prices
        .price(context.account.channel, kind, MessagePurpose::Reply);
    let mut seen = Vec::new();
    let mut forwards = Vec::new();
    if let Rehearsed::Decided(decided) = &rehearsal.outcome {
        let plan = &decided.plan;
        for (decision, routed) in plan.decisions.iter().zip(&plan.routes) {
            let Some(routed) = routed else { continue };
            let key = (
                routed.chat,
                routed.topic.clone(),
                routed.provider,
                decision.panel,
                routed.command,
            );
            if !seen.contains(&key) {
                seen.push(key);
                forwards.push(routed.price);
            }
        }
    }
    let said = i64::try_from(replies).unwrap_or(i64::MAX);
    let total = forwards
        .iter()
        .fold(price.micros().saturating_mul(said), |sum, price| {
            sum.saturating_add(price.micros())
        });
    Cost {
        reply: price,
        replies,
        forwards,
        total: Credits::from_micros(total),
    }
}
