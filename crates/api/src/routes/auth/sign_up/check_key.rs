//! `POST /api/v1/signup/check-key`

use std::sync::Arc;

use axum::extract::State;
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_platform::signup;
use switchboard_tenant::panels;
use utoipa::ToSchema;

use super::create::wrong_fields;
use crate::{
    App, ClientIp, FieldErrors, Json, Problem,
    routes::key_report::{KeyReport, PanelKind},
};

#[derive(Deserialize, ToSchema)]
pub struct SignUpKey {
    panel_url: String,
    panel_kind: Option<PanelKind>,
    #[schema(value_type = String)]
    panel_key: SecretString,
}

/// Test a panel's key while its owner waits. A panel that is down or broken is an answer too.
#[utoipa::path(post, path = "/api/v1/signup/check-key", operation_id = "check_sign_up_key", tag = "auth", request_body = SignUpKey,
    responses((status = 200, body = KeyReport)))]
pub async fn check_sign_up_key(
    State(app): State<Arc<App>>,
    ip: ClientIp,
    Json(input): Json<SignUpKey>,
) -> Result<Json<KeyReport>, Problem> {
    use secrecy::ExposeSecret;
    let key = input.panel_key.expose_secret().trim();
    let mut errors = FieldErrors::default();
    errors.check(
        !input.panel_url.trim().is_empty(),
        "panel_url",
        "required",
        "Enter the address at which your customers open the panel.",
    );
    errors.check(
        !key.is_empty(),
        "panel_key",
        "required",
        "Paste the panel's API key.",
    );
    errors.check(
        key.len() <= 500 && !key.chars().any(char::is_whitespace),
        "panel_key",
        "invalid",
        "A key has no spaces and is one line. Copy it again.",
    );
    errors.finish()?;
    app.limits.key_check(ip)?;
    let (kind, key) = (input.panel_kind.map(Into::into), SecretString::from(key));
    let report = panels::report(&app.hub, &input.panel_url, kind, &key)
        .await
        .map_err(|error| wrong_fields(vec![signup::wrong_url(&error)]))?;
    Ok(Json(report.into()))
}
