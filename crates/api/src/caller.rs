//! Who is signed in: from the cookie to an account in good standing.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use switchboard_domain::id::UserId;
use switchboard_platform::Actor;
use switchboard_store::SignedIn;

use crate::{App, Code, Problem, cookie};

/// Somebody with a valid session whose account is active. 401 without a session; 403 when suspended or banned.
///
/// For endpoints of one's own account a [`crate::Permit`] is asked for too.
#[derive(Debug, Clone)]
pub struct Caller(Arc<SignedIn>);

/// What was found for this request, so that several extractors look once.
#[derive(Clone)]
struct Found(Result<Caller, Problem>);

impl Caller {
    pub fn user(&self) -> UserId {
        self.0.user()
    }

    /// For the audit.
    pub fn actor(&self) -> Actor {
        Actor::user(self.user())
    }

    pub fn who(&self) -> &Arc<SignedIn> {
        &self.0
    }

    async fn find(headers: &HeaderMap, app: &App) -> Result<Self, Problem> {
        let Some(token) = cookie::read(headers, &app.settings) else {
            return Err(Problem::unauthorized());
        };
        let Some(who) = app.accounts.signed_in(token).await? else {
            return Err(Problem::unauthorized());
        };
        let reason = who.account().state_reason.clone();
        match who.account().state.as_str() {
            "active" => {}
            "suspended" => return Err(Problem::new(Code::AccountSuspended).detail(reason)),
            _ => return Err(Problem::new(Code::AccountBanned).detail(reason)),
        }
        app.limits.account(who.user())?;
        Ok(Self(who))
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if let Some(found) = parts.extensions.get::<Found>() {
            return found.0.clone();
        }
        let found = Self::find(&parts.headers, app).await;
        parts.extensions.insert(Found(found.clone()));
        if let Ok(caller) = &found {
            tracing::Span::current().record("caller.id", tracing::field::display(caller.user()));
        }
        found
    }
}
