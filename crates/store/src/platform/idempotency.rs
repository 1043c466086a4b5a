//! Unsafe requests that carried an `Idempotency-Key`, and what they were answered.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use switchboard_domain::id::UserId;

use super::repository;
use crate::error::StoreError;

/// What was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nobody did this yet: do it, then [`Idempotency::answered`] or [`Idempotency::give_up`].
    Yours,
    Answered(Answered),
    /// Another request with this key is being worked on.
    Busy,
    /// The key was used for another request.
    OtherRequest,
}

#[derive(FromRow)]
struct Row {
    request_hash: Vec<u8>,
    status: Option<i16>,
    content_type: String,
    body: Vec<u8>,
    claimed_until: DateTime<Utc>,
}

repository!(Idempotency);

impl Idempotency<'_> {
    /// Claims a key until `claimed_until`. To be committed before the work begins.
    pub async fn claim(
        &mut self,
        account: UserId,
        key: &str,
        request_hash: [u8; 32],
        claimed_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Claim, StoreError> {
        let done = sqlx::query(
            "INSERT INTO platform.idempotency (account_id, key, request_hash, claimed_until, created_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, key) DO NOTHING",
        )
        .bind(account.uuid())
        .bind(key)
        .bind(&request_hash[..])
        .bind(claimed_until)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        if done.rows_affected() == 1 {
            return Ok(Claim::Yours);
        }
        let row: Row = sqlx::query_as(
            "SELECT request_hash, status, content_type, body, claimed_until FROM platform.idempotency
             WHERE account_id = $1 AND key = $2 FOR UPDATE",
        )
        .bind(account.uuid())
        .bind(key)
        .fetch_one(&mut *self.conn)
        .await?;
        if row.request_hash != request_hash {
            return Ok(Claim::OtherRequest);
        }
        if let Some(status) = row.status {
            return Ok(Claim::Answered(Answered {
                status: u16::try_from(status)
                    .map_err(|_| StoreError::unreadable("idempotency.status", status.to_string()))?,
                content_type: row.content_type,
                body: row.body,
            }));
        }
        if row.claimed_until > now {
            return Ok(Claim::Busy);
        }
        sqlx::query("UPDATE platform.idempotency SET claimed_until = $3 WHERE account_id = $1 AND key = $2")
            .bind(account.uuid())
            .bind(key)
            .bind(claimed_until)
            .execute(&mut *self.conn)
            .await?;
        Ok(Claim::Yours)
    }

    pub async fn answered(
        &mut self,
        account: UserId,
        key: &str,
        answer: &Answered,
    ) -> Result<(), StoreError> {
        let status = i16::try_from(answer.status)
            .map_err(|_| StoreError::unreadable("idempotency.status", answer.status.to_string()))?;
        sqlx::query(
            "UPDATE platform.idempotency SET status = $3, content_type = $4, body = $5 WHERE account_id = $1 AND key = $2",
        )
        .bind(account.uuid())
        .bind(key)
        .bind(status)
        .bind(&answer.content_type)
        .bind(&answer.body)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Nothing was done: the key may be used again.
    pub async fn give_up(&mut self, account: UserId, key: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM platform.idempotency WHERE account_id = $1 AND key = $2 AND status IS NULL")
            .bind(account.uuid())
            .bind(key)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Forgets what is older than any retry; returns how many.
    pub async fn prune(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM platform.idempotency WHERE created_at < $1")
            .bind(before)
            .execute(&mut *self.conn)
            .await?;
        Ok(done.rows_affected())
    }
}
