//! Every operation of the OpenAPI document, tried by everybody.
//!
//! One row per operation in `walk_rows`; an operation without one fails the test. Each is asked by nobody (401), by every role (as the
//! policy says: 403 or not), by another tenant's owner (404, the same bytes as for a tenant that is not there), by the owner of a
//! suspended tenant (403), and by its owner, who succeeds in the same run.

use std::{collections::BTreeSet, future::Future, pin::Pin};

use axum::http::Method;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_domain::access::{Permission as P, Role};
use switchboard_platform::{Actor, access::Domain};
use switchboard_testkit::{Answer, TestApp, User, app::Setup, world::BotPeer};
use uuid::Uuid;

use super::{walk_rows::rows, walk_shop as shop};

/// Who may ask.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    /// Everybody, signed in or not.
    Open,
    /// Whoever is signed in, about themselves.
    Own,
    Tenant(P),
    Platform(P),
}

/// A request that succeeds for who may make it. Made afresh for each success, so that it may use something up.
pub struct Sample {
    /// What stands for the placeholders of the path but `{tenant}`, in order.
    pub ids: Vec<String>,
    /// What stands for further placeholders: names that are the same in every tenant, so that each has its own there.
    pub keys: Vec<String>,
    /// With its question mark; empty for none.
    pub query: String,
    pub body: Option<Value>,
}

impl Sample {
    pub fn plain(body: Option<Value>) -> Self {
        Self {
            ids: Vec::new(),
            keys: Vec::new(),
            query: String::new(),
            body,
        }
    }

    pub fn with_id(id: impl ToString, body: Option<Value>) -> Self {
        Self {
            ids: vec![id.to_string()],
            ..Self::plain(body)
        }
    }
}

type Making<'a> = Pin<Box<dyn Future<Output = Sample> + 'a>>;

pub struct Row {
    pub method: Method,
    pub path: &'static str,
    pub who: Who,
    pub status: u16,
    pub sample: Box<dyn for<'a> Fn(&'a Scene) -> Making<'a>>,
}

/// A row whose request is the same each time.
pub fn plain(method: Method, path: &'static str, who: Who, status: u16, body: Option<Value>) -> Row {
    Row {
        method,
        path,
        who,
        status,
        sample: Box::new(move |_| {
            let body = body.clone();
            Box::pin(async move { Sample::plain(body) })
        }),
    }
}

/// A row whose request needs something to be there; `sample` makes it.
pub fn made<F>(method: Method, path: &'static str, who: Who, status: u16, sample: F) -> Row
where
    F: for<'a> Fn(&'a Scene) -> Making<'a> + 'static,
{
    Row {
        method,
        path,
        who,
        status,
        sample: Box::new(sample),
    }
}

pub const T: &str = "/api/v1/tenants/{tenant}";

/// Everybody who asks.
pub struct Scene {
    pub app: TestApp,
    pub bots: BotPeer,
    _folder: tempfile::TempDir,
    pub owner: User,
    pub agent: User,
    pub logs_only: User,
    pub other: User,
    /// Their tenant is suspended.
    pub suspended: User,
    /// They themselves are, and their tenant with them.
    pub locked: User,
    pub admin: User,
    pub support: User,
}

impl Scene {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bots = BotPeer::alone(folder.path()).await;
        let app = TestApp::with(Setup {
            telegram: bots.url().parse().unwrap(),
            ..Setup::default()
        })
        .await;
        let owner = app.owner("asha").await;
        let agent = app.member(&owner, "chand", Role::Agent).await;
        let logs_only = app.member(&owner, "dipa", Role::LogsOnly).await;
        let other = app.owner("binod").await;
        let suspended = app.owner("eklavya").await;
        app.db
            .tenants()
            .suspend(&Actor::operator(), suspended.scope().tenant(), "a test")
            .await
            .unwrap();
        let admin = app.admin().await;
        let locked = app.owner("falgun").await;
        let path = format!("/api/v1/admin/users/{}/suspend", locked.id.uuid());
        admin.post(&path, json!({"reason": "a test"})).await.expect(200);
        let support = app.person("gita", None, Role::PlatformSupport).await;
        Self {
            app,
            bots,
            _folder: folder,
            owner,
            agent,
            logs_only,
            other,
            suspended,
            locked,
            admin,
            support,
        }
    }

    fn everybody(&self) -> [(&User, Role); 7] {
        [
            (&self.owner, Role::Owner),
            (&self.agent, Role::Agent),
            (&self.logs_only, Role::LogsOnly),
            (&self.other, Role::Owner),
            (&self.suspended, Role::Owner),
            (&self.admin, Role::MasterAdmin),
            (&self.support, Role::PlatformSupport),
        ]
    }

    async fn may(&self, user: &User, role: Role, permission: P) -> bool {
        let domain = user.tenant.map_or(Domain::Platform, Domain::Tenant);
        let set = self.app.app.access.permissions(user.id, domain, role).await;
        set.unwrap().has(permission)
    }
}

fn fill(row: &Row, tenant: Uuid, sample: &Sample) -> String {
    let mut path = row.path.replace("{tenant}", &tenant.to_string());
    let mut ids = sample.ids.iter().chain(&sample.keys);
    while let Some((before, rest)) = path.split_once('{') {
        let (_, after) = rest.split_once('}').expect("a closed placeholder");
        let id = ids
            .next()
            .unwrap_or_else(|| panic!("{} {}: too few ids", row.method, row.path));
        path = format!("{before}{id}{after}");
    }
    path.push_str(&sample.query);
    path
}

