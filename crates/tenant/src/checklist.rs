//! What a new owner does once, and whether it is done. Read from what is there, so that it is never ticked by hand.

use switchboard_store::{StoreError, TenantScope};

use crate::Hub;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// `panel`, `bot`, `customer`, `try`, `group`, `provider`.
    pub key: &'static str,
    pub done: bool,
    /// What it is for, or what is there.
    pub detail: String,
}

const STEPS: [(&str, &str); 6] = [
    ("panel", "Connect your panel, so that orders can be looked up."),
    ("bot", "Connect a Telegram bot: your customers write to it."),
    ("customer", "Link a customer to their name on your panel."),
    (
        "try",
        "Play a customer in the test room. It sends and costs nothing.",
    ),
    ("group", "Switch a group on, if customers ask in groups."),
    (
        "provider",
        "Say which group of which provider gets what is forwarded.",
    ),
];

/// Of a workspace that is still being made.
pub fn blank() -> Vec<Item> {
    STEPS
        .into_iter()
        .map(|(key, detail)| Item {
            key,
            done: false,
            detail: detail.to_owned(),
        })
        .collect()
}

pub async fn of(hub: &Hub, scope: &TenantScope) -> Result<Vec<Item>, StoreError> {
    let there = hub.db.begin(scope).await?.checklist().there().await?;
    let done = [
        there.panels,
        there.bots,
        there.links,
        there.played,
        there.groups,
        there.routes,
    ];
    Ok(blank()
        .into_iter()
        .zip(done)
        .map(|(item, done)| Item { done, ..item })
        .collect())
}
