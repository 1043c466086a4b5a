//! What stands before every handler: addresses, limits, places, shapes.

use std::time::Duration;

use axum::http::Method;
use pretty_assertions::assert_eq;
use serde_json::json;
use switchboard_api::{ApiSettings, Rate, Rates};
use switchboard_testkit::{
    TestApp,
    app::{PASSWORD, Setup},
};

async fn with(rates: Rates, proxies: &[&str]) -> TestApp {
    TestApp::with(Setup {
        settings: ApiSettings {
            rates,
            trusted_proxies: proxies.iter().map(|net| net.parse().unwrap()).collect(),
            ..ApiSettings::default()
        },
        ..Setup::default()
    })
    .await
}

const SLOW: Duration = Duration::from_secs(600);

#[tokio::test]
async fn one_address_is_stopped_and_the_one_behind_the_same_proxy_is_not() {
    let rates = Rates {
        address: Rate::new(3, SLOW),
        ..Rates::unlimited()
    };
    let app = with(rates, &["10.0.0.0/8"]).await;
    let proxied = |client: &str| {
        app.anonymous()
            .from_address("10.0.0.1:1")
            .with_header("x-forwarded-for", &format!("1.1.1.1, {client}"))
    };
    for _ in 0..3 {
        proxied("203.0.113.1")
            .get("/api/v1/me")
            .await
            .problem(401, "unauthorized");
    }
    let stopped = proxied("203.0.113.1").get("/api/v1/me").await;
    let problem = stopped.problem(429, "too-many-requests");
    let wait: u64 = stopped.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(
        (1..=600).contains(&wait) && problem["retry_after_s"] == json!(wait),
        "{problem}"
    );
    proxied("203.0.113.2")
        .get("/api/v1/me")
        .await
        .problem(401, "unauthorized");
    // Health is asked by machines and is not counted.
    app.anonymous().get("/healthz").await.expect(200);
}

#[tokio::test]
async fn passwords_are_tried_a_few_times_per_name_whoever_tries() {
    let rates = Rates {
        login_name: Rate::new(3, SLOW),
        ..Rates::unlimited()
    };
    let app = with(rates, &[]).await;
    app.owner("asha").await;
    for (name, tries) in [("asha", 3), ("nobody", 3)] {
        for n in 0..tries {
            let from = app.anonymous().from_address(&format!("203.0.113.{n}:1"));
            let wrong = json!({"username": name, "password": "wrong-password"});
            from.post("/api/v1/login", wrong)
                .await
                .problem(401, "login-failed");
        }
        let right = json!({"username": name.to_uppercase(), "password": PASSWORD});
        app.anonymous()
            .post("/api/v1/login", right)
            .await
            .problem(429, "too-many-requests");
    }
}

#[tokio::test]
async fn accounts_and_tenants_have_limits_of_their_own() {
    let rates = Rates {
        account: Rate::new(4, SLOW),
        tenant: Rate::new(2, SLOW),
        ..Rates::unlimited()
    };
    let app = with(rates, &[]).await;
    let asha = app.owner("asha").await;
    let path = asha.at("/wallet");
    asha.get(&path).await.expect(200);
    asha.get(&path).await.expect(200);
    asha.get(&path).await.problem(429, "too-many-requests");
    asha.get("/api/v1/me").await.expect(200);
    asha.get("/api/v1/me").await.problem(429, "too-many-requests");
}

#[tokio::test]
async fn sign_ups_and_key_tests_are_few() {
    let rates = Rates {
        sign_up: Rate::new(1, SLOW),
        key_check: Rate::new(1, SLOW),
        ..Rates::unlimited()
    };
    let app = with(rates, &[]).await;
    let nobody = app.anonymous();
    let check = super::walk_samples::private_panel();
    nobody
        .post("/api/v1/signup/check-key", check.clone())
        .await
        .expect(200);
    nobody
        .post("/api/v1/signup/check-key", check)
        .await
        .problem(429, "too-many-requests");
    let form = |name: &str| {
        json!({"username": name, "password": PASSWORD, "whatsapp_number": "+9779800000001", "telegram_username": "asha_shop",
            "panel_url": "https://panel.example", "panel_key": "0123456789abcdef", "accept_terms": true})
    };
    // A form with a mistake in it costs nothing.
    nobody.post("/api/v1/signup", form("")).await.field_errors();
    nobody.post("/api/v1/signup", form("asha")).await.expect(201);
    nobody
        .post("/api/v1/signup", form("binod"))
        .await
        .problem(429, "too-many-requests");
}

