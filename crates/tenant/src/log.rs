//! What was done in the shop and by whom, for people.

use switchboard_store::{StoreError, TenantScope, tenant::audit_list::AuditEntry};

use crate::{
    Hub,
    requests::{names, who},
};

/// The newest `limit` below the line `after`, with usernames in place of accounts' ids.
pub async fn list(
    hub: &Hub,
    scope: &TenantScope,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let names = names(hub, scope).await?;
    let mut tx = hub.db.begin(scope).await?;
    let entries = tx.audit_list().page(after, limit).await?;
    Ok(entries
        .into_iter()
        .map(|entry| AuditEntry {
            actor: who(&entry.actor, &names),
            ..entry
        })
        .collect())
}
