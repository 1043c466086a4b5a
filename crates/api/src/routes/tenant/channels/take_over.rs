//! `POST /api/v1/tenants/{tenant}/channels/{id}/take-over`

use std::sync::Arc;

use axum::extract::State;
use switchboard_domain::id::AccountId;
use switchboard_tenant::channels;
use uuid::Uuid;

use super::ChannelCard;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Receive a bot's messages here although another program has set an address for them: that one then gets nothing any more.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/channels/{id}/take-over", operation_id = "take_over_channel", tag = "channels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), responses((status = 200, body = ChannelCard)))]
pub async fn take_over_channel(
    permit: Permit<may::ChannelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<Json<ChannelCard>, Problem> {
    let id = AccountId::from_uuid(ids.0.1);
    channels::take_over(&app.hub, &scope, permit.actor().as_str(), id).await?;
    let card = channels::find(&app.hub, &scope, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(Json(card.into()))
}
