use pretty_assertions::assert_eq;
use switchboard_domain::order::{OrderOwner, OrderStatus};

use super::*;
use crate::panel::peer_tests::{KEY, Peer, ids, kinds, ok, order, tells_whole_failures_apart};

const KIND: PanelKind = PanelKind::UserApiV2;

#[tokio::test]
async fn reads_single_and_bulk() {
    let peer = Peer::answering([ok(
        r#"{"charge":"0.27819","start_count":"3572","status":"Partial","remains":"157","currency":"USD"}"#,
    )])
    .await;
    let read = peer.panel(KIND).orders(&ids(["23501"])).await.unwrap();
    assert_eq!(
        peer.calls(),
        [format!("POST /api/v2 key={KEY}&action=status&order=23501")]
    );
    let first = order(&read, "23501");
    assert_eq!(
        (&first.owner, &first.status),
        (&OrderOwner::NotToldByPanel, &OrderStatus::Partial)
    );
    assert_eq!(
        (
            first.charge.as_deref(),
            first.currency.as_deref(),
            first.remains.as_deref()
        ),
        (Some("0.27819"), Some("USD"), Some("157"))
    );

    let bulk = r#"{"1":{"charge":0.27819,"start_count":3572,"status":"In progress","remains":157},"10":{"error":"Incorrect order ID"},"100":{"error":"Geçersiz"}}"#;
    let peer = Peer::answering([ok(bulk)]).await;
    let read = peer
        .panel(KIND)
        .orders(&ids(["1", "10", "100", "1000", "1"]))
        .await
        .unwrap();
    assert_eq!(
        peer.calls(),
        [format!(
            "POST /api/v2 key={KEY}&action=status&orders=1%2C10%2C100%2C1000"
        )]
    );
    assert_eq!(
        kinds(&read, ["1", "10", "100", "1000"]),
        ["found", "not found", "unreadable", "unreadable"]
    );
    assert_eq!(order(&read, "1").charge.as_deref(), Some("0.27819"));
}

