//! Messages that were kept because there was no credit: handled again once there is.

use switchboard_store::{StoreError, TenantScope, queue::NewJob};

use crate::{Hub, jobs};

/// So many messages one call puts back; the rest waits for the next.
const BATCH: i64 = 1000;

/// Puts kept messages back into the queue, oldest first; what is older than 15 minutes will be asked about instead of acted on.
/// Returns how many.
pub async fn held(hub: &Hub, scope: &TenantScope, actor: &str) -> Result<usize, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let held = tx.messages().held(BATCH).await?;
    let jobs: Vec<NewJob> = held
        .iter()
        .map(|id| {
            // One lane for all: they came in this order.
            NewJob::new(hub.clock.uuid(), jobs::MESSAGE, format!("message:{id}"))
                .lane("replay")
                .payload(serde_json::json!({ "message": id }))
        })
        .collect();
    tx.enqueue(&jobs).await?;
    let detail = serde_json::json!({ "messages": held.len() });
    tx.audit()
        .append(actor, "wallet.replay", "", detail, hub.clock.now())
        .await?;
    tx.commit().await?;
    hub.notifier.committed();
    Ok(held.len())
}
