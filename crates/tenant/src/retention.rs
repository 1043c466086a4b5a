//! Forgetting the words of chats after the time that the owner set. Requests, figures and the ledger stay.
//!
//! A reconciler: how far it has come is a document of the shop, each day of chats is one transaction, and running it twice at once
//! does the same.

use chrono::{DateTime, TimeDelta, Utc};
use switchboard_store::{StoreError, TenantScope};

use crate::{
    Hub,
    settings::{GENERAL, General},
};

/// Everything before is forgotten.
const FORGOTTEN_UNTIL: &str = "forgotten_until";
/// So much of the past at a time, so that no transaction is long.
const STEP: TimeDelta = TimeDelta::days(1);

/// Returns how many messages lost their words.
pub async fn forget(hub: &Hub, scope: &TenantScope) -> Result<u64, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let general: General = tx.settings().find(GENERAL).await?.unwrap_or_default();
    let until = hub.clock.now() - TimeDelta::days(i64::from(general.retention_days));
    let done: Option<DateTime<Utc>> = tx.settings().find(FORGOTTEN_UNTIL).await?;
    let begin = match done {
        Some(done) => Some(done),
        None => tx.retention().begin().await?,
    };
    drop(tx);
    let Some(mut from) = begin else { return Ok(0) };
    let mut forgotten = 0;
    while from < until {
        let to = (from + STEP).min(until);
        let mut tx = hub.db.begin(scope).await?;
        forgotten += tx.retention().forget(from, to).await?;
        tx.settings().put(FORGOTTEN_UNTIL, &to, hub.clock.now()).await?;
        tx.commit().await?;
        from = to;
    }
    Ok(forgotten)
}
