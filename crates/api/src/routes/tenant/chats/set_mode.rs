//! `PUT /api/v1/tenants/{tenant}/chats/{id}/mode`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use switchboard_store::tenant::chats::ChatMode;
use switchboard_tenant::channels;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, ToSchema)]
pub struct SetChatMode {
    /// `support`, `silent` or `off`.
    pub mode: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChatModeNow {
    pub id: Uuid,
    pub mode: String,
    pub party: String,
}

/// Switch a customers' chat: answer, work through in silence, or leave alone.
#[utoipa::path(put, path = "/api/v1/tenants/{tenant}/chats/{id}/mode", operation_id = "set_chat_mode", tag = "channels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = SetChatMode,
    responses((status = 200, body = ChatModeNow)))]
pub async fn set_chat_mode(
    permit: Permit<may::ChannelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<SetChatMode>,
) -> Result<Json<ChatModeNow>, Problem> {
    let mode = ChatMode::parse(&input.mode)
        .ok_or_else(|| Problem::field("mode", "unknown", "Choose Support, Silent or Off."))?;
    let chat = channels::set_mode(&app.hub, &scope, permit.actor().as_str(), ids.0.1.into(), mode).await?;
    Ok(Json(ChatModeNow {
        id: chat.id.uuid(),
        mode: chat.mode.as_str().to_owned(),
        party: chat.party.as_str().to_owned(),
    }))
}
