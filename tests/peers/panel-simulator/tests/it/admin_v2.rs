use pretty_assertions::assert_eq;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Panel, Sim, both};

async fn scene(sim: &Sim, more: Value) -> Panel<'_> {
    let panel = sim.panel("perfect_panel", more).await;
    panel
        .orders(json!([
            {"id": 12345, "external_id": "7450284", "user": "customer1", "provider": "north.example", "service_id": 3463,
             "service_name": "Likes \"fast\" [30 Days]", "status": "In progress", "quantity": 1000, "start_count": 847,
             "remains": 153, "charge": "0.90", "created": 1745979643, "last_update": "2025-04-30 03:01:10"},
            {"id": "12346", "external_ids": ["1", "2"], "user": "customer2", "status": "completed", "created": 1745979700},
            {"id": "ord_7", "user": "customer2", "status": "On hold", "created": 1745979500}
        ]))
        .await;
    panel
}

#[tokio::test]
async fn an_order_looks_like_the_reference() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({})).await;
    let (status, body) = panel.admin_get("/adminapi/v2/orders/12345").await;
    assert_eq!(status, 200);
    assert_eq!(
        body,
        json!({"data": {
            "id": 12345, "external_id": "7450284", "user": "customer1", "service_id": 3463,
            "service_name": "Likes \"fast\" [30 Days]", "service_type": "Default",
            "link": "https://social.example/profile", "quantity": 1000, "start_count": 847, "remains": 153,
            "status": "in_progress", "mode": "auto", "provider": "north.example",
            "charge": {"value": "0.90", "currency_code": "USD", "formatted": "$0.90"},
            "created": "2025-04-30 02:20:43", "created_timestamp": 1745979643,
            "last_update": "2025-04-30 03:01:10", "last_update_timestamp": 1745982070,
            "actions": {"resend": false, "request_cancel": true, "cancel_and_refund": true, "refill": false},
            "order_buttons": []
        }, "error_message": "", "error_code": 0})
    );
}

#[tokio::test]
async fn the_list_filters_pages_and_leaves_out_what_it_is_told() {
    let sim = Sim::start();
    let panel = scene(
        &sim,
        json!({"list_omits_last_update": true, "list_omits_provider": true}),
    )
    .await;
    let ids = |body: &Value| -> Vec<Value> {
        body["data"]["list"]
            .as_array()
            .unwrap()
            .iter()
            .map(|order| order["id"].clone())
            .collect()
    };
    for (query, expected) in [
        ("ids=12345,12346,ord_7,99,12345", json!([12346, 12345, "ord_7"])),
        ("ids=0&limit=1", json!([])),
        ("order_status=in_progress,completed", json!([12346, 12345])),
        ("user=customer2", json!([12346, "ord_7"])),
        ("limit=1&offset=1", json!([12345])),
        ("service_ids=3463", json!([12345])),
        ("created_from=1745979600&created_to=1745979650", json!([12345])),
    ] {
        let (status, body) = panel.admin_get(&format!("/adminapi/v2/orders?{query}")).await;
        assert_eq!((status, json!(ids(&body))), (200, expected), "{query}");
    }
    let (_, body) = panel.admin_get("/adminapi/v2/orders?ids=12346").await;
    let order = body["data"]["list"][0].as_object().unwrap();
    for absent in ["last_update", "last_update_timestamp", "actions", "provider"] {
        assert!(!order.contains_key(absent), "{absent}");
    }
    assert_eq!(order["external_id"], "1,2");
    assert!(panel.admin_get("/adminapi/v2/orders/12346").await.1["data"]["last_update"].is_string());
    assert_eq!(panel.admin_get("/adminapi/v2/orders?limit=0").await.0, 422);
    assert_eq!(
        panel.admin_get("/adminapi/v2/orders/99").await.1["error_code"],
        404
    );
}

