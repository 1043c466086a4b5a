//! Session, permission and scope of one request, inside the server: the same route with and without them, in turn.
//!
//! What is known of a session is a second old at most, so one request a second reads the database; it is in the figures.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, body::Body, http::Request, routing::get};
use switchboard_api::{App, Permit, TenantScope, may};
use switchboard_testkit::TestApp;
use tower::ServiceExt;

const REQUESTS: usize = 20_000;

async fn checked(_permit: Permit<may::WalletRead>, _scope: TenantScope) -> &'static str {
    "ok"
}

async fn open() -> &'static str {
    "ok"
}

#[tokio::main]
async fn main() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let cookie = asha.cookie().expect("a session").to_owned();
    let router: Router = Router::new()
        .route("/api/v1/tenants/{tenant}/checked", get(checked))
        .route("/api/v1/tenants/{tenant}/open", get(open))
        .with_state::<()>(Arc::<App>::clone(&app.app));
    let mut with = Vec::with_capacity(REQUESTS);
    let mut without = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        with.push(one(&router, &asha.at("/checked"), &cookie).await);
        without.push(one(&router, &asha.at("/open"), &cookie).await);
    }
    with.sort_unstable();
    without.sort_unstable();
    let at = |times: &[Duration], percent: usize| times[(times.len() - 1) * percent / 100];
    let added = |percent| {
        at(&with, percent)
            .saturating_sub(at(&without, percent))
            .as_secs_f64()
            * 1e3
    };
    println!(
        "session + permission + scope, {REQUESTS} requests: p50 {:.4} ms, p99 {:.4} ms (target: p50 at most 0.3 ms)",
        added(50),
        added(99)
    );
}

async fn one(router: &Router, path: &str, cookie: &str) -> Duration {
    let request = Request::get(path)
        .header("cookie", cookie)
        .body(Body::empty())
        .expect("a request");
    let begun = Instant::now();
    let response = router.clone().oneshot(request).await.expect("an answer");
    let took = begun.elapsed();
    assert_eq!(response.status(), 200);
    took
}
