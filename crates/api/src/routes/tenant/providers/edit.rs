//! `PATCH /api/v1/tenants/{tenant}/providers/{id}`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::provider_book;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::ProviderRow;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// What may be changed. Absent: stays.
#[derive(Deserialize, ToSchema)]
pub struct ProviderEdit {
    #[schema(min_length = 1, max_length = 80)]
    alias: Option<String>,
    /// In place of all names that it has.
    #[schema(max_items = 50)]
    names: Option<Vec<String>>,
}

/// Change an alias, or the names behind it.
#[utoipa::path(patch, path = "/api/v1/tenants/{tenant}/providers/{id}", operation_id = "update_provider", tag = "providers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = ProviderEdit,
    responses((status = 200, body = ProviderRow)))]
pub async fn update_provider(
    permit: Permit<may::ProvidersManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<ProviderEdit>,
) -> Result<Json<ProviderRow>, Problem> {
    let row = provider_book::edit(
        &app.hub,
        &scope,
        permit.actor().as_str(),
        ids.0.1.into(),
        input.alias.as_deref(),
        input.names.as_deref(),
    )
    .await?;
    Ok(Json(row.into()))
}
