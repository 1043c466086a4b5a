//! `POST /api/v1/tenants/{tenant}/wallet/replay`

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use switchboard_tenant::replay;
use utoipa::ToSchema;

use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// How many messages are handled again.
    pub replayed: usize,
}

/// Handle the messages that waited for credit, oldest first. What is older than 15 minutes asks the customer whether it is still
/// wanted instead of acting.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/wallet/replay", operation_id = "replay_held_messages", tag = "wallet",
    security(("session" = [])), params(TenantPath), responses((status = 200, body = Replayed)))]
pub async fn replay_held_messages(
    permit: Permit<may::WalletManage>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
) -> Result<Json<Replayed>, Problem> {
    let replayed = replay::held(&app.hub, &scope, permit.actor().as_str()).await?;
    Ok(Json(Replayed { replayed }))
}
