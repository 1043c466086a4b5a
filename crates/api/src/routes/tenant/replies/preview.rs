//! `POST /api/v1/tenants/{tenant}/replies/preview`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use switchboard_domain::order::OrderId;
use switchboard_tenant::replies;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::sentence;
use crate::extract::Object;
use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, ToSchema)]
pub struct ReplyPreviewOrder {
    panel: Uuid,
    order_id: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ReplyPreviewRequest {
    key: String,
    lang: String,
    text: String,
    /// An order of a panel, which is only read. Absent: sample orders.
    #[serde(default)]
    #[schema(value_type = Option<ReplyPreviewOrder>)]
    order: Option<Object<ReplyPreviewOrder>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyPreview {
    /// Empty when the text cannot be used.
    pub text: String,
    /// On which order; `sample` for ours.
    pub order: String,
    /// What is wrong, in sentences.
    pub problems: Vec<String>,
}

/// How a text would read, before it is kept.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/replies/preview", operation_id = "preview_reply", tag = "replies",
    security(("session" = [])), params(TenantPath), request_body = ReplyPreviewRequest,
    responses((status = 200, body = ReplyPreview)))]
pub async fn preview_reply(
    _permit: Permit<may::RepliesRead>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<ReplyPreviewRequest>,
) -> Result<Json<ReplyPreview>, Problem> {
    let order = match input.order {
        Some(Object(given)) => {
            let order = OrderId::new(given.order_id.trim())
                .map_err(|_| Problem::field("order.order_id", "invalid", "This is no order id."))?;
            Some((given.panel.into(), order))
        }
        None => None,
    };
    let preview = replies::preview(&app.hub, &scope, &input.key, &input.lang, &input.text, order)
        .await
        .map_err(|error| match error {
            // The key is in the body here, not in the path.
            replies::ReplyError::NoKey => Problem::field("key", "unknown", "There is no text of that key."),
            other => other.into(),
        })?;
    Ok(Json(ReplyPreview {
        text: preview.text,
        order: preview.order,
        problems: preview
            .problems
            .iter()
            .map(|problem| sentence(problem.trim_end_matches('.')))
            .collect(),
    }))
}
