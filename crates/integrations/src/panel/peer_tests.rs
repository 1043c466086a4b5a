//! A panel of literal answers for the adapters' tests: each call takes the next one, and is noted as it came.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::Request};
use http::{Response, StatusCode};
use secrecy::SecretString;
use switchboard_domain::order::{OrderId, OrderLookup, PanelOrder};
use tokio::net::TcpListener;

use super::*;
use crate::http::{GuardedClient, OutboundPolicy};

pub const KEY: &str = "marked-key-0123";

pub struct Peer {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    answers: VecDeque<(u16, String)>,
    calls: Vec<String>,
}

/// An answer of status 200.
pub fn ok(body: &str) -> (u16, String) {
    (200, body.to_owned())
}

impl Peer {
    /// What is asked past the last answer is answered 500.
    pub async fn answering<S: Into<String>>(answers: impl IntoIterator<Item = (u16, S)>) -> Self {
        let answers = answers
            .into_iter()
            .map(|(status, body)| (status, body.into()))
            .collect();
        let state = Arc::new(Mutex::new(State {
            answers,
            calls: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        let router = Router::new().fallback(move |request: Request| {
            let shared = Arc::clone(&shared);
            async move {
                let (head, body) = request.into_parts();
                let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                let key = head
                    .headers
                    .get("x-api-key")
                    .map(|key| format!(" [{}]", key.to_str().unwrap()));
                let mut state = shared.lock().unwrap();
                state.calls.push(format!(
                    "{} {}{} {}",
                    head.method,
                    head.uri,
                    key.unwrap_or_default(),
                    String::from_utf8_lossy(&body)
                ));
                let (status, body) = state
                    .answers
                    .pop_front()
                    .unwrap_or((500, "nothing left".to_owned()));
                // As many panels do: JSON under the name of HTML.
                let mut answer = Response::builder()
                    .status(StatusCode::from_u16(status).unwrap())
                    .header("content-type", "text/html");
                if status == 429 {
                    answer = answer.header("retry-after", "7");
                }
                if (300..400).contains(&status) {
                    answer = answer.header("location", body.as_str());
                }
                answer.body(axum::body::Body::from(body)).unwrap()
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, state }
    }

    pub fn calls(&self) -> Vec<String> {
        self.state.lock().unwrap().calls.clone()
    }

    pub fn base(&self) -> url::Url {
        normalise_base_url(&format!("http://{}/admin", self.address)).unwrap()
    }

    pub fn client(&self) -> GuardedClient {
        let allow = vec![self.address.to_string().parse().unwrap()];
        GuardedClient::new(OutboundPolicy {
            allow,
            ..OutboundPolicy::default()
        })
        .unwrap()
    }

    pub fn config(&self) -> PanelConfig {
        let config = PanelConfig::new(self.base(), SecretString::from(KEY));
        PanelConfig {
            pace: Some(Pace::every(Duration::ZERO)),
            ..config
        }
    }

    pub fn panel(&self, kind: PanelKind) -> Arc<dyn Panel> {
        connect(kind, self.config(), &self.client())
    }
}

pub fn ids<const N: usize>(ids: [&str; N]) -> [OrderId; N] {
    ids.map(|id| OrderId::new(id).unwrap())
}

pub fn order<'a>(read: &'a HashMap<OrderId, OrderLookup>, id: &str) -> &'a PanelOrder {
    match &read[&OrderId::new(id).unwrap()] {
        OrderLookup::Found(order) => order,
        other => panic!("expected order {id}, got {other:?}"),
    }
}

/// `found`, `not found` or `unreadable`, per id asked.
pub fn kinds<const N: usize>(read: &HashMap<OrderId, OrderLookup>, asked: [&str; N]) -> [&'static str; N] {
    asked.map(|id| match &read[&OrderId::new(id).unwrap()] {
        OrderLookup::Found(_) => "found",
        OrderLookup::NotFound => "not found",
        OrderLookup::Unreadable(_) => "unreadable",
    })
}

/// Failures that every kind tells apart alike.
pub async fn tells_whole_failures_apart(kind: PanelKind) {
    let challenge = "<!DOCTYPE html><title>Just a moment...</title>";
    for (status, body, class, may_have_acted) in [
        (200, challenge, "blocked", false),
        (403, challenge, "blocked", false),
        (503, challenge, "blocked", false),
        (200, " <html>log in</html>", "blocked", true),
        (502, "<html>Bad gateway</html>", "unreachable", true),
        (500, "{\"error_code\":0,\"data\":{}}", "unreachable", true),
        (404, "<html>no such page</html>", "bad_address", false),
        (
            301,
            "https://elsewhere.example/x?key=marked-key-0123",
            "bad_address",
            false,
        ),
        (429, "slow down, marked-key-0123", "rate_limited", false),
        (401, "no", "auth", false),
        (200, "", "bad_shape", true),
        (200, "true", "bad_shape", true),
        (200, "{\"unclosed\"", "bad_shape", true),
    ] {
        let peer = Peer::answering([(status, body)]).await;
        let error = peer.panel(kind).orders(&ids(["1"])).await.unwrap_err();
        assert_eq!(
            (error.class(), error.may_have_acted()),
            (class, may_have_acted),
            "{status} {body}: {error:?}"
        );
        assert!(!error.detail().as_str().contains(KEY), "{status} {body}");
        if let PanelError::RateLimited { retry_after, .. } = error {
            assert_eq!(retry_after, Some(Duration::from_secs(7)));
        }
    }
    let gone = Peer {
        address: TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap(),
        state: Arc::default(),
    };
    let error = gone.panel(kind).orders(&ids(["1"])).await.unwrap_err();
    assert_eq!(
        (error.class(), error.may_have_acted(), error.retryable_read()),
        ("unreachable", false, true)
    );
    let outside = GuardedClient::new(OutboundPolicy::default()).unwrap();
    let error = connect(kind, gone.config(), &outside)
        .orders(&ids(["1"]))
        .await
        .unwrap_err();
    assert_eq!(
        (error.class(), error.retryable_read()),
        ("private_address", false)
    );
}