async fn ask(row: &Row, user: &User, tenant: Uuid, sample: &Sample) -> Answer {
    let body = sample
        .body
        .clone()
        .or_else(|| (!row.method.is_safe()).then(|| json!({})));
    user.send(row.method.clone(), &fill(row, tenant, sample), body)
        .await
}

/// Answers within the policy: neither refused nor broken.
fn let_in(answer: &Answer) {
    assert!(
        !matches!(answer.status, 401 | 403 | 404) && answer.status < 500,
        "{}: {} {}",
        answer.what,
        answer.status,
        answer.text
    );
}

#[tokio::test]
async fn every_operation_is_open_to_whom_it_shall_be_and_to_nobody_else() {
    let scene = Scene::set().await;
    let mut rows = rows();
    rows.extend(shop::rows());
    let documented = documented();
    let listed: BTreeSet<String> = rows
        .iter()
        .map(|row| format!("{} {}", row.method, row.path))
        .collect();
    assert_eq!(listed, documented, "each operation has one row in `rows`");
    assert_eq!(listed.len(), rows.len(), "an operation stands twice");
    for row in &rows {
        walk(&scene, row).await;
    }
}

fn documented() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&switchboard_api::document_json()).unwrap();
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "delete", "patch"] {
            if item.get(method).is_some() {
                operations.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    operations
}

async fn walk(scene: &Scene, row: &Row) {
    let tenant = scene.owner.tenant.unwrap().uuid();
    let sample = (row.sample)(scene).await;
    let nobody = scene.app.anonymous();
    if !matches!(row.who, Who::Open) {
        for tenant in [tenant, scene.locked.tenant.unwrap().uuid()] {
            ask(row, &scene.locked, tenant, &sample)
                .await
                .problem(403, "account-suspended");
        }
    }
    match row.who {
        Who::Open => {
            let answer = ask(row, &nobody, tenant, &sample).await;
            assert_eq!(answer.status, row.status, "{}: {}", answer.what, answer.text);
        }
        Who::Own => {
            ask(row, &nobody, tenant, &sample)
                .await
                .problem(401, "unauthorized");
            for (user, _) in scene.everybody() {
                let_in_own(scene, row, user).await;
            }
            expect_success(scene, row, &scene.owner).await;
        }
        Who::Platform(permission) => {
            ask(row, &nobody, tenant, &sample)
                .await
                .problem(401, "unauthorized");
            for (user, role) in scene.everybody() {
                if scene.may(user, role, permission).await {
                    let_in(&ask(row, user, tenant, &(row.sample)(scene).await).await);
                } else {
                    ask(row, user, tenant, &sample).await.problem(403, "forbidden");
                }
            }
            let remote = scene.admin.from_address("203.0.113.9:1");
            ask(row, &remote, tenant, &sample)
                .await
                .problem(403, "console-local-only");
            expect_success(scene, row, &scene.admin).await;
        }
        Who::Tenant(permission) => in_tenant(scene, row, permission, tenant, &sample).await,
    }
}

/// Everybody about themselves; only where the sample is not the owner's own (an id).
async fn let_in_own(scene: &Scene, row: &Row, user: &User) {
    let sample = (row.sample)(scene).await;
    let answer = ask(row, user, Uuid::nil(), &sample).await;
    if sample.ids.is_empty() {
        assert!(
            !matches!(answer.status, 401 | 403) && answer.status < 500,
            "{}: {} {}",
            answer.what,
            answer.status,
            answer.text
        );
    } else if user.id != scene.owner.id {
        answer.problem(404, "not-found");
    }
}

async fn in_tenant(scene: &Scene, row: &Row, permission: P, tenant: Uuid, sample: &Sample) {
    let nobody = scene.app.anonymous();
    ask(row, &nobody, tenant, sample)
        .await
        .problem(401, "unauthorized");
    // A tenant of somebody else, and none at all: the same bytes, for owners and for the platform's people.
    for stranger in [&scene.other, &scene.admin, &scene.support, &scene.suspended] {
        let foreign = ask(row, stranger, tenant, sample).await;
        foreign.problem(404, "not-found");
        let unknown = ask(row, stranger, Uuid::from_u128(7), sample).await;
        assert_eq!(foreign.text, unknown.text, "{}", foreign.what);
    }
    // An id of that tenant, asked for in one's own.
    if !sample.ids.is_empty() {
        let own = scene.other.tenant.unwrap().uuid();
        let elsewhere = ask(row, &scene.other, own, sample).await;
        assert!(
            elsewhere.status == 404,
            "{}: {} {}",
            elsewhere.what,
            elsewhere.status,
            elsewhere.text
        );
    }
    let closed = scene.suspended.tenant.unwrap().uuid();
    ask(row, &scene.suspended, closed, sample)
        .await
        .problem(403, "account-suspended");
    for (user, role) in [(&scene.agent, Role::Agent), (&scene.logs_only, Role::LogsOnly)] {
        if scene.may(user, role, permission).await {
            let_in(&ask(row, user, tenant, &(row.sample)(scene).await).await);
        } else {
            ask(row, user, tenant, sample).await.problem(403, "forbidden");
        }
    }
    expect_success(scene, row, &scene.owner).await;
}

async fn expect_success(scene: &Scene, row: &Row, user: &User) {
    let tenant = user.tenant.map_or(Uuid::nil(), |tenant| tenant.uuid());
    let sample = (row.sample)(scene).await;
    let answer = ask(row, user, tenant, &sample).await;
    assert_eq!(answer.status, row.status, "{}: {}", answer.what, answer.text);
}
