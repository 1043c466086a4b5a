//! What is left to spend, and how long it lasts.

use chrono::TimeDelta;
use switchboard_domain::{
    channel::{ChannelKind, ChatKind},
    credit::{Credits, MessagePurpose},
};
use switchboard_store::{StoreError, TenantScope, tenant::ledger_list::LedgerEntry};

use crate::Hub;

/// Over how many days usage is looked at to say how long the credit lasts.
const WINDOW: i64 = 7;
/// More held messages than this are not counted one by one.
const COUNTED: i64 = 1_000;

#[derive(Debug, Clone)]
pub struct WalletState {
    pub balance: Credits,
    pub held: Credits,
    /// At the price of a direct reply, the cheapest thing that everybody understands.
    pub messages_left: i64,
    /// Spent per day, over the last week.
    pub per_day: Credits,
    /// `None`: nothing was spent lately, so nobody knows.
    pub days_left: Option<i64>,
    pub prices: Vec<Price>,
    /// Messages that wait for credit.
    pub held_messages: usize,
}

#[derive(Debug, Clone, Copy)]
pub struct Price {
    pub channel: ChannelKind,
    pub chat: ChatKind,
    pub purpose: MessagePurpose,
    pub price: Credits,
}

pub async fn state(hub: &Hub, scope: &TenantScope) -> Result<WalletState, StoreError> {
    let shop = hub.shops.get(&hub.db, scope).await?;
    let since = hub.clock.now() - TimeDelta::days(WINDOW);
    let mut tx = hub.db.begin(scope).await?;
    let now = tx.wallet().balance().await?;
    let spent = tx.wallet().spent_since(since).await?;
    let held_messages = tx.messages().held(COUNTED).await?.len();
    drop(tx);
    let mut prices = Vec::new();
    for channel in [ChannelKind::TelegramBot, ChannelKind::WhatsApp] {
        for chat in [ChatKind::Direct, ChatKind::Group] {
            for purpose in [MessagePurpose::Reply, MessagePurpose::Forward] {
                let price = shop.prices.price(channel, chat, purpose);
                prices.push(Price {
                    channel,
                    chat,
                    purpose,
                    price,
                });
            }
        }
    }
    let reply = shop
        .prices
        .price(ChannelKind::TelegramBot, ChatKind::Direct, MessagePurpose::Reply);
    let per_day = spent.micros() / WINDOW;
    Ok(WalletState {
        balance: now.balance,
        held: now.held,
        messages_left: now
            .balance
            .micros()
            .checked_div(reply.micros())
            .unwrap_or(i64::MAX),
        per_day: Credits::from_micros(per_day),
        days_left: now.balance.micros().checked_div(per_day),
        prices,
        held_messages,
    })
}

/// A line of the ledger, and what it was for in words.
#[derive(Debug, Clone)]
pub struct Line {
    pub entry: LedgerEntry,
    pub what: String,
}

/// The newest `limit` lines below `after`.
pub async fn ledger(
    hub: &Hub,
    scope: &TenantScope,
    kind: Option<&str>,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<Line>, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let entries = tx.ledger_list().page(kind, after, limit).await?;
    Ok(entries
        .into_iter()
        .map(|entry| Line {
            what: what(&entry),
            entry,
        })
        .collect())
}

fn what(entry: &LedgerEntry) -> String {
    let chat = entry.chat.as_deref().filter(|title| !title.is_empty());
    match (entry.purpose.as_deref(), &entry.provider_alias) {
        (Some("forward"), Some(alias)) => format!("Forward to {alias}"),
        (Some("forward"), None) => "Forward to a provider".to_owned(),
        (Some(_), _) => match chat {
            Some(title) => format!("Message to {title}"),
            None => "Message to a customer".to_owned(),
        },
        (None, _) if entry.kind == "grant" => "Credits from the platform".to_owned(),
        (None, _) => "A message that is no longer kept".to_owned(),
    }
}
