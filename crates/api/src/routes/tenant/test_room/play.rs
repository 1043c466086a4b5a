//! `POST /api/v1/tenants/{tenant}/test-room/messages`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::test_room::{self, Play};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{PlayedIn, TestRun};
use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct PlayedMessage {
    #[schema(min_length = 1, max_length = 4096)]
    text: String,
    /// `null`: a stranger without a link.
    customer: Option<Uuid>,
    kind: PlayedIn,
    /// What the same person wrote just before: ids first, command next.
    #[schema(max_length = 4096)]
    previous: Option<String>,
}

/// Play a customer's message. Panels are read for real; nothing is sent, acted on, charged or kept.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/test-room/messages", operation_id = "play_message", tag = "test room",
    security(("session" = [])), params(TenantPath), request_body = PlayedMessage,
    responses((status = 200, body = TestRun)))]
pub async fn play_message(
    _permit: Permit<may::TestroomUse>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<PlayedMessage>,
) -> Result<Json<TestRun>, Problem> {
    let play = Play {
        text: &input.text,
        customer: input.customer.map(Into::into),
        kind: input.kind.into(),
        previous: input.previous.as_deref(),
    };
    let run = test_room::play(&app.hub, &scope, &play).await?;
    Ok(Json(run.into()))
}
