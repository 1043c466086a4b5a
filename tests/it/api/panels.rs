//! Panels: connecting, testing, editing, removing, over the simulator.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_testkit::{
    TestApp, User,
    app::Setup,
    world::{PanelSim, SimPanel},
};

struct Scene {
    app: TestApp,
    panels: PanelSim,
    _folder: tempfile::TempDir,
}

impl Scene {
    /// An app that may call one panel of each of these kinds, and the panels.
    async fn with(kinds: &[&str]) -> (Self, Vec<SimPanel>) {
        let folder = tempfile::tempdir().unwrap();
        let panels = PanelSim::alone(folder.path()).await;
        let mut opened = Vec::new();
        for kind in kinds {
            opened.push(panels.open(kind, json!({ "kind": kind })).await);
        }
        let setup = Setup {
            allow: opened.iter().map(|panel| panel.address().to_owned()).collect(),
            ..Setup::default()
        };
        let scene = Self {
            app: TestApp::with(setup).await,
            panels,
            _folder: folder,
        };
        (scene, opened)
    }
}

async fn connect(owner: &User, panel: &SimPanel, key: &str) -> Value {
    let body = json!({"name": panel.name, "url": panel.url, "key": key, "time_zone": "Asia/Kathmandu"});
    owner.post(&owner.at("/panels"), body).await.expect(201)
}

fn abilities(card: &Value) -> Vec<String> {
    let list = card["report"]["abilities"].as_array().unwrap();
    list.iter()
        .map(|one| {
            format!(
                "{} {}",
                one["state"].as_str().unwrap(),
                one["key"].as_str().unwrap()
            )
        })
        .collect()
}

