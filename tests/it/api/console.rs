//! The first master admin, and what the console does to users.

use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use switchboard_api::ApiSettings;
use switchboard_testkit::{
    Answer, TestApp, User,
    app::{PASSWORD, Setup},
};

#[tokio::test]
async fn the_first_link_makes_the_master_admin_once() {
    let app = TestApp::start().await;
    let accounts = &app.app.accounts;
    let old = accounts.setup_link().await.unwrap().unwrap();
    let link = accounts.setup_link().await.unwrap().unwrap();
    let path = |token: &secrecy::SecretString| format!("/api/v1/setup/{}", token.expose_secret());
    let nobody = app.anonymous();
    let person = json!({"username": "root", "password": PASSWORD});
    assert_eq!(
        nobody.get(&path(&old)).await.expect(200),
        json!({"valid": false}),
        "a newer one replaced it"
    );
    assert_eq!(nobody.get(&path(&link)).await.expect(200), json!({"valid": true}));
    nobody
        .from_address("203.0.113.9:1")
        .post(&path(&link), person.clone())
        .await
        .problem(403, "console-local-only");
    let weak = json!({"username": "r", "password": "short"});
    assert_eq!(
        nobody.post(&path(&link), weak).await.field_errors(),
        ["username: length", "password: too-short"]
    );
    let answer = nobody.post(&path(&link), person.clone()).await;
    assert_eq!(answer.expect(201)["platform"]["role"], "master_admin");
    nobody
        .with_session_of(&answer)
        .get("/api/v1/admin/users")
        .await
        .expect(200);
    nobody.post(&path(&link), person).await.problem(410, "link-used");
    assert!(accounts.setup_link().await.unwrap().is_none());
}

#[tokio::test]
async fn users_are_listed_searched_and_paged() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for name in ["asha", "ashok", "binod"] {
        app.db.clock.advance(std::time::Duration::from_secs(1));
        app.owner(name).await;
    }
    let names = async |query: &str| -> (Vec<String>, Option<String>) {
        let page = admin
            .get(&format!("/api/v1/admin/users?{query}"))
            .await
            .expect(200);
        let names = page["items"].as_array().unwrap().iter();
        (
            names
                .map(|user| user["username"].as_str().unwrap().to_owned())
                .collect(),
            page["next"].as_str().map(str::to_owned),
        )
    };
    assert_eq!(names("").await.0, ["binod", "ashok", "asha", "root"]);
    assert_eq!(names("q=ASH").await.0, ["ashok", "asha"]);
    assert_eq!(
        names("q=%25").await.0,
        Vec::<String>::new(),
        "no pattern of theirs"
    );
    assert_eq!(names("state=suspended").await.0, Vec::<String>::new());
    let (first, next) = names("limit=3").await;
    let (rest, end) = names(&format!("limit=3&after={}", next.unwrap())).await;
    assert_eq!((first.len(), rest, end), (3, vec!["root".to_owned()], None));
    let page = admin.get("/api/v1/admin/users?q=asha").await.expect(200);
    let asha = &page["items"][0];
    assert_eq!(
        (&asha["balance"], &asha["tenant_state"], &asha["channels"]),
        (&json!(100_000_000), &json!("active"), &json!(0))
    );
    assert_eq!(asha["last_login_ip"], "127.0.0.1");
}

async fn act(admin: &User, user: &User, what: &str, body: Value) -> Answer {
    let path = format!("/api/v1/admin/users/{}/{what}", user.id.uuid());
    admin.post(&path, body).await
}

