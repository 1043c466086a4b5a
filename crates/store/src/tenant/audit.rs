//! What was done in this tenant, by whom. Append-only.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::repository;
use crate::error::StoreError;

repository!(Audit);

impl Audit<'_> {
    pub async fn append(
        &mut self,
        actor: &str,
        action: &str,
        subject: &str,
        detail: Value,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO audit (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)")
            .bind(at)
            .bind(actor)
            .bind(action)
            .bind(subject)
            .bind(detail)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }
}
