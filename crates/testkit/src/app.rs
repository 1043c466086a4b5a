//! The HTTP API in this process, over a database of the test's own: no ports, no other processes.
//!
//! ```no_run
//! # async fn example() {
//! use serde_json::json;
//! use switchboard_testkit::TestApp;
//!
//! let app = TestApp::start().await;
//! let asha = app.owner("asha").await; // an account, its tenant, a session
//! let wallet = asha.get(&asha.at("/wallet")).await.expect(200);
//! assert_eq!(wallet["held"], json!(0));
//! let other = app.owner("binod").await;
//! other.get(&asha.at("/wallet")).await.problem(404, "not-found");
//! # }
//! ```

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use switchboard_api::{ApiSettings, App, Rates, router};
use switchboard_domain::{
    access::Role,
    id::{TenantId, UserId},
};
use switchboard_integrations::http::{GuardedClient, OutboundPolicy};
use switchboard_platform::{
    Actor,
    access::Access,
    accounts::{Accounts, NewPerson, Origin},
    passwords::{HashCost, Passwords},
    tenants::Tenants,
};
use switchboard_server::telegram::Telegram;
use switchboard_store::{
    TenantScope,
    queue::{NodeName, Notifier, Queue, Wake},
};
use switchboard_tenant::{
    Hub,
    network::{Network, Networks},
};
use tower::ServiceExt;
use url::Url;

use crate::{TestDb, db::SETTINGS};

/// The password of everybody that a test makes.
pub const PASSWORD: &str = "correct-horse-9";
/// Where requests say that they come from.
const HOST: &str = "localhost";
const PEER: &str = "127.0.0.1:50000";

/// How a test's app differs from the usual.
#[derive(Debug, Clone)]
pub struct Setup {
    pub settings: ApiSettings,
    /// A Bot API server; nobody listens at the default one.
    pub telegram: Url,
    /// Private addresses that panels may have, such as a simulator's `127.0.0.1:4711`.
    pub allow: Vec<String>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            settings: ApiSettings {
                rates: Rates::unlimited(),
                ..ApiSettings::default()
            },
            telegram: "http://127.0.0.1:9/".parse().expect("an address"),
            allow: Vec::new(),
        }
    }
}

pub struct TestApp {
    pub db: TestDb,
    /// What the handlers stand on: the same use cases, for preparing a test.
    pub app: Arc<App>,
    router: Router,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let db = TestDb::new().await;
        let app = build(db.db.clone(), &setup);
        Self {
            router: router(app.clone()),
            app,
            db,
        }
    }

    /// Answers over a real connection too, which a socket needs, until the answer is dropped.
    pub async fn listen(&self) -> Listening {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let service = self
            .router
            .clone()
            .into_make_service_with_connect_info::<SocketAddr>();
        let task = tokio::spawn(async move {
            axum::serve(listener, service).await.expect("it serves");
        });
        Listening { address, task }
    }

    /// Another process on the same database: its own caches and limits.
    pub async fn second(&self, setup: Setup) -> (Arc<App>, Router) {
        let app = build(self.db.open_again().await, &setup);
        (app.clone(), router(app))
    }

    /// Nobody: no session.
    pub fn anonymous(&self) -> User {
        User {
            id: UserId::from_uuid(uuid::Uuid::nil()),
            username: String::new(),
            scope: None,
            tenant: None,
            cookie: None,
            router: self.router.clone(),
            headers: HeaderMap::new(),
            peer: PEER.parse().expect("an address"),
        }
    }

    /// An owner with a provisioned tenant (`<name> shop`) and its trial credits, signed in.
    pub async fn owner(&self, name: &str) -> User {
        let scope = self.db.tenant(&format!("{name} shop")).await;
        let mut user = self.person(name, Some(scope.tenant()), Role::Owner).await;
        user.scope = Some(scope);
        user
    }

    /// Somebody with another role in an owner's tenant, signed in.
    pub async fn member(&self, of: &User, name: &str, role: Role) -> User {
        let mut user = self.person(name, of.tenant, role).await;
        user.scope = of.scope.clone();
        user
    }

    /// A master admin, signed in.
    pub async fn admin(&self) -> User {
        self.person("root", None, Role::MasterAdmin).await
    }

    /// Somebody with a role, signed in. `tenant` is `None` for roles on the platform.
    pub async fn person(&self, name: &str, tenant: Option<TenantId>, role: Role) -> User {
        let password = SecretString::from(PASSWORD);
        let origin = Origin {
            ip: [127, 0, 0, 1].into(),
            agent: "test".to_owned(),
        };
        let accounts = &self.app.accounts;
        let id = accounts
            .create(
                &Actor::operator(),
                &NewPerson::named(name, &password),
                &origin,
                tenant,
                role,
            )
            .await
            .expect("an account");
        let session = accounts
            .login(name, &password, &origin)
            .await
            .expect("the password is right");
        let mut user = self.anonymous();
        user.id = id;
        user.username = name.to_owned();
        user.tenant = tenant;
        user.cookie = Some(self.cookie(session.token.expose_secret()));
        user
    }

    /// How a session's token travels under this app's settings.
    pub fn cookie(&self, token: &str) -> String {
        let name = if self.app.settings.is_https() {
            "__Host-switchboard"
        } else {
            "switchboard"
        };
        format!("{name}={token}")
    }
}

