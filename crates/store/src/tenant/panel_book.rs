//! Panels as their owner keeps them: the last report of the key, edits, removal.
//!
//! Invariant: whatever changes how a panel is called also raises its `version`, so that open desks are replaced.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::FromRow;
use switchboard_domain::id::PanelId;
use uuid::Uuid;

use super::repository;
use crate::{
    error::StoreError,
    vault::{PanelApiKey, Sealed},
};

/// One panel with its last report.
#[derive(Clone, FromRow)]
pub struct PanelEntry {
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    pub base_url: String,
    pub secret: Sealed<PanelApiKey>,
    pub min_gap_ms: i32,
    pub time_zone: String,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub report: Option<Value>,
    pub last_answer_at: Option<DateTime<Utc>>,
    /// Customers with a username here.
    pub customers: i64,
}

/// What hangs on a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct PanelUses {
    pub customers: i64,
    /// Rows of the order → customer list.
    pub listed_orders: i64,
    pub open_requests: i64,
    /// Whether old requests or messages name it.
    pub history: bool,
}

/// What changes; `None` stays.
#[derive(Default)]
pub struct PanelChange<'a> {
    pub name: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub abilities: Option<Value>,
    pub secret: Option<Sealed<PanelApiKey>>,
    pub time_zone: Option<&'a str>,
    pub min_gap_ms: Option<i32>,
    pub report: Option<Value>,
    pub answered_at: Option<DateTime<Utc>>,
}

repository!(PanelBook);

/// The columns of [`PanelEntry`], of the panels in use; the argument follows.
macro_rules! entries {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.kind, p.name, p.base_url, p.secret, p.min_gap_ms, p.time_zone, p.version, p.created_at, p.report,
                    p.last_answer_at, (SELECT count(DISTINCT l.customer_id) FROM customer_link l WHERE l.panel_id = p.id) AS customers
             FROM panel p WHERE p.removed_at IS NULL ",
            $rest
        )
    };
}

impl PanelBook<'_> {
    pub async fn list(&mut self) -> Result<Vec<PanelEntry>, StoreError> {
        Ok(sqlx::query_as(entries!("ORDER BY p.created_at, p.id"))
            .fetch_all(&mut *self.conn)
            .await?)
    }

    pub async fn find(&mut self, id: PanelId) -> Result<Option<PanelEntry>, StoreError> {
        Ok(sqlx::query_as(entries!("AND p.id = $1"))
            .bind(id.uuid())
            .fetch_optional(&mut *self.conn)
            .await?)
    }

    /// False: there is no such panel.
    pub async fn change(&mut self, id: PanelId, change: &PanelChange<'_>) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE panel SET
                version = version + CASE WHEN coalesce($3 <> kind, false) OR $5::bytea IS NOT NULL
                    OR coalesce($6 <> time_zone, false) OR coalesce($7 <> min_gap_ms, false) THEN 1 ELSE 0 END,
                name = coalesce($2, name), kind = coalesce($3, kind), abilities = coalesce($4, abilities),
                secret = coalesce($5, secret), time_zone = coalesce($6, time_zone), min_gap_ms = coalesce($7, min_gap_ms),
                report = coalesce($8, report), last_answer_at = coalesce($9, last_answer_at)
             WHERE id = $1 AND removed_at IS NULL",
        )
        .bind(id.uuid())
        .bind(change.name)
        .bind(change.kind)
        .bind(&change.abilities)
        .bind(&change.secret)
        .bind(change.time_zone)
        .bind(change.min_gap_ms)
        .bind(&change.report)
        .bind(change.answered_at)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn uses(&mut self, id: PanelId) -> Result<PanelUses, StoreError> {
        Ok(sqlx::query_as(
            "SELECT (SELECT count(DISTINCT customer_id) FROM customer_link WHERE panel_id = $1) AS customers,
                    (SELECT count(*) FROM order_owner WHERE panel_id = $1) AS listed_orders,
                    (SELECT count(*) FROM request WHERE panel_id = $1 AND opens IS NOT NULL AND closed_at IS NULL) AS open_requests,
                    EXISTS (SELECT FROM request WHERE panel_id = $1) OR EXISTS (SELECT FROM outbox WHERE panel_id = $1) AS history",
        )
        .bind(id.uuid())
        .fetch_one(&mut *self.conn)
        .await?)
    }

    /// Takes the panel out of use. With history its row stays, without a usable key and under another name.
    pub async fn remove(
        &mut self,
        id: PanelId,
        history: bool,
        no_secret: &Sealed<PanelApiKey>,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = if history {
            sqlx::query(
                "UPDATE panel SET removed_at = $2, secret = $3, version = version + 1,
                        name = left(name, 40) || ' (removed ' || left(id::text, 13) || ')'
                 WHERE id = $1 AND removed_at IS NULL",
            )
            .bind(id.uuid())
            .bind(at)
            .bind(no_secret)
            .execute(&mut *self.conn)
            .await?
        } else {
            sqlx::query("DELETE FROM panel WHERE id = $1 AND removed_at IS NULL")
                .bind(id.uuid())
                .execute(&mut *self.conn)
                .await?
        };
        Ok(done.rows_affected() == 1)
    }
}
