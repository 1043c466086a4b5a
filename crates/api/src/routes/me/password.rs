//! `POST /api/v1/me/password`

use std::sync::Arc;

use axum::extract::State;
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_platform::signup;
use utoipa::ToSchema;

use crate::{
    App, ClientIp, Json, NoContent, Permit, Problem, may, routes::auth::sign_up::create::wrong_fields,
};

#[derive(Deserialize, ToSchema)]
pub struct PasswordChange {
    #[schema(value_type = String)]
    current: SecretString,
    #[schema(value_type = String)]
    new: SecretString,
}

/// Change one's password. Every other session ends.
#[utoipa::path(post, path = "/api/v1/me/password", operation_id = "change_password", tag = "me", security(("session" = [])),
    request_body = PasswordChange, responses((status = 204)))]
pub async fn change_password(
    permit: Permit<may::AccountSelf>,
    ip: ClientIp,
    State(app): State<Arc<App>>,
    Json(input): Json<PasswordChange>,
) -> Result<NoContent, Problem> {
    let who = permit.caller().who();
    if let Err(mut wrong) = signup::password(&input.new, &who.account().username) {
        wrong.field = "new";
        return Err(wrong_fields(vec![wrong]));
    }
    // Whoever found an open browser must not try passwords here.
    app.limits.login(ip, &who.account().username)?;
    app.accounts
        .change_password(who, &input.current, &input.new)
        .await?;
    Ok(NoContent)
}
