//! `POST /api/v1/signup`

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_platform::signup::{self, SignUpError, SignUpForm, WrongField};
use utoipa::ToSchema;

use super::super::{CameFrom, SignedInNow};
use crate::words::Locale;
use crate::{
    App, ClientIp, FieldErrors, Json, Problem,
    routes::{key_report::PanelKind, me::view::Me},
};

#[derive(Deserialize, ToSchema)]
pub struct SignUp {
    /// 3 to 32 letters, digits, `.`, `_`, `-`.
    username: String,
    /// At least 10 characters.
    #[schema(value_type = String)]
    password: SecretString,
    /// With its country's code, such as `+977 …`.
    whatsapp_number: String,
    telegram_username: String,
    panel_url: String,
    panel_kind: Option<PanelKind>,
    #[schema(value_type = String)]
    panel_key: SecretString,
    panel_name: Option<String>,
    /// The terms say what is kept for recovery, and for how long.
    accept_terms: bool,
    #[schema(value_type = Option<Locale>)]
    locale: Option<String>,
    time_zone: Option<String>,
}

/// Make an account, its workspace and its first panel, and sign in. Works while the panel is down.
#[utoipa::path(post, path = "/api/v1/signup", operation_id = "sign_up", tag = "auth", request_body = SignUp,
    responses((status = 201, body = Me)))]
pub async fn sign_up(
    State(app): State<Arc<App>>,
    ip: ClientIp,
    CameFrom(origin): CameFrom,
    Json(input): Json<SignUp>,
) -> Result<Response, Problem> {
    let form = SignUpForm {
        username: input.username,
        password: input.password,
        whatsapp_number: input.whatsapp_number,
        telegram_username: input.telegram_username,
        panel_url: input.panel_url,
        panel_kind: input.panel_kind.map(Into::into),
        panel_key: input.panel_key,
        panel_name: input.panel_name,
        accept_terms: input.accept_terms,
        locale: input.locale,
        time_zone: input.time_zone,
    };
    // A form that is not complete costs nothing and is not counted.
    let form = form.check().map_err(wrong_fields)?;
    app.limits.sign_up(ip)?;
    let session = signup::sign_up(&app.db, &app.accounts, &app.tenants, form, &origin).await?;
    app.hub.notifier.committed();
    Ok(SignedInNow::new(&app, session)
        .await?
        .respond(&app, StatusCode::CREATED))
}

pub(crate) fn wrong_fields(wrong: Vec<WrongField>) -> Problem {
    let mut errors = FieldErrors::default();
    for line in wrong {
        errors.add(line.field, line.code, line.message);
    }
    errors.into()
}

pub(crate) fn username_taken() -> Problem {
    Problem::field(
        "username",
        "taken",
        "Somebody has this name already. Choose another one.",
    )
}

impl From<SignUpError> for Problem {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::UsernameTaken => username_taken(),
            SignUpError::Password(error) => Problem::internal(error),
            SignUpError::Store(error) => error.into(),
        }
    }
}
