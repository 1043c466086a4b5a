//! `GET /api/v1/tenants/{tenant}/chats`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_domain::channel::ChatKind as Kind;
use switchboard_store::tenant::inbox::ChatFilter;
use switchboard_tenant::inbox;
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::ChatRow;
use crate::words::{ChatKind, word};
use crate::{App, Json, Page, PageQuery, Permit, Problem, Query, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChatsFilter {
    /// Chats of one number or bot.
    pub account: Option<Uuid>,
    /// Part of the title, or of the customer's name.
    pub q: Option<String>,
    #[param(inline, value_type = Option<ChatKind>)]
    #[serde(default, deserialize_with = "word::<ChatKind, _>")]
    pub kind: Option<String>,
    /// Only where something is unread.
    pub unread: Option<bool>,
}

/// Chats, the one where something was said last first.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/chats", operation_id = "list_chats", tag = "inbox",
    security(("session" = [])), params(TenantPath, PageQuery, ChatsFilter), responses((status = 200, body = Page<ChatRow>)))]
pub async fn list_chats(
    _permit: Permit<may::InboxRead>,
    scope: TenantScope,
    page: Query<PageQuery>,
    filter: Query<ChatsFilter>,
    State(app): State<Arc<App>>,
) -> Result<Json<Page<ChatRow>>, Problem> {
    let wanted = filter.0;
    let chosen = ChatFilter {
        account: wanted.account.map(Into::into),
        contains: wanted.q.as_deref().map(str::trim).filter(|text| !text.is_empty()),
        kind: wanted.kind.as_deref().and_then(Kind::parse).map(Kind::as_str),
        unread: wanted.unread.unwrap_or_default(),
        id: None,
    };
    let rows = inbox::chats(&app.hub, &scope, &chosen, page.0.after()?, page.0.fetch()).await?;
    Ok(Json(page.0.page(
        rows,
        |row| (row.sort_at, row.id),
        ChatRow::from,
    )))
}
