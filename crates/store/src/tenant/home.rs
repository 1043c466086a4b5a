//! The figures of the first page. Read only; each query follows an index by time.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

/// How far back the panels' answers are looked for, in requests.
const LOOKED_AT: i64 = 500;

#[derive(Debug, Clone, FromRow)]
pub struct PanelSeen {
    pub id: Uuid,
    pub name: String,
    /// The last request for which it showed a status.
    pub answered_at: Option<DateTime<Utc>>,
    /// The last request for which it could not be reached.
    pub missed_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, FromRow)]
pub struct OutcomeCount {
    pub outcome: String,
    pub count: i64,
}

repository!(Home);

impl Home<'_> {
    pub async fn panels(&mut self) -> Result<Vec<PanelSeen>, StoreError> {
        Ok(sqlx::query_as(
            "WITH lately AS (SELECT panel_id, created_at, order_status, outcome, staff_reason FROM request ORDER BY created_at DESC, id DESC LIMIT $1)
             SELECT p.id, p.name,
                    max(l.created_at) FILTER (WHERE l.order_status IS NOT NULL) AS answered_at,
                    max(l.created_at) FILTER (WHERE l.outcome = 'panel_unavailable' OR l.staff_reason = 'panel_unavailable') AS missed_at
             FROM panel p LEFT JOIN lately l ON l.panel_id = p.id
             GROUP BY p.id, p.name, p.created_at ORDER BY p.created_at, p.id",
        )
        .bind(LOOKED_AT)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// How many requests wait for a person, and since when the oldest does.
    pub async fn need_person(&mut self) -> Result<(i64, Option<DateTime<Utc>>), StoreError> {
        Ok(sqlx::query_as(
            "SELECT count(*), min(created_at) FROM request WHERE staff_reason IS NOT NULL AND closed_at IS NULL",
        )
        .fetch_one(&mut *self.conn)
        .await?)
    }

    /// Mean number of requests in these spans, as far as there were any requests before their end. `None`: there was none yet.
    pub async fn usual(
        &mut self,
        spans: &[(DateTime<Utc>, DateTime<Utc>)],
    ) -> Result<Option<i64>, StoreError> {
        let (from, to): (Vec<_>, Vec<_>) = spans.iter().copied().unzip();
        Ok(sqlx::query_scalar(
            "SELECT round(avg(n.orders))::bigint FROM unnest($1::timestamptz[], $2::timestamptz[]) AS s(begins, ends)
             CROSS JOIN LATERAL (SELECT count(*) AS orders FROM request r WHERE r.created_at >= s.begins AND r.created_at < s.ends) n
             WHERE s.ends > (SELECT min(created_at) FROM request)",
        )
        .bind(from)
        .bind(to)
        .fetch_one(&mut *self.conn)
        .await?)
    }

    pub async fn outcomes(
        &mut self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<OutcomeCount>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT outcome, count(*) AS count FROM request WHERE created_at >= $1 AND created_at < $2
             GROUP BY outcome ORDER BY count(*) DESC, outcome",
        )
        .bind(from)
        .bind(until)
        .fetch_all(&mut *self.conn)
        .await?)
    }
}
