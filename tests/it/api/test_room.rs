//! The test room: what a customer would hear and a provider would read, with nothing done.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_store::tenant::chats::ChatParty;
use switchboard_testkit::{
    TestApp, User,
    app::Setup,
    world::{PanelSim, SimPanel},
};

use super::providers::{account, group};

const NOT_YOURS: &str = "Order ID does not belong to your account";

struct Room {
    app: TestApp,
    owner: User,
    panel: SimPanel,
    customer: Value,
    _sim: PanelSim,
    _folder: tempfile::TempDir,
}

impl Room {
    /// A shop with a panel, a customer and a provider's group; two orders of the customer's and one of somebody else's.
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sim = PanelSim::alone(folder.path()).await;
        let panel = sim.open("one", json!({})).await;
        let app = TestApp::with(Setup {
            allow: vec![panel.address().to_owned()],
            ..Setup::default()
        })
        .await;
        let owner = app.owner("asha").await;
        let body = json!({"name": "Test panel", "url": panel.url, "key": panel.key, "min_gap_ms": 0});
        let card = owner.post(&owner.at("/panels"), body).await.expect(201);
        assert_eq!(card["report"]["state"], "ok", "{card}");
        let body = json!({"alias": "SmSuper", "names": ["provider.example"]});
        let provider = owner.post(&owner.at("/providers"), body).await.expect(201);
        let bot = account(&app, &owner).await;
        let chat = group(&app, &owner, bot, "SmSuper and us", ChatParty::None).await;
        let routes = format!("/providers/{}/routes", provider["id"].as_str().unwrap());
        owner
            .post(&owner.at(&routes), json!({"chat": chat.uuid()}))
            .await
            .expect(201);
        let body = json!({"name": "rina", "links": [{"panel": card["id"], "username": "rina"}]});
        let customer = owner.post(&owner.at("/customers"), body).await.expect(201);
        panel
            .order("481799696", "rina", "completed", "provider.example", "7450284")
            .await;
        panel
            .order("481799190", "rina", "pending", "provider.example", "7450291")
            .await;
        panel
            .order(
                "481790007",
                "somebody",
                "completed",
                "provider.example",
                "7450999",
            )
            .await;
        Self {
            app,
            owner,
            panel,
            customer: customer["id"].clone(),
            _sim: sim,
            _folder: folder,
        }
    }

    async fn play(&self, body: Value) -> Value {
        let at = self.owner.at("/test-room/messages");
        self.owner.post(&at, body).await.expect(200)
    }

    async fn by_rina(&self, text: &str) -> Value {
        self.play(json!({"text": text, "customer": self.customer, "kind": "direct"}))
            .await
    }

    /// Rows that a real message would have left.
    async fn traces(&self) -> i64 {
        let mut tx = self.app.db.db.begin(self.owner.scope()).await.unwrap();
        sqlx::query_scalar(
            "SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM request) + (SELECT count(*) FROM outbox)
                  + (SELECT count(*) FROM identity) + (SELECT count(*) FROM ledger WHERE kind <> 'grant')",
        )
        .fetch_one(tx.connection_for_tests())
        .await
        .unwrap()
    }
}

fn states(steps: &Value) -> Vec<String> {
    let steps = steps.as_array().unwrap().iter();
    steps
        .map(|step| {
            format!(
                "{} {}",
                step["key"].as_str().unwrap(),
                step["state"].as_str().unwrap()
            )
        })
        .collect()
}

#[tokio::test]
async fn the_checklist_knows_that_it_was_tried() {
    let room = Room::set().await;
    let tried = async || {
        let home = room.owner.get(&room.owner.at("/home")).await.expect(200);
        let steps = home["checklist"].as_array().unwrap().iter();
        let mut tried = steps.filter(|step| step["key"] == "try");
        tried.next().unwrap()["done"].as_bool().unwrap()
    };
    assert!(!tried().await);
    room.by_rina("481799696 status").await;
    assert!(tried().await);
    room.by_rina("481799696 status").await;
    assert!(tried().await);
}

