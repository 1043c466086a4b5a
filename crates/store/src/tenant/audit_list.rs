//! What was done, newest first.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::FromRow;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone, FromRow)]
pub struct AuditEntry {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub detail: Value,
}

repository!(AuditList);

impl AuditList<'_> {
    pub async fn page(&mut self, after: Option<i64>, limit: i64) -> Result<Vec<AuditEntry>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, at, actor, action, subject, detail FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(after.unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }
}
