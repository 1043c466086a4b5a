//! Connecting and sending.

use switchboard_channels::{
    login::{Answers, Connector, LoginError, Step},
    refs::{ChatRef, MessageRef, TopicRef},
    session::{Delivery, Outcome, Outgoing, Refusal, RetryWhy, Scope, Session},
    status::AccountState,
};
use switchboard_domain::id::OutboxId;

use super::*;

fn outgoing(chat: &str, text: &str) -> Outgoing {
    Outgoing {
        key: OutboxId::from_uuid(Uuid::from_u128(7)),
        chat: ChatRef::new(chat),
        topic: None,
        text: text.into(),
        reply_to: None,
        parts_sent: 0,
    }
}

#[tokio::test]
async fn every_refusal_of_telegram_has_its_meaning() {
    let bad = |text: &str| Outcome::Refused(Refusal::Other(text.into()));
    let wait = |seconds| Outcome::Retry {
        after: Duration::from_secs(seconds),
        scope: Scope::Chat,
        why: RetryWhy::TooMany,
    };
    for (status, body, expected) in [
        (
            401,
            r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#,
            Outcome::Refused(Refusal::TokenRevoked),
        ),
        (
            404,
            r#"{"ok":false,"error_code":404,"description":"Not Found"}"#,
            Outcome::Refused(Refusal::TokenRevoked),
        ),
        (
            403,
            r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#,
            Outcome::Refused(Refusal::Blocked),
        ),
        (
            403,
            r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked from the supergroup chat"}"#,
            Outcome::Refused(Refusal::Kicked),
        ),
        (
            403,
            r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked from the group chat"}"#,
            Outcome::Refused(Refusal::Kicked),
        ),
        (
            400,
            r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#,
            Outcome::Refused(Refusal::ChatNotFound),
        ),
        (
            400,
            r#"{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}"#,
            Outcome::Refused(Refusal::TooLong),
        ),
        (
            400,
            r#"{"ok":false,"error_code":400,"description":"Bad Request: TOPIC_CLOSED"}"#,
            Outcome::Refused(Refusal::TopicClosed),
        ),
        (
            400,
            r#"{"ok":false,"error_code":400,"description":"Bad Request: message thread not found"}"#,
            Outcome::Refused(Refusal::TopicClosed),
        ),
        (
            400,
            r#"{"ok":false,"error_code":400,"description":"Bad Request: new rule"}"#,
            bad("Bad Request: new rule"),
        ),
        (
            400,
            r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890}}"#,
            Outcome::Migrated {
                to: ChatRef::new("-1001234567890"),
            },
        ),
        (
            429,
            r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#,
            wait(7),
        ),
        (
            429,
            r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35"}"#,
            wait(35),
        ),
        (
            200,
            r#"{"ok":true,"result":null}"#,
            Outcome::Unknown("Telegram's answer could not be read".into()),
        ),
        (
            200,
            "<html>",
            Outcome::Unknown("Telegram's answer could not be read".into()),
        ),
        (
            403,
            "<html>blocked by a firewall</html>",
            Outcome::Unknown("Telegram's answer could not be read".into()),
        ),
    ] {
        let simulated = Simulated::start().await;
        simulated.script("sendmessage", 0, Answer::Body(status, body.into()));
        let delivery = simulated.session().send(&outgoing("42", "hello")).await;
        assert_eq!(delivery, Delivery::nothing_sent(expected), "{body}");
        assert_eq!(
            simulated.calls("sendmessage").len(),
            1,
            "not tried again by itself: {body}"
        );
    }
}

#[tokio::test]
async fn no_answer_is_unknown_and_no_connection_is_a_retry() {
    for answer in [
        Answer::Hang,
        Answer::Cut,
        Answer::Body(
            500,
            r#"{"ok":false,"error_code":500,"description":"Internal Server Error"}"#.into(),
        ),
    ] {
        let simulated = Simulated::start().await;
        simulated.script("sendmessage", 0, answer);
        let session = simulated
            .connector(quick(), Duration::from_millis(500))
            .open_bot(account(), &SecretString::from(TOKEN))
            .unwrap();
        let asked = std::time::Instant::now();
        let delivery = session.send(&outgoing("42", "hello")).await;
        assert!(matches!(delivery.outcome, Outcome::Unknown(_)), "{delivery:?}");
        assert!(
            asked.elapsed() < Duration::from_secs(8),
            "the library's own wait is not waited for"
        );
    }

    // A port that was free a moment ago: nobody listens.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = Simulated {
        url: format!("http://{}", listener.local_addr().unwrap()),
        ..Simulated::default()
    };
    drop(listener);
    let session = nobody.session();
    let delivery = session.send(&outgoing("42", "hello")).await;
    assert!(
        matches!(
            delivery.outcome,
            Outcome::Retry {
                why: RetryWhy::Unreachable,
                scope: Scope::Account,
                ..
            }
        ),
        "{delivery:?}"
    );
    let report = session.state().await;
    assert_eq!(report.state, AccountState::BackingOff);
    let said = format!(
        "{report:?} {delivery:?} {:?} {:?}",
        session.client(),
        nobody.connector(quick(), Duration::from_secs(1)).api()
    );
    assert!(!said.contains("AAabc"), "a token leaked: {said}");
}

