use pretty_assertions::assert_eq;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Panel, Sim};

const CANCEL: &[(&str, &str)] = &[("action", "cancel"), ("orders", "1,2")];

async fn scene(sim: &Sim) -> Panel<'_> {
    let panel = sim.panel("perfect_panel", json!({})).await;
    panel
        .orders(json!([{"id": 1, "status": "pending"}, {"id": 2, "status": "pending"}]))
        .await;
    panel
}

async fn cancels(panel: &Panel<'_>) -> Value {
    panel.set(Method::GET, "/orders/1", Value::Null).await["order"]["cancel_requests"].clone()
}

#[tokio::test]
async fn replaced_answers_change_nothing() {
    let sim = Sim::start();
    let panel = scene(&sim).await;
    for (fault, status, part) in [
        (
            json!({"fault": "rate_limited", "ms": 1500, "times": 1}),
            429,
            "429",
        ),
        (
            json!({"fault": "server_error", "status": 503, "times": 1}),
            503,
            "503",
        ),
        (
            json!({"fault": "html_challenge", "times": 1}),
            403,
            "<!DOCTYPE html>",
        ),
        (
            json!({"fault": "html_challenge", "status": 200, "times": 1}),
            200,
            "challenge-platform",
        ),
        (json!({"fault": "wrong_shape", "times": 1}), 200, "unexpected"),
        (json!({"fault": "not_json", "times": 1}), 200, "come back later"),
        (json!({"fault": "bad_auth", "times": 1}), 200, "Invalid API key"),
    ] {
        panel.fault(fault.clone()).await;
        let response = panel.user_raw(CANCEL).await.unwrap();
        if fault["fault"] == "rate_limited" {
            assert_eq!(response.headers()["retry-after"], "2");
        }
        assert_eq!(response.status().as_u16(), status, "{fault}");
        let text = response.text().await.unwrap();
        assert!(text.contains(part), "{fault}: {text}");
        let call = panel.calls().await.pop().unwrap();
        assert_eq!(
            (&call["outcome"], &call["effect"]),
            (&json!("faulted"), &json!(false)),
            "{fault}"
        );
    }
    assert_eq!(cancels(&panel).await, 0);
    assert_eq!(panel.set(Method::GET, "/faults", Value::Null).await, json!([]));
    panel.user(CANCEL).await;
    assert_eq!(cancels(&panel).await, 1);
}

#[tokio::test]
async fn a_cut_answer_may_or_may_not_have_had_its_effect() {
    let sim = Sim::start();
    let panel = scene(&sim).await;
    for (fault, had_effect) in [
        ("cut_connection", false),
        ("cut_after_apply", true),
        ("cut_mid_body", true),
    ] {
        panel.fault(json!({"fault": fault, "times": 1})).await;
        let before = cancels(&panel).await.as_u64().unwrap();
        let failed = match panel.user_raw(CANCEL).await {
            Err(_) => true,
            // Only the fault in the middle of the body gets this far.
            Ok(response) => response.text().await.is_err(),
        };
        assert!(failed, "{fault}");
        assert_eq!(cancels(&panel).await, before + u64::from(had_effect), "{fault}");
        let call = panel.calls().await.pop().unwrap();
        assert_eq!(
            (&call["outcome"], &call["effect"]),
            (&json!("faulted"), &json!(had_effect)),
            "{fault}"
        );
        assert_eq!(
            call["effect_ids"],
            if had_effect { json!(["1", "2"]) } else { json!([]) }
        );
    }
    // The connection is cut, not the panel.
    assert_eq!(panel.user(&[("action", "balance")]).await.0, 200);
}

