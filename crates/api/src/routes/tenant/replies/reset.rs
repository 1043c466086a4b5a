//! `DELETE /api/v1/tenants/{tenant}/replies/{key}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::replies;
use uuid::Uuid;

use super::view::{ReplyLanguage, ReplyText};
use crate::{App, Json, Path, Permit, Problem, Query, TenantPath, TenantScope, may};

/// Back to our words.
#[utoipa::path(delete, path = "/api/v1/tenants/{tenant}/replies/{key}", operation_id = "reset_reply", tag = "replies",
    security(("session" = [])), params(TenantPath, ("key" = String, Path), ReplyLanguage),
    responses((status = 200, body = ReplyText)))]
pub async fn reset_reply(
    permit: Permit<may::RepliesManage>,
    scope: TenantScope,
    path: Path<(Uuid, String)>,
    Query(language): Query<ReplyLanguage>,
    State(app): State<Arc<App>>,
) -> Result<Json<ReplyText>, Problem> {
    let Path((_, key)) = path;
    let actor = permit.actor();
    let text = replies::set(&app.hub, &scope, actor.as_str(), &key, language.lang(), None).await?;
    Ok(Json(text.into()))
}
