//! The tenants of this installation.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use switchboard_domain::id::TenantId;
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone, Serialize, FromRow)]
pub struct TenantRow {
    pub id: Uuid,
    pub name: String,
    pub state: String,
    pub state_reason: String,
    pub provision_step: String,
    pub slot: i32,
    pub schema_version: i64,
    pub migration_error: Option<String>,
    pub created_at: DateTime<Utc>,
}

repository!(Tenants);

impl Tenants<'_> {
    /// Puts a new tenant into the slot with the fewest tenants.
    pub async fn insert(
        &mut self,
        id: TenantId,
        name: &str,
        slots: u16,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO platform.tenant (id, name, state, provision_step, slot, created_at, updated_at)
             SELECT $1, $2, 'provisioning', 'waiting', s.slot, $4, $4 FROM generate_series(0, $3 - 1) AS s(slot)
             ORDER BY (SELECT count(*) FROM platform.tenant t WHERE t.slot = s.slot), s.slot LIMIT 1",
        )
        .bind(id.uuid())
        .bind(name)
        .bind(i32::from(slots))
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn find(&mut self, id: TenantId) -> Result<Option<TenantRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, name, state, state_reason, provision_step, slot, schema_version, migration_error, created_at
             FROM platform.tenant WHERE id = $1",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    pub async fn find_by_name(&mut self, name: &str) -> Result<Option<TenantRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, name, state, state_reason, provision_step, slot, schema_version, migration_error, created_at
             FROM platform.tenant WHERE lower(name) = lower($1)",
        )
        .bind(name)
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    pub async fn list(&mut self) -> Result<Vec<TenantRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, name, state, state_reason, provision_step, slot, schema_version, migration_error, created_at
             FROM platform.tenant ORDER BY created_at, id",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn set_step(&mut self, id: TenantId, step: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE platform.tenant SET provision_step = $2, updated_at = $3 WHERE id = $1 AND state = 'provisioning'")
            .bind(id.uuid())
            .bind(step)
            .bind(now)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Moves a tenant between states; false if it was not in `from`.
    pub async fn set_state(
        &mut self,
        id: TenantId,
        from: &[&str],
        to: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE platform.tenant SET state = $3, state_reason = $4, provision_step = '', updated_at = $5 WHERE id = $1 AND state = ANY($2)",
        )
        .bind(id.uuid())
        .bind(from)
        .bind(to)
        .bind(reason)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
