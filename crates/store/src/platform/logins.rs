//! Every attempt to sign in.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::ipnet::IpNet};
use switchboard_domain::id::UserId;
use uuid::Uuid;

use super::{accounts::ipnet_of, repository};
use crate::error::StoreError;

#[derive(Debug, Clone, FromRow)]
pub struct LoginRow {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub ip: IpNet,
    pub agent: String,
    pub outcome: String,
}

repository!(Logins);

impl Logins<'_> {
    /// `account` is `None` where nobody of that name is.
    pub async fn append(
        &mut self,
        id: Uuid,
        account: Option<UserId>,
        ip: IpAddr,
        agent: &str,
        outcome: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO platform.login_event (id, account_id, at, ip, agent, outcome) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id)
        .bind(account.map(UserId::uuid))
        .bind(at)
        .bind(ipnet_of(ip))
        .bind(agent)
        .bind(outcome)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Newest first, from before `after` on.
    pub async fn list(
        &mut self,
        account: UserId,
        after: Option<(DateTime<Utc>, Uuid)>,
        limit: i64,
    ) -> Result<Vec<LoginRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, at, ip, agent, outcome FROM platform.login_event
             WHERE account_id = $1 AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3)) ORDER BY at DESC, id DESC LIMIT $4",
        )
        .bind(account.uuid())
        .bind(after.map(|(at, _)| at))
        .bind(after.map(|(_, id)| id))
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }
}
