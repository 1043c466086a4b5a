//! `PUT /api/v1/tenants/{tenant}/chats/{id}/mode`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_store::tenant::chats::ChatMode as Mode;
use switchboard_tenant::{channels, inbox};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::ChatRow;
use crate::words::ChatMode;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, ToSchema)]
pub struct SetChatMode {
    #[schema(value_type = ChatMode)]
    pub mode: String,
}

/// Switch a customers' chat: answer, work through in silence, or leave alone.
#[utoipa::path(put, path = "/api/v1/tenants/{tenant}/chats/{id}/mode", operation_id = "set_chat_mode", tag = "channels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = SetChatMode,
    responses((status = 200, body = ChatRow)))]
pub async fn set_chat_mode(
    permit: Permit<may::ChannelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<SetChatMode>,
) -> Result<Json<ChatRow>, Problem> {
    let mode = Mode::parse(&input.mode)
        .ok_or_else(|| Problem::field("mode", "unknown", "Choose Support, Silent or Off."))?;
    let chat = ids.0.1.into();
    channels::set_mode(&app.hub, &scope, permit.actor().as_str(), chat, mode).await?;
    Ok(Json(inbox::chat(&app.hub, &scope, chat).await?.into()))
}
