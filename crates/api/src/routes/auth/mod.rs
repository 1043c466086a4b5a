//! Signing up, in and out. Open to everybody.

pub mod login;
pub mod login_link;
pub mod logout;
pub mod setup;
pub mod sign_up;

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Response},
};
use switchboard_platform::accounts::{Origin, Session};

use crate::{App, ClientIp, Problem, cookie};

use super::me::view::Me;

/// Where a request comes from, for histories.
pub struct CameFrom(pub Origin);

impl FromRequestParts<Arc<App>> for CameFrom {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let ip = ClientIp::from_request_parts(parts, app).await?;
        Ok(Self(Origin {
            ip: ip.ip,
            agent: agent(&parts.headers),
        }))
    }
}

/// The browser's own words, short and printable.
fn agent(headers: &HeaderMap) -> String {
    let Some(text) = headers.get(header::USER_AGENT) else {
        return String::new();
    };
    String::from_utf8_lossy(text.as_bytes())
        .chars()
        .filter(|letter| !letter.is_control())
        .take(300)
        .collect()
}

/// The session's cookie, and who it is now.
pub(crate) struct SignedInNow {
    pub session: Session,
    pub me: Me,
}

impl SignedInNow {
    pub async fn new(app: &App, session: Session) -> Result<Self, Problem> {
        use secrecy::ExposeSecret;
        let who = app.accounts.signed_in(session.token.expose_secret()).await?;
        let who = who.ok_or_else(Problem::unauthorized)?;
        Ok(Self {
            me: Me::of(app, &who).await?,
            session,
        })
    }

    pub fn respond(self, app: &App, status: http::StatusCode) -> Response {
        let age = self.session.expires_at - app.db.clock().now();
        let cookie = cookie::set(&self.session.token, age.num_seconds(), &app.settings);
        (status, [(header::SET_COOKIE, cookie)], axum::Json(self.me)).into_response()
    }
}

/// The request's own cookie, if it has one.
pub struct Token(pub Option<String>);

impl FromRequestParts<Arc<App>> for Token {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self(
            cookie::read(&parts.headers, &app.settings).map(str::to_owned),
        ))
    }
}
