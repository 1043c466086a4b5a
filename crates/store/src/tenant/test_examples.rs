//! The test room's examples: one document, changed under a lock, so that two who save at once both stay.

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::repository;
use crate::{document, error::StoreError};

const KEY: &str = "test_examples";
const PLAYED: &str = "test_room_played";

repository!(TestExamples);

impl TestExamples<'_> {
    /// Notes that a message has been played here, once.
    pub async fn note_played(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO setting (key, value, updated_at) VALUES ($1, 'true', $2) ON CONFLICT (key) DO NOTHING",
        )
        .bind(PLAYED)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn read<T: DeserializeOwned>(&mut self) -> Result<Option<Vec<T>>, StoreError> {
        let value: Option<Value> = sqlx::query_scalar("SELECT value FROM setting WHERE key = $1")
            .bind(KEY)
            .fetch_optional(&mut *self.conn)
            .await?;
        document::read(KEY, value)
    }

    /// The document until the transaction's end; made if there is none.
    pub async fn lock<T: DeserializeOwned>(&mut self, now: DateTime<Utc>) -> Result<Vec<T>, StoreError> {
        sqlx::query(
            "INSERT INTO setting (key, value, updated_at) VALUES ($1, '[]', $2) ON CONFLICT (key) DO NOTHING",
        )
        .bind(KEY)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        let value: Option<Value> = sqlx::query_scalar("SELECT value FROM setting WHERE key = $1 FOR UPDATE")
            .bind(KEY)
            .fetch_optional(&mut *self.conn)
            .await?;
        Ok(document::read(KEY, value)?.unwrap_or_default())
    }

    pub async fn put<T: Serialize>(&mut self, examples: &[T], now: DateTime<Utc>) -> Result<(), StoreError> {
        let value = document::write(KEY, &examples)?;
        sqlx::query("UPDATE setting SET value = $2, updated_at = $3 WHERE key = $1")
            .bind(KEY)
            .bind(value)
            .bind(now)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }
}
