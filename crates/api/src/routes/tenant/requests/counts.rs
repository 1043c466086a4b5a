//! `GET /api/v1/tenants/{tenant}/requests/counts`

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use switchboard_tenant::requests;
use utoipa::ToSchema;

use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Debug, Serialize, ToSchema)]
pub struct RequestCounts {
    /// Not closed.
    pub open: i64,
    /// Not closed, and somebody has to look.
    pub person: i64,
}

/// How many requests are open, and how many of them need a person.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/requests/counts", operation_id = "count_requests", tag = "requests",
    security(("session" = [])), params(TenantPath), responses((status = 200, body = RequestCounts)))]
pub async fn count_requests(
    _permit: Permit<may::RequestsRead>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
) -> Result<Json<RequestCounts>, Problem> {
    let counts = requests::counts(&app.hub, &scope).await?;
    Ok(Json(RequestCounts {
        open: counts.open,
        person: counts.person,
    }))
}
