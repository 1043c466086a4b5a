//! From the form to a workspace with its panel.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

use axum::{Router, http::StatusCode, response::IntoResponse};
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use switchboard_domain::id::TenantId;
use switchboard_platform::setup::Finished;
use switchboard_server::sign_up;
use switchboard_testkit::{
    Answer, TestApp, User,
    app::{PASSWORD, Setup},
};

const KEY: &str = "marked-sign-up-key-0123456789";

/// A panel of the first kind, as far as testing a key goes. 0: it answers nothing at all.
struct Panel {
    address: SocketAddr,
    status: Arc<AtomicU16>,
}

impl Panel {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let status = Arc::new(AtomicU16::new(200));
        let answers = status.clone();
        let routes = Router::new().fallback(move || {
            let status = StatusCode::from_u16(answers.load(Ordering::Relaxed)).unwrap();
            let body = r#"{"data":{"list":[]},"error_message":"","error_code":0}"#;
            async move { (status, body).into_response() }
        });
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, status }
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    async fn app(&self) -> TestApp {
        TestApp::with(Setup {
            allow: vec![self.address.to_string()],
            ..Setup::default()
        })
        .await
    }
}

fn form(panel: &Panel) -> Value {
    json!({
        "username": "asha", "password": PASSWORD, "whatsapp_number": "+977 9800000001", "telegram_username": "@asha_shop",
        "panel_url": panel.url(), "panel_key": KEY, "accept_terms": true, "locale": "ne", "time_zone": "Asia/Kathmandu"
    })
}

fn tenant(me: &Value) -> TenantId {
    let id: uuid::Uuid = me["tenants"][0]["tenant"].as_str().unwrap().parse().unwrap();
    id.into()
}

async fn finish(app: &TestApp, me: &Value) -> Finished {
    sign_up::finish(&app.app.hub, &app.app.tenants, tenant(me))
        .await
        .unwrap()
}

async fn states(asha: &User) -> Vec<String> {
    let setup = asha.get("/api/v1/me/setup").await.expect(200);
    let steps = setup["provisioning"]["steps"].as_array().unwrap().iter();
    let mut states: Vec<String> = steps
        .map(|step| format!("{} {}", step["key"], step["state"]).replace('"', ""))
        .collect();
    states.push(format!("all {}", setup["provisioning"]["state"]).replace('"', ""));
    states
}

#[tokio::test]
async fn a_form_becomes_a_workspace_step_by_step() {
    let panel = Panel::start().await;
    let app = panel.app().await;
    let nobody = app.anonymous();
    let answer = nobody.post("/api/v1/signup", form(&panel)).await;
    let me = answer.expect(201);
    let asha = nobody.with_session_of(&answer);
    assert_eq!(me["account"]["whatsapp_number"], "+9779800000001");
    assert_eq!(me["account"]["time_zone"], "Asia/Kathmandu");
    assert_eq!(me["tenants"][0]["state"], "provisioning");
    assert_eq!(
        states(&asha).await,
        [
            "account done",
            "schema running",
            "credits waiting",
            "panel waiting",
            "all running"
        ]
    );
    let wallet = format!("/api/v1/tenants/{}/wallet", tenant(&me).uuid());
    asha.get(&wallet).await.problem(409, "tenant-provisioning");

    assert_eq!(finish(&app, &me).await, Finished::Done);
    assert_eq!(
        states(&asha).await,
        [
            "account done",
            "schema done",
            "credits done",
            "panel done",
            "all done"
        ]
    );
    let setup = asha.get("/api/v1/me/setup").await.expect(200);
    assert_eq!(setup["panel"]["state"], "ok");
    assert_eq!(setup["panel"]["kind"], "perfect_panel_admin_v2");
    let done: Vec<&str> = setup["checklist"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["done"] == true)
        .map(|item| item["key"].as_str().unwrap())
        .collect();
    assert_eq!(done, ["panel"]);
    assert_eq!(asha.get(&wallet).await.expect(200)["balance"], json!(100_000_000));
    assert_eq!(
        asha.get("/api/v1/me").await.expect(200)["tenants"][0]["state"],
        "active"
    );

    // The panel's key went where it belongs and opens there.
    let scope = app.app.db.scope_if_active(tenant(&me)).await.unwrap().unwrap();
    let panels = app
        .app
        .db
        .begin(&scope)
        .await
        .unwrap()
        .panels()
        .list()
        .await
        .unwrap();
    assert_eq!(panels.len(), 1);
    let key = app.app.db.data_key(tenant(&me)).await.unwrap();
    assert_eq!(
        panels[0].secret.open(&key, panels[0].id).unwrap().expose_secret(),
        KEY
    );
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM platform.sign_up WHERE panel_key IS NOT NULL")
        .fetch_one(&mut app.db.admin_connection().await)
        .await
        .unwrap();
    assert_eq!(left, 0, "and nowhere else");
    // Again, as after a crash: nothing twice.
    assert_eq!(finish(&app, &me).await, Finished::Done);
    let mut tx = app.app.db.begin(&scope).await.unwrap();
    assert_eq!(tx.panels().list().await.unwrap().len(), 1);
    assert_eq!(tx.wallet().balance().await.unwrap().balance.micros(), 100_000_000);
}

