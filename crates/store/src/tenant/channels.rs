//! Chat accounts as their owner looks at them: true state, traffic, groups. Read only.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, types::Json};
use switchboard_domain::id::AccountId;
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

/// One chat account with its traffic since a time, by default the start of the owner's day.
#[derive(Debug, Clone, FromRow)]
pub struct Channel {
    pub id: Uuid,
    pub name: String,
    pub channel: String,
    pub username: String,
    pub state: String,
    pub state_text: String,
    pub state_at: DateTime<Utc>,
    pub reads_groups: bool,
    pub last_in_at: Option<DateTime<Utc>>,
    pub last_out_at: Option<DateTime<Utc>>,
    pub queued: i64,
    pub came_in: i64,
    pub went_out: i64,
    pub refused: i64,
    pub support: i64,
    pub silent: i64,
    pub off: i64,
    pub history: Json<Vec<Change>>,
}

/// A state that an account was in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Change {
    pub at: DateTime<Utc>,
    pub state: String,
    pub text: String,
}

/// A group, as the list of one account shows it.
#[derive(Debug, Clone, FromRow)]
pub struct Group {
    pub id: Uuid,
    pub title: String,
    pub mode: String,
    pub party: String,
    pub provider_alias: Option<String>,
    pub lost_reason: Option<String>,
    pub last_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// The customer whom the group acts as.
    pub customer_id: Option<Uuid>,
    pub customer_name: Option<String>,
}

repository!(Channels);

impl Channels<'_> {
    /// All of the shop. Traffic is read chat by chat through the indexes on (chat, time), never by a scan of all messages, and only
    /// in chats where something was said since; an account where nothing was is looked through for its last word.
    pub async fn list(
        &mut self,
        since: DateTime<Utc>,
        only: Option<AccountId>,
    ) -> Result<Vec<Channel>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT a.id, a.name, a.channel, a.username, a.state, a.state_text, a.state_at, a.reads_groups, a.history,
                    coalesce(t.last_in_at, (
                        SELECT max(m.received_at) FROM chat c CROSS JOIN LATERAL (
                            SELECT m.received_at FROM message m WHERE m.chat_id = c.id ORDER BY m.received_at DESC LIMIT 1) m
                        WHERE c.account_id = a.id)) AS last_in_at,
                    coalesce(t.last_out_at, (
                        SELECT max(b.finished_at) FROM chat c CROSS JOIN LATERAL (
                            SELECT b.finished_at FROM outbox b WHERE b.chat_id = c.id AND b.state = 'sent' ORDER BY b.created_at DESC LIMIT 1) b
                        WHERE c.account_id = a.id)) AS last_out_at,
                    t.queued, t.came_in, t.went_out, t.refused, g.support, g.silent, g.off
             FROM chat_account a
             CROSS JOIN LATERAL (
                 SELECT count(*) FILTER (WHERE c.mode = 'support') AS support, count(*) FILTER (WHERE c.mode = 'silent') AS silent,
                        count(*) FILTER (WHERE c.mode = 'off' AND c.party <> 'provider') AS off
                 FROM chat c WHERE c.account_id = a.id AND c.kind = 'group'
             ) g
             CROSS JOIN LATERAL (
                 SELECT max(i.last_at) AS last_in_at, max(o.last_at) AS last_out_at,
                        coalesce(sum(o.queued), 0)::bigint AS queued, coalesce(sum(i.came), 0)::bigint AS came_in,
                        coalesce(sum(o.went), 0)::bigint AS went_out, coalesce(sum(o.refused), 0)::bigint AS refused
                 FROM chat c
                 CROSS JOIN LATERAL (
                     SELECT max(m.received_at) AS last_at, count(*) AS came FROM message m WHERE m.chat_id = c.id AND m.received_at >= $1
                 ) i
                 CROSS JOIN LATERAL (
                     SELECT max(b.finished_at) FILTER (WHERE b.state = 'sent') AS last_at,
                            count(*) FILTER (WHERE b.state IN ('queued', 'sending')) AS queued,
                            count(*) FILTER (WHERE b.state = 'sent') AS went,
                            count(*) FILTER (WHERE b.state = 'refused') AS refused
                     FROM outbox b WHERE b.chat_id = c.id AND b.created_at >= $1
                 ) o
                 WHERE c.account_id = a.id AND c.last_at >= $1
             ) t
             WHERE a.disconnected_at IS NULL AND ($2::uuid IS NULL OR a.id = $2)
             ORDER BY a.created_at, a.id",
        )
        .bind(since)
        .bind(only.map(AccountId::uuid))
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Groups of one account in the order of their titles. `after`: title and id of the last one shown.
    pub async fn groups(
        &mut self,
        account: AccountId,
        contains: Option<&str>,
        after: Option<(String, Uuid)>,
        limit: i64,
    ) -> Result<Vec<Group>, StoreError> {
        let (title, id) = after.unzip();
        Ok(sqlx::query_as(
            "SELECT c.id, c.title, c.mode, c.party, c.lost_reason, c.created_at,
                    (SELECT p.alias FROM provider_route r JOIN provider p ON p.id = r.provider_id
                     WHERE r.chat_id = c.id ORDER BY r.created_at, r.id LIMIT 1) AS provider_alias,
                    (SELECT m.received_at FROM message m WHERE m.chat_id = c.id ORDER BY m.received_at DESC LIMIT 1) AS last_at,
                    k.id AS customer_id, k.name AS customer_name
             FROM chat c LEFT JOIN customer k ON k.id = c.acts_as
             WHERE c.account_id = $1 AND c.kind = 'group'
               AND ($2::text IS NULL OR strpos(lower(c.title), lower($2)) > 0)
               AND ($3::text IS NULL OR (c.title, c.id) > ($3, $4))
             ORDER BY c.title, c.id
             LIMIT $5",
        )
        .bind(account.uuid())
        .bind(contains)
        .bind(title)
        .bind(id)
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }
}
