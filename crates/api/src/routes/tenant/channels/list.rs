//! `GET /api/v1/tenants/{tenant}/channels`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::channels;

use super::ChannelCard;
use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

/// The shop's numbers and bots.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/channels", operation_id = "list_channels", tag = "channels",
    security(("session" = [])), params(TenantPath), responses((status = 200, body = Vec<ChannelCard>)))]
pub async fn list_channels(
    _permit: Permit<may::ChannelsRead>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
) -> Result<Json<Vec<ChannelCard>>, Problem> {
    let all = channels::list(&app.hub, &scope).await?;
    Ok(Json(all.into_iter().map(ChannelCard::from).collect()))
}
