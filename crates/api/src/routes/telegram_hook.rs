//! One route for all Telegram bots. Answers 200 when the update is on disk, and not before.
//!
//! Order: raw body (bounded), key, secret in constant time, shape, store. An unknown key costs the same comparison as a
//! wrong secret, so the time tells nothing.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use switchboard_domain::{channel::ChannelKind, id::AccountId};
use switchboard_tenant::fleet::hook_secret;

use crate::{App, Problem};

const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

pub async fn receive(
    State(app): State<Arc<App>>,
    Path(hook_key): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let body = body.map_err(|_| Problem::too_large())?;
    let found = app.db.scope_for_hook(&hook_key).await.map_err(|error| {
        tracing::error!(error = %error, "a webhook could not be looked up");
        Problem::unavailable()
    })?;
    let account = found
        .as_ref()
        .map_or(AccountId::from_uuid(uuid::Uuid::nil()), |(_, account)| *account);
    let expected = hook_secret(&app.db, account);
    let given = headers
        .get(SECRET_HEADER)
        .map_or(&b""[..], |value| value.as_bytes());
    let matches = bool::from(expected.expose_secret().as_bytes().ct_eq(given));
    let Some((scope, account)) = found else {
        return Err(Problem::not_found());
    };
    if !matches {
        return Err(Problem::unauthorized());
    }
    let Some(network) = app.hub.networks.get(ChannelKind::TelegramBot) else {
        return Err(Problem::not_found());
    };
    let peeked = network.peek(&body).map_err(|_| Problem::bad_update())?;
    let raw = std::str::from_utf8(&body).map_err(|_| Problem::bad_update())?;
    app.hub.intake().accept(&scope, account, &peeked, raw).await.map_err(|error| {
        tracing::error!(tenant.id = %scope.tenant(), account.id = %account, error = %error, "an update could not be stored");
        Problem::unavailable()
    })?;
    Ok(StatusCode::OK)
}
