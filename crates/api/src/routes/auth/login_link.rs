//! `POST /api/v1/login/link`

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{CameFrom, SignedInNow};
use crate::{App, ClientIp, Json, Problem, routes::me::view::Me};

#[derive(Deserialize, ToSchema)]
pub struct LoginLink {
    /// What stands behind `#` in the link that the operator made.
    #[schema(value_type = String)]
    token: SecretString,
}

/// Sign in with a one-time link that the operator made at the machine (`switchboard user login-link`).
#[utoipa::path(post, path = "/api/v1/login/link", operation_id = "login_with_link", tag = "auth", request_body = LoginLink,
    responses((status = 200, body = Me)))]
pub async fn login_with_link(
    State(app): State<Arc<App>>,
    ip: ClientIp,
    CameFrom(origin): CameFrom,
    Json(input): Json<LoginLink>,
) -> Result<Response, Problem> {
    app.limits.login(ip, "login link")?;
    let session = app
        .accounts
        .login_with_link(input.token.expose_secret(), &origin)
        .await?;
    Ok(SignedInNow::new(&app, session)
        .await?
        .respond(&app, StatusCode::OK))
}