#[tokio::test]
async fn suspend_ban_and_reinstate_each_with_a_reason() {
    let app = TestApp::start().await;
    let (admin, asha) = (app.admin().await, app.owner("asha").await);
    assert_eq!(
        act(&admin, &asha, "suspend", json!({"reason": " "}))
            .await
            .field_errors(),
        ["reason: required"]
    );
    let user = act(&admin, &asha, "suspend", json!({"reason": "unpaid"}))
        .await
        .expect(200);
    assert_eq!(
        (&user["state"], &user["tenant_state"]),
        (&json!("suspended"), &json!("suspended"))
    );
    act(&admin, &asha, "suspend", json!({"reason": "again"}))
        .await
        .problem(409, "wrong-state");
    asha.get("/api/v1/me").await.problem(403, "account-suspended");
    assert!(
        app.app
            .db
            .scope_if_active(asha.scope().tenant())
            .await
            .unwrap()
            .is_none(),
        "its bots stop"
    );
    let login = json!({"username": "asha", "password": PASSWORD});
    let nobody = app.anonymous();
    nobody
        .post("/api/v1/login", login.clone())
        .await
        .problem(403, "account-suspended");
    let wrong = json!({"username": "asha", "password": "wrong-password"});
    nobody
        .post("/api/v1/login", wrong)
        .await
        .problem(401, "login-failed");

    act(&admin, &asha, "ban", json!({"reason": "fraud"}))
        .await
        .expect(200);
    asha.get("/api/v1/me").await.problem(403, "account-banned");
    nobody
        .post("/api/v1/login", login)
        .await
        .problem(403, "account-banned");
    let user = act(&admin, &asha, "reinstate", json!({"reason": "a mistake"}))
        .await
        .expect(200);
    assert_eq!(
        (&user["state"], &user["tenant_state"]),
        (&json!("active"), &json!("active"))
    );
    asha.get(&asha.at("/wallet")).await.expect(200);

    let detail = admin
        .get(&format!("/api/v1/admin/users/{}", asha.id.uuid()))
        .await
        .expect(200);
    let done: Vec<String> = detail["audit"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {} {}", row["actor"], row["action"], row["reason"]).replace('"', ""))
        .filter(|line| line.contains("user."))
        .collect();
    assert_eq!(
        done,
        [
            "root user.reinstate a mistake",
            "root user.ban fraud",
            "root user.suspend unpaid"
        ]
    );
    act(&admin, &admin, "suspend", json!({"reason": "oops"}))
        .await
        .problem(409, "wrong-state");
}

/// A tenant that was stopped for a reason of its own stays stopped.
#[tokio::test]
async fn reinstating_a_user_does_not_undo_what_was_done_to_the_tenant() {
    let app = TestApp::start().await;
    let (admin, asha) = (app.admin().await, app.owner("asha").await);
    app.db
        .tenants()
        .suspend(
            &switchboard_platform::Actor::operator(),
            asha.scope().tenant(),
            "of its own",
        )
        .await
        .unwrap();
    act(&admin, &asha, "suspend", json!({"reason": "unpaid"}))
        .await
        .expect(200);
    let user = act(&admin, &asha, "reinstate", json!({"reason": "paid"}))
        .await
        .expect(200);
    assert_eq!(
        (&user["state"], &user["tenant_state"]),
        (&json!("active"), &json!("suspended"))
    );
}

#[tokio::test]
async fn credits_are_given_once_however_often_the_request_comes() {
    let app = TestApp::start().await;
    let (admin, asha) = (app.admin().await, app.owner("asha").await);
    let gift = json!({"micros": 5_000_000, "reason": "a gift"});
    let keyed = admin.with_header("idempotency-key", "gift-1");
    let first = act(&keyed, &asha, "credits", gift.clone()).await;
    assert_eq!(first.expect(200)["balance"], json!(105_000_000));
    let again = act(&keyed, &asha, "credits", gift.clone()).await;
    assert_eq!((again.status, &again.text), (200, &first.text), "the same answer");
    assert_eq!(again.headers["idempotent-replay"], "true");
    act(
        &keyed,
        &asha,
        "credits",
        json!({"micros": 6_000_000, "reason": "a gift"}),
    )
    .await
    .problem(422, "idempotency-key-reused");
    // As if the process had died before it noted its answer: the work finds what it did.
    sqlx::query("UPDATE platform.idempotency SET status = NULL, claimed_until = '2020-01-01'")
        .execute(&mut app.db.admin_connection().await)
        .await
        .unwrap();
    let resumed = act(&keyed, &asha, "credits", gift.clone()).await;
    assert_eq!(resumed.expect(200)["balance"], json!(105_000_000));
    // Without a key, twice is twice.
    act(&admin, &asha, "credits", gift.clone()).await.expect(200);
    let twice = act(&admin, &asha, "credits", gift).await;
    assert_eq!(twice.expect(200)["balance"], json!(115_000_000));
}

#[tokio::test]
async fn deductions_stop_at_zero_and_everything_needs_a_reason() {
    let app = TestApp::start().await;
    let (admin, asha) = (app.admin().await, app.owner("asha").await);
    let credits = async |micros: i64, reason: &str| {
        act(
            &admin,
            &asha,
            "credits",
            json!({"micros": micros, "reason": reason}),
        )
        .await
    };
    assert_eq!(credits(1, "").await.field_errors(), ["reason: required"]);
    assert_eq!(credits(0, "why").await.field_errors(), ["micros: zero"]);
    credits(-100_000_001, "too much")
        .await
        .problem(409, "not-enough-credit");
    assert_eq!(
        credits(-100_000_000, "all").await.expect(200)["balance"],
        json!(0)
    );
    act(&admin, &admin, "credits", json!({"micros": 1, "reason": "why"}))
        .await
        .problem(409, "wrong-state");
}

#[tokio::test]
async fn the_console_is_for_this_machine_unless_it_is_opened() {
    let path = "/api/v1/admin/users";
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.get(path).await.expect(200);
    for elsewhere in [
        admin.from_address("203.0.113.9:1"),
        admin.from_address("10.0.0.1:1"),
        admin.with_header("x-forwarded-for", "203.0.113.9"),
        admin.with_header("x-forwarded-for", "127.0.0.1"),
        admin.with_header("forwarded", "for=127.0.0.1"),
    ] {
        elsewhere.get(path).await.problem(403, "console-local-only");
    }
    let open = Setup {
        settings: ApiSettings {
            admin_allow_remote: true,
            ..Setup::default().settings
        },
        ..Setup::default()
    };
    let (_app, router) = app.second(open).await;
    let remote = admin.from_address("203.0.113.9:1").at_node(&router);
    remote.get(path).await.expect(200);
}
