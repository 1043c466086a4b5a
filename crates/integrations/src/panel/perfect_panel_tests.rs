use pretty_assertions::assert_eq;
use switchboard_domain::order::OrderOwner;

use super::*;
use crate::panel::peer_tests::{KEY, Peer, ids, kinds, ok, order, tells_whole_failures_apart};

const KIND: PanelKind = PanelKind::PerfectPanelAdminV2;

const FULL: &str = r#"{"data":{"count":2,"list":[
{ "id": 12345, "external_id": "7450284", "user": "customer1",
  "service_id": 3463, "service_name": "Likes [30 Days ♻️]", "service_type": "Default",
  "link": "https://social.example/p/1", "quantity": 1000, "start_count": 847, "remains": 153,
  "status": "in_progress", "mode": "auto", "provider": "first.example",
  "charge": {"value": "0.90", "currency_code": "USD", "formatted": "$0.90"},
  "created": "2025-04-30 02:20:43", "created_timestamp": 1745979643,
  "last_update": "2025-04-30 03:01:10", "last_update_timestamp": 1745982070,
  "actions": {"resend": false, "request_cancel": true, "cancel_and_refund": true, "refill": false},
  "order_buttons": [] },
{ "id": "12346", "external_id": null, "user": "customer2", "service_id": 1, "service_name": "Manual",
  "quantity": "10", "status": "Completed", "provider": "N/A", "charge": "1.10",
  "created": "2025-04-30 02:20:43", "created_timestamp": 1745979643 }
]},"pagination":{"total":2},"error_message":"","error_code":0}"#;

