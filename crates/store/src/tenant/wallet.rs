//! Credits: hold, settle, release, and the ledger that proves them.
//!
//! Invariant: this module only calls the functions of schema `credit`; the tenant's role has no UPDATE on the wallet.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use switchboard_domain::{
    credit::Credits,
    id::{GrantId, OutboxId},
};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone, Copy, Serialize)]
pub struct Balance {
    /// What can still be spent.
    pub balance: Credits,
    /// Set aside for messages that are on their way.
    pub held: Credits,
}

#[derive(Debug, Serialize, FromRow)]
pub struct LedgerLine {
    pub key: String,
    pub kind: String,
    pub amount: i64,
    pub balance_after: i64,
    pub held_after: i64,
    pub reason: String,
    pub at: DateTime<Utc>,
}

/// Lines are numbered in the order of time, as nearly as a figure for eyes needs it.
const SPENT_SINCE: &str = "WITH RECURSIVE half (lo, hi) AS (
         SELECT 0::bigint, coalesce((SELECT max(id) FROM ledger), 0)
         UNION ALL
         SELECT CASE WHEN m.before THEN m.mid ELSE h.lo END, CASE WHEN m.before THEN h.hi ELSE m.mid - 1 END
         FROM half h CROSS JOIN LATERAL (
             SELECT (h.lo + h.hi + 1) / 2 AS mid,
                    coalesce((SELECT l.at < $1 FROM ledger l WHERE l.id <= (h.lo + h.hi + 1) / 2 ORDER BY l.id DESC LIMIT 1), true) AS before
         ) m WHERE h.lo < h.hi
     ), line (id) AS (SELECT lo FROM half WHERE lo >= hi)
     SELECT (coalesce((SELECT l.balance_after + l.held_after FROM ledger l WHERE l.id <= line.id ORDER BY l.id DESC LIMIT 1), 0)
             + coalesce((SELECT sum(g.amount) FROM ledger g WHERE g.kind = 'grant' AND g.id > line.id), 0)
             - (SELECT w.balance + w.held FROM wallet w WHERE w.id = 1))::bigint FROM line";

repository!(Wallet);

impl Wallet<'_> {
    pub async fn balance(&mut self) -> Result<Balance, StoreError> {
        let (balance, held): (i64, i64) = sqlx::query_as("SELECT balance, held FROM wallet WHERE id = 1")
            .fetch_one(&mut *self.conn)
            .await?;
        Ok(Balance {
            balance: Credits::from_micros(balance),
            held: Credits::from_micros(held),
        })
    }

    /// Holds the price of each message, all or nothing. The message's id is the cause: holding twice holds once.
    ///
    /// False: not enough credit, nothing changed.
    pub async fn hold(
        &mut self,
        messages: &[(OutboxId, Credits)],
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if messages.is_empty() {
            return Ok(true);
        }
        let keys: Vec<String> = messages.iter().map(|(id, _)| id.to_string()).collect();
        let amounts: Vec<i64> = messages.iter().map(|(_, price)| price.micros()).collect();
        let refs: Vec<Uuid> = messages.iter().map(|(id, _)| id.uuid()).collect();
        Ok(sqlx::query_scalar("SELECT credit.hold($1, $2, $3, $4)")
            .bind(keys)
            .bind(amounts)
            .bind(refs)
            .bind(at)
            .fetch_one(&mut *self.conn)
            .await?)
    }

    /// The network took the message: what was held for it is spent. False: nothing was held, or it has ended before.
    pub async fn settle(&mut self, message: OutboxId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        self.end(message, true, at).await
    }

    /// The network refused the message for good: what was held for it goes back.
    pub async fn release(&mut self, message: OutboxId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        self.end(message, false, at).await
    }

    async fn end(&mut self, message: OutboxId, spent: bool, at: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar("SELECT credit.end_hold($1, $2, $3)")
            .bind(message.to_string())
            .bind(spent)
            .bind(at)
            .fetch_one(&mut *self.conn)
            .await?)
    }

    /// Books a grant of the platform once; what it is worth is read from the platform's row.
    pub async fn book_grant(&mut self, grant: GrantId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar("SELECT credit.book_grant($1, $2)")
            .bind(grant.uuid())
            .bind(at)
            .fetch_one(&mut *self.conn)
            .await?)
    }

    /// Grants that the ledger does not show yet.
    pub async fn open_grants(&mut self) -> Result<Vec<GrantId>, StoreError> {
        let ids: Vec<Uuid> = sqlx::query_scalar("SELECT * FROM credit.open_grants()")
            .fetch_all(&mut *self.conn)
            .await?;
        Ok(ids.into_iter().map(GrantId::from_uuid).collect())
    }

    /// What was spent for good since then.
    pub async fn spent_since(&mut self, since: DateTime<Utc>) -> Result<Credits, StoreError> {
        // Balance and held together change by grants and by what is spent alone, so a week's spending is the difference of two lines
        // less the few grants between. The line is found by halves along the primary key; summing would read every line of the week.
        let micros: i64 = sqlx::query_scalar(SPENT_SINCE)
            .bind(since)
            .fetch_one(&mut *self.conn)
            .await?;
        Ok(Credits::from_micros(micros))
    }

    /// Newest first.
    pub async fn ledger(&mut self, limit: i64) -> Result<Vec<LedgerLine>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT key, kind, amount, balance_after, held_after, reason, at FROM ledger ORDER BY id DESC LIMIT $1",
        )
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Difference between the wallet and what its ledger adds up to; zero or somebody should look.
    pub async fn discrepancy(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT (w.balance + w.held - coalesce(sum(CASE l.kind WHEN 'grant' THEN l.amount WHEN 'settle' THEN -l.amount ELSE 0 END), 0))::bigint
             FROM wallet w LEFT JOIN ledger l ON true WHERE w.id = 1 GROUP BY w.balance, w.held",
        )
        .fetch_one(&mut *self.conn)
        .await?)
    }
}
