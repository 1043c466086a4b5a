//! `GET /api/v1/tenants/{tenant}/wallet/ledger`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use switchboard_tenant::wallet::{self, Line};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{App, Json, Page, PageQuery, Permit, Problem, Query, TenantPath, TenantScope, may};

/// `grant`: credits came in. `hold`: set aside for a message on its way. `settle`: spent. `release`: given back.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    Grant,
    Hold,
    Settle,
    Release,
}

impl LedgerKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Hold => "hold",
            Self::Settle => "settle",
            Self::Release => "release",
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LedgerFilter {
    #[param(inline)]
    kind: Option<LedgerKind>,
}

/// One movement of credits, in micro-credits.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerRow {
    pub id: i64,
    pub at: DateTime<Utc>,
    #[schema(value_type = LedgerKind)]
    pub kind: String,
    pub amount: i64,
    pub balance_after: i64,
    pub held_after: i64,
    pub reason: String,
    /// For what, in words.
    pub what: String,
    /// The message or the grant.
    pub r#ref: Option<Uuid>,
}

impl From<Line> for LedgerRow {
    fn from(line: Line) -> Self {
        let Line { entry, what } = line;
        Self {
            id: entry.id,
            at: entry.at,
            kind: entry.kind,
            amount: entry.amount,
            balance_after: entry.balance_after,
            held_after: entry.held_after,
            reason: entry.reason,
            what,
            r#ref: entry.r#ref,
        }
    }
}

/// Every movement of credits, newest first.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/wallet/ledger", operation_id = "list_ledger", tag = "wallet",
    security(("session" = [])), params(TenantPath, PageQuery, LedgerFilter), responses((status = 200, body = Page<LedgerRow>)))]
pub async fn list_ledger(
    _permit: Permit<may::WalletRead>,
    scope: TenantScope,
    Query(page): Query<PageQuery>,
    Query(filter): Query<LedgerFilter>,
    State(app): State<Arc<App>>,
) -> Result<Json<Page<LedgerRow>>, Problem> {
    let kind = filter.kind.map(LedgerKind::as_str);
    let lines = wallet::ledger(&app.hub, &scope, kind, page.after()?, page.fetch()).await?;
    Ok(Json(page.page(lines, |line| line.entry.id, LedgerRow::from)))
}