#[tokio::test]
async fn a_message_is_plain_without_preview_and_answers_if_it_can() {
    let simulated = Simulated::start().await;
    let answer = Outgoing {
        topic: Some(TopicRef::new("77")),
        reply_to: Some(MessageRef::new("11")),
        ..outgoing("-1001234567890", "481799696: <refill> requested")
    };
    assert_eq!(simulated.session().send(&answer).await.outcome, Outcome::Sent);
    assert_eq!(
        simulated.calls("sendmessage"),
        [json!({"chat_id": -1_001_234_567_890_i64, "message_thread_id": 77,
            "text": "481799696: <refill> requested", "link_preview_options": {"is_disabled": true},
            "reply_parameters": {"message_id": 11, "allow_sending_without_reply": true}})]
    );
}

#[tokio::test]
async fn a_deleted_topic_does_not_swallow_the_message() {
    let simulated = Simulated::start().await;
    simulated.script(
        "sendmessage",
        0,
        refusal(400, "Bad Request: message thread not found"),
    );
    let answer = Outgoing {
        topic: Some(TopicRef::new("77")),
        ..outgoing("-1001", "hello")
    };
    assert_eq!(simulated.session().send(&answer).await.outcome, Outcome::Sent);
    let calls = simulated.calls("sendmessage");
    assert_eq!((&calls[0]["message_thread_id"], calls.len()), (&json!(77), 2));
    assert!(calls[1].get("message_thread_id").is_none());
}

#[tokio::test]
async fn a_chat_that_must_wait_holds_up_no_other() {
    let simulated = Simulated::start().await;
    let limits = Limits {
        chat_interval: Duration::from_secs(3600),
        chat_burst: 1,
        ..quick()
    };
    let session = simulated
        .connector(limits, Duration::from_secs(5))
        .open_bot(account(), &SecretString::from(TOKEN))
        .unwrap();
    assert_eq!(session.send(&outgoing("42", "one")).await.outcome, Outcome::Sent);
    let backlog = futures_util::future::join_all((0..5).map(|_| {
        let session = Arc::clone(&session);
        async move { session.send(&outgoing("42", "more")).await }
    }));
    let hello = outgoing("43", "hello");
    let (backlog, other) = tokio::join!(backlog, session.send(&hello));
    assert_eq!(other.outcome, Outcome::Sent);
    for delivery in backlog {
        assert!(matches!(
            delivery.outcome,
            Outcome::Retry { why: RetryWhy::Paced, scope: Scope::Chat, after } if after > Duration::from_secs(3000)
        ));
    }
}

#[tokio::test]
async fn messages_of_one_chat_keep_their_order() {
    let simulated = Simulated::start().await;
    let session = simulated.session();
    let texts: Vec<String> = (0..30).map(|n| format!("message {n}")).collect();
    let sends = texts.iter().map(|text| {
        let (session, outgoing) = (Arc::clone(&session), outgoing("-1001", text));
        async move { session.send(&outgoing).await }
    });
    futures_util::future::join_all(sends).await;
    let seen: Vec<_> = simulated
        .calls("sendmessage")
        .iter()
        .map(|call| call["text"].clone())
        .collect();
    assert_eq!(seen, texts);
}

#[tokio::test]
async fn too_many_in_two_chats_pauses_the_bot() {
    let simulated = Simulated::start().await;
    let session = simulated.session();
    let mut scopes = Vec::new();
    for chat in ["42", "43"] {
        simulated.script(
            "sendmessage",
            0,
            refusal(429, "Too Many Requests: retry after 60"),
        );
        match session.send(&outgoing(chat, "hello")).await.outcome {
            Outcome::Retry { scope, .. } => scopes.push(scope),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(scopes, [Scope::Chat, Scope::Account]);
    let third = session.send(&outgoing("44", "hello")).await.outcome;
    assert!(
        matches!(
            third,
            Outcome::Retry {
                why: RetryWhy::Paced,
                ..
            }
        ),
        "{third:?}"
    );
    assert_eq!(simulated.calls("sendmessage").len(), 2);
}

#[tokio::test]
async fn connecting_a_bot_step_by_step() {
    let simulated = Simulated::start().await;
    let connector = simulated.connector(quick(), Duration::from_secs(5));
    let typed = |text: &str| Answers::from([("token".to_owned(), SecretString::from(text))]);
    let mut login = connector.login();
    match login.step(Answers::new()).await.unwrap() {
        Step::AskFor(fields) => assert!(fields.len() == 1 && fields[0].name == "token" && fields[0].secret),
        other => panic!("{other:?}"),
    }
    let malformed = login.step(typed("my token")).await.unwrap_err();
    assert!(matches!(malformed, LoginError::Malformed { field: "token", .. }));
    let foreign = format!("6{}", &TOKEN[1..]);
    assert_eq!(
        login.step(typed(&foreign)).await.unwrap_err(),
        LoginError::Rejected
    );
    simulated.inner().revoked = false;
    simulated.script("getme", 0, Answer::Body(200, "<html>".into()));
    assert_eq!(
        login.step(typed(TOKEN)).await.unwrap_err(),
        LoginError::Unreachable
    );
    match login.step(typed(&format!(" {TOKEN} "))).await.unwrap() {
        Step::Done(connected) => {
            assert_eq!(connected.network_id, BOT_ID.to_string());
            assert_eq!(connected.username.as_deref(), Some("shop_help_bot"));
            assert_eq!(
                connected.notices.iter().map(|n| n.code).collect::<Vec<_>>(),
                ["privacy-mode-on"]
            );
            assert!(!format!("{connected:?}").contains("AAabc"));
            let session = connector.open(account(), connected.secret).unwrap();
            assert_eq!(session.state().await.state, AccountState::Connecting);
        }
        other => panic!("{other:?}"),
    }
    assert!(connector.open(account(), SecretString::from("no token")).is_err());
}
