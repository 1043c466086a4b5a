//! `DELETE /api/v1/tenants/{tenant}/customers/{id}/links/{panel}/{username}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::customer_book;
use uuid::Uuid;

use super::view::CustomerRow;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Take a panel username from a customer.
#[utoipa::path(delete, path = "/api/v1/tenants/{tenant}/customers/{id}/links/{panel}/{username}", operation_id = "unlink_username",
    tag = "customers", security(("session" = [])),
    params(TenantPath, ("id" = Uuid, Path), ("panel" = Uuid, Path), ("username" = String, Path)),
    responses((status = 200, body = CustomerRow)))]
pub async fn unlink_username(
    permit: Permit<may::CustomersManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid, Uuid, String)>,
    State(app): State<Arc<App>>,
) -> Result<Json<CustomerRow>, Problem> {
    let actor = permit.actor();
    let (_, customer, panel, username) = ids.0;
    let row = customer_book::unlink_username(
        &app.hub,
        &scope,
        actor.as_str(),
        customer.into(),
        panel.into(),
        &username,
    )
    .await?;
    Ok(Json(row.into()))
}