#[tokio::test]
async fn keys_are_taken_from_the_header_or_the_older_query() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({})).await;
    let url = format!("{}/adminapi/v2/orders?ids=0", panel.url);
    let get = |url: String, key: Option<&'static str>| {
        let request = sim.http.get(url);
        async move {
            both(
                key.map_or(request.try_clone().unwrap(), |key| {
                    request.header("X-Api-Key", key)
                })
                .send()
                .await
                .unwrap(),
            )
            .await
        }
    };
    assert_eq!(get(url.clone(), None).await.0, 401);
    assert_eq!(get(url.clone(), Some("user-key")).await.1["error_code"], 403);
    assert_eq!(get(url.clone(), Some("admin-key")).await.1["error_code"], 0);
    assert_eq!(get(format!("{url}&apikey=admin-key"), None).await.0, 200);
    panel
        .set(Method::PATCH, "", json!({"admin_key": "rotated"}))
        .await;
    assert_eq!(get(url, Some("admin-key")).await.0, 403);
}

#[tokio::test]
async fn request_cancel_says_what_it_took_and_the_state_shows_it() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({})).await;
    let ask = json!({"ids": "12345,12346,99"});
    let (_, body) = both(
        panel
            .admin_post("/adminapi/v2/orders/request-cancel", ask.clone())
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(body["data"], json!({"ids": [12345], "skipped_ids": [12346, 99]}));
    let (_, order) = panel.admin_get("/adminapi/v2/orders/12345").await;
    assert_eq!(order["data"]["actions"]["request_cancel"], false);
    assert_eq!(order["data"]["status"], "in_progress");
    let calls = panel.calls().await;
    assert_eq!(calls[0]["write"], true);
    assert_eq!(calls[0]["effect_ids"], json!(["12345"]));
    assert_eq!(calls[1]["write"], false);

    // A second one is a second effect, so that a test can count it.
    panel
        .set(Method::PATCH, "", json!({"cancel_hides_skipped": true}))
        .await;
    let (_, body) = both(
        panel
            .admin_post("/adminapi/v2/orders/request-cancel", ask.clone())
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(body["data"], json!({"ids": [12345]}));
    assert_eq!(
        panel.set(Method::GET, "/orders/12345", Value::Null).await["order"]["cancel_requests"],
        2
    );
    panel
        .set(Method::PATCH, "", json!({"refuse_repeats": true}))
        .await;
    let (_, body) = both(
        panel
            .admin_post("/adminapi/v2/orders/request-cancel", ask)
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(body["data"], json!({"ids": []}));
}

#[tokio::test]
async fn a_refill_call_exists_only_where_switched_on() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({})).await;
    let ask = json!({"ids": "12346"});
    assert_eq!(
        panel
            .admin_post("/adminapi/v2/orders/refill", ask.clone())
            .await
            .unwrap()
            .status(),
        404
    );
    panel
        .set(Method::PATCH, "", json!({"refill_capability": true}))
        .await;
    assert_eq!(
        panel.admin_get("/adminapi/v2/orders/12346").await.1["data"]["actions"]["refill"],
        true
    );
    let (_, body) = both(panel.admin_post("/adminapi/v2/orders/refill", ask).await.unwrap()).await;
    assert_eq!(body["data"]["ids"], json!([12346]));
    assert_eq!(
        panel.set(Method::GET, "/orders/12346", Value::Null).await["refills"][0]["status"],
        "Pending"
    );
}

#[tokio::test]
async fn users_are_found_by_exact_name() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({})).await;
    panel
        .set(
            Method::PUT,
            "/users",
            json!([{"username": "Zed", "balance": 5.25}]),
        )
        .await;
    let (_, body) = panel.admin_get("/adminapi/v2/users?username=Zed").await;
    assert_eq!(body["data"]["count"], 1);
    assert_eq!(body["data"]["list"][0]["balance"]["value"], "5.25");
    assert_eq!(
        panel.admin_get("/adminapi/v2/users?username=zed").await.1["data"]["count"],
        0
    );
    assert_eq!(panel.admin_get("/adminapi/v2/users").await.1["data"]["count"], 3);
}

#[tokio::test]
async fn the_older_api_of_such_a_panel_knows_no_lookup() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({})).await;
    for (key, error) in [("nonsense", "bad_auth"), ("admin-key", "bad_action")] {
        let (_, body) = panel
            .admin_get(&format!("/adminapi/v1?action=getOrders-by-id&orders=0&key={key}"))
            .await;
        assert_eq!(body, json!({"status": "fail", "error": error}));
    }
}