async fn audited(app: &TestApp, owner: &User) -> Vec<String> {
    let mut tx = app.db.db.begin(owner.scope()).await.unwrap();
    sqlx::query_scalar("SELECT action FROM audit WHERE actor LIKE 'u:%' ORDER BY id")
        .fetch_all(tx.connection_for_tests())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_admin_key_is_told_from_a_customers_and_a_wrong_one() {
    let (scene, panels) = Scene::with(&["perfect_panel"]).await;
    let panel = &panels[0];
    let owner = scene.app.owner("asha").await;
    let check = async |key: &str| {
        let body = json!({"url": format!("{}/admin", panel.url), "key": key});
        owner.post(&owner.at("/panels/check"), body).await.expect(200)
    };
    let report = check(&panel.key).await;
    assert_eq!(report["state"], "ok", "{report}");
    assert_eq!(report["kind"], "perfect_panel_admin_v2");
    assert_eq!(report["next"], "");

    let report = check("user-key-of-perfect_panel").await;
    assert_eq!(report["state"], "customer_key", "{report}");
    assert_eq!(
        report["sentence"],
        "This is a customer's key: it sees only its own orders."
    );
    assert!(report["next"].as_str().unwrap().contains("Settings → Admin API"));

    let report = check("nobodys-key-at-all").await;
    assert_eq!(report["state"], "wrong_key", "{report}");
    assert!(
        panel.acts().await.is_empty() && scene.panels.forbidden().await.is_empty(),
        "a test changes nothing"
    );
}

#[tokio::test]
async fn a_panel_is_connected_edited_tested_and_removed() {
    let (scene, panels) = Scene::with(&["perfect_panel"]).await;
    let panel = &panels[0];
    let owner = scene.app.owner("asha").await;
    let card = connect(&owner, panel, &panel.key).await;
    assert_eq!(card["report"]["state"], "ok", "{card}");
    assert_eq!(card["key_hint"], "anel");
    assert_eq!(card["time_zone"], "Asia/Kathmandu");
    assert_eq!(card["customers"], 0);
    assert_eq!(
        abilities(&card),
        [
            "can read_orders",
            "can request_cancel",
            "cannot refill",
            "locked refund",
            "cannot speed_up"
        ]
    );
    assert!(!card.to_string().contains(&panel.key), "never the key itself");
    let at = owner.at(&format!("/panels/{}", card["id"].as_str().unwrap()));

    let edited = owner
        .patch(&at, json!({"name": "Main panel", "min_gap_ms": 900}))
        .await
        .expect(200);
    assert_eq!(edited["name"], "Main panel");
    assert_eq!(edited["min_gap_ms"], 900);
    let edited = owner
        .patch(&at, json!({"key": "nobodys-key-at-all"}))
        .await
        .expect(200);
    assert_eq!(edited["report"]["state"], "wrong_key", "{edited}");
    assert_eq!(edited["key_hint"], "-all");
    let checked = owner.post(&format!("{at}/check"), json!({})).await.expect(200);
    assert_eq!(checked["report"]["state"], "wrong_key");
    owner.patch(&at, json!({"key": panel.key})).await.expect(200);
    let checked = owner.post(&format!("{at}/check"), json!({})).await.expect(200);
    assert_eq!(checked["report"]["state"], "ok", "{checked}");

    owner.delete(&at).await.expect(204);
    assert_eq!(owner.get(&owner.at("/panels")).await.expect(200), json!([]));
    owner
        .patch(&at, json!({"name": "x"}))
        .await
        .problem(404, "not-found");
    assert_eq!(
        audited(&scene.app, &owner).await,
        [
            "panel.connect",
            "panel.edit",
            "panel.edit",
            "panel.check",
            "panel.edit",
            "panel.check",
            "panel.remove"
        ]
    );
}

#[tokio::test]
async fn a_panel_that_is_down_is_saved_and_found_out_later() {
    let (scene, panels) = Scene::with(&["rental_panel"]).await;
    let panel = &panels[0];
    let owner = scene.app.owner("asha").await;
    panel.fault(json!({"fault": "html_challenge"})).await;
    let card = connect(&owner, panel, &panel.key).await;
    assert_eq!(card["report"]["state"], "challenge", "{card}");
    assert_eq!(card["last_answer_at"], Value::Null);
    assert!(card["report"]["next"].as_str().unwrap().contains("firewall"));
    panel.no_faults().await;
    let at = owner.at(&format!("/panels/{}/check", card["id"].as_str().unwrap()));
    let card = owner.post(&at, json!({})).await.expect(200);
    assert_eq!(card["report"]["state"], "ok", "{card}");
    assert_eq!(card["kind"], "rental_panel_admin_v1", "the guess was corrected");
    assert!(card["last_answer_at"].is_string());
}

#[tokio::test]
async fn wrong_fields_are_told_at_the_field() {
    let app = TestApp::start().await;
    let owner = app.owner("asha").await;
    let good = json!({"name": "Main", "url": "https://10.0.0.1", "key": "a-key-of-a-panel"});
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    for (body, error) in [
        (with("name", json!("  ")), "name: invalid"),
        (with("url", json!("not a panel")), "url: not-an-address"),
        (with("url", json!("ftp://panel.example")), "url: not-an-address"),
        (
            with("url", json!("https://me:secret@panel.example")),
            "url: not-an-address",
        ),
        (with("key", json!("two words")), "key: invalid"),
        (with("time_zone", json!("Kathmandu")), "time_zone: unknown"),
        (with("min_gap_ms", json!(60_001)), "min_gap_ms: too-long"),
        (with("kind", json!("some_panel")), "kind: not-offered"),
    ] {
        let answer = owner.post(&owner.at("/panels"), body).await;
        assert_eq!(answer.field_errors(), [error]);
        assert!(!answer.text.contains("secret"));
    }
    let card = owner.post(&owner.at("/panels"), good.clone()).await.expect(201);
    assert_eq!(card["report"]["state"], "blocked_address", "{card}");
    let again = owner.post(&owner.at("/panels"), good).await;
    assert_eq!(again.field_errors(), ["name: taken"]);
    let empty = json!({"url": "https://10.0.0.1", "key": " "});
    let answer = owner.post(&owner.at("/panels/check"), empty).await;
    assert_eq!(answer.field_errors(), ["key: required"]);
}

#[tokio::test]
async fn what_hangs_on_a_panel_keeps_it() {
    let app = TestApp::start().await;
    let owner = app.owner("asha").await;
    let new = json!({"name": "Main", "url": "https://10.0.0.1", "key": "a-key-of-a-panel"});
    let card = owner.post(&owner.at("/panels"), new).await.expect(201);
    let id: uuid::Uuid = card["id"].as_str().unwrap().parse().unwrap();
    let hub = &app.app.hub;
    let mut tx = app.db.db.begin(owner.scope()).await.unwrap();
    let customer = tx
        .people()
        .customer(hub.clock.uuid().into(), "rina", hub.clock.now())
        .await
        .unwrap();
    tx.people()
        .link_username(id.into(), "rina_media", customer, hub.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let problem = owner
        .delete(&owner.at(&format!("/panels/{id}")))
        .await
        .problem(409, "panel-in-use");
    assert_eq!(
        problem["detail"],
        "1 customer is linked to it. Unlink or close them first."
    );
    let list = owner.get(&owner.at("/panels")).await.expect(200);
    assert_eq!(list[0]["customers"], 1);
}
