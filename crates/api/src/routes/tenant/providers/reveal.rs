//! `POST /api/v1/tenants/{tenant}/providers/{id}/reveal`

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use switchboard_tenant::provider_book;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Serialize, ToSchema)]
pub struct RealNames {
    pub names: Vec<String>,
}

/// See the names behind an alias. Each look is in the audit.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/providers/{id}/reveal", operation_id = "reveal_provider", tag = "providers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)),
    responses((status = 200, body = RealNames)))]
pub async fn reveal_provider(
    permit: Permit<may::ProvidersReveal>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<Json<RealNames>, Problem> {
    let names = provider_book::reveal(&app.hub, &scope, permit.actor().as_str(), ids.0.1.into()).await?;
    Ok(Json(RealNames { names }))
}
