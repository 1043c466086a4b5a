//! `PUT /api/v1/tenants/{tenant}/chats/{id}/bot`

use std::sync::Arc;

use axum::extract::State;
use chrono::TimeDelta;
use serde::Deserialize;
use switchboard_tenant::inbox::{self, Pause};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::ChatRow;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// A week is as long as anybody means "for a while".
const LONGEST: i64 = 7 * 24 * 60;

#[derive(Debug, Deserialize, ToSchema)]
pub struct SetChatBot {
    /// Keep the bot quiet in this chat.
    pub paused: bool,
    /// For so many minutes; absent: until it is switched on again.
    #[schema(minimum = 1, maximum = 10080)]
    pub minutes: Option<i64>,
}

/// Keep the bot out of a chat, or let it answer again. Messages are kept and shown either way.
#[utoipa::path(put, path = "/api/v1/tenants/{tenant}/chats/{id}/bot", operation_id = "set_chat_bot", tag = "inbox",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = SetChatBot,
    responses((status = 200, body = ChatRow)))]
pub async fn set_chat_bot(
    permit: Permit<may::InboxWrite>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<SetChatBot>,
) -> Result<Json<ChatRow>, Problem> {
    let pause = match (input.paused, input.minutes) {
        (false, None) => Pause::Over,
        (true, None) => Pause::UntilSwitchedOn,
        (paused, Some(minutes)) if (1..=LONGEST).contains(&minutes) => match paused {
            true => Pause::For(TimeDelta::minutes(minutes)),
            false => Pause::Over,
        },
        (_, Some(_)) => {
            return Err(Problem::field(
                "minutes",
                "out-of-range",
                "From 1 minute to 7 days, or leave it out to pause until you switch the bot on.",
            ));
        }
    };
    let line = inbox::pause(&app.hub, &scope, permit.actor().as_str(), ids.0.1.into(), pause).await?;
    Ok(Json(line.into()))
}
