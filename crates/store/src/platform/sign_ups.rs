//! What is still to be done for a new account: its workspace, its first credits, its panel.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::FromRow;
use switchboard_domain::id::{TenantId, UserId};
use uuid::Uuid;

use super::repository;
use crate::{
    error::StoreError,
    vault::{PanelApiKey, Sealed},
};

#[derive(FromRow)]
pub struct SignUpRow {
    pub account_id: Uuid,
    pub tenant_id: Uuid,
    pub panel_id: Uuid,
    pub panel_name: String,
    pub panel_url: String,
    pub panel_kind: Option<String>,
    /// Sealed with the tenant's data key for row `panel_id`; gone once the tenant's own table holds it.
    pub panel_key: Option<Sealed<PanelApiKey>>,
    pub panel_report: Option<Value>,
    pub schema_at: Option<DateTime<Utc>>,
    pub credits_at: Option<DateTime<Utc>>,
    pub panel_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

const FIND: &str = "SELECT account_id, tenant_id, panel_id, panel_name, panel_url, panel_kind, panel_key, panel_report, schema_at,
                           credits_at, panel_at, created_at FROM platform.sign_up WHERE ";

/// A step of the way, by its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Schema,
    Credits,
}

repository!(SignUps);

impl SignUps<'_> {
    pub async fn insert(&mut self, row: &SignUpRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO platform.sign_up (account_id, tenant_id, panel_id, panel_name, panel_url, panel_kind, panel_key, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(row.account_id)
        .bind(row.tenant_id)
        .bind(row.panel_id)
        .bind(&row.panel_name)
        .bind(&row.panel_url)
        .bind(&row.panel_kind)
        .bind(&row.panel_key)
        .bind(row.created_at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn find(&mut self, account: UserId) -> Result<Option<SignUpRow>, StoreError> {
        Ok(
            sqlx::query_as(sqlx::AssertSqlSafe(format!("{FIND} account_id = $1")))
                .bind(account.uuid())
                .fetch_optional(&mut *self.conn)
                .await?,
        )
    }

    pub async fn find_by_tenant(&mut self, tenant: TenantId) -> Result<Option<SignUpRow>, StoreError> {
        Ok(
            sqlx::query_as(sqlx::AssertSqlSafe(format!("{FIND} tenant_id = $1")))
                .bind(tenant.uuid())
                .fetch_optional(&mut *self.conn)
                .await?,
        )
    }

    /// Notes that a step is done; the first time counts.
    pub async fn done(&mut self, tenant: TenantId, step: Step, now: DateTime<Utc>) -> Result<(), StoreError> {
        let statement = match step {
            Step::Schema => {
                "UPDATE platform.sign_up SET schema_at = coalesce(schema_at, $2) WHERE tenant_id = $1"
            }
            Step::Credits => {
                "UPDATE platform.sign_up SET credits_at = coalesce(credits_at, $2) WHERE tenant_id = $1"
            }
        };
        sqlx::query(statement)
            .bind(tenant.uuid())
            .bind(now)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// The tenant's own table holds the panel: the copy of its key here goes.
    pub async fn panel_adopted(&mut self, tenant: TenantId, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE platform.sign_up SET panel_key = NULL, panel_at = coalesce(panel_at, $2) WHERE tenant_id = $1",
        )
        .bind(tenant.uuid())
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn set_report(&mut self, tenant: TenantId, report: &Value) -> Result<(), StoreError> {
        sqlx::query("UPDATE platform.sign_up SET panel_report = $2 WHERE tenant_id = $1")
            .bind(tenant.uuid())
            .bind(report)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }
}
