//! `POST /api/v1/login`

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_platform::accounts::LoginError;
use utoipa::ToSchema;

use super::{CameFrom, SignedInNow};
use crate::{App, ClientIp, Code, Json, Problem, routes::me::view::Me};

#[derive(Deserialize, ToSchema)]
pub struct Login {
    username: String,
    #[schema(value_type = String)]
    password: SecretString,
}

/// Sign in. The session is a cookie. An unknown name and a wrong password are answered alike.
#[utoipa::path(post, path = "/api/v1/login", operation_id = "login", tag = "auth", request_body = Login,
    responses((status = 200, body = Me)))]
pub async fn login(
    State(app): State<Arc<App>>,
    ip: ClientIp,
    CameFrom(origin): CameFrom,
    Json(input): Json<Login>,
) -> Result<Response, Problem> {
    app.limits.login(ip, &input.username)?;
    let login = app
        .accounts
        .login(&input.username, &input.password, &origin)
        .await;
    let outcome = match &login {
        Ok(_) => "success",
        Err(LoginError::Wrong) => "wrong",
        Err(LoginError::Suspended { .. } | LoginError::Banned { .. }) => "locked",
        Err(LoginError::Password(_) | LoginError::Store(_)) => "error",
    };
    metrics::counter!("logins_total", "outcome" => outcome).increment(1);
    let session = login?;
    Ok(SignedInNow::new(&app, session)
        .await?
        .respond(&app, StatusCode::OK))
}

impl From<LoginError> for Problem {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Wrong => Code::LoginFailed.into(),
            LoginError::Suspended { reason } => Problem::new(Code::AccountSuspended).detail(reason),
            LoginError::Banned { reason } => Problem::new(Code::AccountBanned).detail(reason),
            LoginError::Password(error) => Problem::internal(error),
            LoginError::Store(error) => error.into(),
        }
    }
}
