//! The ledger as its owner reads it: newest first, each line with what it was for.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone, FromRow)]
pub struct LedgerEntry {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub kind: String,
    pub amount: i64,
    pub balance_after: i64,
    pub held_after: i64,
    pub reason: String,
    pub r#ref: Option<Uuid>,
    /// Of the message that it was for: `reply`, `forward` or `notice`.
    pub purpose: Option<String>,
    pub chat: Option<String>,
    pub provider_alias: Option<String>,
}

repository!(LedgerList);

impl LedgerList<'_> {
    /// The newest `limit` below the line `after`.
    pub async fn page(
        &mut self,
        kind: Option<&str>,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let mut query = QueryBuilder::new("WITH p AS MATERIALIZED (SELECT l.* FROM ledger l WHERE true");
        if let Some(kind) = kind {
            query.push(" AND l.kind = ").push_bind(kind.to_owned());
        }
        if let Some(after) = after {
            query.push(" AND l.id < ").push_bind(after);
        }
        query.push(" ORDER BY l.id DESC LIMIT ").push_bind(limit).push(
            ") SELECT p.id, p.at, p.kind, p.amount, p.balance_after, p.held_after, p.reason, p.ref, o.purpose, h.title AS chat,
                      v.alias AS provider_alias
               FROM p LEFT JOIN outbox o ON o.id = p.ref LEFT JOIN chat h ON h.id = o.chat_id LEFT JOIN provider v ON v.id = o.provider_id
               ORDER BY p.id DESC",
        );
        Ok(query.build_query_as().fetch_all(&mut *self.conn).await?)
    }
}
