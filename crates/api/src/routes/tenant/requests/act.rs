//! `POST /api/v1/tenants/{tenant}/requests/actions`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use switchboard_tenant::requests::{self, ActError, Action, MAX_AT_ONCE, MAX_NOTE};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{App, Code, FieldErrors, Json, Permit, Problem, TenantPath, TenantScope, may, plain::is_plain};

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestActionKind {
    /// Decide it again, or let what is under way go on; never a blind repetition.
    Retry,
    Close,
    Assign,
    Reopen,
    /// The message to the provider's group, of which nobody knows whether it arrived.
    ResendForward,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct RequestActions {
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<Uuid>,
    action: RequestActionKind,
    /// For `assign`: an account of this tenant; `null` for nobody.
    #[serde(default)]
    assignee: Option<Uuid>,
    /// Kept with each request.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ActionRefused {
    pub id: Uuid,
    pub why: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ActionResult {
    pub done: Vec<Uuid>,
    pub refused: Vec<ActionRefused>,
}

/// Do something with many requests at once. Those where it is not possible are named, with the reason.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/requests/actions", operation_id = "act_on_requests", tag = "requests",
    security(("session" = [])), params(TenantPath), request_body = RequestActions, responses((status = 200, body = ActionResult)))]
pub async fn act_on_requests(
    permit: Permit<may::RequestsAct>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<RequestActions>,
) -> Result<Json<ActionResult>, Problem> {
    let mut errors = FieldErrors::default();
    errors.check(
        !input.ids.is_empty(),
        "ids",
        "required",
        "Pick at least one request.",
    );
    errors.check(
        input.ids.len() <= MAX_AT_ONCE,
        "ids",
        "too-many",
        "At most 100 requests at once.",
    );
    let note = input.note.as_deref().unwrap_or_default();
    errors.check(
        note.chars().count() <= MAX_NOTE,
        "note",
        "too-long",
        "At most 2,000 characters.",
    );
    errors.check(
        is_plain(note),
        "note",
        "invalid",
        "There is a character in it that cannot be kept.",
    );
    errors.finish()?;
    let action = match input.action {
        RequestActionKind::Retry => Action::Retry,
        RequestActionKind::Close => Action::Close,
        RequestActionKind::Assign => Action::Assign(input.assignee.map(Into::into)),
        RequestActionKind::Reopen => Action::Reopen,
        RequestActionKind::ResendForward => Action::ResendForward,
    };
    let done = requests::act(
        &app.hub,
        &scope,
        permit.actor().as_str(),
        &input.ids,
        action,
        input.note.as_deref(),
    )
    .await?;
    Ok(Json(ActionResult {
        done: done.done,
        refused: done
            .refused
            .into_iter()
            .map(|refused| ActionRefused {
                id: refused.id,
                why: refused.why,
            })
            .collect(),
    }))
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        match error {
            ActError::NotAMember => {
                Problem::field("assignee", "not-a-member", "Nobody of that account works here.")
            }
            ActError::Changed => Problem::new(Code::Changed)
                .detail("The same order was asked for again at this moment. Nothing was changed."),
            ActError::Store(error) => error.into(),
        }
    }
}
