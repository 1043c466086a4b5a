//! Sessions, roles, suspension, other sites.

use pretty_assertions::assert_eq;
use serde_json::json;
use switchboard_domain::access::Role;
use switchboard_platform::Actor;
use switchboard_testkit::{TestApp, app::PASSWORD};

#[tokio::test]
async fn signing_in_and_out() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let nobody = app.anonymous();
    let wrong = nobody
        .post(
            "/api/v1/login",
            json!({"username": "asha", "password": "wrong-password"}),
        )
        .await;
    wrong.problem(401, "login-failed");
    let unknown = nobody
        .post(
            "/api/v1/login",
            json!({"username": "nobody", "password": "wrong-password"}),
        )
        .await;
    assert_eq!(
        (wrong.status, &wrong.text),
        (unknown.status, &unknown.text),
        "a name cannot be found out"
    );

    let answer = nobody
        .post("/api/v1/login", json!({"username": "ASHA", "password": PASSWORD}))
        .await;
    let me = answer.expect(200);
    assert_eq!(me["account"]["username"], "asha");
    assert_eq!(me["tenants"][0]["role"], "owner");
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let again = nobody.with_session_of(&answer);
    again.get("/api/v1/me").await.expect(200);
    again.post("/api/v1/logout", json!({})).await.expect(204);
    again.get("/api/v1/me").await.problem(401, "unauthorized");
    asha.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_role_opens_what_it_grants_and_a_change_counts_at_once() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let agent = app.member(&asha, "chand", Role::Agent).await;
    let path = asha.at("/wallet");
    agent.get(&path).await.problem(403, "forbidden");
    app.app
        .accounts
        .set_role(&Actor::operator(), agent.id, asha.tenant, Role::Owner)
        .await
        .unwrap();
    agent.get(&path).await.expect(200);
}

#[tokio::test]
async fn a_suspended_tenant_is_closed_to_its_owner_and_invisible_to_others() {
    let app = TestApp::start().await;
    let (asha, binod) = (app.owner("asha").await, app.owner("binod").await);
    let path = asha.at("/wallet");
    app.db
        .tenants()
        .suspend(&Actor::operator(), asha.scope().tenant(), "unpaid")
        .await
        .unwrap();
    asha.get(&path).await.problem(403, "account-suspended");
    binod.get(&path).await.problem(404, "not-found");
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", ""),
        ("sec-fetch-site", "cross-site"),
    ] {
        asha.with_header(name, value)
            .post("/api/v1/logout", json!({}))
            .await
            .problem(403, "cross-site");
    }
    asha.with_header("content-type", "text/plain")
        .post("/api/v1/logout", json!({}))
        .await
        .problem(415, "unsupported-media-type");
    asha.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_link_from_the_machine_signs_in_once() {
    use secrecy::ExposeSecret;
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let accounts = &app.app.accounts;
    let nobody = app.anonymous();
    let old = accounts.login_link(&Actor::operator(), "asha").await.unwrap();
    let link = accounts.login_link(&Actor::operator(), "ASHA").await.unwrap();
    let sign_in = async |token: &secrecy::SecretString| {
        let body = json!({"token": token.expose_secret()});
        nobody.post("/api/v1/login/link", body).await
    };
    sign_in(&old).await.problem(410, "link-used");
    let answer = sign_in(&link).await;
    assert_eq!(answer.expect(200)["account"]["username"], "asha");
    nobody
        .with_session_of(&answer)
        .get(&asha.at("/wallet"))
        .await
        .expect(200);
    sign_in(&link).await.problem(410, "link-used");
    let late = accounts.login_link(&Actor::operator(), "asha").await.unwrap();
    app.db.clock.advance(std::time::Duration::from_secs(16 * 60));
    sign_in(&late).await.problem(410, "link-used");
    accounts
        .login_link(&Actor::operator(), "nobody")
        .await
        .unwrap_err();
}
