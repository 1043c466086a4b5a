//! Which role an account has where.

use chrono::{DateTime, Utc};
use switchboard_domain::{
    access::Role,
    id::{TenantId, UserId},
};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

repository!(Memberships);

impl Memberships<'_> {
    /// One role per account and place: a second one replaces the first. `tenant` is `None` for a role on the platform.
    pub async fn put(
        &mut self,
        id: Uuid,
        account: UserId,
        tenant: Option<TenantId>,
        role: Role,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO platform.membership (id, account_id, tenant_id, role, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT ON CONSTRAINT membership_key DO UPDATE SET role = excluded.role",
        )
        .bind(id)
        .bind(account.uuid())
        .bind(tenant.map(TenantId::uuid))
        .bind(role.as_str())
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn remove(&mut self, account: UserId, tenant: Option<TenantId>) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "DELETE FROM platform.membership WHERE account_id = $1 AND tenant_id IS NOT DISTINCT FROM $2",
        )
        .bind(account.uuid())
        .bind(tenant.map(TenantId::uuid))
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The tenants where this account has that role.
    pub async fn tenants_of(&mut self, account: UserId, role: Role) -> Result<Vec<TenantId>, StoreError> {
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "SELECT tenant_id FROM platform.membership WHERE account_id = $1 AND role = $2 AND tenant_id IS NOT NULL ORDER BY created_at",
        )
        .bind(account.uuid())
        .bind(role.as_str())
        .fetch_all(&mut *self.conn)
        .await?;
        Ok(ids.into_iter().map(TenantId::from_uuid).collect())
    }

    /// Whether the tenant has owners and none of them is in good standing.
    pub async fn owner_is_locked(&mut self, tenant: TenantId) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT coalesce(bool_and(a.state <> 'active'), false) FROM platform.membership m
             JOIN platform.account a ON a.id = m.account_id WHERE m.tenant_id = $1 AND m.role = 'owner'",
        )
        .bind(tenant.uuid())
        .fetch_one(&mut *self.conn)
        .await?)
    }

    /// Id and username of everybody in a tenant, by name.
    pub async fn of_tenant(&mut self, tenant: TenantId) -> Result<Vec<(Uuid, String)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT a.id, a.username FROM platform.membership m JOIN platform.account a ON a.id = m.account_id
             WHERE m.tenant_id = $1 ORDER BY lower(a.username)",
        )
        .bind(tenant.uuid())
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Whether anybody has this role on the platform.
    pub async fn somebody_is(&mut self, role: Role) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM platform.membership WHERE tenant_id IS NULL AND role = $1)",
        )
        .bind(role.as_str())
        .fetch_one(&mut *self.conn)
        .await?)
    }
}
