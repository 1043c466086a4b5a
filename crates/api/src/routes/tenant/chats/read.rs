//! `POST /api/v1/tenants/{tenant}/chats/{id}/read`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::inbox;
use uuid::Uuid;

use crate::{App, NoContent, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Everything in this chat has been seen.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/chats/{id}/read", operation_id = "read_chat", tag = "inbox",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), responses((status = 204)))]
pub async fn read_chat(
    _permit: Permit<may::InboxRead>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<NoContent, Problem> {
    inbox::read(&app.hub, &scope, ids.0.1.into()).await?;
    Ok(NoContent)
}
