//! Documents of the platform: trial credits, default prices.

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::repository;
use crate::{document, error::StoreError};

repository!(Settings);

impl Settings<'_> {
    pub async fn find<T: DeserializeOwned>(&mut self, key: &'static str) -> Result<Option<T>, StoreError> {
        let value: Option<Value> = sqlx::query_scalar("SELECT value FROM platform.setting WHERE key = $1")
            .bind(key)
            .fetch_optional(&mut *self.conn)
            .await?;
        document::read(key, value)
    }

    pub async fn put<T: Serialize>(
        &mut self,
        key: &'static str,
        value: &T,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let value = document::write(key, value)?;
        sqlx::query(
            "INSERT INTO platform.setting (key, value, updated_at) VALUES ($1, $2, $3)
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
