//! Migrations over a fleet: no tenant stops another, no run has to be whole, and where one started shows nowhere.

use std::{
    sync::{Mutex, atomic::AtomicUsize, atomic::Ordering},
    time::Duration,
};

use pretty_assertions::assert_eq;
use sqlx::{Connection, PgConnection};
use switchboard_domain::id::TenantId;
use switchboard_platform::Actor;
use switchboard_store::{MigrateError, TenantFile, TenantScope, latest_version, tenant_files};
use switchboard_testkit::{TestDb, db::OwnedDb};

use crate::catalog::{describe, run};

/// A file after all shipped ones.
fn next(step: i64, sql: &str) -> TenantFile {
    TenantFile {
        version: latest_version(tenant_files()) + step,
        name: format!("step {step}"),
        sql: sql.to_owned(),
        outside_transaction: sql.starts_with("-- no-transaction"),
    }
}

fn shipped_and(more: &[TenantFile]) -> Vec<TenantFile> {
    [tenant_files(), more].concat()
}

fn note_table() -> TenantFile {
    // Says no IF NOT EXISTS: it cannot run twice, and cannot run where somebody made a table of that name.
    next(
        1,
        "CREATE TABLE note (id uuid PRIMARY KEY, text text NOT NULL);\nGRANT SELECT, INSERT ON note TO {{tenant}};",
    )
}

async fn versions(test: &TestDb, tenants: &[&TenantScope]) -> Vec<(i64, Option<String>)> {
    let mut tx = test.db.begin_platform().await.unwrap();
    let mut versions = Vec::new();
    for scope in tenants {
        let row = tx.tenants().find(scope.tenant()).await.unwrap().unwrap();
        versions.push((row.schema_version, row.migration_error));
    }
    versions
}

#[tokio::test]
async fn a_broken_tenant_is_reported_and_passed_over() {
    let test = TestDb::new().await;
    let (a, b, c) = (
        test.tenant("First").await,
        test.tenant("Broken").await,
        test.tenant("Third").await,
    );
    let files = shipped_and(&[note_table()]);
    let target = latest_version(&files);
    let before = latest_version(tenant_files());
    let mut admin = test.admin_connection().await;
    let in_the_way = format!("{}.note", b.role());
    run(&mut admin, &format!("CREATE TABLE {in_the_way} (x text)")).await;

    let seen = Mutex::new(Vec::new());
    let progress = |done, all| seen.lock().unwrap().push((done, all));
    let report = test.db.migrate_fleet_with(&files, &progress).await.unwrap();
    assert_eq!((report.tenants, report.migrated, report.up_to_date), (3, 2, 0));
    let broken: Vec<_> = report
        .broken
        .iter()
        .map(|broken| (broken.tenant, broken.name.as_str()))
        .collect();
    assert_eq!(broken, [(b.tenant(), "Broken")]);
    assert_eq!(report.broken[0].error, "relation \"note\" already exists");
    assert_eq!(*seen.lock().unwrap(), [(0, 3), (1, 3), (2, 3), (3, 3)]);
    assert_eq!(
        versions(&test, &[&a, &b, &c]).await,
        [
            (target, None),
            (before, Some(report.broken[0].error.clone())),
            (target, None)
        ]
    );
    // Everybody goes on working, the broken one with what it had.
    for scope in [&a, &b, &c] {
        test.db
            .begin(scope)
            .await
            .unwrap()
            .wallet()
            .balance()
            .await
            .unwrap();
    }

    let again = test.db.migrate_fleet_with(&files, &|_, _| {}).await.unwrap();
    assert_eq!((again.migrated, again.up_to_date, again.broken.len()), (0, 2, 1));

    run(&mut admin, &format!("DROP TABLE {in_the_way}")).await;
    let repaired = test.db.migrate_fleet_with(&files, &|_, _| {}).await.unwrap();
    assert_eq!(
        (repaired.migrated, repaired.up_to_date, repaired.broken.len()),
        (1, 2, 0)
    );
    assert_eq!(versions(&test, &[&b]).await, [(target, None)]);
    let whole = describe(&mut admin, &a).await;
    assert_eq!(describe(&mut admin, &b).await, whole);

    let idle = test.db.migrate_fleet_with(&files, &|_, _| {}).await.unwrap();
    assert_eq!((idle.migrated, idle.up_to_date), (0, 3));
}

