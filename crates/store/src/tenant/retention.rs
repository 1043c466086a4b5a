//! Words of chats that are older than the owner wants them kept. Rows stay, for the figures and for what hangs on them.

use chrono::{DateTime, Utc};

use super::repository;
use crate::error::StoreError;

repository!(Retention);

impl Retention<'_> {
    /// When the first message came.
    pub async fn begin(&mut self) -> Result<Option<DateTime<Utc>>, StoreError> {
        // Ids are made in the order of time.
        Ok(
            sqlx::query_scalar("SELECT received_at FROM message ORDER BY id LIMIT 1")
                .fetch_optional(&mut *self.conn)
                .await?,
        )
    }

    /// Empties what was said between these times; what still has to be handled keeps its words. Returns how many messages.
    pub async fn forget(&mut self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<u64, StoreError> {
        let came = sqlx::query(
            "UPDATE message SET raw = '', text = NULL WHERE received_at >= $1 AND received_at < $2 AND raw <> ''
               AND state IN ('answered', 'ignored', 'staff')",
        )
        .bind(from)
        .bind(to)
        .execute(&mut *self.conn)
        .await?;
        let went = sqlx::query(
            "UPDATE outbox SET text = '' WHERE created_at >= $1 AND created_at < $2 AND text <> '' AND state IN ('sent', 'refused', 'silent')",
        )
        .bind(from)
        .bind(to)
        .execute(&mut *self.conn)
        .await?;
        Ok(came.rows_affected() + went.rows_affected())
    }
}
