//! `GET /api/v1/tenants/{tenant}/customers/{id}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::customer_book;
use uuid::Uuid;

use super::view::CustomerRow;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// One customer.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/customers/{id}", operation_id = "get_customer", tag = "customers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)),
    responses((status = 200, body = CustomerRow)))]
pub async fn get_customer(
    _permit: Permit<may::CustomersRead>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<Json<CustomerRow>, Problem> {
    let row = customer_book::get(&app.hub, &scope, ids.0.1.into()).await?;
    Ok(Json(row.into()))
}
