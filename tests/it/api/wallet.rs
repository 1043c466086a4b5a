//! `GET /api/v1/tenants/{tenant}/wallet`

use pretty_assertions::assert_eq;
use serde_json::json;
use switchboard_testkit::TestApp;

#[tokio::test]
async fn a_new_owner_sees_the_trial_credits_as_messages() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let wallet = asha.get(&asha.at("/wallet")).await.expect(200);
    assert_eq!(wallet["balance"], json!(100_000_000));
    assert_eq!(wallet["messages_left"], json!(100));
    assert_eq!(wallet["days_left"], json!(null));
    assert_eq!(
        wallet["prices"][0],
        json!({"channel": "telegram_bot", "kind": "direct", "purpose": "reply", "price": 1_000_000})
    );
}

#[tokio::test]
async fn nobody_else_sees_them() {
    let app = TestApp::start().await;
    let (asha, binod) = (app.owner("asha").await, app.owner("binod").await);
    let path = asha.at("/wallet");
    app.anonymous().get(&path).await.problem(401, "unauthorized");
    let foreign = binod.get(&path).await;
    foreign.problem(404, "not-found");
    let unknown = binod
        .get("/api/v1/tenants/01935f1c-0000-7000-8000-000000000001/wallet")
        .await;
    assert_eq!(foreign.text, unknown.text, "byte by byte the same");
    binod
        .get("/api/v1/tenants/nonsense/wallet")
        .await
        .problem(404, "not-found");
}
