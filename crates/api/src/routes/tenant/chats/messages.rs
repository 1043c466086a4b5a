//! `GET /api/v1/tenants/{tenant}/chats/{id}/messages`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::inbox;
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::ChatMessage;
use crate::pagination::page_size;
use crate::{App, Json, Page, PageQuery, Path, Permit, Problem, Query, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MessagesQuery {
    /// Messages of a page; 50 unless told, at most 200.
    #[param(minimum = 1, maximum = 200)]
    #[serde(default, deserialize_with = "page_size")]
    pub limit: Option<u32>,
    /// `next` of the page before: what was said earlier than that.
    pub before: Option<String>,
}

/// What was said on both sides, newest first.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/chats/{id}/messages", operation_id = "list_chat_messages", tag = "inbox",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path), MessagesQuery),
    responses((status = 200, body = Page<ChatMessage>)))]
pub async fn list_chat_messages(
    _permit: Permit<may::InboxRead>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    query: Query<MessagesQuery>,
    State(app): State<Arc<App>>,
) -> Result<Json<Page<ChatMessage>>, Problem> {
    let page = PageQuery {
        limit: query.0.limit,
        after: query.0.before,
    };
    let said = inbox::said(&app.hub, &scope, ids.0.1.into(), page.after()?, page.fetch()).await?;
    Ok(Json(page.page(
        said,
        |said| (said.line.at, said.line.id),
        ChatMessage::from,
    )))
}
