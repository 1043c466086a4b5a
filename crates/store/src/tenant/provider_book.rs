//! Providers as their owner keeps them: rows with routes, edits, and those that orders name but nobody has named yet.
//!
//! Invariant: a provider's real names leave here in [`ProviderEntry::names`] and [`Seen::name`] alone; views must not carry them.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use switchboard_domain::id::{ChatId, ProviderId};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone, FromRow)]
pub struct ProviderEntry {
    pub id: Uuid,
    pub alias: String,
    pub names: Vec<String>,
    /// Open requests on its orders.
    pub waiting: i64,
    pub last_forward_at: Option<DateTime<Utc>>,
}

/// A route with what its group is called.
#[derive(Debug, Clone, FromRow)]
pub struct RouteEntry {
    pub id: Uuid,
    pub provider_id: Uuid,
    pub chat_id: Uuid,
    pub chat_title: String,
    pub account_name: String,
    pub lost_reason: Option<String>,
    pub topic: String,
    pub template: Option<String>,
    pub piece_size: i32,
    pub join_ms: i32,
}

#[derive(Debug, Clone)]
pub struct NewRoute<'a> {
    pub id: Uuid,
    pub provider: ProviderId,
    pub chat: ChatId,
    pub topic: &'a str,
    pub template: Option<&'a str>,
    pub piece_size: i32,
    pub join_ms: i32,
}

/// `None` stays.
#[derive(Debug, Clone, Default)]
pub struct RouteChange<'a> {
    /// `Some(None)`: our own template.
    pub template: Option<Option<&'a str>>,
    pub piece_size: Option<i32>,
    pub join_ms: Option<i32>,
}

/// A provider as orders name it.
#[derive(Debug, Clone, FromRow)]
pub struct Seen {
    pub name: String,
    pub orders: i64,
    pub last_at: DateTime<Utc>,
}

repository!(ProviderBook);

/// The columns of [`ProviderEntry`], of the providers in use; the argument follows.
macro_rules! entries {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.alias, p.names,
                    (SELECT count(*) FROM request r WHERE r.provider_id = p.id AND r.closed_at IS NULL) AS waiting,
                    (SELECT max(o.finished_at) FROM outbox o WHERE o.provider_id = p.id AND o.state = 'sent') AS last_forward_at
             FROM provider p WHERE p.removed_at IS NULL ",
            $rest
        )
    };
}

