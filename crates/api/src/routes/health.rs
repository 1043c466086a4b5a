//! For load balancers and people: is the process alive, can it work.

use std::sync::Arc;

use axum::extract::State;

use crate::{App, Problem};

pub async fn alive() -> &'static str {
    "alive\n"
}

/// 503 while the database is away: nothing can be accepted then.
pub async fn ready(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    match app.db.ping().await {
        Ok(_) => Ok("ready\n"),
        Err(_) => Err(Problem::unavailable()),
    }
}
