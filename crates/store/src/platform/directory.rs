//! Which tenant a chat account belongs to, over all tenants: the only place where a bot's id is looked up across them.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use switchboard_domain::{
    channel::ChannelKind,
    id::{AccountId, TenantId},
};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone, FromRow)]
pub struct DirectoryLine {
    pub account_id: Uuid,
    pub tenant_id: Uuid,
    pub channel: String,
    pub network_id: String,
    pub hook_key: String,
}

repository!(ChatDirectory);

impl ChatDirectory<'_> {
    /// Claims a chat account for a tenant. A conflict on `chat_directory_network_key` means that it is connected elsewhere.
    pub async fn claim(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        channel: ChannelKind,
        network_id: &str,
        hook_key: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO platform.chat_directory (account_id, tenant_id, channel, network_id, hook_key, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(account.uuid())
        .bind(tenant.uuid())
        .bind(channel.as_str())
        .bind(network_id)
        .bind(hook_key)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn find(
        &mut self,
        channel: ChannelKind,
        network_id: &str,
    ) -> Result<Option<DirectoryLine>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT account_id, tenant_id, channel, network_id, hook_key FROM platform.chat_directory WHERE channel = $1 AND network_id = $2",
        )
        .bind(channel.as_str())
        .bind(network_id)
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    pub async fn release(&mut self, account: AccountId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM platform.chat_directory WHERE account_id = $1")
            .bind(account.uuid())
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Whether it is served; nobody else can claim it either way.
    pub async fn set_enabled(&mut self, account: AccountId, enabled: bool) -> Result<(), StoreError> {
        sqlx::query("UPDATE platform.chat_directory SET enabled = $2 WHERE account_id = $1")
            .bind(account.uuid())
            .bind(enabled)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Gives the account's deliveries another address, so that whoever serves it begins afresh.
    pub async fn set_hook_key(&mut self, account: AccountId, hook_key: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE platform.chat_directory SET hook_key = $2 WHERE account_id = $1")
            .bind(account.uuid())
            .bind(hook_key)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Every enabled chat account of every active tenant, for the fleet.
    pub async fn active(&mut self) -> Result<Vec<DirectoryLine>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT d.account_id, d.tenant_id, d.channel, d.network_id, d.hook_key
             FROM platform.chat_directory d JOIN platform.tenant t ON t.id = d.tenant_id AND t.state = 'active' WHERE d.enabled ORDER BY d.created_at",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }
}
