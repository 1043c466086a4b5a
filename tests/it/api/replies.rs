//! `/api/v1/tenants/{tenant}/replies…`

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_domain::access::Role;
use switchboard_integrations::panel::contract::Fault;
use switchboard_testkit::TestApp;
use uuid::Uuid;

use super::shop::Shop;

fn entry<'v>(list: &'v Value, key: &str) -> &'v Value {
    let found = list.as_array().unwrap().iter().find(|text| text["key"] == key);
    found.unwrap_or_else(|| panic!("no {key}"))
}

#[tokio::test]
async fn a_text_is_changed_said_and_taken_back() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    let list = asha.get(&asha.at("/replies")).await.expect(200);
    let text = entry(&list, "not_yours");
    assert_eq!(text["text"], "Order ID does not belong to your account");
    assert_eq!(
        (&text["changed"], &text["group"]),
        (&json!(false), &json!("Refused"))
    );
    let refill = entry(&list, "refill_requested.many");
    assert_eq!(refill["title"], "Refill accepted, for several orders");
    assert!(refill["preview"].as_str().unwrap().contains("12345679"));
    assert_eq!(
        entry(&list, "ask_ids")["variables"],
        json!([{"name": "COMMAND", "meaning": "What was asked for", "sample": "refill"}])
    );

    let put = asha
        .put(
            &asha.at("/replies/status_told"),
            json!({"lang": "en", "text": "Your {ORDERID} is {STATUS}, friend."}),
        )
        .await
        .expect(200);
    assert_eq!(put["changed"], true);
    assert_eq!(put["preview"], "Your 12345678 is completed, friend.");
    shop.says("481799696 status").await;
    let said = shop.outbox().await.pop().unwrap().2;
    assert_eq!(said, "Your 481799696 is in progress, friend.");

    let back = asha
        .delete(&asha.at("/replies/status_told?lang=en"))
        .await
        .expect(200);
    assert_eq!(back["changed"], false);
    assert_eq!(back["text"], back["default_text"]);
    let log = asha.get(&asha.at("/audit?limit=2")).await.expect(200);
    let seen: Vec<(&str, &str, &str)> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["actor"].as_str().unwrap(),
                row["action"].as_str().unwrap(),
                row["subject"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("asha", "reply.reset", "status_told"),
            ("asha", "reply.set", "status_told")
        ]
    );
}

#[tokio::test]
async fn each_language_has_its_own_texts() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.foreign_order("481700000");
    let nepali = asha.get(&asha.at("/replies?lang=ne")).await.expect(200);
    let foreign = entry(&nepali, "not_yours")["text"].as_str().unwrap();
    assert!(foreign.contains("तपाईंको"), "{foreign}");
    let settings = asha
        .patch(&asha.at("/settings"), json!({"language": "ne"}))
        .await
        .expect(200);
    assert_eq!(
        (&settings["language"], &settings["languages"]),
        (&json!("ne"), &json!(["en", "ne"]))
    );
    shop.says("481700000 refill").await;
    assert_eq!(shop.outbox().await.pop().unwrap().2, foreign);
    for (answer, error) in [
        (asha.get(&asha.at("/replies?lang=xx")).await, "lang: not-offered"),
        (
            asha.put(&asha.at("/replies/help"), json!({"lang": "xx", "text": "a"}))
                .await,
            "lang: not-offered",
        ),
        (
            asha.patch(&asha.at("/settings"), json!({"language": "xx"})).await,
            "language: not-offered",
        ),
    ] {
        assert_eq!(answer.field_errors(), [error]);
    }
}

#[tokio::test]
async fn what_cannot_be_said_is_told_at_its_field() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let agent = app.member(&asha, "chand", Role::Agent).await;
    let set = async |key: &str, body: Value| asha.put(&asha.at(&format!("/replies/{key}")), body).await;
    for (text, says) in [
        ("{STATUS}", "`STATUS` cannot be used here"),
        ("{NONSENSE}", "`NONSENSE` is not a variable"),
        ("  ", "The text is empty"),
        ("{% for", "Line 1"),
        (&"a".repeat(4001), "The text has more than 4000 characters"),
        (
            "{% for a in range(90000) %}{% for b in range(90000) %}x{% endfor %}{% endfor %}",
            "takes too long",
        ),
    ] {
        let answer = set("not_yours", json!({"lang": "en", "text": text})).await;
        assert_eq!(answer.field_errors(), ["text: not-usable"]);
        let message = answer.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(says), "{message}");
    }
    assert_eq!(
        set("not_yours", json!({"lang": "en", "text": "a\u{0}b"}))
            .await
            .field_errors(),
        ["text: invalid"]
    );
    assert_eq!(
        set("not_yours", json!({"lang": "en"})).await.field_errors(),
        ["text: required"]
    );
    for key in ["nonsense", "help.many", "%00"] {
        set(key, json!({"lang": "en", "text": "a"}))
            .await
            .problem(404, "not-found");
    }
    agent
        .put(&agent.at("/replies/help"), json!({"lang": "en", "text": "a"}))
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn a_preview_is_on_samples_or_on_an_order_that_is_only_read() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    let preview = async |order: Value| {
        let body = json!({"key": "status_told", "lang": "en", "text": "{ORDERID}: {STATUS}", "order": order});
        asha.post(&asha.at("/replies/preview"), body).await
    };
    assert_eq!(
        preview(Value::Null).await.expect(200),
        json!({"text": "12345678: completed", "order": "sample", "problems": []})
    );
    let panel = shop.panel_id.uuid();
    assert_eq!(
        preview(json!({"panel": panel, "order_id": "481799696"}))
            .await
            .expect(200),
        json!({"text": "481799696: in progress", "order": "481799696", "problems": []})
    );
    assert_eq!(
        preview(json!({"panel": panel, "order_id": "1"}))
            .await
            .expect(200)["problems"],
        json!(["The panel has no such order. This is a sample."])
    );
    shop.panel.set_fault(Some(Fault::WrongKey));
    let away = preview(json!({"panel": panel, "order_id": "481799696"}))
        .await
        .expect(200);
    assert!(
        away["problems"][0]
            .as_str()
            .unwrap()
            .starts_with("The panel did not answer"),
        "{away}"
    );
    assert_eq!(shop.acts(), 0);
    assert_eq!(
        preview(json!({"panel": Uuid::from_u128(1), "order_id": "481799696"}))
            .await
            .field_errors(),
        ["order.panel: unknown"]
    );
    assert_eq!(
        preview(json!({"panel": panel, "order_id": "not an id!"}))
            .await
            .field_errors(),
        ["order.order_id: invalid"]
    );
    let body = json!({"key": "not_yours", "lang": "en", "text": "{STATUS}"});
    let broken = asha.post(&asha.at("/replies/preview"), body).await.expect(200);
    assert_eq!(
        (
            broken["text"].as_str(),
            broken["problems"].as_array().unwrap().len()
        ),
        (Some(""), 1)
    );
    let body = json!({"key": "nonsense", "lang": "en", "text": "a"});
    assert_eq!(
        asha.post(&asha.at("/replies/preview"), body).await.field_errors(),
        ["key: unknown"]
    );
}
