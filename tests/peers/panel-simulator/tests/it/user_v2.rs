use pretty_assertions::assert_eq;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Panel, Sim, both};

async fn scene(sim: &Sim, more: Value) -> Panel<'_> {
    let panel = sim.panel("user_v2", more).await;
    panel
        .orders(json!([
            {"id": 1, "status": "completed", "charge": "0.27819", "start_count": 3572, "remains": 0},
            {"id": 2, "status": "in_progress", "charge": "1.5", "start_count": 5, "remains": 157},
            {"id": 3, "status": "completed", "user": "customer2"}
        ]))
        .await;
    panel
        .set(
            Method::PUT,
            "/users",
            json!([{"username": "customer2", "key": "second-key", "balance": "0.01"}]),
        )
        .await;
    panel
}

#[tokio::test]
async fn answers_look_like_the_reference() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({})).await;
    let wrong = json!({"error": "Incorrect order ID"});
    let first = json!({"charge": "0.27819", "start_count": "3572", "status": "Completed", "remains": "0", "currency": "USD"});
    let second = json!({"charge": "1.5", "start_count": "5", "status": "In progress", "remains": "157", "currency": "USD"});
    for (fields, expected) in [
        (vec![("action", "status"), ("order", "1")], first.clone()),
        (
            vec![("action", "status"), ("orders", "2,1,3,9")],
            json!({"1": first, "2": second, "3": wrong, "9": wrong}),
        ),
        (vec![("action", "refill"), ("order", "1")], json!({"refill": "1"})),
        (
            vec![("action", "refill"), ("orders", "1,2,3")],
            json!([{"order": 1, "refill": 2}, {"order": 2, "refill": {"error": "Cannot refill"}}, {"order": 3, "refill": wrong}]),
        ),
        (
            vec![("action", "refill_status"), ("refill", "1")],
            json!({"status": "Pending"}),
        ),
        (
            vec![("action", "refill_status"), ("refills", "2,9")],
            json!([{"refill": 2, "status": "Pending"}, {"refill": 9, "status": {"error": "Refill not found"}}]),
        ),
        (
            vec![("action", "cancel"), ("orders", "2,1,3")],
            json!([{"order": 2, "cancel": 1}, {"order": 1, "cancel": {"error": "Cannot cancel"}}, {"order": 3, "cancel": wrong}]),
        ),
        (
            vec![("action", "cancel"), ("order", "2")],
            json!({"error": "Incorrect request"}),
        ),
        (
            vec![("action", "balance")],
            json!({"balance": "100.00", "currency": "USD"}),
        ),
        (
            vec![
                ("action", "add"),
                ("service", "9"),
                ("link", "x"),
                ("quantity", "100"),
            ],
            json!({"error": "Incorrect service ID"}),
        ),
        (
            vec![
                ("action", "add"),
                ("service", "1"),
                ("link", "x"),
                ("quantity", "1000"),
            ],
            json!({"order": 23501}),
        ),
        (
            vec![("action", "balance")],
            json!({"balance": "99.10", "currency": "USD"}),
        ),
        (vec![("action", "dance")], json!({"error": "Incorrect request"})),
    ] {
        assert_eq!(panel.user(&fields).await, (200, expected), "{fields:?}");
    }
    let (_, services) = panel.user(&[("action", "services")]).await;
    assert_eq!(services[0]["service"], 1);
    assert_eq!(services[0]["refill"], true);
    let writes: Vec<Value> = panel
        .calls()
        .await
        .into_iter()
        .filter(|call| call["effect"] == true)
        .collect();
    assert_eq!(writes.len(), 4);
}

#[tokio::test]
async fn an_account_sees_its_own_orders_only() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({})).await;
    let ask = |key: &'static str, order: &'static str| {
        let form = [("key", key), ("action", "status"), ("order", order)];
        let request = sim.http.post(format!("{}/api/v2", panel.url)).form(&form);
        async move { both(request.send().await.unwrap()).await.1 }
    };
    assert_eq!(ask("second-key", "3").await["status"], "Completed");
    assert_eq!(ask("second-key", "1").await["error"], "Incorrect order ID");
    assert_eq!(ask("no-key", "1").await["error"], "Invalid API key");
    let form = [
        ("key", "second-key"),
        ("action", "add"),
        ("service", "1"),
        ("link", "x"),
        ("quantity", "1000"),
    ];
    let (_, body) = both(
        sim.http
            .post(format!("{}/api/v2", panel.url))
            .form(&form)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(body["error"], "Not enough funds on balance");
}

