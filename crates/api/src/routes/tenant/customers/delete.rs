//! `DELETE /api/v1/tenants/{tenant}/customers/{id}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::customer_book;
use uuid::Uuid;

use crate::{App, NoContent, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Remove a customer with all links; what they wrote stays without a name. 409 `in-use` while requests of theirs are open.
#[utoipa::path(delete, path = "/api/v1/tenants/{tenant}/customers/{id}", operation_id = "delete_customer", tag = "customers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), responses((status = 204)))]
pub async fn delete_customer(
    permit: Permit<may::CustomersManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<NoContent, Problem> {
    customer_book::remove(&app.hub, &scope, permit.actor().as_str(), ids.0.1.into()).await?;
    Ok(NoContent)
}
