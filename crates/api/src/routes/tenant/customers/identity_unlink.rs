//! `POST /api/v1/tenants/{tenant}/identities/{id}/unlink`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::customer_book;
use uuid::Uuid;

use super::view::IdentityRow;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Take a sender from their customer.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/identities/{id}/unlink", operation_id = "unlink_identity", tag = "customers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)),
    responses((status = 200, body = IdentityRow)))]
pub async fn unlink_identity(
    permit: Permit<may::CustomersManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<Json<IdentityRow>, Problem> {
    let row =
        customer_book::unlink_identity(&app.hub, &scope, permit.actor().as_str(), ids.0.1.into()).await?;
    Ok(Json(row.into()))
}
