//! What was done on the platform, by whom. Append-only; written in the transaction of the change itself.

use chrono::{DateTime, Utc};
use serde_json::Value;
use switchboard_domain::id::TenantId;

use super::repository;
use crate::error::StoreError;

repository!(Audit);

impl Audit<'_> {
    pub async fn append(
        &mut self,
        actor: &str,
        action: &str,
        tenant: Option<TenantId>,
        detail: Value,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.append_about("", actor, action, tenant, detail, at).await
    }

    /// With whom it was done to (`u:<uuid>`), so that an account's history can be listed.
    pub async fn append_about(
        &mut self,
        subject: &str,
        actor: &str,
        action: &str,
        tenant: Option<TenantId>,
        detail: Value,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO platform.audit (at, actor, action, tenant_id, detail, subject) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(at)
        .bind(actor)
        .bind(action)
        .bind(tenant.map(TenantId::uuid))
        .bind(detail)
        .bind(subject)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }
}
