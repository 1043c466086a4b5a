//! Single-use codes that bind a group. Stored as hashes, in rows of `setting` of their own: they are few and short-lived.

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::repository;
use crate::{document, error::StoreError};

const PREFIX: &str = "bind:";

repository!(Binds);

impl Binds<'_> {
    /// What is kept under this hash, locked until the end of the transaction.
    pub async fn lock<T: DeserializeOwned>(&mut self, hash: &str) -> Result<Option<T>, StoreError> {
        let value: Option<Value> = sqlx::query_scalar("SELECT value FROM setting WHERE key = $1 FOR UPDATE")
            .bind(format!("{PREFIX}{hash}"))
            .fetch_optional(&mut *self.conn)
            .await?;
        document::read("bind", value)
    }

    pub async fn put<T: Serialize>(
        &mut self,
        hash: &str,
        value: &T,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        )
        .bind(format!("{PREFIX}{hash}"))
        .bind(document::write("bind", value)?)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Forgets codes that nothing happened to since `before`.
    pub async fn sweep(&mut self, before: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM setting WHERE starts_with(key, $1) AND updated_at < $2")
            .bind(PREFIX)
            .bind(before)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }
}
