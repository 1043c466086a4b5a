//! `POST /api/v1/admin/users/{id}/credits`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_domain::{credit::Credits, id::GrantId};
use switchboard_platform::users;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::AdminUser;
use crate::{App, Json, Path, Permit, Problem, RequestKey, may};

#[derive(Debug, Deserialize, ToSchema)]
pub struct CreditChange {
    /// Micro-credits; negative deducts.
    #[schema(minimum = -1_000_000_000_000_000i64, maximum = 1_000_000_000_000_000i64)]
    micros: i64,
    /// Stands in the ledger, where the owner reads it, and in the audit.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Add or deduct credits. Sent twice with one `Idempotency-Key`, it is done once.
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/credits", operation_id = "add_credits", tag = "admin",
    security(("session" = [])), params(("id" = Uuid, Path)), request_body = CreditChange,
    responses((status = 200, body = AdminUser)))]
pub async fn add_credits(
    permit: Permit<may::CreditsManage>,
    key: RequestKey,
    Path(id): Path<Uuid>,
    State(app): State<Arc<App>>,
    Json(input): Json<CreditChange>,
) -> Result<Json<AdminUser>, Problem> {
    // A billion credits: more is a slip of the finger, and sums of it would not fit.
    const MOST: i64 = 1_000_000_000 * Credits::MICRO;
    if !(-MOST..=MOST).contains(&input.micros) {
        return Err(Problem::field(
            "micros",
            "too-large",
            "That is more than a billion credits.",
        ));
    }
    let grant = GrantId::from_uuid(key.uuid("grant"));
    let amount = Credits::from_micros(input.micros);
    let user = users::add_credits(&app.db, &permit.actor(), id.into(), amount, &input.reason, grant).await?;
    app.hub.notifier.committed();
    Ok(Json(user.into()))
}
