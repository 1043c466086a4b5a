//! One search over orders, customers, chats and provider aliases.

use switchboard_domain::id::{ChatId, CustomerId, ProviderId};
use switchboard_store::{StoreError, TenantScope};

use crate::Hub;

/// So many of each kind.
const EACH: i64 = 10;

/// Which kinds may be looked through; orders always.
#[derive(Debug, Clone, Copy)]
pub struct Where {
    pub customers: bool,
    pub chats: bool,
    pub providers: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Found {
    /// With the number of their requests.
    pub orders: Vec<(String, i64)>,
    pub customers: Vec<(CustomerId, String)>,
    pub chats: Vec<(ChatId, String)>,
    pub providers: Vec<(ProviderId, String)>,
}

pub async fn find(hub: &Hub, scope: &TenantScope, text: &str, places: Where) -> Result<Found, StoreError> {
    let text = text.trim();
    let mut found = Found::default();
    if text.is_empty() {
        return Ok(found);
    }
    let mut tx = hub.db.begin(scope).await?;
    let mut all = tx.request_list();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        found.orders = all.orders_like(text, EACH).await?;
    }
    if places.customers {
        found.customers = all.customers_like(text, EACH).await?;
    }
    if places.chats {
        found.chats = all.chats_like(text, EACH).await?;
    }
    if places.providers {
        found.providers = all.providers_like(text, EACH).await?;
    }
    Ok(found)
}
