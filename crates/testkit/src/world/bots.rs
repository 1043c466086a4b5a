//! The Bot API peer's control side: people write, and what bots sent is read.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::process::Child;

use super::{PATIENCE, process};

pub struct BotPeer {
    _child: Child,
    url: String,
    http: reqwest::Client,
}

/// A message that the network took from a bot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sent {
    pub seq: u64,
    pub at_ms: i64,
    pub bot: i64,
    pub chat: i64,
    pub message_id: i64,
    pub text: String,
    pub reply_to: Option<i64>,
    pub topic: Option<i64>,
    /// The bot never got the answer to its call.
    pub answer_cut: bool,
}

/// A message that somebody wrote.
#[derive(Debug, Clone, Deserialize)]
pub struct Said {
    pub message_id: i64,
    pub chat: i64,
    pub update_ids: Vec<i64>,
    pub at_ms: i64,
}

/// A plain client for the peers and for what the product serves.
#[expect(
    clippy::disallowed_methods,
    reason = "a test talks to its own peer, not to an address that somebody gave us"
)]
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a plain HTTP client")
}

impl BotPeer {
    pub(super) async fn start(dir: &Path) -> Self {
        let log = dir.join("calls-telegram.jsonl").display().to_string();
        let arguments = [
            "--listen",
            "127.0.0.1:0",
            "--log",
            &log,
            "--redelivery-max-ms",
            "500",
        ];
        let (child, line) = process::peer("bot-api-peer", &arguments, &dir.join("bot-api-peer.log")).await;
        let line: Value = serde_json::from_str(&line).expect("its first line is JSON");
        Self {
            _child: child,
            url: line["listening"].as_str().expect("its address").to_owned(),
            http: client(),
        }
    }

    /// A peer without a product, for suites that drive an adapter.
    pub async fn alone(dir: &Path) -> Self {
        crate::install_crypto();
        Self::start(dir).await
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(reqwest::Method::POST, path, Some(body.clone())).await;
        assert!(status.is_success(), "POST {path} {body}: {status} {answer}");
        answer
    }

    pub async fn patch(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(reqwest::Method::PATCH, path, Some(body.clone())).await;
        assert!(status.is_success(), "PATCH {path} {body}: {status} {answer}");
        answer
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask(reqwest::Method::GET, path, None).await;
        assert!(status.is_success(), "GET {path}: {status} {answer}");
        answer
    }

    async fn ask(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> (reqwest::StatusCode, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().await.expect("the peer answers");
        let status = response.status();
        let text = response.text().await.expect("the peer answers in full");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub async fn user(&self, id: i64, first_name: &str) -> i64 {
        self.post("/sim/users", json!({"id": id, "first_name": first_name}))
            .await;
        id
    }

    /// A bot that may read groups; its id and token.
    pub async fn bot(&self, username: &str) -> (i64, String) {
        let made = self
            .post(
                "/sim/bots",
                json!({"username": username, "can_read_all_group_messages": true}),
            )
            .await;
        let token = made["token"].as_str().expect("a token").to_owned();
        (made["id"].as_i64().expect("an id"), token)
    }

    /// A group with these people and bots in it.
    pub async fn group(&self, title: &str, members: &[i64], bots: &[i64]) -> i64 {
        let body = json!({"title": title, "members": members, "bots": bots});
        self.post("/sim/groups", body).await["id"]
            .as_i64()
            .expect("an id")
    }

    /// Somebody writes to a bot in private.
    pub async fn say(&self, bot: i64, from: i64, text: &str) -> Said {
        self.say_as(json!({"bot": bot, "from": from, "text": text})).await
    }

    /// Somebody writes in a group.
    pub async fn say_in(&self, group: i64, from: i64, text: &str) -> Said {
        self.say_as(json!({"chat": group, "from": from, "text": text}))
            .await
    }

    pub async fn say_as(&self, body: Value) -> Said {
        serde_json::from_value(self.post("/sim/say", body).await).expect("what was said")
    }

    /// Number of the newest record; later ones are "since" it.
    pub async fn now(&self) -> u64 {
        self.get("/sim/sent?chat=1").await["last_seq"]
            .as_u64()
            .expect("a number")
    }

    pub async fn sent(&self, query: &str) -> Vec<Sent> {
        let answer = self.get(&format!("/sim/sent?{query}")).await;
        serde_json::from_value(answer["sent"].clone()).expect("sent messages")
    }

    /// All that was sent to a chat since; in a private chat the id is the person's.
    pub async fn sent_to(&self, chat: i64, since: u64) -> Vec<Sent> {
        self.sent(&format!("chat={chat}&since={since}")).await
    }

    /// Waits for `n` messages to a chat.
    pub async fn wait_for(&self, chat: i64, since: u64, n: usize) -> Vec<Sent> {
        self.wait(&format!("chat={chat}&since={since}"), n).await
    }

    pub async fn wait(&self, filter: &str, n: usize) -> Vec<Sent> {
        let path = format!("/sim/wait?{filter}&sent={n}&timeout_ms={}", PATIENCE.as_millis());
        let (status, answer) = self.ask(reqwest::Method::GET, &path, None).await;
        assert!(
            status.is_success(),
            "{n} messages were expected ({filter}), these came: {}",
            answer["sent"]
        );
        serde_json::from_value(answer["sent"].clone()).expect("sent messages")
    }

    pub async fn calls(&self, query: &str) -> Vec<Value> {
        let answer = self.get(&format!("/sim/calls?{query}")).await;
        answer["calls"].as_array().expect("calls").clone()
    }

    pub async fn deliveries(&self, query: &str) -> Vec<Value> {
        let answer = self.get(&format!("/sim/webhooks?{query}")).await;
        answer["deliveries"].as_array().expect("deliveries").clone()
    }

    /// Updates that no bot has fetched or acknowledged.
    pub async fn pending(&self) -> u64 {
        self.get("/sim/pending").await["count"]
            .as_u64()
            .expect("a number")
    }

    pub async fn fault(&self, body: Value) -> i64 {
        self.post("/sim/faults", body).await["id"]
            .as_i64()
            .expect("an id")
    }

    pub async fn no_faults(&self) {
        self.ask(reqwest::Method::DELETE, "/sim/faults", None).await;
    }

    /// The texts, for comparing.
    pub fn texts(sent: &[Sent]) -> Vec<&str> {
        sent.iter().map(|sent| sent.text.as_str()).collect()
    }
}