#[tokio::test]
async fn a_caller_that_gives_up_is_logged_and_its_effect_stays() {
    let sim = Sim::start();
    let panel = scene(&sim).await;
    for (fault, had_effect) in [
        (json!({"fault": "slow", "ms": 600_000, "times": 1}), true),
        (json!({"fault": "hang", "times": 1}), false),
    ] {
        let before = cancels(&panel).await.as_u64().unwrap();
        panel.fault(fault.clone()).await;
        let calling = panel.user_raw(CANCEL);
        let arrived =
            panel.calls_until(|calls| calls.last().is_some_and(|call| call["outcome"] == "in_progress"));
        tokio::select! {
            biased;
            _ = calling => panic!("{fault} answered"),
            calls = arrived => assert_eq!(calls.last().unwrap()["effect"], had_effect),
        }
        panel
            .calls_until(|calls| calls.last().is_some_and(|call| call["outcome"] == "abandoned"))
            .await;
        assert_eq!(cancels(&panel).await, before + u64::from(had_effect));
    }
}

#[tokio::test]
async fn a_hanging_call_does_not_hold_up_the_end() {
    let sim = Sim::start();
    let panel = scene(&sim).await;
    panel.fault(json!({"fault": "hang"})).await;
    let request = sim.http.get(format!("{}/api/v2", panel.url));
    let hanging = tokio::spawn(request.send());
    panel.calls_until(|calls| !calls.is_empty()).await;
    drop(panel);
    assert_eq!(sim.terminate().code(), Some(0));
    assert!(hanging.await.unwrap().is_err());
}

#[tokio::test]
async fn faults_hit_only_what_they_match_and_as_often_as_told() {
    let sim = Sim::start();
    let panel = scene(&sim).await;
    panel.fault(json!({"match": {"action": "request-cancel", "contains_order": "2"}, "fault": "server_error", "times": 2})).await;
    panel
        .fault(json!({"match": {"path": "/adminapi/v2/users"}, "fault": "server_error", "status": 502}))
        .await;
    let cancel = async |ids: &str| {
        let ask = json!({"ids": ids});
        panel
            .admin_post("/adminapi/v2/orders/request-cancel", ask)
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(cancel("1").await, 200);
    assert_eq!(cancel("12,22").await, 200);
    assert_eq!(
        (cancel("1,2").await, cancel("2").await, cancel("2").await),
        (500, 500, 200)
    );
    for _ in 0..3 {
        assert_eq!(panel.admin_get("/adminapi/v2/users").await.0, 502);
    }
    panel.set(Method::DELETE, "/faults", Value::Null).await;
    assert_eq!(panel.admin_get("/adminapi/v2/users").await.0, 200);
    assert_eq!(
        sim.refused(
            Method::POST,
            &format!("/sim/panels/{}/faults", panel.id),
            json!({"fault": "hang", "times": 0})
        )
        .await,
        422
    );
}

#[tokio::test]
async fn a_huge_body_is_as_long_as_told() {
    let sim = Sim::start();
    let panel = scene(&sim).await;
    panel
        .fault(json!({"fault": "huge_body", "bytes": 1_000_000, "times": 1}))
        .await;
    let body = panel.user_raw(CANCEL).await.unwrap().bytes().await.unwrap();
    assert!(body.len() > 1_000_000 && body.len() < 1_200_000, "{}", body.len());
    assert_eq!(cancels(&panel).await, 0);
}

#[tokio::test]
async fn latency_holds_answers_back_and_the_log_reads_on_from_a_number() {
    let sim = Sim::start();
    let panel = scene(&sim).await;
    panel.set(Method::PUT, "/latency", json!({"ms": 40})).await;
    panel.user(&[("action", "balance")]).await;
    panel.user(&[("action", "services")]).await;
    let calls = panel.set(Method::GET, "/calls?since=1", Value::Null).await;
    assert_eq!(
        (&calls["last_seq"], &calls["calls"][0]["seq"]),
        (&json!(2), &json!(2))
    );
    assert!(calls["calls"][0]["took_ms"].as_u64().unwrap() >= 40);
    let all = panel.calls().await;
    assert!(all[1]["at_ms"].as_u64().unwrap() >= all[0]["at_ms"].as_u64().unwrap() + 40);
    panel.set(Method::DELETE, "/calls", Value::Null).await;
    panel.set(Method::PUT, "/latency", json!({"ms": 0})).await;
    panel.user(&[("action", "balance")]).await;
    let calls = panel.calls().await;
    assert_eq!((calls.len(), &calls[0]["seq"]), (1, &json!(3)));
}
