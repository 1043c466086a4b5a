//! `GET /api/v1/tenants/{tenant}/chats/{id}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::inbox;
use uuid::Uuid;

use super::view::ChatRow;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// One chat.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/chats/{id}", operation_id = "get_chat", tag = "inbox",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), responses((status = 200, body = ChatRow)))]
pub async fn get_chat(
    _permit: Permit<may::InboxRead>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<Json<ChatRow>, Problem> {
    let line = inbox::chat(&app.hub, &scope, ids.0.1.into()).await?;
    Ok(Json(line.into()))
}
