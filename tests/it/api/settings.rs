//! `/api/v1/tenants/{tenant}/settings`, and that silent mode is kept.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;
use switchboard_tenant::retention;
use switchboard_testkit::TestApp;

use super::shop::{Shop, request_of};

#[tokio::test]
async fn the_cost_of_each_style_is_shown_before_it_is_chosen() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let settings = asha.get(&asha.at("/settings")).await.expect(200);
    assert_eq!(
        settings,
        json!({
            "reply_style": "auto", "silent_mode": false, "languages": ["en", "ne"], "language": "en", "time_zone": "Asia/Kathmandu",
            "style_costs": [
                {"style": "auto", "replies_for_100": 6, "cost_for_100": 6_000_000, "seconds_for_100": 6},
                {"style": "per_order", "replies_for_100": 101, "cost_for_100": 101_000_000, "seconds_for_100": 101},
                {"style": "grouped", "replies_for_100": 6, "cost_for_100": 6_000_000, "seconds_for_100": 6},
            ],
            "pause_minutes": 30, "retention_days": 180, "shop_name": "asha shop",
        })
    );
    let edit = json!({"reply_style": "per_order", "pause_minutes": 60, "shop_name": " Himal Boost ", "time_zone": "Asia/Karachi"});
    let changed = asha.patch(&asha.at("/settings"), edit.clone()).await.expect(200);
    assert_eq!(
        [
            &changed["reply_style"],
            &changed["shop_name"],
            &changed["time_zone"],
            &changed["retention_days"]
        ],
        [
            &json!("per_order"),
            &json!("Himal Boost"),
            &json!("Asia/Karachi"),
            &json!(180)
        ]
    );
    // The same again changes nothing, and is not written down.
    asha.patch(&asha.at("/settings"), edit).await.expect(200);
    let log = asha.get(&asha.at("/audit")).await.expect(200);
    let row = &log["items"][0];
    assert_eq!(
        (&row["actor"], &row["action"]),
        (&json!("asha"), &json!("settings.change"))
    );
    assert_eq!(
        row["detail"]["reply_style"],
        json!({"from": "auto", "to": "per_order"})
    );
    assert_eq!(row["detail"]["pause_minutes"], json!({"from": 30, "to": 60}));
    let rows = log["items"].as_array().unwrap();
    assert_eq!(
        rows.iter()
            .filter(|row| row["action"] == "settings.change")
            .count(),
        1
    );
    for (edit, errors) in [
        (json!({"reply_style": "loud"}), vec!["reply_style: not-offered"]),
        (json!({"pause_minutes": -1}), vec!["pause_minutes: invalid"]),
        (
            json!({"pause_minutes": 0, "retention_days": 4000, "time_zone": "Mars/Base", "shop_name": "a\u{7}b"}),
            vec![
                "time_zone: unknown",
                "pause_minutes: out-of-range",
                "retention_days: out-of-range",
                "shop_name: invalid",
            ],
        ),
    ] {
        let answer = asha.patch(&asha.at("/settings"), edit).await;
        assert_eq!(answer.field_errors(), errors);
    }
}

#[tokio::test]
async fn silent_mode_processes_and_logs_and_sends_nothing() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    asha.patch(&asha.at("/settings"), json!({"silent_mode": true}))
        .await
        .expect(200);
    let before = asha.get(&asha.at("/wallet")).await.expect(200);
    shop.says("481799696 cancel").await;
    shop.says("help").await;
    let states: Vec<(String, String)> = shop
        .outbox()
        .await
        .into_iter()
        .map(|(purpose, state, _)| (purpose, state))
        .collect();
    let silent = ("reply".to_owned(), "silent".to_owned());
    assert_eq!(states, [silent.clone(), silent]);
    assert_eq!(shop.acts(), 0);
    assert_eq!(asha.get(&asha.at("/wallet")).await.expect(200), before);
    let list = asha.get(&asha.at("/requests")).await.expect(200);
    assert_eq!(list["items"][0]["outcome"], "cancel_requested");
    assert_eq!(list["items"][0]["cost"], 0);
    assert_eq!(asha.get(&asha.at("/home")).await.expect(200)["silent_mode"], true);

    // Nothing was opened, so the next one is answered and acted on.
    asha.patch(&asha.at("/settings"), json!({"silent_mode": false}))
        .await
        .expect(200);
    shop.says("481799696 cancel").await;
    assert_eq!(shop.acts(), 1);
}

#[tokio::test]
async fn words_are_forgotten_after_the_time_that_the_owner_set_and_requests_stay() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    shop.order("481799190", "In progress");
    let hub = &app.app.hub;
    assert_eq!(retention::forget(hub, asha.scope()).await.unwrap(), 0);
    shop.says("481799696 status").await;
    shop.sql("UPDATE outbox SET state = 'sent'").await;
    app.db.clock.advance(Duration::from_secs(5 * 86_400));
    shop.says("481799190 status").await;
    shop.sql("UPDATE outbox SET state = 'sent'").await;
    app.db.clock.advance(Duration::from_secs(3 * 86_400));
    asha.patch(&asha.at("/settings"), json!({"retention_days": 7}))
        .await
        .expect(200);
    assert_eq!(retention::forget(hub, asha.scope()).await.unwrap(), 2);
    assert_eq!(retention::forget(hub, asha.scope()).await.unwrap(), 0);
    let words = async |order: &str| {
        let id = request_of(&asha, order).await;
        let detail = asha.get(&asha.at(&format!("/requests/{id}"))).await.expect(200);
        detail["message_text"].clone()
    };
    assert_eq!(words("481799696").await, json!(null));
    assert_eq!(words("481799190").await, json!("481799190 status"));
    let texts: Vec<String> = shop.outbox().await.into_iter().map(|(.., text)| text).collect();
    assert_eq!(texts, ["", "481799190: in progress"]);
    app.db.clock.advance(Duration::from_secs(5 * 86_400));
    assert_eq!(retention::forget(hub, asha.scope()).await.unwrap(), 2);
    assert_eq!(words("481799190").await, json!(null));
}
