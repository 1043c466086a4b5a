//! Messages that wait to be sent, are being sent, or were.
//!
//! Invariant: a cause (`key`) sends once. A row is marked `sending` and committed before the network is called, so after a crash
//! one sees what was in flight: a reply cut off so is sent again, a forward becomes `unknown` and waits for a person.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{FromRow, QueryBuilder};
use switchboard_domain::{
    credit::Credits,
    id::{AccountId, ChatId, MessageId, OutboxId, PanelId, ProviderId},
};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone)]
pub struct NewOutbox {
    pub id: OutboxId,
    pub key: String,
    pub account: AccountId,
    pub chat: ChatId,
    pub topic: String,
    pub purpose: &'static str,
    pub text: String,
    pub reply_to: Option<String>,
    pub message: Option<MessageId>,
    /// `queued`, or `silent` where the chat is only watched.
    pub state: &'static str,
    pub price: Credits,
    pub created_at: DateTime<Utc>,
}

/// Where requests for one provider, panel and command gather before they travel as one message.
#[derive(Debug, Clone)]
pub struct Gathering<'a> {
    pub id: OutboxId,
    pub account: AccountId,
    pub chat: ChatId,
    pub topic: &'a str,
    pub provider: ProviderId,
    pub panel: PanelId,
    pub command: &'static str,
    pub price: Credits,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, FromRow)]
pub struct OutboxRow {
    pub id: Uuid,
    pub account_id: Uuid,
    pub chat_id: Uuid,
    pub chat_network_id: String,
    pub topic: String,
    pub purpose: String,
    pub text: String,
    pub reply_to: Option<String>,
    pub state: String,
    pub price: i64,
    pub provider_id: Option<Uuid>,
    pub panel_id: Option<Uuid>,
    pub command: Option<String>,
    pub network_ids: Vec<String>,
    pub attempts: i32,
    pub created_at: DateTime<Utc>,
    /// Written by a person.
    pub by_person: bool,
}

#[derive(Debug, Serialize, FromRow)]
pub struct UnfinishedLine {
    pub id: Uuid,
    pub purpose: String,
    pub state: String,
    pub text: String,
    pub chat: String,
    pub error: Option<String>,
    pub created_at: DateTime<Utc>,
}

repository!(Outbox);

