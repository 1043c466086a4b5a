//! `GET /api/v1/tenants/{tenant}/panels`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::panels::keep;

use super::view::PanelCard;
use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

/// All panels, the oldest first.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/panels", operation_id = "list_panels", tag = "panels",
    security(("session" = [])), params(TenantPath), responses((status = 200, body = Vec<PanelCard>)))]
pub async fn list_panels(
    _permit: Permit<may::PanelsRead>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
) -> Result<Json<Vec<PanelCard>>, Problem> {
    let cards = keep::cards(&app.hub, &scope).await?;
    Ok(Json(cards.into_iter().map(PanelCard::from).collect()))
}
