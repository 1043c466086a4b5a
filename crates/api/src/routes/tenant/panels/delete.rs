//! `DELETE /api/v1/tenants/{tenant}/panels/{id}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::panels::keep;
use uuid::Uuid;

use crate::{App, NoContent, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Remove a panel that nothing hangs on; old requests keep its name. 409 `panel-in-use` says what hangs on it.
#[utoipa::path(delete, path = "/api/v1/tenants/{tenant}/panels/{id}", operation_id = "delete_panel", tag = "panels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), responses((status = 204)))]
pub async fn delete_panel(
    permit: Permit<may::PanelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<NoContent, Problem> {
    keep::remove(&app.hub, &scope, permit.actor().as_str(), ids.0.1.into()).await?;
    Ok(NoContent)
}
