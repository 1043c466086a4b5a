//! `PATCH /api/v1/tenants/{tenant}/panels/{id}`

use std::sync::Arc;

use axum::extract::State;
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_tenant::panels::keep;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::PanelCard;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// What may be changed. Absent: stays.
#[derive(Deserialize, ToSchema)]
pub struct PanelEdit {
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    #[schema(value_type = Option<String>)]
    key: Option<SecretString>,
    time_zone: Option<String>,
    #[schema(maximum = 60_000)]
    min_gap_ms: Option<u32>,
}

/// Change a panel. A new key is tested at once; the report says how it went.
#[utoipa::path(patch, path = "/api/v1/tenants/{tenant}/panels/{id}", operation_id = "update_panel", tag = "panels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = PanelEdit,
    responses((status = 200, body = PanelCard)))]
pub async fn update_panel(
    permit: Permit<may::PanelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<PanelEdit>,
) -> Result<Json<PanelCard>, Problem> {
    let edit = keep::PanelEdit {
        name: input.name.as_deref(),
        key: input.key,
        time_zone: input.time_zone.as_deref(),
        min_gap_ms: input.min_gap_ms,
    };
    let card = keep::edit(&app.hub, &scope, permit.actor().as_str(), ids.0.1.into(), edit).await?;
    Ok(Json(card.into()))
}
