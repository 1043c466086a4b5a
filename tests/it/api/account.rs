//! One's own account: profile, password, sessions, login history.

use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_testkit::{
    TestApp, User,
    app::{PASSWORD, Setup},
};

async fn sign_in(app: &TestApp, name: &str, password: &str) -> User {
    let nobody = app.anonymous().with_header("user-agent", "phone");
    let answer = nobody
        .post("/api/v1/login", json!({"username": name, "password": password}))
        .await;
    answer.expect(200);
    nobody.with_session_of(&answer)
}

#[tokio::test]
async fn the_profile_changes_field_by_field() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let edit = json!({"locale": "ne", "time_zone": "Asia/Kathmandu", "theme": "dark", "whatsapp_number": "+977 9800000002"});
    asha.patch("/api/v1/me", edit).await.expect(200);
    let me = asha.get("/api/v1/me").await.expect(200);
    let account = &me["account"];
    assert_eq!(
        (&account["locale"], &account["theme"], &account["whatsapp_number"]),
        (&json!("ne"), &json!("dark"), &json!("+9779800000002"))
    );
    let wrong =
        json!({"locale": "xx", "time_zone": "Mars/Olympus", "theme": "pink", "telegram_username": "@x"});
    assert_eq!(
        asha.patch("/api/v1/me", wrong).await.field_errors(),
        [
            "locale: not-offered",
            "time_zone: invalid",
            "theme: not-offered",
            "telegram_username: invalid"
        ]
    );
}

#[tokio::test]
async fn a_new_password_puts_every_other_browser_out() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let phone = sign_in(&app, "asha", PASSWORD).await;
    let change = |current: &str, new: &str| json!({"current": current, "new": new});
    let path = "/api/v1/me/password";
    let wrong = asha.post(path, change("not it at all", "a-new-horse-10")).await;
    assert_eq!(wrong.field_errors(), ["current: wrong"]);
    let short = asha.post(path, change(PASSWORD, "short")).await;
    assert_eq!(short.field_errors(), ["new: too-short"]);
    asha.post(path, change(PASSWORD, "a-new-horse-10"))
        .await
        .expect(204);
    asha.get("/api/v1/me").await.expect(200);
    phone.get("/api/v1/me").await.problem(401, "unauthorized");
    let old = json!({"username": "asha", "password": PASSWORD});
    app.anonymous()
        .post("/api/v1/login", old)
        .await
        .problem(401, "login-failed");
    sign_in(&app, "asha", "a-new-horse-10").await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let phone = sign_in(&app, "asha", PASSWORD).await;
    let sessions = asha.get("/api/v1/me/sessions").await.expect(200);
    let find = |current: bool| {
        let mut found = sessions.as_array().unwrap().iter();
        found
            .find(|session| session["current"] == current)
            .cloned()
            .unwrap()
    };
    assert_eq!(find(false)["agent"], "phone");
    let id = find(false)["id"].as_str().unwrap().to_owned();
    let other = app.owner("binod").await;
    let path = format!("/api/v1/me/sessions/{id}");
    other.delete(&path).await.problem(404, "not-found");
    phone.get("/api/v1/me").await.expect(200);
    asha.delete(&path).await.expect(204);
    phone.get("/api/v1/me").await.problem(401, "unauthorized");
    asha.delete(&path).await.problem(404, "not-found");

    let phone = sign_in(&app, "asha", PASSWORD).await;
    asha.delete("/api/v1/me/sessions").await.expect(204);
    phone.get("/api/v1/me").await.problem(401, "unauthorized");
    asha.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn sessions_end_by_themselves() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let day = Duration::from_secs(24 * 3600);
    app.db.clock.advance(day * 13);
    app.app.db.forget_people();
    asha.get("/api/v1/me").await.expect(200);
    // Used on the 13th day, it lives on from there.
    app.db.clock.advance(day * 13);
    app.app.db.forget_people();
    asha.get("/api/v1/me").await.expect(200);
    app.db.clock.advance(day * 15);
    app.app.db.forget_people();
    asha.get("/api/v1/me").await.problem(401, "unauthorized");
}

#[tokio::test]
async fn every_attempt_to_sign_in_is_shown_page_by_page() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let elsewhere = app.anonymous().from_address("203.0.113.9:1");
    for _ in 0..3 {
        app.db.clock.advance(Duration::from_secs(60));
        let wrong = json!({"username": "asha", "password": "wrong-password"});
        elsewhere
            .post("/api/v1/login", wrong)
            .await
            .problem(401, "login-failed");
    }
    let mut seen: Vec<Value> = Vec::new();
    let mut path = "/api/v1/me/logins?limit=2".to_owned();
    loop {
        let page = asha.get(&path).await.expect(200);
        seen.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => path = format!("/api/v1/me/logins?limit=2&after={next}"),
            None => break,
        }
    }
    let outcomes: Vec<_> = seen
        .iter()
        .map(|event| event["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(
        outcomes,
        ["wrong_password", "wrong_password", "wrong_password", "success"]
    );
    assert_eq!(seen[0]["ip"], "203.0.113.9");
    asha.get("/api/v1/me/logins?after=nonsense")
        .await
        .problem(400, "bad-cursor");
}

/// At this process at once; at another one within a second.
#[tokio::test]
async fn an_ended_session_and_a_suspension_reach_every_process_within_a_second() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let admin = app.admin().await;
    let (_other, router) = app.second(Setup::default()).await;
    let there = asha.at_node(&router);
    there.get(&asha.at("/wallet")).await.expect(200);
    let path = format!("/api/v1/admin/users/{}/suspend", asha.id.uuid());
    admin.post(&path, json!({"reason": "unpaid"})).await.expect(200);
    asha.get(&asha.at("/wallet"))
        .await
        .problem(403, "account-suspended");
    let begun = Instant::now();
    while there.get(&asha.at("/wallet")).await.status == 200 {
        assert!(
            begun.elapsed() < Duration::from_millis(1_200),
            "longer than a second"
        );
        tokio::task::yield_now().await;
    }
    let answer = there.get(&asha.at("/wallet")).await;
    assert_eq!(answer.problem(403, "account-suspended")["detail"], "unpaid");
}