#[tokio::test]
async fn asked_by_a_name_under_which_nobody_could_sign_in_it_says_what_to_set() {
    let app = TestApp::start().await;
    let remote = app.anonymous().with_header("host", "192.0.2.1:8080");
    let problem = remote.get("/api/v1/me").await.problem(421, "public-url-missing");
    assert!(problem["detail"].as_str().unwrap().contains("http.public_url"));
    let page = remote.with_header("accept", "text/html").get("/login").await;
    assert_eq!(page.status, 421);
    assert!(page.text.contains("public_url") && page.text.contains("<h1>"));
    remote.get("/healthz").await.expect(200);
    remote.post("/tg/unknown", json!({})).await.expect(404);
    app.anonymous()
        .get("/api/v1/me")
        .await
        .problem(401, "unauthorized");
}

#[tokio::test]
async fn under_https_the_cookie_is_the_hosts_own() {
    let app = TestApp::with(Setup {
        settings: ApiSettings {
            public_url: Some("https://panel.example".parse().unwrap()),
            rates: Rates::unlimited(),
            ..ApiSettings::default()
        },
        ..Setup::default()
    })
    .await;
    app.owner("asha").await;
    let browser = app
        .anonymous()
        .with_header("host", "panel.example")
        .with_header("origin", "https://panel.example");
    let login = json!({"username": "asha", "password": PASSWORD});
    let answer = browser.post("/api/v1/login", login.clone()).await;
    answer.expect(200);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-switchboard=") && cookie.contains("; Secure"),
        "{cookie}"
    );
    browser
        .with_session_of(&answer)
        .get("/api/v1/me")
        .await
        .expect(200);
    browser
        .with_header("origin", "http://panel.example")
        .post("/api/v1/login", login)
        .await
        .problem(403, "cross-site");
}

#[tokio::test]
async fn every_way_to_be_wrong_is_a_problem() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    asha.get("/api/v1/nothing").await.problem(404, "not-found");
    asha.get("/api/v2/me").await.problem(404, "not-found");
    asha.put("/api/v1/me", json!({}))
        .await
        .problem(405, "method-not-allowed");
    asha.patch("/api/v1/me", json!("x".repeat(300 * 1024)))
        .await
        .problem(413, "too-large");
    asha.get("/api/v1/me/logins?limit=many").await.field_errors();
    asha.send(Method::PATCH, "/api/v1/me", None)
        .await
        .problem(400, "bad-json");
    let keyed = asha.with_header("idempotency-key", "has space");
    keyed
        .patch("/api/v1/me", json!({}))
        .await
        .problem(422, "idempotency-key-reused");
    let document = app.anonymous().get("/api/v1/openapi.json").await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    let page = app.anonymous().get("/api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(
        !page.text.contains("https://"),
        "the page loads nothing from elsewhere"
    );
}

#[tokio::test]
async fn figures_are_for_the_machine_itself() {
    switchboard_api::meter::install().unwrap();
    let app = TestApp::with(Setup {
        settings: ApiSettings {
            metrics_allow: vec!["10.1.0.0/16".parse().unwrap()],
            rates: Rates::unlimited(),
            ..ApiSettings::default()
        },
        ..Setup::default()
    })
    .await;
    let asha = app.owner("asha").await;
    asha.get(&asha.at("/wallet")).await.expect(200);
    asha.get("/some/words?of=anybody").await;
    let shown = app.anonymous().get("/metrics").await;
    assert_eq!(shown.status, 200);
    assert!(
        shown.text.contains(
            r#"http_requests_total{method="GET",route="/api/v1/tenants/{tenant}/wallet",status="200"} 1"#
        ),
        "{}",
        shown.text
    );
    let tenant = asha.tenant.unwrap().uuid().to_string();
    for word in ["anybody", "some/words", "asha", &tenant] {
        assert!(!shown.text.contains(word), "{word}: {}", shown.text);
    }
    let scraper = |address: &str| app.anonymous().from_address(address);
    assert_eq!(scraper("10.1.2.3:1").get("/metrics").await.status, 200);
    scraper("10.2.2.3:1")
        .get("/metrics")
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn what_no_column_takes_is_nobodys_bug() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let nul = json!({"username": "a\u{0}b", "password": PASSWORD});
    app.anonymous().post("/api/v1/login", nul).await.field_errors();
    let cursor = switchboard_api::write_cursor(&("-262143-01-01T00:00:00Z", uuid::Uuid::nil()));
    asha.get(&format!("/api/v1/me/logins?after={cursor}"))
        .await
        .field_errors();
    asha.get("/api/v1/me/logins?after=%00").await.field_errors();
}

#[test]
fn the_committed_document_is_what_the_program_says() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/openapi.json");
    let committed = std::fs::read_to_string(file).unwrap();
    assert!(
        committed == switchboard_api::document_json(),
        "web/openapi.json is stale: `switchboard openapi > web/openapi.json`"
    );
}