#[tokio::test]
async fn a_played_message_shows_all_and_does_nothing() {
    let room = Room::set().await;
    let run = room.by_rina("481799696,481799190,481790007 refill").await;
    let replies = run["replies"].as_array().unwrap();
    assert_eq!(replies.len(), 3, "{run}");
    assert_eq!(replies[0], "481799696: refill request has been added.");
    assert_eq!(
        replies[1],
        "481799190 is still pending. Speed-up request has been added."
    );
    assert!(replies[2].as_str().unwrap().starts_with(NOT_YOURS));
    let forwards: Vec<(&str, &str, &str)> = run["forwards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|forward| {
            let text = |field: &str| forward[field].as_str().unwrap();
            (text("provider_alias"), text("to"), text("text"))
        })
        .collect();
    assert_eq!(
        forwards,
        [
            ("SmSuper", "SmSuper and us", "7450284 refill\nTest panel"),
            ("SmSuper", "SmSuper and us", "7450291 speed-up\nTest panel"),
        ]
    );
    assert_eq!(
        states(&run["steps"]),
        [
            "parsed done",
            "owner done",
            "status done",
            "rule done",
            "reply done",
            "forward done",
            "cost done"
        ]
    );
    let verdicts: Vec<(&str, &str)> = run["orders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| {
            (
                order["order_id"].as_str().unwrap(),
                order["verdict"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        verdicts,
        [
            ("481799696", "acts"),
            ("481799190", "acts"),
            ("481790007", "answers")
        ]
    );
    assert_eq!(
        states(&run["orders"][2]["steps"]),
        [
            "parsed done",
            "owner refused",
            "rule refused",
            "reply done",
            "cost done"
        ],
        "nothing of a foreign order is shown"
    );
    assert!(run["cost"].as_i64().unwrap() > 0);
    assert_eq!(run["charged"], false);
    assert!(!run.to_string().contains("provider.example"));
    assert!(room.panel.acts().await.is_empty());
    // A second time says the same: nothing was opened by the first.
    let again = room.by_rina("481799696,481799190,481790007 refill").await;
    assert_eq!(again["replies"], run["replies"]);
    assert_eq!(room.traces().await, 0);
}

#[tokio::test]
async fn strangers_groups_and_talk_are_played_too() {
    let room = Room::set().await;
    let stranger = json!({"text": "481799696 refill", "customer": null, "kind": "direct"});
    let run = room.play(stranger.clone()).await;
    assert_eq!(run["replies"], json!([NOT_YOURS]));
    assert_eq!(run["forwards"], json!([]));
    let mut in_group = stranger;
    in_group["kind"] = json!("group");
    let run = room.play(in_group).await;
    assert_eq!(run["replies"], json!([]));
    assert_eq!(run["steps"][0]["title"], "No answer");
    let run = room.by_rina("hello sir").await;
    assert_eq!(run["replies"], json!([]));
    assert_eq!(run["steps"][0]["detail"], "Ordinary talk.");
    // Ids first, command next.
    let body =
        json!({"text": "refill", "previous": "481799696", "customer": room.customer, "kind": "direct"});
    let run = room.play(body).await;
    assert_eq!(
        run["replies"],
        json!(["481799696: refill request has been added."])
    );
    room.panel.fault(json!({"fault": "html_challenge"})).await;
    let run = room.by_rina("481799696 refill").await;
    assert_eq!(run["steps"][2]["state"], "failed", "{run}");
    assert_eq!(room.traces().await, 0);
    // What the read showed of the panel is kept with it.
    let cards = room.owner.get(&room.owner.at("/panels")).await.expect(200);
    assert_eq!(cards[0]["report"]["state"], "challenge");
}

#[tokio::test]
async fn examples_are_kept_played_again_and_compared() {
    let room = Room::set().await;
    let owner = &room.owner;
    let at = owner.at("/test-room/examples");
    let text = "481799190 refill";
    let run = room.by_rina(text).await;
    let body = json!({
        "name": "Pending refill", "text": text, "customer": room.customer, "kind": "direct", "expect_replies": run["replies"],
    });
    let example = owner.post(&at, body.clone()).await.expect(201);
    assert_eq!(example["customer"]["name"], "rina");
    assert_eq!(example["last"], Value::Null);
    let run_all = format!("{at}/run");
    let results = owner.post(&run_all, json!({})).await.expect(200);
    assert_eq!(results[0]["passed"], true, "{results}");
    room.panel
        .order("481799190", "rina", "canceled", "provider.example", "7450291")
        .await;
    let results = owner
        .post(&run_all, json!({"ids": [example["id"]]}))
        .await
        .expect(200);
    assert_eq!(results[0]["passed"], false);
    assert_ne!(results[0]["got"], results[0]["expected"]);
    let list = owner.get(&at).await.expect(200);
    assert_eq!(list[0]["last"]["passed"], false);
    let with = |field: &str, value: Value| {
        let mut body = body.clone();
        body[field] = value;
        body
    };
    for (body, error) in [
        (with("name", json!("")), "name: invalid"),
        (with("text", json!(" ")), "text: invalid"),
        (with("kind", json!("channel")), "kind: not-offered"),
        (
            with("customer", json!(uuid::Uuid::from_u128(7))),
            "customer: unknown",
        ),
        (
            with("expect_replies", json!(["x".repeat(4_001)])),
            "expect_replies: too-long",
        ),
    ] {
        assert_eq!(owner.post(&at, body).await.field_errors(), [error]);
    }
    let gone = format!("{at}/{}", example["id"].as_str().unwrap());
    owner.delete(&gone).await.expect(204);
    owner.delete(&gone).await.problem(404, "not-found");
    assert_eq!(owner.get(&at).await.expect(200), json!([]));
}