#[tokio::test]
async fn a_file_that_fails_half_way_leaves_nothing_and_earlier_files_stay() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let bad = next(2, "ALTER TABLE note ADD COLUMN pinned boolean;\nSELECT nonsense;");
    let good = next(2, "ALTER TABLE note ADD COLUMN pinned boolean;\nSELECT 1;");
    let report = test
        .db
        .migrate_fleet_with(&shipped_and(&[note_table(), bad]), &|_, _| {})
        .await
        .unwrap();
    assert_eq!(report.broken[0].error, "column \"nonsense\" does not exist");
    let after_note = note_table().version;
    assert_eq!(versions(&test, &[&scope]).await[0].0, after_note);
    // Goes on where it stopped: the table's file is not run again, or it would fail.
    let files = shipped_and(&[note_table(), good]);
    let report = test.db.migrate_fleet_with(&files, &|_, _| {}).await.unwrap();
    assert_eq!((report.migrated, report.broken.len()), (1, 0));
    assert_eq!(versions(&test, &[&scope]).await, [(latest_version(&files), None)]);
}

#[tokio::test]
async fn several_runs_at_once_do_the_work_once() {
    let test = TestDb::new().await;
    let other = test.open_again().await;
    let third = test.open_again().await;
    for name in ["First", "Second", "Third"] {
        test.tenant(name).await;
    }
    let files = shipped_and(&[
        note_table(),
        next(2, "ALTER TABLE note ADD COLUMN pinned boolean;"),
    ]);
    let reports = tokio::join!(
        test.db.migrate_fleet_with(&files, &|_, _| {}),
        other.migrate_fleet_with(&files, &|_, _| {}),
        third.migrate_fleet_with(&files, &|_, _| {}),
    );
    for report in [reports.0, reports.1, reports.2] {
        let report = report.unwrap();
        assert_eq!(report.broken.len(), 0, "{report:?}");
        assert_eq!(report.migrated + report.up_to_date, 3);
    }
}

#[tokio::test]
async fn a_run_that_is_cut_off_is_finished_by_the_next() {
    let test = TestDb::new().await;
    let mut scopes = Vec::new();
    for name in ["First", "Second", "Third"] {
        scopes.push(test.tenant(name).await);
    }
    let files = shipped_and(&[
        note_table(),
        next(
            2,
            "-- no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS note_text_idx ON note (text);",
        ),
    ]);
    // Dropped after each number of tenants, and a little later each time.
    for cut in 0..3 {
        let reached = AtomicUsize::new(0);
        let progress = |done, _| reached.store(done, Ordering::SeqCst);
        let mut migrating = Box::pin(test.db.migrate_fleet_with(&files, &progress));
        for _ in 0..4 {
            while reached.load(Ordering::SeqCst) < cut {
                if futures_util::poll!(&mut migrating).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            let _ = futures_util::poll!(&mut migrating);
        }
        drop(migrating);
        // Who was let in before is let in still, with his own role.
        for scope in &scopes {
            test.db
                .begin(scope)
                .await
                .unwrap()
                .wallet()
                .balance()
                .await
                .unwrap();
        }
    }
    let report = test.db.migrate_fleet_with(&files, &|_, _| {}).await.unwrap();
    assert_eq!(report.broken.len(), 0, "{report:?}");
    let mut admin = test.admin_connection().await;
    let expected = describe(&mut admin, &scopes[0]).await;
    assert!(expected.iter().any(|line| line.contains("note_text_idx")));
    for scope in &scopes[1..] {
        assert_eq!(describe(&mut admin, scope).await, expected);
    }
}

#[tokio::test]
async fn every_shipped_file_can_run_again() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let mut admin = test.admin_connection().await;
    let before = describe(&mut admin, &scope).await;
    // All of them, as if the version had not been written, and then the last alone.
    let last_but_one = tenant_files().iter().rev().nth(1).map_or(0, |file| file.version);
    for version in [0, last_but_one] {
        sqlx::query("UPDATE platform.tenant SET schema_version = $1")
            .bind(version)
            .execute(&mut admin)
            .await
            .unwrap();
        let report = test.db.migrate_fleet(&|_, _| {}).await.unwrap();
        assert_eq!((report.migrated, report.broken.len()), (1, 0), "{report:?}");
        assert_eq!(describe(&mut admin, &scope).await, before);
    }
    let mut tx = test.db.begin(&scope).await.unwrap();
    assert_eq!(
        tx.wallet().balance().await.unwrap().balance.micros(),
        100_000_000,
        "what was there stays"
    );
}

