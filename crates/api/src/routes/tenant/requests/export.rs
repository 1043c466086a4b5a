//! `GET /api/v1/tenants/{tenant}/requests.csv`

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use switchboard_tenant::requests;

use super::filter::RequestFilters;
use crate::{App, Permit, Problem, Query, TenantPath, TenantScope, may};

/// The list as a file, exactly as it is shown with these filters. No cell is a formula.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/requests.csv", operation_id = "export_requests", tag = "requests",
    security(("session" = [])), params(TenantPath, RequestFilters),
    responses((status = 200, content_type = "text/csv", body = String)))]
pub async fn export_requests(
    _permit: Permit<may::RequestsRead>,
    scope: TenantScope,
    Query(filters): Query<RequestFilters>,
    State(app): State<Arc<App>>,
) -> Result<Response, Problem> {
    let lines = requests::export(&app.hub, &scope, filters.try_into()?).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"requests.csv\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}
