//! Starts the real binary on a free port and talks to it as its users do.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

pub struct Sim {
    child: Child,
    control: String,
    pub http: Client,
}

impl Drop for Sim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "drives a local peer; nothing here is outbound"
)]
fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

impl Sim {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_panel-simulator"))
            .args(["--listen", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let control = ready["control"].as_str().unwrap().to_owned();
        Self {
            child,
            control,
            http: client(),
        }
    }

    /// Calls the control API; anything but success fails the test.
    pub async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.control));
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn refused(&self, method: Method, path: &str, body: Value) -> u16 {
        let request = self
            .http
            .request(method, format!("{}{path}", self.control))
            .json(&body);
        request.send().await.unwrap().status().as_u16()
    }

    pub async fn panel(&self, kind: &str, more: Value) -> Panel<'_> {
        let mut settings = json!({
            "kind": kind, "name": "alpha", "admin_key": "admin-key", "user_key": "user-key", "user": "customer1"
        });
        for (name, value) in more.as_object().unwrap() {
            settings[name] = value.clone();
        }
        let opened = self.control(Method::POST, "/sim/panels", settings).await;
        Panel {
            sim: self,
            id: opened["id"].as_u64().unwrap(),
            url: opened["url"].as_str().unwrap().to_owned(),
        }
    }

    /// Sends SIGTERM and waits for the end.
    pub fn terminate(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap()
    }
}

pub struct Panel<'a> {
    pub sim: &'a Sim,
    pub id: u64,
    pub url: String,
}

impl Panel<'_> {
    pub async fn set(&self, method: Method, tail: &str, body: Value) -> Value {
        self.sim
            .control(method, &format!("/sim/panels/{}{tail}", self.id), body)
            .await
    }

    pub async fn orders(&self, orders: Value) {
        self.set(Method::PUT, "/orders", orders).await;
    }

    pub async fn fault(&self, fault: Value) {
        self.set(Method::POST, "/faults", fault).await;
    }

    pub async fn calls(&self) -> Vec<Value> {
        self.set(Method::GET, "/calls", Value::Null).await["calls"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// Waits until the call log holds a call like this.
    pub async fn calls_until(&self, like: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        loop {
            let calls = self.calls().await;
            if like(&calls) {
                return calls;
            }
            tokio::task::yield_now().await;
        }
    }

    pub async fn admin_get(&self, tail: &str) -> (u16, Value) {
        let request = self
            .sim
            .http
            .get(format!("{}{tail}", self.url))
            .header("X-Api-Key", "admin-key");
        both(request.send().await.unwrap()).await
    }

    pub async fn admin_post(&self, tail: &str, body: Value) -> reqwest::Result<Response> {
        self.sim
            .http
            .post(format!("{}{tail}", self.url))
            .header("X-Api-Key", "admin-key")
            .json(&body)
            .send()
            .await
    }

    pub async fn user(&self, fields: &[(&str, &str)]) -> (u16, Value) {
        both(self.user_raw(fields).await.unwrap()).await
    }

    pub async fn user_raw(&self, fields: &[(&str, &str)]) -> reqwest::Result<Response> {
        let mut form = vec![("key", "user-key")];
        form.extend_from_slice(fields);
        self.sim
            .http
            .post(format!("{}/api/v2", self.url))
            .form(&form)
            .send()
            .await
    }
}

pub async fn both(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