/// A tenant of the first day, brought up file by file, is the same as one made today.
#[tokio::test]
async fn from_nothing_and_upgraded_are_the_same() {
    let test = TestDb::new().await;
    let files = shipped_and(&[
        note_table(),
        next(
            2,
            "ALTER TABLE note ADD COLUMN pinned boolean NOT NULL DEFAULT false;",
        ),
        next(
            3,
            "-- no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS note_pinned_idx ON note (id) WHERE pinned;",
        ),
    ]);
    let mut admin = test.admin_connection().await;
    let make = async |name: &str, first: usize| {
        let tenant = test.tenants().create(&Actor::operator(), name).await.unwrap();
        test.db
            .provision_schema_with(&files[..first], tenant)
            .await
            .unwrap();
        tenant
    };
    let new = make("New", files.len()).await;
    let scope = async |tenant: TenantId| test.db.scope_for_operator(tenant).await.unwrap().unwrap();
    let expected = describe(&mut admin, &scope(new).await).await;
    assert!(expected.iter().any(|line| line.contains("note_pinned_idx")));
    for first in 1..files.len() {
        let old = make(&format!("From {first}"), first).await;
        sqlx::query("UPDATE platform.tenant SET state = 'active' WHERE id = $1")
            .bind(old.uuid())
            .execute(&mut admin)
            .await
            .unwrap();
        for upto in first..=files.len() {
            let report = test
                .db
                .migrate_fleet_with(&files[..upto], &|_, _| {})
                .await
                .unwrap();
            assert_eq!(report.broken.len(), 0, "{report:?}");
        }
        assert_eq!(
            describe(&mut admin, &scope(old).await).await,
            expected,
            "begun with {first} files"
        );
    }
}

#[tokio::test]
async fn a_locked_table_is_tried_again_and_holds_up_nobody_for_long() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let files = shipped_and(&[next(1, "ALTER TABLE setting ADD COLUMN hint text;")]);
    let mut holder = test.admin_connection().await;
    let mut lock = holder.begin().await.unwrap();
    run(
        &mut lock,
        &format!("LOCK TABLE {}.setting IN ACCESS SHARE MODE", scope.role()),
    )
    .await;
    let mut watcher = test.admin_connection().await;
    let freed_at_the_second_try = async {
        let mut first = None;
        loop {
            let waiting: Option<i32> = sqlx::query_scalar(
                "SELECT l.pid FROM pg_locks l WHERE NOT l.granted AND l.locktype = 'relation'
                  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            )
            .fetch_optional(&mut watcher)
            .await
            .unwrap();
            match (waiting, first) {
                (Some(pid), None) => first = Some(pid),
                // A try has a connection of its own.
                (Some(pid), Some(before)) if pid != before => break,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        lock.rollback().await.unwrap();
    };
    let (report, ()) = tokio::join!(
        test.db.migrate_fleet_with(&files, &|_, _| {}),
        freed_at_the_second_try
    );
    let report = report.unwrap();
    assert_eq!((report.migrated, report.broken.len()), (1, 0), "{report:?}");
}

#[tokio::test]
async fn a_platform_file_that_was_changed_or_is_from_the_future_refuses_the_start() {
    let own = OwnedDb::new().await;
    own.open().await.unwrap().close().await;
    let mut admin = PgConnection::connect_with(&own.admin).await.unwrap();
    let (version, name): (i64, String) =
        sqlx::query_as("SELECT version, name FROM platform.migration ORDER BY version LIMIT 1")
            .fetch_one(&mut admin)
            .await
            .unwrap();

    run(
        &mut admin,
        &format!("UPDATE platform.migration SET checksum = checksum || '\\x00' WHERE version = {version}"),
    )
    .await;
    match own.open().await.map(|_| ()) {
        Err(MigrateError::Changed {
            version: changed,
            name: what,
        }) => assert_eq!((changed, what), (version, name)),
        other => panic!("{other:?}"),
    }
    run(
        &mut admin,
        &format!("UPDATE platform.migration SET checksum = substring(checksum FROM 1 FOR length(checksum) - 1) WHERE version = {version}"),
    )
    .await;
    own.open().await.unwrap().close().await;

    run(
        &mut admin,
        "INSERT INTO platform.migration VALUES (99990101000000, 'later', '', now())",
    )
    .await;
    match own.open().await.map(|_| ()) {
        Err(MigrateError::FromTheFuture { version }) => assert_eq!(version, 99_990_101_000_000),
        other => panic!("{other:?}"),
    }
}
