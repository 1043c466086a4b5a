//! One line per request: who, what, how it ended, how long it took. Never a body, a query or an address.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use crate::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = app.db.clock().uuid().to_string();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("http.request", request.id = %id, http.method = %request.method(), http.route = %route,
        caller.id = tracing::field::Empty, tenant.id = tracing::field::Empty);
    let mut response = next.run(request).instrument(span.clone()).await;
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        tracing::debug!(
            http.status = response.status().as_u16(),
            duration_ms,
            "a request was answered"
        )
    });
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
