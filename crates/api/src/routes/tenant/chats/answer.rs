//! `POST /api/v1/tenants/{tenant}/chats/{id}/messages`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_tenant::inbox::{self, Author, MAX_TEXT};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::ChatMessage;
use crate::{App, FieldErrors, Json, Path, Permit, Problem, RequestKey, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewChatMessage {
    /// 1 to 4096 characters, sent as they are.
    #[schema(min_length = 1, max_length = 4096)]
    pub text: String,
    /// The message of this chat that it answers.
    pub reply_to: Option<String>,
}

/// Answer as a person. Free; the bot is quiet in this chat for the minutes set under Settings.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/chats/{id}/messages", operation_id = "answer_chat", tag = "inbox",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = NewChatMessage,
    responses((status = 202, body = ChatMessage)))]
pub async fn answer_chat(
    permit: Permit<may::InboxWrite>,
    scope: TenantScope,
    key: RequestKey,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<NewChatMessage>,
) -> Result<(StatusCode, Json<ChatMessage>), Problem> {
    let text = input.text.trim();
    let mut errors = FieldErrors::default();
    errors.check(!text.is_empty(), "text", "required", "Write something first.");
    errors.check(
        text.encode_utf16().count() <= MAX_TEXT,
        "text",
        "too-long",
        "At most 4096 characters. Send the rest as a second message.",
    );
    let reply_to = match input.reply_to.as_deref().map(Uuid::try_parse) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => {
            errors.add(
                "reply_to",
                "unknown",
                "The message that you answer is not in this chat any more. Answer without quoting it.",
            );
            None
        }
    };
    errors.finish()?;
    let actor = permit.actor();
    let author = Author {
        actor: actor.as_str(),
        id: permit.user().uuid(),
        name: &permit.caller().who().account().username,
    };
    let id = key.uuid("message").into();
    let said = inbox::say(&app.hub, &scope, author, ids.0.1.into(), id, text, reply_to).await?;
    Ok((StatusCode::ACCEPTED, Json(said.into())))
}
