//! The panel simulator's control side: the scene is set, and what arrived is read.

use std::path::Path;

use serde_json::{Value, json};
use tokio::process::Child;

use super::{bots, process};

pub struct PanelSim {
    _child: Child,
    control: String,
    http: reqwest::Client,
}

/// One panel of the simulator.
#[derive(Clone)]
pub struct SimPanel {
    pub name: String,
    pub kind: String,
    pub url: String,
    pub key: String,
    control: String,
    http: reqwest::Client,
}

async fn ask(http: &reqwest::Client, method: reqwest::Method, url: &str, body: Option<Value>) -> Value {
    let mut request = http.request(method.clone(), url);
    if let Some(body) = &body {
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
    }
    let response = request.send().await.expect("the simulator answers");
    let status = response.status();
    let text = response.text().await.expect("the simulator answers in full");
    assert!(status.is_success(), "{method} {url} {body:?}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

impl PanelSim {
    pub(super) async fn start(dir: &Path) -> Self {
        let log = dir.join("calls-panels.jsonl").display().to_string();
        let arguments = ["--listen", "127.0.0.1:0", "--log", &log];
        let (child, line) =
            process::peer("panel-simulator", &arguments, &dir.join("panel-simulator.log")).await;
        let line: Value = serde_json::from_str(&line).expect("its first line is JSON");
        Self {
            _child: child,
            control: line["control"].as_str().expect("its address").to_owned(),
            http: bots::client(),
        }
    }

    /// A simulator without a product, for suites that drive an adapter.
    pub async fn alone(dir: &Path) -> Self {
        crate::install_crypto();
        Self::start(dir).await
    }

    pub async fn open(&self, name: &str, settings: Value) -> SimPanel {
        let mut body = json!({
            "kind": "perfect_panel", "name": name, "admin_key": format!("admin-key-of-{name}"), "user_key": format!("user-key-of-{name}"),
        });
        for (field, value) in settings.as_object().into_iter().flatten() {
            body[field] = value.clone();
        }
        let made = ask(
            &self.http,
            reqwest::Method::POST,
            &format!("{}/sim/panels", self.control),
            Some(body.clone()),
        )
        .await;
        let kind = body["kind"].as_str().expect("a kind").to_owned();
        let key = if kind == "user_v2" {
            "user_key"
        } else {
            "admin_key"
        };
        SimPanel {
            name: name.to_owned(),
            key: body[key].as_str().expect("a key").to_owned(),
            kind,
            url: made["url"]
                .as_str()
                .expect("its address")
                .trim_end_matches('/')
                .to_owned(),
            control: format!("{}/sim/panels/{}", self.control, made["id"]),
            http: self.http.clone(),
        }
    }

    pub async fn forbidden(&self) -> Vec<Value> {
        let url = format!("{}/sim/forbidden", self.control);
        let calls = ask(&self.http, reqwest::Method::GET, &url, None).await;
        calls.as_array().expect("a list").clone()
    }
}

impl SimPanel {
    /// `host:port`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// How the product calls this kind.
    pub fn product_kind(&self) -> &'static str {
        match self.kind.as_str() {
            "rental_panel" => "rental_panel_admin_v1",
            "user_v2" => "user_api_v2",
            _ => "perfect_panel_admin_v2",
        }
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let method = method.parse().expect("a method");
        ask(&self.http, method, &format!("{}{path}", self.control), body).await
    }

    pub async fn orders(&self, orders: Value) {
        self.call("PUT", "/orders", Some(orders)).await;
    }

    /// An order of somebody at a provider, with an external id.
    pub async fn order(&self, id: &str, user: &str, status: &str, provider: &str, external: &str) {
        self.orders(json!([{
            "id": id, "user": user, "status": status, "provider": provider, "external_ids": [external],
            "service_name": "Followers", "refill_allowed": true, "cancel_allowed": true,
        }]))
        .await;
    }

    pub async fn seen(&self, order: &str) -> Value {
        self.call("GET", &format!("/orders/{order}"), None).await["order"].clone()
    }

    pub async fn fault(&self, body: Value) {
        self.call("POST", "/faults", Some(body)).await;
    }

    pub async fn no_faults(&self) {
        self.call("DELETE", "/faults", None).await;
    }

    pub async fn calls(&self) -> Vec<Value> {
        let answer = self.call("GET", "/calls", None).await;
        assert_eq!(answer["dropped"], 0, "the call log lost its beginning");
        answer["calls"].as_array().expect("calls").clone()
    }

    /// Calls that ask the panel to do something, in order.
    pub async fn acts(&self) -> Vec<Value> {
        self.calls()
            .await
            .into_iter()
            .filter(|call| call["write"] == true)
            .collect()
    }

    /// Orders named by the acts, in order.
    pub async fn acted_on(&self) -> Vec<String> {
        let acts = self.acts().await;
        acts.iter().flat_map(ids).collect()
    }
}

/// The orders that a call names.
pub fn ids(call: &Value) -> Vec<String> {
    let ids = call["ids"].as_array().cloned().unwrap_or_default();
    ids.iter()
        .map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned))
        .collect()
}
