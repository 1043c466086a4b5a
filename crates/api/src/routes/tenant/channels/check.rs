//! `POST /api/v1/tenants/{tenant}/channels/{id}/check`

use std::sync::Arc;

use axum::extract::State;
use switchboard_domain::id::AccountId;
use switchboard_tenant::channels;
use uuid::Uuid;

use super::ChannelCard;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Ask the network how a channel is, and begin to receive afresh where that does not work.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/channels/{id}/check", operation_id = "check_channel", tag = "channels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), responses((status = 200, body = ChannelCard)))]
pub async fn check_channel(
    permit: Permit<may::ChannelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<Json<ChannelCard>, Problem> {
    let id = AccountId::from_uuid(ids.0.1);
    channels::check(&app.hub, &scope, permit.actor().as_str(), id).await?;
    let card = channels::find(&app.hub, &scope, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(Json(card.into()))
}
