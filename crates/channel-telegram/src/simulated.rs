//! A small Bot API for the tests of this crate, and the tests that run against it.
//!
//! It shares no type with the adapter: requests are read as JSON, answers are literal bodies.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_domain::{clock::Clock, id::AccountId};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    client::{ApiConfig, BotApi},
    connector::TelegramConnector,
    limiter::Limits,
    session::TelegramSession,
};

mod contract;
mod receiving;
mod sending;

pub(crate) const TOKEN: &str = "5000000001:AAabcdefghijklmnopqrstuvwxyz0123_-9";
pub(crate) const BOT_ID: i64 = 5_000_000_001;

/// Always the same time; jitter at its least.
struct StillClock;

impl Clock for StillClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_760_000_000, 0).unwrap()
    }
    fn uuid(&self) -> Uuid {
        Uuid::nil()
    }
    fn random_below(&self, _: u64) -> u64 {
        0
    }
}

/// What a method answers instead of its usual.
#[derive(Clone)]
enum Answer {
    Body(u16, String),
    /// Does its work, then the connection breaks.
    Cut,
    /// Does nothing, and never answers.
    Hang,
}

fn refusal(code: u16, description: &str) -> Answer {
    let body = json!({"ok": false, "error_code": code, "description": description});
    Answer::Body(code, body.to_string())
}

#[derive(Default)]
struct Inner {
    /// Method, calls to let pass, answer, once.
    script: Vec<(String, usize, Answer)>,
    calls: Vec<(String, Value)>,
    sent: Vec<Value>,
    updates: Vec<Value>,
    hook: String,
    revoked: bool,
    last_id: i64,
}

#[derive(Clone, Default)]
struct Simulated {
    inner: Arc<Mutex<Inner>>,
    /// An update was added.
    added: Arc<Notify>,
    url: String,
}

impl Simulated {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let simulated = Self {
            url,
            ..Self::default()
        };
        let app = Router::new()
            .route("/{bot}/{method}", axum::routing::post(answer))
            .with_state(simulated.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        simulated
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn script(&self, method: &str, skip: usize, answer: Answer) {
        self.inner().script.push((method.into(), skip, answer));
    }

    fn calls(&self, method: &str) -> Vec<Value> {
        let inner = self.inner();
        let of_method = inner.calls.iter().filter(|(called, _)| called == method);
        of_method.map(|(_, body)| body.clone()).collect()
    }

    fn add_update(&self, update: Value) {
        self.inner().updates.push(update);
        self.added.notify_waiters();
    }

    fn connector(&self, limits: Limits, call_timeout: Duration) -> TelegramConnector {
        let mut config = ApiConfig::new(self.url.parse().unwrap());
        config.call_timeout = call_timeout;
        TelegramConnector::new(BotApi::new(config).unwrap(), limits, Arc::new(StillClock))
    }

    fn session(&self) -> Arc<TelegramSession> {
        self.connector(quick(), Duration::from_secs(2))
            .open_bot(account(), &SecretString::from(TOKEN))
            .unwrap()
    }
}

fn account() -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(1))
}

/// Limits that do not slow a test down.
fn quick() -> Limits {
    Limits {
        bot_interval: Duration::from_micros(1),
        chat_interval: Duration::from_micros(1),
        group_max: 1000,
        ..Limits::default()
    }
}

async fn answer(
    State(simulated): State<Simulated>,
    Path((bot, method)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let method = method.to_lowercase();
    let params: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let scripted = {
        let mut inner = simulated.inner();
        inner.calls.push((method.clone(), params.clone()));
        let due = inner
            .script
            .iter()
            .position(|(of, skip, _)| *of == method && *skip == 0);
        for (of, skip, _) in &mut inner.script {
            if *of == method {
                *skip = skip.saturating_sub(1);
            }
        }
        let scripted = due.map(|at| inner.script.remove(at).2);
        if inner.revoked || bot != format!("bot{TOKEN}") {
            Some(refusal(401, "Unauthorized"))
        } else {
            scripted
        }
    };
    match scripted {
        Some(Answer::Body(status, body)) => {
            if status == 401 {
                simulated.inner().revoked = true;
            }
            return (StatusCode::from_u16(status).unwrap(), body).into_response();
        }
        Some(Answer::Hang) => std::future::pending::<()>().await,
        Some(Answer::Cut) | None => {}
    }
    let result = usual(&simulated, &method, &params).await;
    if matches!(scripted, Some(Answer::Cut)) {
        let broken = futures_util::stream::iter([
            Ok::<_, std::io::Error>(Bytes::from_static(b"{\"ok\":tr")),
            Err(std::io::Error::other("cut")),
        ]);
        return Body::from_stream(broken).into_response();
    }
    axum::Json(json!({"ok": true, "result": result})).into_response()
}

async fn usual(simulated: &Simulated, method: &str, params: &Value) -> Value {
    match method {
        "getme" => {
            json!({"id": BOT_ID, "is_bot": true, "first_name": "Shop help", "username": "shop_help_bot",
            "can_join_groups": true, "can_read_all_group_messages": false, "supports_holograms": {"depth": 3}})
        }
        "sendmessage" => {
            let mut inner = simulated.inner();
            inner.last_id += 1;
            let id = inner.last_id;
            let mut sent = params.clone();
            sent["message_id"] = id.into();
            inner.sent.push(sent);
            // Only what Telegram always sends, and a shape that did not exist when the library was made.
            json!({"message_id": id, "date": 1_760_000_000, "chat": {"id": params["chat_id"], "type": "hologram"},
                "entities": [{"type": "hologram"}]})
        }
        "setwebhook" => {
            simulated.inner().hook = params["url"].as_str().unwrap_or_default().into();
            true.into()
        }
        "deletewebhook" => {
            simulated.inner().hook.clear();
            true.into()
        }
        "getwebhookinfo" => json!({"url": simulated.inner().hook, "has_custom_certificate": false,
            "pending_update_count": 0}),
        "getupdates" => {
            let offset = params["offset"].as_i64().unwrap_or(0);
            loop {
                let added = simulated.added.notified();
                tokio::pin!(added);
                added.as_mut().enable();
                {
                    let mut inner = simulated.inner();
                    inner
                        .updates
                        .retain(|update| update["update_id"].as_i64().unwrap_or(i64::MAX) >= offset);
                    if !inner.updates.is_empty() {
                        return Value::Array(inner.updates.clone());
                    }
                }
                added.await;
            }
        }
        "getchatmember" => {
            json!({"status": "administrator", "user": {"id": params["user_id"], "is_bot": true}})
        }
        other => panic!("unexpected method {other}"),
    }
}

/// Waits for a condition, looking again whenever other tasks had their turn.
async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    if tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .is_err()
    {
        panic!("waited in vain for: {what}");
    }
}
