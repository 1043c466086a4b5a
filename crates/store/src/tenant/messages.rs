//! Inbound messages, stored before the network is told that we have them.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use switchboard_domain::id::{AccountId, ChatId, IdentityId, MessageId};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

/// An earlier message, and the orders in it that were asked back about.
#[derive(Debug, Clone, FromRow)]
pub struct Question {
    pub text: String,
    pub commands: Vec<String>,
    pub orders: Vec<String>,
}

#[derive(Debug)]
pub struct NewMessage<'a> {
    pub id: MessageId,
    pub account_id: AccountId,
    pub dedupe_key: &'a str,
    pub raw: &'a str,
    pub received_at: DateTime<Utc>,
}

#[derive(Debug, FromRow)]
pub struct StoredMessage {
    pub account_id: Uuid,
    pub dedupe_key: String,
    pub raw: String,
    pub received_at: DateTime<Utc>,
    pub state: String,
}

/// What a message was understood as, written together with what came of it.
#[derive(Debug)]
pub struct Understood<'a> {
    pub chat: ChatId,
    pub identity: Option<IdentityId>,
    pub network_message_id: &'a str,
    pub topic: &'a str,
    pub text: Option<&'a str>,
    pub sent_at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    Answered,
    Ignored,
    /// No credit: kept, nothing done; the owner can replay it.
    Held,
    Staff,
}

impl MessageState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Ignored => "ignored",
            Self::Held => "held",
            Self::Staff => "staff",
        }
    }
}

repository!(Messages);

impl Messages<'_> {
    /// Stores a delivery; false if it was delivered before.
    pub async fn store(&mut self, message: &NewMessage<'_>) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO message (id, account_id, dedupe_key, raw, received_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (account_id, dedupe_key) DO NOTHING",
        )
        .bind(message.id.uuid())
        .bind(message.account_id.uuid())
        .bind(message.dedupe_key)
        .bind(message.raw)
        .bind(message.received_at)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn find(&mut self, id: MessageId) -> Result<Option<StoredMessage>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT account_id, dedupe_key, raw, received_at, state FROM message WHERE id = $1",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    /// What a message was understood as and what came of it, in one write.
    pub async fn conclude(
        &mut self,
        id: MessageId,
        as_: &Understood<'_>,
        state: MessageState,
        why: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "WITH spoke AS (UPDATE chat SET last_at = $10 WHERE id = $2 AND (last_at IS NULL OR last_at < $10))
             UPDATE message SET chat_id = $2, identity_id = $3, network_message_id = $4, topic = $5, text = $6, sent_at = $7,
                    state = $8, why = $9
             WHERE id = $1",
        )
        .bind(id.uuid())
        .bind(as_.chat.uuid())
        .bind(as_.identity.map(IdentityId::uuid))
        .bind(as_.network_message_id)
        .bind(as_.topic)
        .bind(as_.text)
        .bind(as_.sent_at)
        .bind(state.as_str())
        .bind(why)
        .bind(as_.received_at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// The text of a message before it was edited: that of another delivery than `but`, which may be shown already.
    pub async fn earlier_text(
        &mut self,
        chat: ChatId,
        network_message_id: &str,
        but: MessageId,
    ) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT text FROM message WHERE chat_id = $1 AND network_message_id = $2 AND text IS NOT NULL AND id <> $3
             ORDER BY received_at DESC LIMIT 1",
        )
        .bind(chat.uuid())
        .bind(network_message_id)
        .bind(but.uuid())
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    pub async fn set_state(
        &mut self,
        id: MessageId,
        state: MessageState,
        why: &str,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE message SET state = $2, why = $3 WHERE id = $1")
            .bind(id.uuid())
            .bind(state.as_str())
            .bind(why)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// What this sender wrote in this chat since `since`, newest first: ids sent a moment before their command.
    pub async fn recent_texts(
        &mut self,
        chat: ChatId,
        identity: IdentityId,
        before: MessageId,
        since: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT text FROM message WHERE chat_id = $1 AND identity_id = $2 AND id <> $3 AND text IS NOT NULL AND received_at >= $4
             ORDER BY received_at DESC LIMIT 3",
        )
        .bind(chat.uuid())
        .bind(identity.uuid())
        .bind(before.uuid())
        .bind(since)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// What this sender wrote in this chat since `since`, newest first, each with its orders that were answered with one of
    /// `outcomes`: a question that waits for a yes.
    pub async fn questions(
        &mut self,
        chat: ChatId,
        identity: IdentityId,
        before: MessageId,
        since: DateTime<Utc>,
        outcomes: &[&str],
    ) -> Result<Vec<Question>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT m.text,
                    array(SELECT r.command FROM request r WHERE r.message_id = m.id AND r.outcome = ANY ($5) ORDER BY r.id) AS commands,
                    array(SELECT r.order_id FROM request r WHERE r.message_id = m.id AND r.outcome = ANY ($5) ORDER BY r.id) AS orders
             FROM message m
             WHERE m.chat_id = $1 AND m.identity_id = $2 AND m.id <> $3 AND m.text IS NOT NULL AND m.received_at >= $4
             ORDER BY m.received_at DESC LIMIT 20",
        )
        .bind(chat.uuid())
        .bind(identity.uuid())
        .bind(before.uuid())
        .bind(since)
        .bind(outcomes)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Messages that wait for credit, oldest first.
    pub async fn held(&mut self, limit: i64) -> Result<Vec<MessageId>, StoreError> {
        let ids: Vec<Uuid> =
            sqlx::query_scalar("SELECT id FROM message WHERE state = 'held' ORDER BY received_at LIMIT $1")
                .bind(limit)
                .fetch_all(&mut *self.conn)
                .await?;
        Ok(ids.into_iter().map(MessageId::from_uuid).collect())
    }
}
