use pretty_assertions::assert_eq;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Panel, Sim};

async fn scene(sim: &Sim, more: Value) -> Panel<'_> {
    let panel = sim.panel("rental_panel", more).await;
    panel
        .orders(json!([
            {"id": "3780", "external_id": "3155", "provider": "North", "service_id": "88", "service_name": "Likes | 30D Refill",
             "status": "in_progress", "start_count": 10, "remains": 120, "created": "2026-01-20 11:00:00"},
            {"id": "3781", "status": "completed", "mode": "manual"}
        ]))
        .await;
    panel
}

async fn v1(panel: &Panel<'_>, query: &str) -> (u16, Value) {
    panel.admin_get(&format!("/adminapi/v1?{query}")).await
}

#[tokio::test]
async fn a_bulk_lookup_looks_like_the_reference() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({"now": "2026-01-23 09:00:00"})).await;
    let (_, body) = v1(
        &panel,
        "key=admin-key&action=getOrders-by-id&orders=3780,99&provider=1",
    )
    .await;
    assert_eq!(
        body,
        json!({"status": "success", "orders": [{
            "id": "3780", "external_id": "3155", "username": "customer1", "order_status": "In progress",
            "service": "Likes | 30D Refill", "service_id": "88", "provider": "North", "link": "https://social.example/profile",
            "quantity": "1000", "charge": "0.90", "start_count": "10", "remains": "120",
            "date": "2026-01-20 11:00:00", "current_date": "2026-01-23 09:00:00", "mode": "Auto"
        }]})
    );
    let (_, body) = v1(&panel, "key=admin-key&action=getOrders-by-id&orders=3780,3781").await;
    assert_eq!(body["orders"].as_array().map(Vec::len), Some(2));
    assert!(body["orders"][0].get("provider").is_none());
    panel
        .set(Method::PATCH, "", json!({"utc_offset_minutes": 180}))
        .await;
    let (_, body) = v1(&panel, "key=admin-key&action=getOrders-by-id&orders=3780").await;
    assert_eq!(body["orders"][0]["current_date"], "2026-01-23 12:00:00");
}

#[tokio::test]
async fn errors_have_their_words() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({"max_ids": 2})).await;
    for (query, error) in [
        ("key=wrong&action=getOrders-by-id&orders=3780", "bad_auth"),
        ("action=getOrders-by-id&orders=3780", "bad_auth"),
        ("key=admin-key&action=getorders-BY-id&orders=3780", "bad_action"),
        ("key=admin-key&action=getuser&username=customer1", "bad_action"),
        (
            "key=admin-key&action=getOrders-by-id&orders=99",
            "order_not_found",
        ),
        ("key=admin-key&action=getOrders-by-id&orders=1,2,3", "bad_order"),
        (
            "key=admin-key&action=getUser&username=Customer1",
            "user_not_found",
        ),
        ("key=admin-key&action=getUser", "bad_username"),
    ] {
        assert_eq!(
            v1(&panel, query).await,
            (200, json!({"status": "fail", "error": error})),
            "{query}"
        );
    }
    let known = "key=admin-key&action=getUser&username=customer1";
    assert_eq!(v1(&panel, known).await.1["user"]["username"], "customer1");
    panel
        .set(Method::PATCH, "", json!({"get_user_missing": true}))
        .await;
    assert_eq!(v1(&panel, known).await.1["error"], "bad_action");
}

#[tokio::test]
async fn deviating_shapes() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({"deviation": ["keyed_orders", "sucess_spelling"]})).await;
    let (_, body) = v1(
        &panel,
        "key=admin-key&action=getOrders-by-id&orders=3780,3781&provider=1",
    )
    .await;
    assert_eq!(body["status"], "sucess");
    assert_eq!(body["orders"]["3781"]["status"], "Completed");
    assert_eq!(body["orders"]["3781"]["user"], "customer1");
    assert_eq!(body["orders"]["3781"]["mode"], "Manual");
    assert_eq!(body["orders"]["3781"]["provider"], "");
}

#[tokio::test]
async fn calls_closer_than_the_gap_are_turned_away() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({"min_gap_ms": 600_000})).await;
    let query = "key=admin-key&action=getOrders-by-id&orders=3780";
    assert_eq!(v1(&panel, query).await.0, 200);
    assert_eq!(v1(&panel, query).await.0, 429);
    // The customers' API has no such gap.
    assert_eq!(panel.user(&[("action", "balance")]).await.0, 200);
    panel.set(Method::PATCH, "", json!({"min_gap_ms": 20})).await;
    let (mut refused, mut passed) = (0, 0);
    while passed < 3 {
        match v1(&panel, query).await.0 {
            200 => passed += 1,
            429 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert!(refused > 0, "calls in a row are closer than 20 ms");
}
