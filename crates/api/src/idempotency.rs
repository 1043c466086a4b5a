//! Unsafe requests that are sent twice and done once.
//!
//! A request with `Idempotency-Key` is claimed before it runs and its answer is kept for a day: a repetition gets the same
//! answer, one with other contents is refused, one at the same time is told to wait. Answers of ours that mean "try again"
//! (5xx, 429) are not kept.
//!
//! Should the process die between the commit of the work and that of the answer, a repetition runs the handler again. So a
//! handler makes the ids of its rows from [`RequestKey::uuid`]: the same request makes the same rows, and finds them.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use switchboard_domain::id::UserId;
use switchboard_store::platform::idempotency::{Answered, Claim};
use uuid::Uuid;

use crate::{App, Caller, Code, MAX_BODY, Problem};

const HEADER: &str = "idempotency-key";
/// Longer than any request may take.
const CLAIM: TimeDelta = TimeDelta::seconds(60);
/// How long answers are kept.
pub const KEEP: TimeDelta = TimeDelta::hours(24);
const MAX_ANSWER: usize = 1024 * 1024;

/// From what a handler makes the ids of its rows: the same for each repetition of a request, and different for each request
/// where the client sent no key.
#[derive(Debug, Clone)]
pub struct RequestKey([u8; 32]);

impl RequestKey {
    /// A stable id; `what` tells several ids of one request apart.
    pub fn uuid(&self, what: &str) -> Uuid {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(self.0)
            .chain_update(what.as_bytes())
            .finalize()
            .into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

impl FromRequestParts<Arc<App>> for RequestKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let digest = Sha256::new().chain_update(caller.user().uuid().as_bytes());
        let digest = match key(&parts.headers)? {
            Some(key) => digest
                .chain_update([1])
                .chain_update(parts.method.as_str())
                .chain_update(parts.uri.path())
                .chain_update([0])
                .chain_update(key),
            None => digest
                .chain_update([0])
                .chain_update(app.db.clock().uuid().as_bytes()),
        };
        Ok(Self(digest.finalize().into()))
    }
}

fn key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .filter(|key| (1..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()))
        .map(Some)
        .ok_or_else(|| Code::IdempotencyKeyReused.into())
}

pub(crate) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    match once(&app, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn once(app: &Arc<App>, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let key = key(&parts.headers)?.unwrap_or_default().to_owned();
    // Nobody signed in has nothing to repeat here: the handler says 401, or is open to everybody.
    let Ok(caller) = Caller::from_request_parts(&mut parts, app).await else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| Problem::too_large())?;
    let hash: [u8; 32] = Sha256::new()
        .chain_update(parts.method.as_str())
        .chain_update(parts.uri.to_string())
        .chain_update([0])
        .chain_update(&body)
        .finalize()
        .into();
    let (user, now) = (caller.user(), app.db.clock().now());
    let mut tx = app.db.begin_platform().await?;
    let claim = tx.idempotency().claim(user, &key, hash, now + CLAIM, now).await?;
    tx.commit().await?;
    match claim {
        Claim::Yours => {}
        Claim::Answered(answer) => return Ok(replay(answer)),
        Claim::Busy => return Err(Code::RequestInProgress.into()),
        Claim::OtherRequest => return Err(Code::IdempotencyKeyReused.into()),
    }
    // A client that hangs up drops this future; the work and the note of its answer go on together.
    let (app, request) = (app.clone(), Request::from_parts(parts, Body::from(body)));
    let work = async move {
        let response = next.run(request).await;
        keep(&app, user, &key, response).await
    };
    tokio::spawn(tracing::Instrument::in_current_span(work))
        .await
        .unwrap_or_else(|_| Err(Code::Internal.into()))
}

async fn keep(app: &App, user: UserId, key: &str, response: Response) -> Result<Response, Problem> {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_ANSWER)
        .await
        .map_err(|_| Problem::new(Code::Internal))?;
    let mut tx = app.db.begin_platform().await?;
    if parts.status.is_server_error() || parts.status == StatusCode::TOO_MANY_REQUESTS {
        tx.idempotency().give_up(user, key).await?;
    } else {
        let answer = Answered {
            status: parts.status.as_u16(),
            content_type: parts
                .headers
                .get(header::CONTENT_TYPE)
                .and_then(|kind| kind.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
            body: body.to_vec(),
        };
        tx.idempotency().answered(user, key, &answer).await?;
    }
    tx.commit().await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replay(answer: Answered) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    if let Ok(kind) = HeaderValue::try_from(answer.content_type)
        && !kind.is_empty()
    {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response
        .headers_mut()
        .insert("idempotent-replay", HeaderValue::from_static("true"));
    response
}