#[tokio::test]
async fn each_deviation_changes_its_own_thing() {
    let sim = Sim::start();
    let single: &[_] = &[("action", "status"), ("order", "2")];
    let batch: &[_] = &[("action", "status"), ("orders", "2,9")];
    let missing: &[_] = &[("action", "status"), ("order", "9")];
    let cancel: &[_] = &[("action", "cancel"), ("orders", "2,1")];
    let balance: &[_] = &[("action", "balance")];
    let add: &[_] = &[
        ("action", "add"),
        ("service", "2"),
        ("link", "x"),
        ("quantity", "10"),
    ];
    for (deviation, fields, pointer, expected) in [
        ("standard", single, "/status", json!("In progress")),
        ("keyed_single_status", single, "/2/status", json!("In progress")),
        ("single_status_with_order", single, "/order", json!(2)),
        ("batch_status_array", batch, "/0/order", json!(2)),
        (
            "batch_status_array",
            batch,
            "/1/error",
            json!("Incorrect order ID"),
        ),
        ("omit_missing", batch, "/9", Value::Null),
        (
            "cancel_object",
            cancel,
            "",
            json!({"2": {"cancel": "requested"}, "1": {"error": "Cannot cancel"}}),
        ),
        (
            "single_cancel",
            &[("action", "cancel"), ("order", "2")],
            "",
            json!({"cancel": 1}),
        ),
        (
            "numeric_error_status",
            missing,
            "",
            json!({"status": 104, "error": "Incorrect order ID"}),
        ),
        (
            "translated_errors",
            missing,
            "/error",
            json!("ID de pedido incorrecto"),
        ),
        (
            "string_numbers",
            cancel,
            "/0",
            json!({"order": "2", "cancel": "1"}),
        ),
        ("string_numbers", add, "/order", json!("23501")),
        ("native_numbers", single, "/remains", json!(157)),
        ("native_numbers", single, "/charge", json!(1.5)),
        ("remains_unknown", single, "/remains", json!("Unknown")),
        ("inprogress_spelling", single, "/status", json!("Inprogress")),
        ("upper_case_status", single, "/status", json!("IN_PROGRESS")),
        ("no_refill_cancel", cancel, "/error", json!("Incorrect request")),
        ("add_with_success", add, "/status", json!("success")),
        ("html_content_type", balance, "/balance", json!("100.00")),
    ] {
        let panel = scene(&sim, json!({"deviation": deviation})).await;
        let (status, body) = panel.user(fields).await;
        assert_eq!(status, 200, "{deviation}");
        assert_eq!(
            body.pointer(pointer).cloned().unwrap_or_default(),
            expected,
            "{deviation}: {body}"
        );
    }
    let panel = scene(&sim, json!({"deviation": ["http_codes", "html_content_type"]})).await;
    for (fields, status) in [
        (missing, 404),
        (&[("action", "refill"), ("order", "2")], 403),
        (&[("action", "dance")], 400),
    ] {
        assert_eq!(panel.user(fields).await.0, status, "{fields:?}");
    }
    let response = panel.user_raw(balance).await.unwrap();
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
}

#[tokio::test]
async fn refills_and_orders_move_as_the_test_says() {
    let sim = Sim::start();
    let panel = scene(&sim, json!({"now": 1_800_000_000})).await;
    panel.user(&[("action", "refill"), ("order", "1")]).await;
    panel
        .set(Method::PATCH, "/refills/1", json!({"status": "Rejected"}))
        .await;
    let (_, body) = panel.user(&[("action", "refill_status"), ("refill", "1")]).await;
    assert_eq!(body, json!({"status": "Rejected"}));
    let order = panel
        .set(Method::PATCH, "/orders/2", json!({"status": "Canceled"}))
        .await;
    assert_eq!(order["order"]["last_update"], 1_800_000_000);
    assert_eq!(
        panel.user(&[("action", "status"), ("order", "2")]).await.1["status"],
        "Canceled"
    );
    panel
        .set(
            Method::PATCH,
            "/orders/2",
            json!({"status": "completed", "refill_allowed": false}),
        )
        .await;
    assert_eq!(
        panel.user(&[("action", "refill"), ("order", "2")]).await.1["error"],
        "Cannot refill"
    );
}
