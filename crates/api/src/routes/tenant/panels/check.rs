//! `POST /api/v1/tenants/{tenant}/panels/{id}/check`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::panels::keep;
use uuid::Uuid;

use super::view::PanelCard;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Test the stored key again and keep the report.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/panels/{id}/check", operation_id = "check_panel", tag = "panels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)),
    responses((status = 200, body = PanelCard)))]
pub async fn check_panel(
    permit: Permit<may::PanelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<Json<PanelCard>, Problem> {
    let card = keep::check(&app.hub, &scope, permit.actor().as_str(), ids.0.1.into()).await?;
    Ok(Json(card.into()))
}