impl Outbox<'_> {
    /// Inserts what is new; returns the ids that went in. A key that is there already stays as it is.
    pub async fn insert(&mut self, rows: &[NewOutbox]) -> Result<Vec<OutboxId>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        // What is said puts its chat on top of the list, whoever began.
        let mut insert = QueryBuilder::new(
            "WITH fresh AS (INSERT INTO outbox (id, key, account_id, chat_id, topic, purpose, text, reply_to, message_id, state, price, created_at) ",
        );
        insert.push_values(rows, |mut row, r| {
            row.push_bind(r.id.uuid())
                .push_bind(&r.key)
                .push_bind(r.account.uuid())
                .push_bind(r.chat.uuid())
                .push_bind(&r.topic)
                .push_bind(r.purpose)
                .push_bind(&r.text)
                .push_bind(&r.reply_to)
                .push_bind(r.message.map(MessageId::uuid))
                .push_bind(r.state)
                .push_bind(r.price.micros())
                .push_bind(r.created_at);
        });
        insert.push(
            " ON CONFLICT (key) DO NOTHING RETURNING id, chat_id, created_at),
             spoke AS (UPDATE chat c SET last_at = n.at FROM (SELECT chat_id, max(created_at) AS at FROM fresh GROUP BY chat_id) n
                       WHERE c.id = n.chat_id AND (c.last_at IS NULL OR c.last_at < n.at))
             SELECT id FROM fresh",
        );
        let ids: Vec<Uuid> = insert.build_query_scalar().fetch_all(&mut *self.conn).await?;
        Ok(ids.into_iter().map(OutboxId::from_uuid).collect())
    }

    /// The forward that gathers for this group, provider, panel and command; true if it was made now (and needs its job).
    pub async fn gather(&mut self, g: &Gathering<'_>) -> Result<(OutboxId, bool), StoreError> {
        // FOR UPDATE by the conflict: the flush that turns it into a message cannot run in between.
        let id: Uuid = sqlx::query_scalar(
            "INSERT INTO outbox (id, key, account_id, chat_id, topic, purpose, text, state, price, provider_id, panel_id, command, created_at)
             VALUES ($1, $2, $3, $4, $5, 'forward', '', 'gathering', $6, $7, $8, $9, $10)
             ON CONFLICT (chat_id, topic, provider_id, panel_id, command) WHERE state = 'gathering' DO UPDATE SET command = excluded.command
             RETURNING id",
        )
        .bind(g.id.uuid())
        .bind(format!("forward:{}", g.id))
        .bind(g.account.uuid())
        .bind(g.chat.uuid())
        .bind(g.topic)
        .bind(g.price.micros())
        .bind(g.provider.uuid())
        .bind(g.panel.uuid())
        .bind(g.command)
        .bind(g.created_at)
        .fetch_one(&mut *self.conn)
        .await?;
        let id = OutboxId::from_uuid(id);
        Ok((id, id == g.id))
    }

    /// A row with its chat's network id, locked until the end of the transaction.
    pub async fn lock(&mut self, id: OutboxId) -> Result<Option<OutboxRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT o.id, o.account_id, o.chat_id, c.network_id AS chat_network_id, o.topic, o.purpose, o.text, o.reply_to, o.state, o.price,
                    o.provider_id, o.panel_id, o.command, o.network_ids, o.attempts, o.created_at, o.author_id IS NOT NULL AS by_person
             FROM outbox o JOIN chat c ON c.id = o.chat_id WHERE o.id = $1 FOR UPDATE OF o",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    /// The gathered forward got its text and may be sent.
    pub async fn ready(&mut self, id: OutboxId, text: &str) -> Result<(), StoreError> {
        sqlx::query(
            "WITH ready AS (UPDATE outbox SET state = 'queued', text = $2 WHERE id = $1 AND state = 'gathering'
                            RETURNING chat_id, created_at)
             UPDATE chat SET last_at = ready.created_at FROM ready
             WHERE chat.id = ready.chat_id AND (chat.last_at IS NULL OR chat.last_at < ready.created_at)",
        )
        .bind(id.uuid())
        .bind(text)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn set_sending(&mut self, id: OutboxId, at: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, sending_at = $2 WHERE id = $1",
        )
        .bind(id.uuid())
        .bind(at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// What became of a send. Parts that the network took stay noted, so that a repeat goes on behind them.
    pub async fn set_outcome(
        &mut self,
        id: OutboxId,
        state: &'static str,
        network_ids: &[String],
        error: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE outbox SET state = $2, network_ids = network_ids || $3, error = $4,
                    finished_at = CASE WHEN $2 IN ('sent', 'refused', 'unknown') THEN $5 END
             WHERE id = $1",
        )
        .bind(id.uuid())
        .bind(state)
        .bind(network_ids)
        .bind(error)
        .bind(at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// The reply of ours that a customer quotes, for its ids.
    pub async fn find_text_by_network_id(
        &mut self,
        chat: ChatId,
        network_id: &str,
    ) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT text FROM outbox WHERE chat_id = $1 AND $2 = ANY(network_ids) ORDER BY created_at DESC LIMIT 1",
        )
        .bind(chat.uuid())
        .bind(network_id)
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    /// What nobody knows the end of.
    pub async fn unknown(&mut self, limit: i64) -> Result<Vec<UnfinishedLine>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT o.id, o.purpose, o.state, o.text, c.title AS chat, o.error, o.created_at FROM outbox o JOIN chat c ON c.id = o.chat_id
             WHERE o.state = 'unknown' ORDER BY o.created_at LIMIT $1",
        )
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }
}
