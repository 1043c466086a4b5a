//! `DELETE /api/v1/tenants/{tenant}/test-room/examples/{id}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::test_room::examples;
use uuid::Uuid;

use crate::{App, NoContent, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Remove an example.
#[utoipa::path(delete, path = "/api/v1/tenants/{tenant}/test-room/examples/{id}", operation_id = "delete_example", tag = "test room",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), responses((status = 204)))]
pub async fn delete_example(
    permit: Permit<may::TestroomUse>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<NoContent, Problem> {
    examples::remove(&app.hub, &scope, permit.actor().as_str(), ids.0.1).await?;
    Ok(NoContent)
}
