//! `GET /api/v1/tenants/{tenant}/providers/{id}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::provider_book;
use uuid::Uuid;

use super::view::ProviderRow;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// One provider.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/providers/{id}", operation_id = "get_provider", tag = "providers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)),
    responses((status = 200, body = ProviderRow)))]
pub async fn get_provider(
    _permit: Permit<may::ProvidersRead>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<Json<ProviderRow>, Problem> {
    let row = provider_book::get(&app.hub, &scope, ids.0.1.into()).await?;
    Ok(Json(row.into()))
}
