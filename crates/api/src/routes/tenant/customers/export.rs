//! `GET /api/v1/tenants/{tenant}/customers.csv`

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use switchboard_tenant::customer_book;

use crate::{App, Permit, Problem, TenantPath, TenantScope, may};

/// All customers with their links, in the columns of an import. No cell is a formula.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/customers.csv", operation_id = "export_customers", tag = "customers",
    security(("session" = [])), params(TenantPath),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn export_customers(
    _permit: Permit<may::CustomersRead>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
) -> Result<Response, Problem> {
    let text = customer_book::export(&app.hub, &scope).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"customers.csv\"",
        ),
    ];
    Ok((headers, text).into_response())
}
