//! `DELETE /api/v1/me/sessions/{id}`

use std::sync::Arc;

use axum::extract::State;
use uuid::Uuid;

use crate::{App, NoContent, Path, Permit, Problem, may};

/// Sign one browser out, within a second.
#[utoipa::path(delete, path = "/api/v1/me/sessions/{id}", operation_id = "revoke_session", tag = "me", security(("session" = [])),
    params(("id" = Uuid, Path)), responses((status = 204)))]
pub async fn revoke_session(
    permit: Permit<may::AccountSelf>,
    Path(id): Path<Uuid>,
    State(app): State<Arc<App>>,
) -> Result<NoContent, Problem> {
    app.accounts.revoke_session(permit.user(), id.into()).await?;
    Ok(NoContent)
}
