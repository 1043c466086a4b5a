//! `POST /api/v1/logout`

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::Token;
use crate::{App, Problem, cookie};

/// Sign out of this browser. Without a session nothing happens, and the answer is the same.
#[utoipa::path(post, path = "/api/v1/logout", operation_id = "logout", tag = "auth", responses((status = 204)))]
pub async fn logout(State(app): State<Arc<App>>, Token(token): Token) -> Result<Response, Problem> {
    if let Some(token) = token {
        app.accounts.logout(&token).await?;
    }
    let cookie = cookie::clear(&app.settings);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
