//! Providers by alias, and the groups where requests for them go.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use switchboard_domain::id::{ChatId, ProviderId};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone, FromRow)]
pub struct Provider {
    pub id: Uuid,
    pub alias: String,
    pub names: Vec<String>,
}

/// Where a provider's requests go, and how they are written there.
#[derive(Debug, Clone, FromRow)]
pub struct Route {
    pub provider_id: Uuid,
    pub chat_id: Uuid,
    pub account_id: Uuid,
    pub topic: String,
    pub template: Option<String>,
    pub piece_size: i32,
    pub join_ms: i32,
    pub channel: String,
    pub chat_kind: String,
}

#[derive(Debug, Serialize, FromRow)]
pub struct ProviderLine {
    pub alias: String,
    pub names: Vec<String>,
    pub routes: Vec<String>,
}

repository!(Providers);

impl Providers<'_> {
    /// Names a provider, or adds one more spelling of a panel to a known alias.
    pub async fn alias(
        &mut self,
        id: ProviderId,
        alias: &str,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<ProviderId, StoreError> {
        let id: Uuid = sqlx::query_scalar(
            "INSERT INTO provider (id, alias, names, created_at) VALUES ($1, $2, ARRAY[$3], $4)
             ON CONFLICT (alias) DO UPDATE
                SET names = CASE WHEN $3 = ANY(provider.names) THEN provider.names ELSE provider.names || $3 END
             RETURNING id",
        )
        .bind(id.uuid())
        .bind(alias)
        .bind(name)
        .bind(now)
        .fetch_one(&mut *self.conn)
        .await?;
        Ok(id.into())
    }

    pub async fn all(&mut self) -> Result<Vec<Provider>, StoreError> {
        Ok(
            sqlx::query_as("SELECT id, alias, names FROM provider WHERE removed_at IS NULL ORDER BY alias")
                .fetch_all(&mut *self.conn)
                .await?,
        )
    }

    /// Every name that a provider goes by, the removed ones' too: no customer may read one.
    pub async fn every_name(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT unnest(names || CASE WHEN removed_at IS NULL THEN ARRAY[alias] ELSE '{}' END) FROM provider",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn find_by_alias(&mut self, alias: &str) -> Result<Option<Provider>, StoreError> {
        Ok(
            sqlx::query_as("SELECT id, alias, names FROM provider WHERE alias = $1 AND removed_at IS NULL")
                .bind(alias)
                .fetch_optional(&mut *self.conn)
                .await?,
        )
    }

    #[expect(clippy::too_many_arguments, reason = "one row's columns")]
    pub async fn route(
        &mut self,
        id: Uuid,
        provider: ProviderId,
        chat: ChatId,
        topic: &str,
        template: Option<&str>,
        piece_size: i32,
        join_ms: i32,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO provider_route (id, provider_id, chat_id, topic, template, piece_size, join_ms, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (provider_id, chat_id, topic) DO UPDATE
                SET template = excluded.template, piece_size = excluded.piece_size, join_ms = excluded.join_ms",
        )
        .bind(id)
        .bind(provider.uuid())
        .bind(chat.uuid())
        .bind(topic)
        .bind(template)
        .bind(piece_size)
        .bind(join_ms)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Every route whose chat is a provider's and can be written to.
    pub async fn routes(&mut self) -> Result<Vec<Route>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT r.provider_id, r.chat_id, c.account_id, r.topic, r.template, r.piece_size, r.join_ms, a.channel, c.kind AS chat_kind
             FROM provider_route r JOIN chat c ON c.id = r.chat_id JOIN chat_account a ON a.id = c.account_id
             WHERE c.party = 'provider' AND c.lost_reason IS NULL ORDER BY r.created_at, r.id",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn list(&mut self) -> Result<Vec<ProviderLine>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT p.alias, p.names,
                    coalesce((SELECT array_agg(c.title || ' (' || c.network_id || ')') FROM provider_route r JOIN chat c ON c.id = r.chat_id
                              WHERE r.provider_id = p.id), '{}') AS routes
             FROM provider p WHERE p.removed_at IS NULL ORDER BY p.alias",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }
}
