use std::fs;

use pretty_assertions::assert_eq;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Sim;

#[tokio::test]
async fn a_clean_run_ends_with_zero() {
    let sim = Sim::start();
    let panel = sim.panel("perfect_panel", json!({})).await;
    panel.admin_get("/adminapi/v2/orders?ids=0&limit=1").await;
    assert_eq!(
        sim.control(Method::GET, "/sim/forbidden", Value::Null).await,
        json!([])
    );
    assert_eq!(
        sim.control(Method::GET, "/sim/health", Value::Null).await["status"],
        "ok"
    );
    assert_eq!(sim.terminate().code(), Some(0));
}

#[tokio::test]
async fn a_forbidden_call_is_refused_recorded_and_fails_the_run() {
    for (kind, path, body) in [
        ("perfect_panel", "/adminapi/v2/orders/cancel", json!({"ids": "1"})),
        (
            "perfect_panel",
            "/adminapi/v2/orders/1/set-partial",
            json!({"remains": 1}),
        ),
        ("perfect_panel", "/adminapi/v2/orders/resend", json!({"ids": "1"})),
        ("perfect_panel", "/adminapi/v2/cancel/pull", json!({})),
        (
            "perfect_panel",
            "/adminapi/v2/orders/1/change-status",
            json!({"status": "completed"}),
        ),
        (
            "rental_panel",
            "/adminapi/v1?key=admin-key&action=getOrders&type=1",
            json!({}),
        ),
        (
            "rental_panel",
            "/adminapi/v1",
            json!({"key": "admin-key", "action": "setCanceled", "id": 1}),
        ),
        (
            "user_v2",
            "/adminapi/v1",
            json!({"key": "admin-key", "action": "setPartial", "id": 1}),
        ),
    ] {
        let sim = Sim::start();
        let panel = sim.panel(kind, json!({})).await;
        panel.orders(json!([{"id": 1, "status": "in_progress"}])).await;
        let response = panel.admin_post(path, body).await.unwrap();
        let failed = !response.status().is_success();
        let text = response.text().await.unwrap();
        assert!(failed || text.contains(r#""status":"fail""#), "{path}: {text}");

        let forbidden = sim.control(Method::GET, "/sim/forbidden", Value::Null).await;
        assert_eq!(forbidden.as_array().map(Vec::len), Some(1), "{path}");
        assert_eq!(forbidden[0]["forbidden"], true);
        let order = panel.set(Method::GET, "/orders/1", Value::Null).await;
        assert_eq!(order["order"]["status"], "in_progress", "{path}");
        assert_eq!(sim.terminate().code(), Some(3), "{path}");
    }
}

#[tokio::test]
async fn the_log_file_holds_each_call_and_no_key() {
    let folder = std::env::temp_dir().join(format!("panel-simulator-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("calls.jsonl");
    let sim = Sim::start_with(&["--log", file.to_str().unwrap()]);
    let panel = sim.panel("perfect_panel", json!({})).await;
    panel.admin_get("/adminapi/v2/orders?ids=1,2").await;
    panel.user(&[("action", "balance")]).await;
    assert_eq!(sim.terminate().code(), Some(0));
    let text = fs::read_to_string(&file).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["ids"], json!(["1", "2"]));
    assert_eq!(lines[1]["action"], "balance");
    assert!(!text.contains("admin-key") && !text.contains("user-key"));
}

#[tokio::test]
async fn the_scene_is_set_all_or_nothing_and_typos_are_refused() {
    let sim = Sim::start();
    let panel = sim.panel("perfect_panel", json!({})).await;
    let path = |tail: &str| format!("/sim/panels/{}{tail}", panel.id);
    assert_eq!(
        sim.refused(Method::POST, "/sim/panels", json!({"kind": "other", "name": "x"}))
            .await,
        422
    );
    assert_eq!(
        sim.refused(
            Method::PUT,
            &path("/orders"),
            json!([{"id": 1}, {"id": 2, "stauts": "x"}])
        )
        .await,
        422
    );
    assert_eq!(
        sim.refused(Method::PUT, &path("/orders"), json!([{"status": "pending"}]))
            .await,
        422
    );
    assert_eq!(
        sim.refused(Method::POST, &path("/faults"), json!({"fault": "explode"}))
            .await,
        422
    );
    assert_eq!(
        sim.refused(Method::PATCH, &path("/orders/9"), json!({})).await,
        404
    );
    assert_eq!(sim.refused(Method::GET, "/sim/panels/99", json!({})).await, 404);
    assert_eq!(panel.set(Method::GET, "/orders", Value::Null).await, json!([]));
}

#[tokio::test]
async fn panels_are_hosts_of_their_own_and_can_leave() {
    let sim = Sim::start();
    let (one, two) = (
        sim.panel("perfect_panel", json!({})).await,
        sim.panel("user_v2", json!({})).await,
    );
    assert_ne!(one.url, two.url);
    one.orders(json!([{"id": 5}])).await;
    assert_eq!(
        two.user(&[("action", "status"), ("order", "5")]).await.1["error"],
        "Incorrect order ID"
    );
    assert_eq!(
        one.user(&[("action", "status"), ("order", "5")]).await.1["status"],
        "Pending"
    );
    // Only its own APIs.
    assert_eq!(two.admin_get("/adminapi/v2/orders?ids=5").await.0, 404);
    one.set(Method::DELETE, "", Value::Null).await;
    assert_eq!(
        sim.control(Method::GET, "/sim/panels", Value::Null)
            .await
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    // The listener closes on its own task: wait for the refusal.
    while sim
        .http
        .get(&one.url)
        .header("connection", "close")
        .send()
        .await
        .is_ok()
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn generated_orders_turn_through_their_lists() {
    let sim = Sim::start();
    let panel = sim.panel("rental_panel", json!({})).await;
    let wanted = json!({"from": 481000000, "count": 12, "users": ["a", "b"], "statuses": ["completed", "pending"],
        "providers": ["north", "south", "east"]});
    panel.set(Method::POST, "/generate", wanted).await;
    let orders = panel.set(Method::GET, "/orders", Value::Null).await;
    let seen: std::collections::BTreeSet<String> = orders
        .as_array()
        .unwrap()
        .iter()
        .map(|order| format!("{}{}{}", order["user"], order["status"], order["provider"]))
        .collect();
    assert_eq!(seen.len(), 12);
    assert_eq!(orders[0]["id"], "481000000");
    assert_eq!(orders[0]["external_ids"], json!(["1481000000"]));
    assert_eq!(
        panel
            .set(Method::GET, "/users", Value::Null)
            .await
            .as_array()
            .map(Vec::len),
        Some(3)
    );
}