#[tokio::test]
async fn shapes_of_a_single_status() {
    let hex = "64b5f0c2a1d3e4f5a6b7c8d9";
    for (status, id, body, expected) in [
        (
            200,
            "1",
            r#"{"order":"1","status":"Completed","remains":"Unknown"}"#.to_owned(),
            "found",
        ),
        (
            200,
            "1",
            r#"{"order":2,"status":"Completed"}"#.to_owned(),
            "unreadable",
        ),
        (
            200,
            hex,
            format!(r#"{{"{hex}":{{"status":"AWAITING"}}}}"#),
            "found",
        ),
        (
            200,
            "ord_7",
            r#"[{"order":"ord_7","status":"processing"}]"#.to_owned(),
            "found",
        ),
        (
            200,
            "1",
            r#"{"error":"Incorrect order ID"}"#.to_owned(),
            "not found",
        ),
        (
            404,
            "1",
            r#"{"error":"Order not found."}"#.to_owned(),
            "not found",
        ),
        (
            200,
            "1",
            r#"{"status":104,"error":"Order not found"}"#.to_owned(),
            "not found",
        ),
        (200, "1", r#"{"error":"Yanlış"}"#.to_owned(), "unreadable"),
        (
            200,
            "1",
            r#"{"status":false,"msg":"Order tidak ada"}"#.to_owned(),
            "unreadable",
        ),
        (200, "1", r#"{"hello":"world"}"#.to_owned(), "unreadable"),
        (200, "1", r#"{"status":"Fail","charge":"1"}"#.to_owned(), "found"),
        (200, "1", r#"{"status":null}"#.to_owned(), "unreadable"),
        (200, "1", "[]".to_owned(), "unreadable"),
    ] {
        let peer = Peer::answering([(status, body.clone())]).await;
        let read = peer.panel(KIND).orders(&ids([id])).await.unwrap();
        assert_eq!(kinds(&read, [id]), [expected], "{body}");
    }
    for (status, body, class) in [
        (200, r#"{"error":"Invalid API key"}"#, "auth"),
        (200, r#"{"status":102,"error":"API key is incorrect"}"#, "auth"),
        (401, r#"{"error":"marked-key-0123 tidak sah"}"#, "auth"),
        (200, r#"{"error":"Incorrect request"}"#, "not_allowed"),
        (200, r#"{"error":"Too many requests"}"#, "rate_limited"),
    ] {
        let peer = Peer::answering([(status, body)]).await;
        let error = peer.panel(KIND).orders(&ids(["1"])).await.unwrap_err();
        assert_eq!(error.class(), class, "{body}");
        assert!(!error.detail().as_str().contains(KEY));
    }
    tells_whole_failures_apart(KIND).await;
}

#[tokio::test]
async fn a_script_that_reads_one_at_a_time() {
    let single = r#"{"status":"Pending"}"#;
    for first in [
        r#"{"error":"Incorrect request"}"#,
        r#"{"error":"Incorrect order ID"}"#,
        r#"{"status":"Pending"}"#,
    ] {
        let peer = Peer::answering([ok(first), ok(single), ok(r#"{"error":"Incorrect order ID"}"#)]).await;
        let read = peer.panel(KIND).orders(&ids(["1", "2"])).await.unwrap();
        assert_eq!(kinds(&read, ["1", "2"]), ["found", "not found"], "{first}");
    }
    let many: Vec<OrderId> = (1..=30).map(|n| OrderId::new(n.to_string()).unwrap()).collect();
    let answers =
        std::iter::once(ok(r#"{"error":"Incorrect request"}"#)).chain(std::iter::repeat_n(ok(single), 40));
    let peer = Peer::answering(answers).await;
    let read = peer.panel(KIND).orders(&many).await.unwrap();
    assert_eq!((read.len(), peer.calls().len()), (30, 1 + MAX_SINGLES));
}

#[tokio::test]
async fn refills() {
    let accepted = |id: Option<&str>| ActOutcome::Accepted {
        refill: id.map(|id| RefillId(id.to_owned())),
    };
    for (status, body, expected) in [
        (200, r#"{"refill":"1"}"#, Some(accepted(Some("1")))),
        (200, r#"{"refill":55}"#, Some(accepted(Some("55")))),
        (200, r#"{"refill":"ref_9a"}"#, Some(accepted(Some("ref_9a")))),
        (200, r#"[{"order":7,"refill":3}]"#, Some(accepted(Some("3")))),
        (200, r#"{"7":{"refill":3}}"#, Some(accepted(Some("3")))),
        (200, r#"{"refill":true}"#, Some(accepted(None))),
        (200, r#"{"refill":"accepted"}"#, Some(accepted(None))),
        (200, r#"{"refill":{"error":"Incorrect order ID"}}"#, None),
        (
            200,
            r#"[{"order":7,"refill":{"error":"Incorrect order ID"}}]"#,
            None,
        ),
        (200, r#"{"error":"neworder.error.link"}"#, None),
        (400, r#"{"error":"marked-key-0123: not completed"}"#, None),
    ] {
        let peer = Peer::answering([(status, body)]).await;
        let outcome = peer.panel(KIND).refill(&ids(["7"])[0]).await.unwrap();
        assert_eq!(
            peer.calls(),
            [format!("POST /api/v2 key={KEY}&action=refill&order=7")]
        );
        match (expected, outcome) {
            (Some(expected), outcome) => assert_eq!(outcome, expected, "{body}"),
            (None, ActOutcome::Refused(detail)) => assert!(!detail.as_str().contains(KEY)),
            (None, outcome) => panic!("{body}: {outcome:?}"),
        }
    }
    for body in [
        r#"{"refill":0}"#,
        r#"{"refill":"maybe"}"#,
        r#"{"refill":"try again in 5 days"}"#,
        r#"{"refill":null}"#,
        r#"{"refill":false}"#,
        r#"{}"#,
        "[]",
        r#"{"status":"success"}"#,
        r#"[{"order":8,"refill":3}]"#,
    ] {
        let peer = Peer::answering([ok(body)]).await;
        let outcome = peer.panel(KIND).refill(&ids(["7"])[0]).await.unwrap();
        assert!(matches!(outcome, ActOutcome::Unknown(_)), "{body}: {outcome:?}");
    }
}

#[tokio::test]
async fn cancels() {
    for (body, expected) in [
        (
            r#"[{"order":1,"cancel":1},{"order":"2","cancel":{"error":"Incorrect order ID"}}]"#,
            ["accepted", "refused", "unknown"],
        ),
        (
            r#"{"1":{"cancel":"requested"},"2":{"error":"Cannot cancel"}}"#,
            ["accepted", "refused", "unknown"],
        ),
        (
            r#"[{"order":1,"cancel":1},{"order":1,"cancel":{"error":"no"}},{"order":3,"cancel":"4711"}]"#,
            ["unknown", "unknown", "accepted"],
        ),
        (r#"{"error":"Cannot cancel"}"#, ["refused", "refused", "refused"]),
        (r#"{"cancel":1}"#, ["unknown", "unknown", "unknown"]),
        (r#"[]"#, ["unknown", "unknown", "unknown"]),
    ] {
        let peer = Peer::answering([ok(body)]).await;
        let outcomes = peer
            .panel(KIND)
            .request_cancel(&ids(["1", "2", "3"]))
            .await
            .unwrap();
        assert_eq!(
            peer.calls(),
            [format!("POST /api/v2 key={KEY}&action=cancel&orders=1%2C2%2C3")]
        );
        assert_eq!(
            ids(["1", "2", "3"]).map(|id| shown(&outcomes[&id])),
            expected,
            "{body}"
        );
    }
    for (body, expected) in [
        (r#"{"cancel":1}"#, "accepted"),
        // Says that something went well, not what.
        (r#"{"ok":"true"}"#, "unknown"),
        (r#"[{"order":7,"cancel":1}]"#, "accepted"),
        (r#"{"cancel":{"error":"no"}}"#, "refused"),
        (r#"{"cancel":0}"#, "unknown"),
        (r#"{"status":"success"}"#, "unknown"),
    ] {
        let peer = Peer::answering([ok(body)]).await;
        let outcomes = peer.panel(KIND).request_cancel(&ids(["7"])).await.unwrap();
        assert_eq!(shown(&outcomes[&ids(["7"])[0]]), expected, "{body}");
    }
}

fn shown(outcome: &ActOutcome) -> &'static str {
    match outcome {
        ActOutcome::Accepted { .. } => "accepted",
        ActOutcome::Refused(_) => "refused",
        ActOutcome::Unknown(_) => "unknown",
    }
}

#[tokio::test]
async fn refill_states() {
    for (body, expected) in [
        (r#"{"status":"Completed"}"#, RefillState::Completed),
        (r#"{"status":"in progress"}"#, RefillState::InProgress),
        (r#"[{"refill":5,"status":"Rejected"}]"#, RefillState::Rejected),
        (r#"{"5":{"status":"pending"}}"#, RefillState::Pending),
        (
            r#"[{"refill":5,"status":{"error":"Refill not found"}}]"#,
            RefillState::NotFound,
        ),
        (r#"{"error":"Refill not found"}"#, RefillState::NotFound),
        (r#"{"status":"Error"}"#, RefillState::Failed),
        (
            r#"{"status":"Beklemede"}"#,
            RefillState::Unknown(Detail::new("Beklemede")),
        ),
    ] {
        let peer = Peer::answering([ok(body)]).await;
        let state = peer
            .panel(KIND)
            .refill_status(&RefillId("5".into()))
            .await
            .unwrap();
        assert_eq!(state, expected, "{body}");
        assert_eq!(
            peer.calls(),
            [format!("POST /api/v2 key={KEY}&action=refill_status&refill=5")]
        );
    }
    for body in [r#"[{"refill":6,"status":"Completed"}]"#, "{}"] {
        let peer = Peer::answering([ok(body)]).await;
        let state = peer
            .panel(KIND)
            .refill_status(&RefillId("5".into()))
            .await
            .unwrap();
        assert!(matches!(state, RefillState::Unknown(_)), "{body}");
    }
}

#[tokio::test]
async fn key_checks() {
    for (body, works) in [
        (r#"{"balance":"100.84292","currency":"USD"}"#, true),
        (r#"{"balance":0,"currency":"USD"}"#, true),
        (r#"{"error":"Invalid API key"}"#, false),
        (r#"{"hello":1}"#, false),
    ] {
        let peer = Peer::answering([ok(body)]).await;
        let report = peer.panel(KIND).check_key().await;
        assert_eq!(report.works, works, "{body}");
        assert_eq!(peer.calls(), [format!("POST /api/v2 key={KEY}&action=balance")]);
    }
}
