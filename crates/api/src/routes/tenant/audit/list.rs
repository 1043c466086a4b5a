//! `GET /api/v1/tenants/{tenant}/audit`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use switchboard_tenant::log;
use utoipa::ToSchema;

use crate::{App, Json, Page, PageQuery, Permit, Problem, Query, TenantPath, TenantScope, may};

/// One thing that somebody did.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditRow {
    pub id: i64,
    pub at: DateTime<Utc>,
    /// A username; `operator` or `system` where it was no member.
    pub actor: String,
    /// The stable name of what was done, such as `request.close`.
    pub action: String,
    /// On what; empty for the shop as a whole.
    pub subject: String,
    #[schema(value_type = Object)]
    pub detail: Value,
}

/// What was done in the shop and by whom, newest first.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/audit", operation_id = "list_audit", tag = "audit",
    security(("session" = [])), params(TenantPath, PageQuery), responses((status = 200, body = Page<AuditRow>)))]
pub async fn list_audit(
    _permit: Permit<may::AuditRead>,
    scope: TenantScope,
    Query(page): Query<PageQuery>,
    State(app): State<Arc<App>>,
) -> Result<Json<Page<AuditRow>>, Problem> {
    let entries = log::list(&app.hub, &scope, page.after()?, page.fetch()).await?;
    Ok(Json(page.page(
        entries,
        |entry| entry.id,
        |entry| AuditRow {
            id: entry.id,
            at: entry.at,
            actor: entry.actor,
            action: entry.action,
            subject: entry.subject,
            detail: entry.detail,
        },
    )))
}
