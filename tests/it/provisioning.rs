//! Making a tenant: from any point where an earlier try died, by several at once, and with no more rights than needed.

use futures_util::future::join_all;
use pretty_assertions::assert_eq;
use sqlx::{Connection, PgConnection};
use switchboard_domain::credit::Credits;
use switchboard_platform::{Actor, credits, tenants::Tenants};
use switchboard_store::{Db, TenantScope, queue::NewJob};
use switchboard_testkit::{
    TestDb,
    db::{OwnedDb, SETTINGS},
};

use crate::catalog::{describe, refusal, run};

const DENIED: &str = "42501";

#[tokio::test]
async fn a_tenant_that_is_being_made_can_be_made_on_from_any_point() {
    let test = TestDb::new().await;
    let tenants = test.tenants();
    let whole = {
        let scope = test.tenant("Whole").await;
        describe(&mut test.admin_connection().await, &scope).await
    };
    // Each piece alone, and each twice: what a worker leaves that dies there.
    for died_after in 0..6 {
        let id = tenants
            .create(&Actor::operator(), &format!("Cut {died_after}"))
            .await
            .unwrap();
        let role = format!("t_{}", id.uuid().simple());
        let mut admin = test.admin_connection().await;
        if died_after >= 1 {
            test.db.ensure_data_key(id).await.unwrap();
        }
        let owner = test.db.platform_role().replace("_platform", "_owner");
        let made_by_hand = [
            format!("CREATE ROLE {role} NOLOGIN"),
            format!("CREATE SCHEMA {role} AUTHORIZATION {owner}"),
            format!("GRANT USAGE ON SCHEMA {role} TO {role}"),
        ];
        for statement in made_by_hand.into_iter().take(match died_after {
            2 => 1,
            3 => 2,
            4 => 3,
            _ => 0,
        }) {
            run(&mut admin, &statement).await;
        }
        if died_after == 5 {
            test.db.provision_schema(id).await.unwrap();
        }
        assert!(
            died_after == 5 || test.db.scope_if_active(id).await.unwrap().is_none(),
            "not used before it is whole"
        );
        for _ in 0..2 {
            tenants.provision(id, &|_| {}).await.unwrap();
        }
        test.db.forget(id).await;
        let scope = test.db.scope_if_active(id).await.unwrap().expect("it is active");
        assert_eq!(
            describe(&mut admin, &scope).await,
            whole,
            "died after {died_after}"
        );
        assert_trial_once(&test.db, &scope).await;
    }
}

#[tokio::test]
async fn several_workers_make_one_tenant_together() {
    let test = TestDb::new().await;
    let other = test.open_again().await;
    let tenants = [test.tenants(), Tenants::new(other, SETTINGS.slots)];
    let id = tenants[0].create(&Actor::operator(), "Busy").await.unwrap();
    let all = join_all((0..6).map(|n| tenants[n % 2].provision(id, &|_| {}))).await;
    for result in all {
        result.unwrap();
    }
    let scope = test.db.scope_if_active(id).await.unwrap().unwrap();
    assert_trial_once(&test.db, &scope).await;
    let mut admin = test.admin_connection().await;
    let told: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM platform.audit WHERE tenant_id = $1 AND action = 'tenant.activate'",
    )
    .bind(id.uuid())
    .fetch_one(&mut admin)
    .await
    .unwrap();
    assert_eq!(told, 1);
}

async fn assert_trial_once(db: &Db, scope: &TenantScope) {
    let mut tx = db.begin(scope).await.unwrap();
    assert_eq!(
        tx.wallet().balance().await.unwrap().balance,
        Credits::whole(100).unwrap()
    );
    assert_eq!(tx.wallet().ledger(10).await.unwrap().len(), 1);
}

/// A server that somebody else runs gives us a login that may make roles, and a database of its own; never a superuser.
#[tokio::test]
async fn the_product_needs_no_superuser() {
    let own = OwnedDb::new().await;
    let superuser: bool = {
        let mut conn = PgConnection::connect_with(&own.owner).await.unwrap();
        sqlx::query_scalar("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            .fetch_one(&mut conn)
            .await
            .unwrap()
    };
    assert!(!superuser);
    for start in ["the first", "a later"] {
        let db = own
            .open()
            .await
            .unwrap_or_else(|error| panic!("{start} start: {error}"));
        let tenants = Tenants::new(db.clone(), SETTINGS.slots);
        let id = tenants
            .create(&Actor::operator(), &format!("Of {start}"))
            .await
            .unwrap();
        tenants.provision(id, &|_| {}).await.unwrap();
        let scope = db.scope_if_active(id).await.unwrap().unwrap();
        let balance = credits::add(&db, &Actor::operator(), id, Credits::whole(5).unwrap(), "a gift")
            .await
            .unwrap();
        assert_eq!(balance, Credits::whole(105).unwrap());
        let mut tx = db.begin(&scope).await.unwrap();
        tx.enqueue(&[NewJob::new(db.clock().uuid(), "message.handle", "k".to_owned())])
            .await
            .unwrap();
        assert_eq!(
            refusal(tx.connection_for_tests(), "UPDATE wallet SET balance = 1")
                .await
                .as_deref(),
            Some(DENIED)
        );
        tx.commit().await.unwrap();
        let report = db.migrate_fleet(&|_, _| {}).await.unwrap();
        assert_eq!(report.broken.len(), 0);
        db.close().await;
    }
}

/// A copy of the database beside the first one finds its roles there, and works all the same.
#[tokio::test]
async fn a_restored_copy_works_beside_the_original() {
    let test = TestDb::new().await;
    let mut admin = test.admin_connection().await;
    let may: bool = sqlx::query_scalar("SELECT has_database_privilege($1, current_database(), 'CREATE')")
        .bind(test.db.platform_role().replace("_platform", "_owner"))
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert!(
        may,
        "a template's rights on itself are not copied; opening gave them"
    );
    test.tenant("In the copy").await;
}
