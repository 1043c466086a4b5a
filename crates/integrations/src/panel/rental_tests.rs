use pretty_assertions::assert_eq;
use switchboard_domain::order::{OrderOwner, OrderStatus};

use super::*;
use crate::panel::peer_tests::{KEY, Peer, ids, kinds, ok, order, tells_whole_failures_apart};

const KIND: PanelKind = PanelKind::RentalPanelAdminV1;

const LISTED: &str = r#"{ "status": "success", "orders": [ { "id": "3780", "external_id": "3155", "username": "customer1",
  "order_status": "In progress", "service": "Likes | 30D Refill", "service_id": "88", "provider": "FirstAlias",
  "link": "https://social.example/p/1", "quantity": "1000", "charge": "0.90", "start_count": "10", "remains": "120",
  "date": "2026-01-20 11:00:00", "current_date": "2026-01-23 09:00:00", "mode": "Auto" } ] }"#;

#[tokio::test]
async fn reads_the_whole_order_by_the_panels_clock() {
    let peer = Peer::answering([ok(LISTED)]).await;
    let config = crate::panel::PanelConfig {
        time_zone: "Asia/Kolkata".parse().unwrap(),
        ..peer.config()
    };
    let panel = crate::panel::connect(KIND, config, &peer.client());
    let read = panel.orders(&ids(["3780", "3781"])).await.unwrap();
    assert_eq!(
        peer.calls(),
        [format!(
            "GET /adminapi/v1?key={KEY}&action=getOrders-by-id&orders=3780%2C3781&provider=1 "
        )]
    );
    assert_eq!(kinds(&read, ["3780", "3781"]), ["found", "not found"]);
    let first = order(&read, "3780");
    assert_eq!(first.owner, OrderOwner::Username("customer1".into()));
    assert_eq!(
        (&first.status, first.provider.as_deref()),
        (&OrderStatus::InProgress, Some("FirstAlias"))
    );
    assert_eq!(
        (first.service_name.as_deref(), first.service_id.as_deref()),
        (Some("Likes | 30D Refill"), Some("88"))
    );
    assert_eq!(first.external_ids, ["3155"]);
    assert_eq!(first.panel_now.unwrap().to_rfc3339(), "2026-01-23T03:30:00+00:00");
    assert_eq!(
        first.created_at.unwrap().to_rfc3339(),
        "2026-01-20T05:30:00+00:00"
    );
    assert_eq!(first.updated_at, None);
}

#[tokio::test]
async fn shapes_and_words() {
    let entry = r#"{"user":"u","status":"Completed","external_id":"","provider":""}"#;
    for (status, body, expected) in [
        (
            200,
            format!(r#"{{"status":"success","orders":{{"1":{entry}}}}}"#),
            "found",
        ),
        (
            200,
            format!(r#"{{"status":"sucess","orders":{{"1":{entry}}}}}"#),
            "found",
        ),
        (200, format!(r#"{{"1":{entry}}}"#), "found"),
        (
            200,
            r#"[{"id":1,"username":"u","order_status":"Completed"}]"#.to_owned(),
            "found",
        ),
        (200, r#"{"status":"success","orders":[]}"#.to_owned(), "not found"),
        (
            200,
            r#"{"status":"fail","error":"order_not_found"}"#.to_owned(),
            "not found",
        ),
        (
            404,
            r#"{"status":"fail","error":"order_not_found"}"#.to_owned(),
            "not found",
        ),
        (
            200,
            r#"{"status":"success","orders":{"1":{"error":"order_not_found"}}}"#.to_owned(),
            "not found",
        ),
        (
            200,
            r#"{"status":"success","orders":{"1":{"error":"something"}}}"#.to_owned(),
            "unreadable",
        ),
        (
            200,
            r#"{"status":"success","orders":{"2":{"user":"u","status":"Completed"}}}"#.to_owned(),
            "unreadable",
        ),
        (
            200,
            r#"{"status":"success","orders":{"1":{"status":"Completed"}}}"#.to_owned(),
            "unreadable",
        ),
        (
            200,
            r#"{"status":"fail","error":"something else"}"#.to_owned(),
            "unreadable",
        ),
        (
            400,
            r#"{"status":"fail","error":"something else"}"#.to_owned(),
            "unreadable",
        ),
    ] {
        let peer = Peer::answering([(status, body.clone())]).await;
        let read = peer.panel(KIND).orders(&ids(["1"])).await.unwrap();
        assert_eq!(kinds(&read, ["1"]), [expected], "{body}");
    }
    for (status, body, class) in [
        (200, r#"{"status":"fail","error":"bad_auth"}"#, "auth"),
        (400, r#"{"status":"fail","error":"bad_auth"}"#, "auth"),
        (
            403,
            r#"{"error_message":"marked-key-0123 who?","error_code":"3"}"#,
            "auth",
        ),
        (200, r#"{"status":"error","error":"bad_action"}"#, "not_allowed"),
        (200, r#"{"status":"success"}"#, "bad_shape"),
        (200, r#"{"data":{"list":"x"}}"#, "bad_shape"),
    ] {
        let peer = Peer::answering([(status, body)]).await;
        let error = peer.panel(KIND).orders(&ids(["1"])).await.unwrap_err();
        assert_eq!(error.class(), class, "{body}");
        assert!(!error.detail().as_str().contains(KEY));
    }
    tells_whole_failures_apart(KIND).await;
}

#[tokio::test]
async fn halves_when_the_panel_balks() {
    let entry = |id: &str| {
        format!(
            r#"{{"status":"success","orders":[{{"id":"{id}","username":"u","order_status":"Completed"}}]}}"#
        )
    };
    for balk in [
        (200, r#"{"status":"fail","error":"order_not_found"}"#),
        (414, "<html>URI too long</html>"),
        (200, r#"{"status":"fail","error":"too many orders"}"#),
    ] {
        let peer = Peer::answering([
            (balk.0, balk.1.to_owned()),
            ok(&entry("1")),
            ok(r#"{"status":"fail","error":"order_not_found"}"#),
        ])
        .await;
        let read = peer.panel(KIND).orders(&ids(["1", "2"])).await.unwrap();
        assert_eq!(kinds(&read, ["1", "2"]), ["found", "not found"]);
        assert_eq!(peer.calls().len(), 3);
    }
}

#[tokio::test]
async fn acts_never_leave() {
    let peer = Peer::answering([ok("{}")]).await;
    let panel = peer.panel(KIND);
    assert_eq!(
        panel.request_cancel(&ids(["1"])).await.unwrap_err().class(),
        "not_allowed"
    );
    assert_eq!(
        panel.refill(&ids(["1"])[0]).await.unwrap_err().class(),
        "not_allowed"
    );
    assert_eq!(peer.calls().len(), 0);
}

#[tokio::test]
async fn key_checks() {
    for (body, works) in [
        (r#"{"status":"success","orders":[]}"#, true),
        (r#"{"status":"fail","error":"order_not_found"}"#, true),
        (r#"{"status":"fail","error":"bad_auth"}"#, false),
        (r#"{"status":"fail","error":"bad_action"}"#, false),
        (r#"{"hello":"world"}"#, false),
    ] {
        let peer = Peer::answering([ok(body)]).await;
        let report = peer.panel(KIND).check_key().await;
        assert_eq!(report.works, works, "{body}");
        assert!(peer.calls()[0].contains("orders=0"));
    }
}