fn envelope(list: &str) -> String {
    format!(r#"{{"data":{{"list":{list}}},"error_message":"","error_code":0}}"#)
}

#[tokio::test]
async fn reads_the_whole_order() {
    let peer = Peer::answering([ok(FULL)]).await;
    let read = peer
        .panel(KIND)
        .orders(&ids(["12345", "12346", "12399"]))
        .await
        .unwrap();
    assert_eq!(
        peer.calls(),
        [format!(
            "GET /adminapi/v2/orders?ids=12345,12346,12399&limit=200 [{KEY}] "
        )]
    );
    assert_eq!(
        kinds(&read, ["12345", "12346", "12399"]),
        ["found", "found", "not found"]
    );
    let first = order(&read, "12345");
    assert_eq!(first.owner, OrderOwner::Username("customer1".into()));
    assert_eq!(first.status, OrderStatus::InProgress);
    assert_eq!(
        (first.external_ids.as_slice(), first.provider.as_deref()),
        (&["7450284".to_owned()][..], Some("first.example"))
    );
    assert_eq!(
        (first.charge.as_deref(), first.currency.as_deref()),
        (Some("0.90"), Some("USD"))
    );
    assert_eq!(
        (
            first.quantity.as_deref(),
            first.start_count.as_deref(),
            first.remains.as_deref()
        ),
        (Some("1000"), Some("847"), Some("153"))
    );
    assert_eq!(
        (first.service_id.as_deref(), first.service_name.as_deref()),
        (Some("3463"), Some("Likes [30 Days ♻️]"))
    );
    assert_eq!(
        (
            first.created_at.unwrap().timestamp(),
            first.updated_at.unwrap().timestamp()
        ),
        (1_745_979_643, 1_745_982_070)
    );
    assert_eq!(
        (first.panel_allows_cancel, first.panel_allows_refill),
        (Some(true), Some(false))
    );
    let second = order(&read, "12346");
    assert_eq!(
        (
            second.external_ids.len(),
            second.provider.as_deref(),
            second.charge.as_deref()
        ),
        (0, None, Some("1.10"))
    );
    assert_eq!(second.panel_allows_cancel, None);
}

#[tokio::test]
async fn shapes_of_the_list() {
    let one = r#"{"id":1,"user":"u","status":"completed","provider":null}"#;
    for (body, expected) in [
        (envelope(&format!("[{one}]")), "found"),
        (format!(r#"{{"data":[{one}],"error_code":0}}"#), "found"),
        (
            format!(r#"{{"data":{{"orders":{{"1":{one}}}}},"error_code":"0"}}"#),
            "found",
        ),
        (
            r#"{"data":{"list":{"1":{"user":"u","status":"completed","provider":null}}},"error_code":0}"#
                .to_owned(),
            "found",
        ),
        (envelope("[]"), "not found"),
        (envelope("{}"), "not found"),
        (r#"{"data":[],"error_code":0}"#.to_owned(), "not found"),
        (
            r#"{"data":null,"error_message":"Order not found","error_code":102}"#.to_owned(),
            "not found",
        ),
        // A panel that does not filter, entries without id, without owner, answered twice.
        (
            envelope(r#"[{"id":2,"user":"u","status":"completed","provider":null}]"#),
            "unreadable",
        ),
        (envelope(r#"[{"user":"u","status":"completed"}]"#), "unreadable"),
        (
            envelope(r#"[{"id":1,"status":"completed","provider":null}]"#),
            "unreadable",
        ),
        (
            envelope(&format!(
                r#"[{one},{{"id":1,"user":"other","status":"completed","provider":null}}]"#
            )),
            "unreadable",
        ),
    ] {
        let peer = Peer::answering([ok(&body)]).await;
        let read = peer.panel(KIND).orders(&ids(["1"])).await.unwrap();
        assert_eq!(kinds(&read, ["1"]), [expected], "{body}");
    }
}

#[tokio::test]
async fn error_codes_count_even_with_status_200() {
    for (status, body, class) in [
        (
            200,
            r#"{"data":[],"error_message":"Invalid API key","error_code":1}"#,
            "auth",
        ),
        (
            200,
            r#"{"data":[],"error_message":"no","error_code":401}"#,
            "auth",
        ),
        (
            401,
            r#"{"error_message":"Unauthorized","error_code":401}"#,
            "auth",
        ),
        (403, r#"{"error_message":"Forbidden","error_code":403}"#, "auth"),
        (
            422,
            r#"{"error_message":"Incorrect API key","error_code":4}"#,
            "auth",
        ),
        (
            200,
            r#"{"data":[],"error_message":"Too many requests","error_code":5}"#,
            "rate_limited",
        ),
        (
            404,
            r#"{"error_message":"Not found","error_code":404}"#,
            "not_allowed",
        ),
        (
            200,
            r#"{"data":[],"error_message":"database is busy","error_code":77}"#,
            "bad_shape",
        ),
        (200, r#"{"error_message":"","error_code":0}"#, "bad_shape"),
        (200, r#"{"data":{"count":3},"error_code":0}"#, "bad_shape"),
        (200, r#"[]"#, "bad_shape"),
    ] {
        let peer = Peer::answering([(status, body)]).await;
        let error = peer.panel(KIND).orders(&ids(["1"])).await.unwrap_err();
        assert_eq!(error.class(), class, "{body}");
    }
    tells_whole_failures_apart(KIND).await;
}

#[tokio::test]
async fn thin_lists_are_read_again_for_the_few() {
    let list = envelope(
        r#"[{"id":1,"user":"u","status":"completed"},{"id":2,"user":"u","status":"pending","provider":"a"}]"#,
    );
    let single = r#"{"data":{"id":1,"user":"u","status":"completed","provider":"b","last_update_timestamp":1745982070},"error_code":0}"#;
    let peer = Peer::answering([ok(&list), ok(single)]).await;
    let read = peer.panel(KIND).orders(&ids(["1", "2"])).await.unwrap();
    assert_eq!(order(&read, "1").provider.as_deref(), Some("b"));
    assert_eq!(peer.calls()[1..], [format!("GET /adminapi/v2/orders/1 [{KEY}] ")]);

    // A second look that fails leaves the first.
    let peer = Peer::answering([ok(&list), (500, "x".to_owned())]).await;
    let read = peer.panel(KIND).orders(&ids(["1", "2"])).await.unwrap();
    assert_eq!(order(&read, "1").provider, None);

    // Bounded.
    let many: Vec<String> = (1..=50)
        .map(|n| format!(r#"{{"id":{n},"user":"u","status":"completed"}}"#))
        .collect();
    let peer = Peer::answering([ok(&envelope(&format!("[{}]", many.join(","))))]).await;
    let asked: Vec<OrderId> = (1..=50).map(|n| OrderId::new(n.to_string()).unwrap()).collect();
    assert_eq!(peer.panel(KIND).orders(&asked).await.unwrap().len(), 50);
    assert_eq!(peer.calls().len(), 1 + MAX_REREADS);

    // The last change is read only where the owner's rules need it.
    let undated = envelope(r#"[{"id":1,"user":"u","status":"completed","provider":"b"}]"#);
    for (needed, calls) in [(false, 1), (true, 2)] {
        let peer = Peer::answering([ok(&undated), ok(single)]).await;
        let config = crate::panel::PanelConfig {
            needs_last_update: needed,
            ..peer.config()
        };
        let read = crate::panel::connect(KIND, config, &peer.client())
            .orders(&ids(["1"]))
            .await
            .unwrap();
        assert_eq!(
            (peer.calls().len(), order(&read, "1").updated_at.is_some()),
            (calls, needed)
        );
    }
}

#[tokio::test]
async fn one_odd_id_does_not_spoil_the_others() {
    let list = envelope(r#"[{"id":1,"user":"u","status":"completed","provider":null}]"#);
    let peer = Peer::answering([
        ok(&list),
        (
            400,
            r#"{"error_message":"ids must be numbers","error_code":9}"#.to_owned(),
        ),
    ])
    .await;
    let read = peer.panel(KIND).orders(&ids(["1", "ord_9"])).await.unwrap();
    assert_eq!(kinds(&read, ["1", "ord_9"]), ["found", "unreadable"]);
}

#[tokio::test]
async fn cancel_only_asks_and_says_what_is_known() {
    let accepts = r#"{"data":{"ids":[1,"2"],"skipped_ids":[3]},"error_message":"","error_code":0}"#;
    let peer = Peer::answering([ok(accepts)]).await;
    let outcomes = peer
        .panel(KIND)
        .request_cancel(&ids(["1", "2", "3", "4"]))
        .await
        .unwrap();
    assert_eq!(
        peer.calls(),
        [format!(
            "POST /adminapi/v2/orders/request-cancel [{KEY}] {{\"ids\":\"1,2,3,4\"}}"
        )]
    );
    let [one, two, three, four] = ids(["1", "2", "3", "4"]);
    assert_eq!(
        (&outcomes[&one], &outcomes[&two]),
        (&ActOutcome::ACCEPTED, &ActOutcome::ACCEPTED)
    );
    assert!(matches!(outcomes[&three], ActOutcome::Refused(_)));
    assert!(matches!(outcomes[&four], ActOutcome::Unknown(_)));

    for (status, body, what) in [
        (200, r#"{"data":{"ids":"1"},"error_code":0}"#, "accepted"),
        (200, r#"{"data":{"ids":[]},"error_code":0}"#, "unknown"),
        (
            200,
            r#"{"data":{"ids":[1],"failed":[{"id":1}]},"error_code":0}"#,
            "unknown",
        ),
        (200, r#"{"data":{},"error_code":0}"#, "unknown"),
        (
            422,
            r#"{"error_message":"ids is wrong","error_code":4}"#,
            "refused",
        ),
        (
            200,
            r#"{"data":[],"error_message":"marked-key-0123 may not","error_code":12}"#,
            "refused",
        ),
    ] {
        let peer = Peer::answering([(status, body)]).await;
        let outcome = peer
            .panel(KIND)
            .request_cancel(&ids(["1"]))
            .await
            .unwrap()
            .remove(&one)
            .unwrap();
        let shown = match outcome {
            ActOutcome::Accepted { .. } => "accepted",
            ActOutcome::Refused(detail) if !detail.as_str().contains(KEY) => "refused",
            ActOutcome::Refused(_) => "leaks the key",
            ActOutcome::Unknown(_) => "unknown",
        };
        assert_eq!(shown, what, "{body}");
        assert_eq!(peer.calls().len(), 1);
    }
    for (status, body, class) in [
        (
            403,
            r#"{"error_message":"Not permitted","error_code":403}"#,
            "not_allowed",
        ),
        (
            401,
            r#"{"error_message":"Unauthorized","error_code":401}"#,
            "auth",
        ),
        (200, r#"{"error_code":0}"#, "bad_shape"),
    ] {
        let peer = Peer::answering([(status, body)]).await;
        assert_eq!(
            peer.panel(KIND)
                .request_cancel(&ids(["1"]))
                .await
                .unwrap_err()
                .class(),
            class,
            "{body}"
        );
    }
}

#[tokio::test]
async fn refills_never_leave() {
    let peer = Peer::answering([ok("{}")]).await;
    let error = peer.panel(KIND).refill(&ids(["1"])[0]).await.unwrap_err();
    assert_eq!((error.class(), peer.calls().len()), ("not_allowed", 0));
}

#[tokio::test]
async fn key_checks() {
    let peer = Peer::answering([ok(&envelope("[]"))]).await;
    let report = peer.panel(KIND).check_key().await;
    assert!(
        report.works && report.can.iter().any(|can| can.contains("any order")),
        "{report:?}"
    );
    assert_eq!(
        peer.calls(),
        [format!("GET /adminapi/v2/orders?ids=0&limit=200 [{KEY}] ")]
    );

    let peer = Peer::answering([
        (422, r#"{"error_message":"ids","error_code":9}"#.to_owned()),
        ok(&envelope("[]")),
    ])
    .await;
    assert!(peer.panel(KIND).check_key().await.works);

    let peer = Peer::answering([(
        401,
        r#"{"error_message":"key marked-key-0123 is unknown","error_code":401}"#,
    )])
    .await;
    let report = serde_json::to_string(&peer.panel(KIND).check_key().await).unwrap();
    assert!(
        report.contains(r#""works":false"#) && report.contains("[key] is unknown") && !report.contains(KEY),
        "{report}"
    );
}
