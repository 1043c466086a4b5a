//! `/sim/…`: the test's side. Every answer is JSON; a refusal is `{"error": "…"}`.

mod act;
mod cast;
mod read;

use std::sync::Arc;

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, patch, post},
};
use serde_json::{Value, json};

use crate::{peer::Peer, world::World};

pub fn routes() -> Router<Arc<Peer>> {
    Router::new()
        .route("/sim/bots", post(cast::create_bot).get(cast::list_bots))
        .route("/sim/bots/{bot}", patch(cast::change_bot))
        .route("/sim/users", post(cast::create_user))
        .route("/sim/users/{user}", patch(cast::change_user))
        .route("/sim/groups", post(cast::create_group))
        .route("/sim/groups/{group}/members", post(cast::add_member))
        .route("/sim/groups/{group}/promote", post(cast::promote))
        .route("/sim/groups/{group}/demote", post(cast::demote))
        .route("/sim/groups/{group}/remove", post(cast::remove))
        .route("/sim/groups/{group}/topics", post(cast::open_topic))
        .route("/sim/groups/{group}/topics/{topic}", patch(cast::change_topic))
        .route("/sim/block", post(cast::block))
        .route("/sim/unblock", post(cast::unblock))
        .route("/sim/say", post(act::say))
        .route("/sim/say_many", post(act::say_many))
        .route("/sim/edit", post(act::edit))
        .route("/sim/press", post(act::press))
        .route("/sim/migrate", post(act::migrate))
        .route("/sim/dup", post(act::dup))
        .route("/sim/update", post(act::update))
        .route(
            "/sim/faults",
            post(act::add_fault).get(read::faults).delete(act::remove_faults),
        )
        .route("/sim/sent", get(read::sent))
        .route("/sim/calls", get(read::calls))
        .route("/sim/webhooks", get(read::webhooks))
        .route("/sim/pending", get(read::pending))
        .route("/sim/wait", get(read::wait))
        .route("/sim/log", delete(read::clear_log))
        .route("/sim/health", get(|| async { Json(json!({"ok": true})) }))
        // Else an unknown control path would reach the Bot API and get its 404.
        .route(
            "/sim/{*rest}",
            axum::routing::any(|| async { Refusal::not_found("no such control call") }),
        )
        .layer(axum::extract::DefaultBodyLimit::max(64 << 20))
}

pub struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    fn not_found(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            message: message.into(),
        }
    }

    fn conflict(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            message: message.into(),
        }
    }

    fn bad(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"error": self.message}))).into_response()
    }
}

type Reply = Result<Json<Value>, Refusal>;

/// A bot named by token (text) or id (number or text).
fn bot_of(world: &World, reference: &Value) -> Result<i64, Refusal> {
    let text = match reference {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    world
        .find_bot(&text)
        .ok_or_else(|| Refusal::not_found("no such bot"))
}

fn optional_bot(world: &World, reference: Option<&Value>) -> Result<Option<i64>, Refusal> {
    reference
        .filter(|value| !value.is_null())
        .map(|value| bot_of(world, value))
        .transpose()
}

fn updates_json(updates: &[(i64, i64)]) -> (Vec<i64>, Value) {
    let ids = updates.iter().map(|(_, id)| *id).collect();
    let rows = updates
        .iter()
        .map(|(bot, id)| json!({"bot": bot, "update_id": id}))
        .collect();
    (ids, rows)
}
