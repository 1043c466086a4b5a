//! `GET /api/v1/tenants/{tenant}/requests`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use switchboard_tenant::requests;
use uuid::Uuid;

use super::{filter::RequestFilters, view::RequestRow};
use crate::{
    App, Json, Page, PageQuery, Permit, Problem, Query, TenantPath, TenantScope, may, plain::in_range,
};

/// Requests, newest first.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/requests", operation_id = "list_requests", tag = "requests",
    security(("session" = [])), params(TenantPath, PageQuery, RequestFilters), responses((status = 200, body = Page<RequestRow>)))]
pub async fn list_requests(
    _permit: Permit<may::RequestsRead>,
    scope: TenantScope,
    Query(page): Query<PageQuery>,
    Query(filters): Query<RequestFilters>,
    State(app): State<Arc<App>>,
) -> Result<Json<Page<RequestRow>>, Problem> {
    let after = page
        .after::<(DateTime<Utc>, Uuid)>()?
        .map(|(at, id)| (in_range(at), id));
    let rows = requests::list(&app.hub, &scope, filters.try_into()?, after, page.fetch()).await?;
    Ok(Json(page.page(
        rows,
        |listed| (listed.row.created_at, listed.row.id),
        RequestRow::from,
    )))
}
