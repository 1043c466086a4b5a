//! One-time links, as hashes.

use chrono::{DateTime, Utc};
use switchboard_domain::id::UserId;
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Makes the master admin.
    Setup,
    /// Signs one account in.
    Login(UserId),
}

impl LinkPurpose {
    fn parts(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::Setup => ("setup", None),
            Self::Login(account) => ("login", Some(account.uuid())),
        }
    }
}

repository!(AdminLinks);

impl AdminLinks<'_> {
    /// The newest link of a purpose replaces those before it.
    pub async fn replace(
        &mut self,
        purpose: LinkPurpose,
        token_hash: [u8; 32],
        expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (purpose, account) = purpose.parts();
        sqlx::query(
            "DELETE FROM platform.admin_link WHERE purpose = $1 AND account_id IS NOT DISTINCT FROM $2",
        )
        .bind(purpose)
        .bind(account)
        .execute(&mut *self.conn)
        .await?;
        sqlx::query(
            "INSERT INTO platform.admin_link (token_hash, purpose, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&token_hash[..])
        .bind(purpose)
        .bind(account)
        .bind(now)
        .bind(expires_at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn is_valid(&mut self, token_hash: [u8; 32], now: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM platform.admin_link
                            WHERE token_hash = $1 AND purpose = 'setup' AND used_at IS NULL AND expires_at > $2)",
        )
        .bind(&token_hash[..])
        .bind(now)
        .fetch_one(&mut *self.conn)
        .await?)
    }

    /// Uses a set-up link up; false: it was never one, or is used or expired. Holds its row until the transaction ends.
    pub async fn use_setup(&mut self, token_hash: [u8; 32], now: DateTime<Utc>) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE platform.admin_link SET used_at = $2
             WHERE token_hash = $1 AND purpose = 'setup' AND used_at IS NULL AND expires_at > $2",
        )
        .bind(&token_hash[..])
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The account that a login link belongs to, once.
    pub async fn use_login(
        &mut self,
        token_hash: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<UserId>, StoreError> {
        let account: Option<Uuid> = sqlx::query_scalar(
            "UPDATE platform.admin_link SET used_at = $2
             WHERE token_hash = $1 AND purpose = 'login' AND used_at IS NULL AND expires_at > $2 RETURNING account_id",
        )
        .bind(&token_hash[..])
        .bind(now)
        .fetch_optional(&mut *self.conn)
        .await?;
        Ok(account.map(UserId::from_uuid))
    }
}
