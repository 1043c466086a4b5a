//! The HTTP surface: inbound hooks of chat networks, and health. The owner's API and panel will stand beside them.
//!
//! Invariant: a handler translates; it holds no rule and no SQL.

mod problem;
mod routes;
mod spa;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    routing::{get, post},
};
use switchboard_store::Db;
use switchboard_tenant::{intake::Intake, network::Networks};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

pub use problem::Problem;

/// The largest body that a webhook may have.
pub const MAX_HOOK_BODY: usize = 256 * 1024;
/// How long a request may take in all, its body included; Telegram itself waits for 60 s.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub intake: Intake,
    pub networks: Networks,
}

pub fn router(app: App) -> Router {
    Router::new()
        .route("/tg/{hook_key}", post(routes::telegram_hook::receive))
        .route("/healthz", get(routes::health::alive))
        .route("/readyz", get(routes::health::ready))
        .fallback(spa::serve)
        .layer(DefaultBodyLimit::max(MAX_HOOK_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST_TIMEOUT,
        ))
        .layer(CatchPanicLayer::new())
        .with_state(Arc::new(app))
}
