//! Credits given to tenants. The tenant side books each once (`credit.book_grant`).

use chrono::{DateTime, Utc};
use switchboard_domain::{
    credit::Credits,
    id::{GrantId, TenantId},
};

use super::repository;
use crate::error::StoreError;

repository!(Grants);

impl Grants<'_> {
    /// False: this cause has granted before.
    #[expect(clippy::too_many_arguments, reason = "one row's columns")]
    pub async fn insert(
        &mut self,
        id: GrantId,
        tenant: TenantId,
        amount: Credits,
        cause: &str,
        reason: &str,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO platform.credit_grant (id, tenant_id, micros, cause, reason, actor, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (cause) DO NOTHING",
        )
        .bind(id.uuid())
        .bind(tenant.uuid())
        .bind(amount.micros())
        .bind(cause)
        .bind(reason)
        .bind(actor)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
