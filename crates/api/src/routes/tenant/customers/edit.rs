//! `PATCH /api/v1/tenants/{tenant}/customers/{id}`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::customer_book;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::CustomerRow;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct CustomerEdit {
    #[schema(min_length = 1, max_length = 80)]
    name: String,
}

/// Rename a customer.
#[utoipa::path(patch, path = "/api/v1/tenants/{tenant}/customers/{id}", operation_id = "update_customer", tag = "customers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = CustomerEdit,
    responses((status = 200, body = CustomerRow)))]
pub async fn update_customer(
    permit: Permit<may::CustomersManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<CustomerEdit>,
) -> Result<Json<CustomerRow>, Problem> {
    let actor = permit.actor();
    let row = customer_book::rename(&app.hub, &scope, actor.as_str(), ids.0.1.into(), &input.name).await?;
    Ok(Json(row.into()))
}
