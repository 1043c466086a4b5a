//! `POST /api/v1/tenants/{tenant}/panels`

use std::sync::Arc;

use axum::extract::State;
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_tenant::panels::keep::{self, PanelForm};
use utoipa::ToSchema;

use super::view::PanelCard;
use crate::{
    App, Created, Json, Permit, Problem, TenantPath, TenantScope, may, routes::key_report::PanelKind,
};

/// What the owner knows of a panel.
#[derive(Deserialize, ToSchema)]
pub struct NewPanel {
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    url: String,
    /// Absent: found out.
    kind: Option<PanelKind>,
    #[schema(value_type = String)]
    key: SecretString,
    time_zone: Option<String>,
    #[schema(maximum = 60_000)]
    min_gap_ms: Option<u32>,
}

/// Connect a panel. It is saved even when it is down or its key does not fit; the report says so.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/panels", operation_id = "connect_panel", tag = "panels",
    security(("session" = [])), params(TenantPath), request_body = NewPanel,
    responses((status = 201, body = PanelCard)))]
pub async fn connect_panel(
    permit: Permit<may::PanelsManage>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<NewPanel>,
) -> Result<Created<PanelCard>, Problem> {
    let form = PanelForm {
        name: &input.name,
        url: &input.url,
        kind: input.kind.map(Into::into),
        key: input.key,
        time_zone: input.time_zone.as_deref(),
        min_gap_ms: input.min_gap_ms,
    };
    let card = keep::add(&app.hub, &scope, permit.actor().as_str(), form).await?;
    Ok(Created(card.into()))
}
