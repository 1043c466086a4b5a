//! A running peer, and a webhook receiver that answers as told.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::{Value, json};
use tokio::sync::watch;

pub struct Peer {
    pub process: Child,
    pub url: String,
    pub http: reqwest::Client,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

#[expect(clippy::disallowed_methods, reason = "this crate depends on none of ours")]
fn client() -> reqwest::Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .expect("client")
}

impl Peer {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_bot-api-peer"))
            .args([
                "--listen",
                "127.0.0.1:0",
                "--redelivery-ms",
                "10",
                "--redelivery-max-ms",
                "40",
            ])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("a line");
        let ready: Value = serde_json::from_str(&line).expect("one JSON line");
        let url = ready["listening"].as_str().expect("an address").to_owned();
        Self {
            process,
            url,
            http: client(),
        }
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("JSON"))
    }

    /// A control call that must succeed.
    pub async fn sim(&self, path: &str, body: Value) -> Value {
        let (status, reply) = self.try_sim(path, body).await;
        assert_eq!(status, 200, "{path}: {reply}");
        reply
    }

    pub async fn try_sim(&self, path: &str, body: Value) -> (u16, Value) {
        self.answer(self.http.post(format!("{}/sim/{path}", self.url)).json(&body))
            .await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Value {
        let (status, reply) = self
            .answer(self.http.patch(format!("{}/sim/{path}", self.url)).json(&body))
            .await;
        assert_eq!(status, 200, "{path}: {reply}");
        reply
    }

    pub async fn read(&self, path: &str) -> Value {
        let (status, reply) = self
            .answer(self.http.get(format!("{}/sim/{path}", self.url)))
            .await;
        assert_eq!(status, 200, "{path}: {reply}");
        reply
    }

    pub async fn delete(&self, path: &str) -> Value {
        self.answer(self.http.delete(format!("{}/sim/{path}", self.url)))
            .await
            .1
    }

    pub async fn call(&self, token: &str, method: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/bot{token}/{method}", self.url);
        self.answer(self.http.post(url).json(&body)).await
    }

    /// A method that must succeed; its result.
    pub async fn ok(&self, token: &str, method: &str, body: Value) -> Value {
        let (status, mut reply) = self.call(token, method, body).await;
        assert_eq!((status, &reply["ok"]), (200, &json!(true)), "{method}: {reply}");
        reply["result"].take()
    }

    /// A method that must fail; its status and description.
    pub async fn refusal(&self, token: &str, method: &str, body: Value) -> (u16, String) {
        let (status, reply) = self.call(token, method, body).await;
        assert_eq!(reply["ok"], false, "{method}: {reply}");
        assert_eq!(reply["error_code"], status, "{method}: {reply}");
        (
            status,
            reply["description"].as_str().expect("description").to_owned(),
        )
    }

    pub async fn send(&self, token: &str, chat: i64, text: &str) -> Value {
        self.ok(token, "sendMessage", json!({"chat_id": chat, "text": text}))
            .await
    }

    pub async fn bot(&self, username: &str) -> Token {
        let bot = self.sim("bots", json!({"username": username})).await;
        Token {
            token: bot["token"].as_str().expect("token").to_owned(),
            id: bot["id"].as_i64().expect("id"),
        }
    }

    pub async fn group(&self, body: Value) -> i64 {
        self.sim("groups", body).await["id"].as_i64().expect("id")
    }

    /// A private message; its update id.
    pub async fn says(&self, bot: &Token, from: i64, text: &str) -> i64 {
        let said = self
            .sim("say", json!({"bot": bot.token, "from": from, "text": text}))
            .await;
        said["update_ids"][0].as_i64().expect("one update")
    }

    /// All updates that wait for a poller, confirmed.
    pub async fn drain(&self, token: &str) -> Vec<Value> {
        let updates = self.ok(token, "getUpdates", json!({})).await;
        let updates = updates.as_array().expect("a list").clone();
        if let Some(last) = updates
            .iter()
            .filter_map(|update| update["update_id"].as_i64())
            .max()
        {
            self.ok(token, "getUpdates", json!({"offset": last + 1})).await;
        }
        updates
    }

    /// Texts of messages that wait for a poller.
    pub async fn texts(&self, token: &str) -> Vec<String> {
        let updates = self.drain(token).await;
        updates
            .iter()
            .filter_map(|update| update["message"]["text"].as_str().map(str::to_owned))
            .collect()
    }
}

pub struct Token {
    pub token: String,
    pub id: i64,
}

/// One request that arrived at the webhook.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub update: Value,
    pub secret: Option<String>,
    /// Requests of the same chat that were open when it came.
    pub same_chat_open: usize,
    /// All requests that were open when it came.
    pub open: usize,
}

#[derive(Default)]
struct Inner {
    arrivals: Vec<Arrival>,
    open: Vec<i64>,
    answers: Vec<u16>,
}

/// Answers 200 unless told otherwise; while held it answers nobody.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
    arrived: watch::Sender<usize>,
    held: watch::Sender<bool>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        Self::serve(listener)
    }

    pub fn serve(listener: tokio::net::TcpListener) -> Self {
        let receiver = Self {
            url: format!("http://{}/tg/key", listener.local_addr().expect("an address")),
            inner: Arc::default(),
            arrived: watch::channel(0).0,
            held: watch::channel(false).0,
        };
        let app = Router::new()
            .route("/tg/key", post(receive))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next answers' statuses, in order; then 200 again.
    pub fn answer_next(&self, statuses: &[u16]) {
        self.inner().answers = statuses.iter().rev().copied().collect();
    }

    pub fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Waits for so many requests in all.
    pub async fn wait_for(&self, count: usize) -> Vec<Arrival> {
        let mut arrived = self.arrived.subscribe();
        let reached = arrived.wait_for(|so_far| *so_far >= count);
        tokio::time::timeout(Duration::from_secs(20), reached)
            .await
            .expect("in time")
            .expect("open");
        self.inner().arrivals.clone()
    }
}

async fn receive(
    State(receiver): State<Receiver>,
    headers: HeaderMap,
    Json(update): Json<Value>,
) -> StatusCode {
    let chat = update["message"]["chat"]["id"].as_i64().unwrap_or(0);
    let status = {
        let mut inner = receiver.inner();
        let same_chat_open = inner.open.iter().filter(|open| **open == chat).count();
        let secret = headers
            .get("x-telegram-bot-api-secret-token")
            .map(|value| value.to_str().expect("ASCII").to_owned());
        let open = inner.open.len();
        inner.open.push(chat);
        inner.arrivals.push(Arrival {
            update,
            secret,
            same_chat_open,
            open,
        });
        inner.answers.pop().unwrap_or(200)
    };
    receiver.arrived.send_modify(|count| *count += 1);
    receiver
        .held
        .subscribe()
        .wait_for(|held| !held)
        .await
        .expect("open");
    let mut inner = receiver.inner();
    let at = inner
        .open
        .iter()
        .position(|open| *open == chat)
        .expect("it is open");
    inner.open.swap_remove(at);
    StatusCode::from_u16(status).expect("a status")
}