impl ProviderBook<'_> {
    /// In the order of their aliases, from behind `after`.
    pub async fn list(
        &mut self,
        q: Option<&str>,
        after: Option<&(String, Uuid)>,
        limit: i64,
    ) -> Result<Vec<ProviderEntry>, StoreError> {
        Ok(sqlx::query_as(entries!(
            "AND ($1::text IS NULL OR strpos(lower(p.alias), lower($1)) > 0)
             AND ($2::text IS NULL OR (p.alias, p.id) > ($2, $3)) ORDER BY p.alias, p.id LIMIT $4"
        ))
        .bind(q)
        .bind(after.map(|(alias, _)| alias.as_str()))
        .bind(after.map(|(_, id)| *id))
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn find(&mut self, id: ProviderId) -> Result<Option<ProviderEntry>, StoreError> {
        Ok(sqlx::query_as(entries!("AND p.id = $1"))
            .bind(id.uuid())
            .fetch_optional(&mut *self.conn)
            .await?)
    }

    /// All in use, for matching names.
    pub async fn all(&mut self) -> Result<Vec<ProviderEntry>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, alias, names, 0::bigint AS waiting, NULL::timestamptz AS last_forward_at FROM provider
             WHERE removed_at IS NULL ORDER BY alias",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn insert(
        &mut self,
        id: ProviderId,
        alias: &str,
        names: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO provider (id, alias, names, created_at) VALUES ($1, $2, $3, $4)")
            .bind(id.uuid())
            .bind(alias)
            .bind(names)
            .bind(now)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// False: there is no such provider.
    pub async fn change(
        &mut self,
        id: ProviderId,
        alias: Option<&str>,
        names: Option<&[String]>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE provider SET alias = coalesce($2, alias), names = coalesce($3, names) WHERE id = $1 AND removed_at IS NULL",
        )
        .bind(id.uuid())
        .bind(alias)
        .bind(names)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Requests that are open with it, and whether history names it.
    pub async fn uses(&mut self, id: ProviderId) -> Result<(i64, bool), StoreError> {
        Ok(sqlx::query_as(
            "SELECT (SELECT count(*) FROM request WHERE provider_id = $1 AND closed_at IS NULL),
                    EXISTS (SELECT FROM request WHERE provider_id = $1) OR EXISTS (SELECT FROM outbox WHERE provider_id = $1)",
        )
        .bind(id.uuid())
        .fetch_one(&mut *self.conn)
        .await?)
    }

    /// Takes a provider without routes out of use.
    pub async fn remove(
        &mut self,
        id: ProviderId,
        history: bool,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = if history {
            sqlx::query(
                "UPDATE provider SET removed_at = $2, alias = left(alias, 40) || ' (removed ' || left(id::text, 13) || ')'
                 WHERE id = $1 AND removed_at IS NULL",
            )
            .bind(id.uuid())
            .bind(at)
            .execute(&mut *self.conn)
            .await?
        } else {
            sqlx::query("DELETE FROM provider WHERE id = $1 AND removed_at IS NULL")
                .bind(id.uuid())
                .execute(&mut *self.conn)
                .await?
        };
        Ok(done.rows_affected() == 1)
    }

    /// Routes of these providers, the oldest (which is the one in use) first.
    pub async fn routes(&mut self, providers: &[Uuid]) -> Result<Vec<RouteEntry>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT r.id, r.provider_id, r.chat_id, c.title AS chat_title, a.name AS account_name, c.lost_reason, r.topic, r.template,
                    r.piece_size, r.join_ms
             FROM provider_route r JOIN chat c ON c.id = r.chat_id JOIN chat_account a ON a.id = c.account_id
             WHERE r.provider_id = ANY($1) ORDER BY r.created_at, r.id",
        )
        .bind(providers)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn insert_route(&mut self, route: &NewRoute<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO provider_route (id, provider_id, chat_id, topic, template, piece_size, join_ms, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(route.id)
        .bind(route.provider.uuid())
        .bind(route.chat.uuid())
        .bind(route.topic)
        .bind(route.template)
        .bind(route.piece_size)
        .bind(route.join_ms)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn change_route(
        &mut self,
        provider: ProviderId,
        route: Uuid,
        change: &RouteChange<'_>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE provider_route SET template = CASE WHEN $3 THEN $4 ELSE template END,
                    piece_size = coalesce($5, piece_size), join_ms = coalesce($6, join_ms)
             WHERE id = $2 AND provider_id = $1",
        )
        .bind(provider.uuid())
        .bind(route)
        .bind(change.template.is_some())
        .bind(change.template.flatten())
        .bind(change.piece_size)
        .bind(change.join_ms)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Removes one route, or with `None` all of a provider. A group that no route leads to any more is nobody's again.
    pub async fn remove_routes(
        &mut self,
        provider: ProviderId,
        route: Option<Uuid>,
    ) -> Result<u64, StoreError> {
        let chats: Vec<Uuid> = sqlx::query_scalar(
            "DELETE FROM provider_route WHERE provider_id = $1 AND ($2::uuid IS NULL OR id = $2) RETURNING chat_id",
        )
        .bind(provider.uuid())
        .bind(route)
        .fetch_all(&mut *self.conn)
        .await?;
        sqlx::query(
            "UPDATE chat SET party = 'none' WHERE id = ANY($1) AND party = 'provider'
               AND NOT EXISTS (SELECT FROM provider_route r WHERE r.chat_id = chat.id)",
        )
        .bind(&chats)
        .execute(&mut *self.conn)
        .await?;
        Ok(u64::try_from(chats.len()).unwrap_or(0))
    }

    /// Every name that orders give their provider, with how many orders.
    pub async fn seen(&mut self, since: DateTime<Utc>) -> Result<Vec<Seen>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT provider_name AS name, count(DISTINCT order_id) AS orders, max(created_at) AS last_at FROM request
             WHERE provider_name IS NOT NULL AND created_at > $1 GROUP BY provider_name ORDER BY max(created_at) DESC, provider_name LIMIT 500",
        )
        .bind(since)
        .fetch_all(&mut *self.conn)
        .await?)
    }
}
