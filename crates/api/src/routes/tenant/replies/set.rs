//! `PUT /api/v1/tenants/{tenant}/replies/{key}`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::replies;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::ReplyText;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may, plain::is_plain};

#[derive(Debug, Deserialize, ToSchema)]
pub struct ReplyEdit {
    lang: String,
    #[schema(max_length = 4000)]
    text: String,
}

/// Say it in your own words.
#[utoipa::path(put, path = "/api/v1/tenants/{tenant}/replies/{key}", operation_id = "set_reply", tag = "replies",
    security(("session" = [])), params(TenantPath, ("key" = String, Path)), request_body = ReplyEdit,
    responses((status = 200, body = ReplyText)))]
pub async fn set_reply(
    permit: Permit<may::RepliesManage>,
    scope: TenantScope,
    path: Path<(Uuid, String)>,
    State(app): State<Arc<App>>,
    Json(input): Json<ReplyEdit>,
) -> Result<Json<ReplyText>, Problem> {
    let Path((_, key)) = path;
    if !is_plain(&input.text) {
        return Err(Problem::field(
            "text",
            "invalid",
            "There is a character in it that cannot be kept.",
        ));
    }
    let text = replies::set(
        &app.hub,
        &scope,
        permit.actor().as_str(),
        &key,
        &input.lang,
        Some(&input.text),
    )
    .await?;
    Ok(Json(text.into()))
}
