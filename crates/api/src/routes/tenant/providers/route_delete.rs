//! `DELETE /api/v1/tenants/{tenant}/providers/{id}/routes/{route}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::provider_book;
use uuid::Uuid;

use crate::{App, NoContent, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Remove a route. A group that none leads to any more is nobody's again.
#[utoipa::path(delete, path = "/api/v1/tenants/{tenant}/providers/{id}/routes/{route}", operation_id = "delete_route", tag = "providers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path), ("route" = Uuid, Path)),
    responses((status = 204)))]
pub async fn delete_route(
    permit: Permit<may::ProvidersManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<NoContent, Problem> {
    provider_book::remove_route(&app.hub, &scope, permit.actor().as_str(), ids.0.1.into(), ids.0.2).await?;
    Ok(NoContent)
}
