//! One line and one count per request: who, what, how it ended, how long it took. Never a body, a query or an address.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use crate::{App, meter};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = app.db.clock().uuid().to_string();
    let method = request.method().to_string();
    let is_api = request.uri().path().starts_with("/api/");
    // Paths that no route takes are anybody's words and would be labels without end.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("http.request", request.id = %id, http.method = %method, http.route = %route,
        caller.id = tracing::field::Empty, tenant.id = tracing::field::Empty);
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = begun.elapsed();
    let status = response.status().as_u16();
    meter::request(&method, &route, status, took);
    if is_api {
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        span.in_scope(|| tracing::info!(http.status = status, duration_ms, "a request was answered"));
        let headers = response.headers_mut();
        // Somebody's data: no cache may keep it, and nothing guesses what it is.
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
    }
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