#[tokio::test]
async fn a_panel_that_is_down_stops_nobody_and_is_tested_later() {
    let panel = Panel::start().await;
    panel.answers(503);
    let app = panel.app().await;
    let check = json!({"panel_url": panel.url(), "panel_key": KEY});
    let report = app
        .anonymous()
        .post("/api/v1/signup/check-key", check)
        .await
        .expect(200);
    assert_eq!(report["state"], "unreachable", "{report}");

    let answer = app.anonymous().post("/api/v1/signup", form(&panel)).await;
    let me = answer.expect(201);
    let asha = app.anonymous().with_session_of(&answer);
    assert_eq!(finish(&app, &me).await, Finished::PanelLater);
    assert_eq!(
        states(&asha).await[3..],
        ["panel waiting", "all waiting"],
        "the workspace is usable, the panel waits"
    );
    panel.answers(200);
    assert_eq!(finish(&app, &me).await, Finished::Done);
    assert_eq!(states(&asha).await[3..], ["panel done", "all done"]);
}

/// Cut off after any of its commits, another process goes on.
#[tokio::test]
async fn a_sign_up_that_was_cut_off_is_finished_by_somebody_else() {
    let panel = Panel::start().await;
    let app = panel.app().await;
    let answer = app.anonymous().post("/api/v1/signup", form(&panel)).await;
    let me = answer.expect(201);
    let asha = app.anonymous().with_session_of(&answer);
    app.app.db.provision_schema(tenant(&me)).await.unwrap();
    let (other, _) = app
        .second(Setup {
            allow: vec![panel.address.to_string()],
            ..Setup::default()
        })
        .await;
    other.tenants.provision(tenant(&me), &|_| {}).await.unwrap();
    assert_eq!(
        states(&asha).await[2..],
        ["credits done", "panel running", "all running"]
    );
    let done = sign_up::finish(&other.hub, &other.tenants, tenant(&me)).await;
    assert_eq!(done.unwrap(), Finished::Done);
    assert_eq!(states(&asha).await[3..], ["panel done", "all done"]);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field_and_nothing_is_made() {
    let panel = Panel::start().await;
    let app = panel.app().await;
    let nobody = app.anonymous();
    let sign_up = async |changes: Value| -> Answer {
        let mut form = form(&panel);
        for (field, value) in changes.as_object().unwrap() {
            form[field] = value.clone();
        }
        nobody.post("/api/v1/signup", form).await
    };
    for (changes, errors) in [
        (json!({"username": ""}), &["username: required"][..]),
        (json!({"username": "a b"}), &["username: invalid"]),
        (json!({"password": "short"}), &["password: too-short"]),
        (json!({"password": "asha-asha"}), &["password: too-short"]),
        (json!({"password": "asha-asha-1"}), &["password: too-easy"]),
        (
            json!({"whatsapp_number": "9800000001"}),
            &["whatsapp_number: no-country"],
        ),
        (
            json!({"telegram_username": "@x"}),
            &["telegram_username: invalid"],
        ),
        (json!({"panel_url": ""}), &["panel_url: required"]),
        (
            json!({"panel_url": "ftp://panel.example"}),
            &["panel_url: invalid"],
        ),
        (json!({"panel_key": " "}), &["panel_key: required"]),
        (json!({"panel_key": "two words"}), &["panel_key: invalid"]),
        (json!({"accept_terms": false}), &["accept_terms: required"]),
        (json!({"accept_terms": null}), &["accept_terms: required"]),
        (json!({"locale": "xx"}), &["locale: not-offered"]),
        (json!({"panel_kind": "other"}), &["panel_kind: not-offered"]),
        (
            json!({"username": "", "panel_key": ""}),
            &["username: required", "panel_key: required"],
        ),
    ] {
        let answer = sign_up(changes.clone()).await;
        assert_eq!(answer.field_errors(), errors, "{changes}");
        assert!(!answer.text.contains(KEY));
    }
    sign_up(json!({})).await.expect(201);
    let taken = sign_up(json!({"username": "ASHA"})).await;
    assert_eq!(taken.field_errors(), ["username: taken"]);
    let accounts: i64 = sqlx::query_scalar("SELECT count(*) FROM platform.account")
        .fetch_one(&mut app.db.admin_connection().await)
        .await
        .unwrap();
    assert_eq!(accounts, 1);
}
