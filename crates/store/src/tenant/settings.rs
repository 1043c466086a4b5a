//! Documents of the owner: texts, rules, reply style, prices. One row a document, so that a change is one write.

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::repository;
use crate::{document, error::StoreError};

repository!(Settings);

impl Settings<'_> {
    pub async fn find<T: DeserializeOwned>(&mut self, key: &'static str) -> Result<Option<T>, StoreError> {
        let value: Option<Value> = sqlx::query_scalar("SELECT value FROM setting WHERE key = $1")
            .bind(key)
            .fetch_optional(&mut *self.conn)
            .await?;
        document::read(key, value)
    }

    /// Keeps others from changing this document until the end of the transaction, also while it has no row yet.
    pub async fn lock(&mut self, key: &'static str) -> Result<(), StoreError> {
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ':' || $1, 0))")
            .bind(key)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// All documents by key: one round trip for who needs several.
    pub async fn all(&mut self) -> Result<std::collections::HashMap<String, Value>, StoreError> {
        let rows: Vec<(String, Value)> =
            sqlx::query_as("SELECT key, value FROM setting WHERE NOT starts_with(key, 'bind:')")
                .fetch_all(&mut *self.conn)
                .await?;
        Ok(rows.into_iter().collect())
    }

    pub async fn put<T: Serialize>(
        &mut self,
        key: &'static str,
        value: &T,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let value = document::write(key, value)?;
        sqlx::query(
            "INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        )
        .bind(key)
        .bind(value)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }
}