fn build(db: switchboard_store::Db, setup: &Setup) -> Arc<App> {
    let tenants = Tenants::new(db.clone(), SETTINGS.slots);
    let clock = db.clock().clone();
    let node = NodeName::new("test").expect("a name");
    let queue = Arc::new(Queue::new(
        db.queue_pool().clone(),
        node,
        clock.uuid(),
        clock.clone(),
    ));
    // Nobody else listens, and a connection that is being made while the test ends would hold up dropping its database.
    let nowhere = db.queue_options().socket("/nowhere");
    let notifier = Notifier::spawn(nowhere, &queue, Wake::default());
    let telegram = Telegram::new(setup.telegram.clone(), None, clock).expect("a client");
    let networks = Networks::new([Arc::new(telegram) as Arc<dyn Network>]);
    let mut policy = OutboundPolicy::default();
    for entry in &setup.allow {
        policy.allow.push(entry.parse().expect("host:port"));
    }
    let http = GuardedClient::new(policy).expect("a client");
    let hub = Hub::new(db.clone(), notifier, networks, http);
    let accounts = Accounts::new(
        db,
        Passwords::new(HashCost::CHEAP).expect("parameters that are allowed"),
    );
    App::new(
        hub,
        tenants,
        accounts,
        Access::load().expect("the shipped policy"),
        setup.settings.clone(),
    )
}

/// A listening app.
pub struct Listening {
    pub address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Somebody who asks the API, as a browser of theirs would.
#[derive(Clone)]
pub struct User {
    pub id: UserId,
    pub username: String,
    pub tenant: Option<TenantId>,
    scope: Option<TenantScope>,
    cookie: Option<String>,
    router: Router,
    headers: HeaderMap,
    peer: SocketAddr,
}

impl User {
    /// The scope of the tenant that they belong to, for preparing data.
    pub fn scope(&self) -> &TenantScope {
        self.scope.as_ref().expect("somebody of a tenant")
    }

    /// Their session, as `name=value`.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// A path in their tenant: `user.at("/wallet")`.
    pub fn at(&self, path: &str) -> String {
        let tenant = self.tenant.expect("somebody of a tenant").uuid();
        format!("/api/v1/tenants/{tenant}{path}")
    }

    /// The same person with one more header (replacing one of that name).
    #[must_use]
    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut user = self.clone();
        let value = HeaderValue::from_str(value).expect("a header's value");
        user.headers.insert(HeaderName::from_static(name), value);
        user
    }

    /// The same person, whose connection comes from elsewhere.
    #[must_use]
    pub fn from_address(&self, peer: &str) -> Self {
        let mut user = self.clone();
        user.peer = peer.parse().expect("address:port");
        user
    }

    /// The same person at another process.
    #[must_use]
    pub fn at_node(&self, router: &Router) -> Self {
        let mut user = self.clone();
        user.router = router.clone();
        user
    }

    /// With the session that an answer set.
    #[must_use]
    pub fn with_session_of(&self, answer: &Answer) -> Self {
        let mut user = self.clone();
        user.cookie = Some(answer.cookie().expect("the answer sets a session"));
        user
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder()
            .method(&method)
            .uri(path)
            .header(header::HOST, HOST);
        if !method.is_safe() {
            request = request.header(header::ORIGIN, format!("http://{HOST}"));
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let body = match body {
            Some(body) => {
                let text = body.to_string();
                request = request
                    .header(header::CONTENT_TYPE, "application/json")
                    .header(header::CONTENT_LENGTH, text.len());
                Body::from(text)
            }
            None => Body::empty(),
        };
        let mut request = request.body(body).expect("a request");
        for (name, value) in &self.headers {
            // An empty value stands for a header that is left out.
            if value.is_empty() {
                request.headers_mut().remove(name);
            } else {
                request.headers_mut().insert(name, value.clone());
            }
        }
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let what = format!("{method} {path} as {:?}", self.username);
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("the router always answers");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a whole body");
        Answer {
            what,
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// What was asked, for messages.
    pub what: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body, once the status is what it should be.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text);
        self.json()
    }

    /// A problem of that code, once the status is what it should be.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{}: {}", self.what, self.text);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        body
    }

    /// The codes at the fields of a validation problem, as `field: code`.
    #[track_caller]
    pub fn field_errors(&self) -> Vec<String> {
        let body = self.problem(422, "validation");
        let errors = body["errors"].as_array().expect("errors").iter();
        errors
            .map(|error| {
                format!(
                    "{}: {}",
                    error["field"].as_str().unwrap_or_default(),
                    error["code"].as_str().unwrap_or_default()
                )
            })
            .collect()
    }

    /// `null` for an empty body or one that is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// `name=value` of the cookie that it sets.
    pub fn cookie(&self) -> Option<String> {
        let set = self.headers.get(header::SET_COOKIE)?.to_str().ok()?;
        Some(set.split(';').next()?.to_owned())
    }
}
