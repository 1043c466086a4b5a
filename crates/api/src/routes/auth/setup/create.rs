//! `POST /api/v1/setup/{token}`

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_platform::{
    accounts::{AccountError, NewPerson},
    signup,
};
use utoipa::ToSchema;

use super::super::{
    CameFrom, SignedInNow,
    sign_up::create::{username_taken, wrong_fields},
};
use crate::{App, ClientIp, Code, Json, Path, Problem, permit::LocalConsole, routes::me::view::Me};

#[derive(Deserialize, ToSchema)]
pub struct FirstAdmin {
    username: String,
    #[schema(value_type = String)]
    password: SecretString,
}

/// Make the first master admin, once, and sign in.
#[utoipa::path(post, path = "/api/v1/setup/{token}", operation_id = "set_up", tag = "auth", params(("token" = String, Path)),
    request_body = FirstAdmin, responses((status = 201, body = Me)))]
pub async fn set_up(
    _local: LocalConsole,
    ip: ClientIp,
    CameFrom(origin): CameFrom,
    Path(token): Path<String>,
    State(app): State<Arc<App>>,
    Json(input): Json<FirstAdmin>,
) -> Result<Response, Problem> {
    app.limits.login(ip, "setup link")?;
    let name = signup::username(&input.username);
    let password = signup::password(&input.password, &input.username);
    let username = match (name, password) {
        (Ok(username), Ok(())) => username,
        (name, password) => {
            return Err(wrong_fields(
                name.err().into_iter().chain(password.err()).collect(),
            ));
        }
    };
    let person = NewPerson::named(&username, &input.password);
    let session = app.accounts.set_up(&token, &person, &origin).await?;
    Ok(SignedInNow::new(&app, session)
        .await?
        .respond(&app, StatusCode::CREATED))
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::UsernameTaken => username_taken(),
            AccountError::WrongPassword => {
                Problem::field("current", "wrong", "This is not your present password.")
            }
            AccountError::LinkUsed => Problem::new(Code::LinkUsed),
            AccountError::NotFound => Problem::not_found(),
            AccountError::Password(error) => Problem::internal(error),
            AccountError::Store(error) => error.into(),
        }
    }
}
