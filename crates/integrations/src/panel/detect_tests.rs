use pretty_assertions::assert_eq;
use secrecy::SecretString;

use super::*;
use crate::panel::peer_tests::{KEY, Peer};

async fn run(answers: &[(u16, &str)]) -> (Detected, Vec<String>) {
    let peer = Peer::answering(answers.iter().map(|(status, body)| (*status, *body))).await;
    let wire = Wire::new(
        peer.client(),
        peer.base(),
        SecretString::from(KEY),
        Pace::every(Duration::ZERO),
    );
    let detected = ask(&wire).await;
    let shown = serde_json::to_string(&detected).unwrap();
    assert!(!shown.contains(KEY), "{shown}");
    (detected, peer.calls())
}

const PAGE: (u16, &str) = (404, "<html>Page not found</html>");
const HOME: (u16, &str) = (200, "<html>Log in</html>");

#[tokio::test]
async fn every_kind_is_told_by_a_read_of_nothing() {
    for (answers, kind, works, calls) in [
        (
            vec![(200, r#"{"data":{"list":[]},"error_message":"","error_code":0}"#)],
            Some(PanelKind::PerfectPanelAdminV2),
            true,
            1,
        ),
        (
            vec![(422, r#"{"error_message":"ids","error_code":9}"#)],
            Some(PanelKind::PerfectPanelAdminV2),
            true,
            1,
        ),
        (
            vec![PAGE, (200, r#"{"status":"success","orders":[]}"#)],
            Some(PanelKind::RentalPanelAdminV1),
            true,
            2,
        ),
        (
            vec![HOME, (200, r#"{"status":"fail","error":"order_not_found"}"#)],
            Some(PanelKind::RentalPanelAdminV1),
            true,
            2,
        ),
        (
            vec![PAGE, PAGE, (200, r#"{"balance":"1.00","currency":"USD"}"#)],
            Some(PanelKind::UserApiV2),
            true,
            3,
        ),
        (
            vec![HOME, HOME, (200, r#"{"error":"Ungültiger Schlüssel"}"#)],
            Some(PanelKind::UserApiV2),
            false,
            3,
        ),
        (
            vec![PAGE, (200, r#"{"status":"fail","error":"bad_action"}"#)],
            None,
            false,
            2,
        ),
        (vec![PAGE, PAGE, PAGE], None, false, 3),
        (
            vec![
                (200, r#"{"hello":1}"#),
                (200, r#"{"hello":1}"#),
                (200, r#"{"hello":1}"#),
            ],
            None,
            false,
            3,
        ),
    ] {
        let (detected, made) = run(&answers).await;
        assert_eq!(
            (detected.kind, detected.key_works, made.len()),
            (kind, works, calls),
            "{answers:?}: {detected:?}"
        );
        let nothing = ["ids=0", "orders=0", "action=balance"];
        assert!(
            made.iter()
                .all(|call| nothing.iter().any(|read| call.contains(read))),
            "{made:?}"
        );
    }
}

#[tokio::test]
async fn a_customers_key_where_an_admin_key_is_needed_is_named() {
    let bad = (401, r#"{"error_message":"Unauthorized","error_code":401}"#);
    let (detected, calls) = run(&[bad, (200, r#"{"balance":"5.00","currency":"USD"}"#)]).await;
    assert_eq!(
        (detected.kind, detected.key_works, detected.customer_key),
        (Some(PanelKind::PerfectPanelAdminV2), false, true)
    );
    assert!(
        detected.words.contains("customer's account") && detected.words.contains("Admin API key"),
        "{}",
        detected.words
    );
    assert_eq!(calls.len(), 2);

    let bad_rental = (200, r#"{"status":"fail","error":"bad_auth"}"#);
    let (detected, _) = run(&[PAGE, bad_rental, (200, r#"{"balance":"5.00"}"#)]).await;
    assert_eq!(
        (detected.kind, detected.customer_key),
        (Some(PanelKind::RentalPanelAdminV1), true)
    );

    let (detected, _) = run(&[bad, (200, r#"{"error":"Invalid API key"}"#)]).await;
    assert_eq!(
        (detected.kind, detected.key_works, detected.customer_key),
        (Some(PanelKind::PerfectPanelAdminV2), false, false)
    );
    assert_eq!(detected.error, Some("auth"));
}

#[tokio::test]
async fn what_stands_in_the_way_is_named() {
    for (answer, class) in [
        ((503, "<title>Just a moment...</title>"), "blocked"),
        ((429, "slow down"), "rate_limited"),
    ] {
        let (detected, calls) = run(&[answer]).await;
        assert_eq!((detected.error, calls.len()), (Some(class), 1));
    }
    let moved = (301, "https://www.panel.example/?key=marked-key-0123");
    let (detected, _) = run(&[moved, moved, moved]).await;
    assert_eq!(detected.error, Some("bad_address"));
    assert!(detected.detail.unwrap().as_str().contains("www.panel.example"));
}
