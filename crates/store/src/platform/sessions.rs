//! Browsers that are signed in. The database holds a hash of the token, never the token.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::ipnet::IpNet};
use switchboard_domain::id::{SessionId, UserId};
use uuid::Uuid;

use super::{accounts::ipnet_of, repository};
use crate::error::StoreError;

#[derive(Debug, Clone, FromRow)]
pub struct SessionRow {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub ip: IpNet,
    pub agent: String,
}

#[derive(Debug)]
pub struct NewSession<'a> {
    pub id: SessionId,
    pub token_hash: [u8; 32],
    pub account: UserId,
    pub expires_at: DateTime<Utc>,
    pub ip: IpAddr,
    pub agent: &'a str,
}

repository!(Sessions);

impl Sessions<'_> {
    pub async fn insert(&mut self, new: &NewSession<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO platform.session (id, token_hash, account_id, created_at, last_seen_at, expires_at, ip, agent)
             VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
        )
        .bind(new.id.uuid())
        .bind(&new.token_hash[..])
        .bind(new.account.uuid())
        .bind(now)
        .bind(new.expires_at)
        .bind(ipnet_of(new.ip))
        .bind(new.agent)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Used again: lives on until `expires_at`, and never longer than `longest` after it began.
    pub async fn touch(
        &mut self,
        id: SessionId,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
        longest: chrono::TimeDelta,
    ) -> Result<(), StoreError> {
        let longest_s = longest.num_seconds();
        sqlx::query(
            "UPDATE platform.session SET last_seen_at = $2, expires_at = least($3, created_at + make_interval(secs => $4))
             WHERE id = $1 AND revoked_at IS NULL AND last_seen_at < $2",
        )
        .bind(id.uuid())
        .bind(now)
        .bind(expires_at)
        .bind(longest_s as f64)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Those that are neither ended nor expired, the last used first.
    pub async fn list(&mut self, account: UserId, now: DateTime<Utc>) -> Result<Vec<SessionRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, created_at, last_seen_at, ip, agent FROM platform.session
             WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY last_seen_at DESC, id DESC LIMIT 200",
        )
        .bind(account.uuid())
        .bind(now)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Ends one session of this account; false: there is no such one.
    pub async fn revoke(
        &mut self,
        account: UserId,
        id: SessionId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE platform.session SET revoked_at = $3 WHERE id = $2 AND account_id = $1 AND revoked_at IS NULL",
        )
        .bind(account.uuid())
        .bind(id.uuid())
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends the session with this token.
    pub async fn revoke_by_token(
        &mut self,
        token_hash: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE platform.session SET revoked_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL",
        )
        .bind(&token_hash[..])
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends all sessions of an account but one.
    pub async fn revoke_others(
        &mut self,
        account: UserId,
        keep: Option<SessionId>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "UPDATE platform.session SET revoked_at = $3 WHERE account_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NULL",
        )
        .bind(account.uuid())
        .bind(keep.map(SessionId::uuid))
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected())
    }
}
