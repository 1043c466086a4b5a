//! `PATCH /api/v1/me`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_platform::signup::{self, WrongField};
use utoipa::ToSchema;

use super::view::Me;
use crate::words::{Locale, Theme};
use crate::{App, Json, Permit, Problem, may, routes::auth::sign_up::create::wrong_fields};

/// What may be changed. Absent: stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MeEdit {
    #[schema(value_type = Option<Locale>)]
    locale: Option<String>,
    time_zone: Option<String>,
    #[schema(value_type = Option<Theme>)]
    theme: Option<String>,
    whatsapp_number: Option<String>,
    telegram_username: Option<String>,
}

type Rule = fn(&str) -> Result<String, WrongField>;

/// Change one's language, time zone, theme, or how one is reached.
#[utoipa::path(patch, path = "/api/v1/me", operation_id = "update_me", tag = "me", security(("session" = [])),
    request_body = MeEdit, responses((status = 200, body = Me)))]
pub async fn update_me(
    permit: Permit<may::AccountSelf>,
    State(app): State<Arc<App>>,
    Json(input): Json<MeEdit>,
) -> Result<Json<Me>, Problem> {
    let who = permit.caller().who();
    let mut row = who.account().clone();
    let edits: [(&mut String, Option<String>, Rule); 5] = [
        (&mut row.locale, input.locale, signup::locale),
        (&mut row.time_zone, input.time_zone, signup::time_zone),
        (&mut row.theme, input.theme, signup::theme),
        (
            &mut row.whatsapp_number,
            input.whatsapp_number,
            signup::whatsapp_number,
        ),
        (
            &mut row.telegram_username,
            input.telegram_username,
            signup::telegram_username,
        ),
    ];
    let mut wrong = Vec::new();
    for (field, edit, rule) in edits {
        match edit.as_deref().map(rule) {
            None => {}
            Some(Ok(value)) => *field = value,
            Some(Err(error)) => wrong.push(error),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong_fields(wrong));
    }
    app.accounts.set_profile(&row).await?;
    let mut me = Me::of(&app, who).await?;
    me.account = (&row).into();
    Ok(Json(me))
}
