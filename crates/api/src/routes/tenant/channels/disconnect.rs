//! `DELETE /api/v1/tenants/{tenant}/channels/{id}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::channels;
use uuid::Uuid;

use crate::{App, NoContent, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Disconnect a channel: the bot is free for other uses and its token is forgotten. Chats and what was said stay.
#[utoipa::path(delete, path = "/api/v1/tenants/{tenant}/channels/{id}", operation_id = "disconnect_channel", tag = "channels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), responses((status = 204)))]
pub async fn disconnect_channel(
    permit: Permit<may::ChannelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<NoContent, Problem> {
    channels::disconnect(&app.hub, &scope, permit.actor().as_str(), ids.0.1.into()).await?;
    Ok(NoContent)
}
