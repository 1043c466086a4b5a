//! `DELETE /api/v1/tenants/{tenant}/providers/{id}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::provider_book;
use uuid::Uuid;

use crate::{App, NoContent, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Remove a provider with its routes; history keeps its alias. 409 `in-use` while requests on its orders are open.
#[utoipa::path(delete, path = "/api/v1/tenants/{tenant}/providers/{id}", operation_id = "delete_provider", tag = "providers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), responses((status = 204)))]
pub async fn delete_provider(
    permit: Permit<may::ProvidersManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<NoContent, Problem> {
    provider_book::remove(&app.hub, &scope, permit.actor().as_str(), ids.0.1.into()).await?;
    Ok(NoContent)
}
