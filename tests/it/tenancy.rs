//! One tenant's data is its own.

use switchboard_testkit::TestDb;

#[tokio::test]
async fn a_tenant_is_made() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let mut tx = test.db.begin(&scope).await.unwrap();
    let balance = tx.wallet().balance().await.unwrap();
    assert_eq!(balance.balance.micros(), 100_000_000);
}
