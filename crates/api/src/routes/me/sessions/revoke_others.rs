//! `DELETE /api/v1/me/sessions`

use std::sync::Arc;

use axum::extract::State;

use crate::{App, NoContent, Permit, Problem, may};

/// Sign every other browser out.
#[utoipa::path(delete, path = "/api/v1/me/sessions", operation_id = "revoke_other_sessions", tag = "me",
    security(("session" = [])), responses((status = 204)))]
pub async fn revoke_other_sessions(
    permit: Permit<may::AccountSelf>,
    State(app): State<Arc<App>>,
) -> Result<NoContent, Problem> {
    let current = permit.caller().who().session();
    app.accounts.revoke_others(permit.user(), current).await?;
    Ok(NoContent)
}
