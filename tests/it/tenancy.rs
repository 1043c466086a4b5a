//! One tenant's data is its own, whatever a tenant's code tries and however a transaction ends.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use pretty_assertions::assert_eq;
use sqlx::{Connection, PgConnection};
use switchboard_domain::{
    clock::Clock,
    credit::Credits,
    id::{GrantId, TenantId},
};
use switchboard_platform::Actor;
use switchboard_store::{
    DbSettings, TenantScope, TenantTx,
    queue::{NewJob, TENANT_KINDS},
    tenant_files,
};
use switchboard_testkit::{TestDb, db::SETTINGS};

use crate::catalog::{refusal, run, tables};

const DENIED: &str = "42501";
const NO_SUCH_TABLE: &str = "42P01";

async fn two_tenants(test: &TestDb) -> (TenantScope, TenantScope) {
    (test.tenant("First").await, test.tenant("Second").await)
}

#[tokio::test]
async fn every_table_of_a_tenant_is_denied_to_another() {
    let test = TestDb::new().await;
    let (a, b) = two_tenants(&test).await;
    let mut admin = test.admin_connection().await;
    let mut tried = 0;
    for (mine, other) in [(&a, &b), (&b, &a)] {
        let mut tx = test.db.begin(mine).await.unwrap();
        let conn = tx.connection_for_tests();
        for (table, column) in tables(&mut admin, other.role().as_str()).await {
            let name = format!("{}.{table}", other.role());
            for statement in [
                format!("SELECT FROM {name}"),
                format!("INSERT INTO {name} DEFAULT VALUES"),
                format!("UPDATE {name} SET {column} = DEFAULT"),
                format!("DELETE FROM {name}"),
                format!("TRUNCATE {name}"),
                format!("LOCK TABLE {name} IN ACCESS SHARE MODE"),
                format!("ALTER TABLE {name} ADD COLUMN x text"),
                format!("DROP TABLE {name}"),
            ] {
                assert_eq!(
                    refusal(conn, &statement).await.as_deref(),
                    Some(DENIED),
                    "{statement}"
                );
                tried += 1;
            }
        }
        let create = format!("CREATE TABLE {}.planted (x text)", other.role());
        assert_eq!(refusal(conn, &create).await.as_deref(), Some(DENIED));
    }
    assert!(tried >= 2 * 8 * 16, "the catalog was read: {tried}");
}

#[tokio::test]
async fn a_tenant_may_do_with_its_own_tables_what_is_granted_and_no_more() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let mut admin = test.admin_connection().await;
    let mut tx = test.db.begin(&scope).await.unwrap();
    let conn = tx.connection_for_tests();
    for (table, column) in tables(&mut admin, scope.role().as_str()).await {
        assert_eq!(
            refusal(conn, &format!("SELECT FROM {table}")).await,
            None,
            "{table}"
        );
        let may = |operation: &str| match table.as_str() {
            "wallet" | "ledger" => false,
            "audit" => operation == "INSERT",
            "message" | "request" | "outbox" => operation != "DELETE",
            _ => true,
        };
        for (operation, statement) in [
            (
                "INSERT",
                format!("INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {table} WHERE false"),
            ),
            (
                "UPDATE",
                format!("UPDATE {table} SET {column} = DEFAULT WHERE false"),
            ),
            ("DELETE", format!("DELETE FROM {table} WHERE false")),
        ] {
            let expected = (!may(operation)).then_some(DENIED);
            assert_eq!(
                refusal(conn, &statement).await.as_deref(),
                expected,
                "{statement}"
            );
        }
        for statement in [
            format!("TRUNCATE {table}"),
            format!("ALTER TABLE {table} ADD COLUMN x text"),
            format!("DROP TABLE {table}"),
            format!("GRANT SELECT ON {table} TO PUBLIC"),
        ] {
            let refused = refusal(conn, &statement).await;
            // A grant of what one may not give away is a warning, not an error: looked at below.
            if !statement.starts_with("GRANT") {
                assert_eq!(refused.as_deref(), Some(DENIED), "{statement}");
            }
        }
    }
    assert_eq!(
        refusal(conn, "CREATE TABLE planted (x text)").await.as_deref(),
        Some(DENIED)
    );
    tx.rollback().await.unwrap();
    let public: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) p
         WHERE c.relnamespace = $1::regnamespace AND p.grantee = 0",
    )
    .bind(scope.role().as_str())
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert_eq!(public, Vec::<String>::new());
}

/// The files say by name who may use a table; the plan says how many there will be.
#[tokio::test]
async fn every_table_is_granted_by_name_and_counted_in_the_plan() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let mut admin = test.admin_connection().await;
    let made: BTreeSet<String> = tables(&mut admin, scope.role().as_str())
        .await
        .into_iter()
        .map(|(table, _)| table)
        .collect();

    let text: String = tenant_files().iter().map(|file| file.sql.as_str()).collect();
    assert!(
        !text.to_uppercase().contains("ON ALL TABLES"),
        "it scans the whole catalog, for each tenant"
    );
    let granted: BTreeSet<String> = text
        .lines()
        .filter(|line| line.starts_with("GRANT ") && line.contains("SELECT"))
        .filter_map(|line| line.split_once(" ON ")?.1.split_once(" TO "))
        .flat_map(|(tables, _)| tables.split(',').map(|table| table.trim().to_owned()))
        .collect();
    assert_eq!(granted, made);

    let readme = include_str!("../../tenant-migrations/README.md");
    let rows = readme
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix('|')?.strip_suffix('|')?.split('|');
            let (maker, list) = (cells.next()?.trim(), cells.next()?.trim());
            let (_, count) = maker.strip_suffix(')')?.rsplit_once('(')?;
            let names: Vec<String> = list
                .split(", ")
                .map(|name| name.split(' ').next().unwrap().to_owned())
                .collect();
            assert_eq!(count.parse(), Ok(names.len()), "{line}");
            Some(names)
        })
        .collect::<Vec<_>>();
    let planned: BTreeSet<String> = rows.iter().flatten().cloned().collect();
    assert!(planned.len() <= 28, "{} tables a tenant", planned.len());
    assert!(made.is_subset(&planned), "{:?}", made.difference(&planned));
    let now: BTreeSet<String> = rows[0].iter().cloned().collect();
    assert_eq!(made, now, "the first row of the plan is what is made");
}

#[tokio::test]
async fn every_table_has_a_primary_key_no_trigger_and_refers_to_nothing_outside() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let mut admin = test.admin_connection().await;
    let offenders: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname || ' has no primary key' FROM pg_class c
          WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p')
            AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conrelid = c.oid AND o.contype = 'p')
         UNION ALL
         SELECT c.relname || ' has a trigger' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
          WHERE c.relnamespace = $1::regnamespace AND NOT t.tgisinternal
         UNION ALL
         SELECT c.relname || ' refers to ' || o.confrelid::regclass FROM pg_constraint o
           JOIN pg_class c ON c.oid = o.conrelid JOIN pg_class f ON f.oid = o.confrelid
          WHERE c.relnamespace = $1::regnamespace AND f.relnamespace <> c.relnamespace",
    )
    .bind(scope.role().as_str())
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert_eq!(offenders, Vec::<String>::new());
}

#[tokio::test]
async fn a_tenant_reaches_nothing_of_the_platform_and_only_puts_its_own_jobs() {
    let test = TestDb::new().await;
    let (a, b) = two_tenants(&test).await;
    let mut admin = test.admin_connection().await;
    let mut tx = test.db.begin(&a).await.unwrap();
    let conn = tx.connection_for_tests();
    for schema in ["platform", "queue"] {
        for (table, column) in tables(&mut admin, schema).await {
            let name = format!("{schema}.{table}");
            let mut statements = vec![
                format!("SELECT FROM {name}"),
                format!("UPDATE {name} SET {column} = DEFAULT"),
                format!("DELETE FROM {name}"),
                format!("TRUNCATE {name}"),
            ];
            if name != "queue.job" {
                statements.push(format!("INSERT INTO {name} DEFAULT VALUES"));
            }
            for statement in statements {
                assert_eq!(
                    refusal(conn, &statement).await.as_deref(),
                    Some(DENIED),
                    "{statement}"
                );
            }
        }
    }
    let put = |columns: &str, values: &str| {
        format!(
            "INSERT INTO queue.job (id, lane, kind, key, payload{columns})
             VALUES (gen_random_uuid(), 'l', {values})"
        )
    };
    for kind in TENANT_KINDS {
        assert_eq!(
            refusal(conn, &put("", &format!("'{kind}', 'k', '{{}}'"))).await,
            None,
            "{kind}"
        );
    }
    for kind in [
        switchboard_platform::tenants::PROVISION,
        switchboard_platform::tenants::BOOK_GRANTS,
        "anything.else",
    ] {
        assert_eq!(
            refusal(conn, &put("", &format!("'{kind}', 'k', '{{}}'")))
                .await
                .as_deref(),
            Some(DENIED),
            "{kind}"
        );
    }
    for stamp in [a.role().as_str(), b.role().as_str(), &test.db.platform_role()] {
        let forged = put(", tenant", &format!("'message.handle', 'k', '{{}}', '{stamp}'"));
        assert_eq!(
            refusal(conn, &forged).await.as_deref(),
            Some(DENIED),
            "even its own name is the database's to write"
        );
    }
    // What a tenant puts is stamped with its own role.
    tx.enqueue(&[NewJob::new(
        test.clock.uuid(),
        "message.handle",
        "mine".to_owned(),
    )])
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let stamp: String = sqlx::query_scalar("SELECT tenant::text FROM queue.job WHERE key = 'mine'")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(stamp, a.role().as_str());
}

#[tokio::test]
async fn a_tenant_makes_no_credit() {
    let test = TestDb::new().await;
    let (a, b) = two_tenants(&test).await;
    let now = test.clock.now();
    let grant = GrantId::from_uuid(test.clock.uuid());
    let mut platform = test.db.begin_platform().await.unwrap();
    let amount = Credits::whole(500).unwrap();
    platform
        .grants()
        .insert(grant, b.tenant(), amount, "admin:x", "a gift", "operator", now)
        .await
        .unwrap();
    platform.commit().await.unwrap();

    let mut tx = test.db.begin(&a).await.unwrap();
    let before = tx.wallet().balance().await.unwrap();
    for statement in [
        "UPDATE wallet SET balance = 1000000",
        "INSERT INTO wallet (id, balance, held) VALUES (2, 1, 0)",
        "DELETE FROM wallet",
        "INSERT INTO ledger (key, kind, amount, balance_after, held_after, reason, at) VALUES ('x', 'grant', 1, 1, 0, '', now())",
        "UPDATE ledger SET amount = 1",
        "DELETE FROM ledger",
        "ALTER TABLE wallet DROP CONSTRAINT wallet_balance_check",
        "CREATE FUNCTION credit.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    ] {
        assert_eq!(
            refusal(tx.connection_for_tests(), statement).await.as_deref(),
            Some(DENIED),
            "{statement}"
        );
    }
    assert_eq!(
        refusal(
            tx.connection_for_tests(),
            "SELECT credit.hold(ARRAY['k'], ARRAY[-5::bigint], ARRAY[NULL::uuid], now())"
        )
        .await
        .as_deref(),
        Some("SB011"),
        "a negative hold would give credit"
    );
    // The grant of another: it is not listed, and its id opens nothing.
    assert_eq!(tx.wallet().open_grants().await.unwrap(), []);
    assert!(!tx.wallet().book_grant(grant, now).await.unwrap());
    let unknown = GrantId::from_uuid(test.clock.uuid());
    assert!(!tx.wallet().book_grant(unknown, now).await.unwrap());
    let after = tx.wallet().balance().await.unwrap();
    assert_eq!(after.balance, before.balance);
    tx.commit().await.unwrap();

    let mut tx = test.db.begin(&b).await.unwrap();
    assert_eq!(tx.wallet().open_grants().await.unwrap(), [grant]);
    assert!(tx.wallet().book_grant(grant, now).await.unwrap());
}

#[tokio::test]
async fn nobody_but_a_tenant_calls_the_functions_of_its_wallet() {
    let test = TestDb::new().await;
    test.tenant("First").await;
    let calls = [
        "SELECT credit.hold(ARRAY['k'], ARRAY[1::bigint], ARRAY[NULL::uuid], now())",
        "SELECT credit.end_hold('k', true, now())",
        "SELECT credit.book_grant(gen_random_uuid(), now())",
        "SELECT credit.open_grants()",
    ];
    for pool in [test.db.slot_pool_for_tests(0), test.db.queue_pool()] {
        let mut tx = pool.begin().await.unwrap();
        for call in calls {
            assert_eq!(refusal(&mut tx, call).await.as_deref(), Some(DENIED), "{call}");
        }
    }
    // Rights alone do not do: the tenant is taken from the role of the transaction.
    let mut admin = test.admin_connection().await;
    let mut tx = admin.begin().await.unwrap();
    for call in calls {
        assert_eq!(refusal(&mut tx, call).await.as_deref(), Some("SB010"), "{call}");
    }
}

#[tokio::test]
async fn outside_a_tenant_transaction_no_tenant_table_is_found() {
    let test = TestDb::new().await;
    let (a, b) = two_tenants(&test).await;
    let mut admin = test.admin_connection().await;
    for scope in [&a, &b] {
        for slot in 0..usize::from(SETTINGS.slots) {
            let mut tx = test.db.slot_pool_for_tests(slot).begin().await.unwrap();
            for (table, _) in tables(&mut admin, scope.role().as_str()).await {
                let bare = refusal(&mut tx, &format!("SELECT FROM {table}")).await;
                assert_eq!(bare.as_deref(), Some(NO_SUCH_TABLE), "{table}");
                let qualified = refusal(&mut tx, &format!("SELECT FROM {}.{table}", scope.role())).await;
                assert_eq!(qualified.as_deref(), Some(DENIED), "{table}");
            }
        }
        let mut platform = test.db.queue_pool().begin().await.unwrap();
        for statement in [
            format!("SELECT FROM {}.message", scope.role()),
            format!("SET LOCAL ROLE {}", scope.role()),
        ] {
            assert_eq!(
                refusal(&mut platform, &statement).await.as_deref(),
                Some(DENIED),
                "{statement}"
            );
        }
    }
}

#[tokio::test]
async fn a_slot_becomes_its_own_tenants_and_no_others() {
    let test = TestDb::new().await;
    // The emptier slot is taken each time: one tenant in each.
    let (a, b) = two_tenants(&test).await;
    let mut platform = test.db.begin_platform().await.unwrap();
    let mut slots = Vec::new();
    for scope in [&a, &b] {
        let row = platform.tenants().find(scope.tenant()).await.unwrap().unwrap();
        slots.push(row.slot);
    }
    assert_eq!(slots, [0, 1]);
    for slot in 0..2 {
        let mut tx = test.db.slot_pool_for_tests(slot).begin().await.unwrap();
        for (home, scope) in [&a, &b].into_iter().enumerate() {
            let expected = (home != slot).then_some(DENIED);
            let become_it = format!("SET LOCAL ROLE {}", scope.role());
            assert_eq!(
                refusal(&mut tx, &become_it).await.as_deref(),
                expected,
                "slot {slot}, tenant of slot {home}"
            );
        }
        let login = test.db.platform_role();
        let prefix = login.strip_suffix("_platform").unwrap();
        for other in ["owner", "platform", "provisioner", "s00", "s01"] {
            let become_it = format!("SET LOCAL ROLE {prefix}_{other}");
            let expected = (other != format!("s{slot:02}")).then_some(DENIED);
            assert_eq!(
                refusal(&mut tx, &become_it).await.as_deref(),
                expected,
                "{become_it}"
            );
        }
        // Its tenants are members of the group, and so is it; as the group it has no wallet.
        run(&mut tx, &format!("SET LOCAL ROLE {prefix}_tenant")).await;
        assert_eq!(
            refusal(&mut tx, "SELECT credit.open_grants()").await.as_deref(),
            Some("SB010")
        );
    }
}

/// One slot with one connection, so that what one transaction leaves behind is what the next one finds.
async fn one_connection() -> (TestDb, TenantScope) {
    let test = TestDb::with(&DbSettings {
        slots: 1,
        connections_per_slot: 1,
        ..SETTINGS
    })
    .await;
    let scope = {
        let tenants = switchboard_platform::tenants::Tenants::new(test.db.clone(), 1);
        let id = tenants.create(&Actor::operator(), "Only").await.unwrap();
        tenants.provision(id, &|_| {}).await.unwrap();
        test.db.scope_if_active(id).await.unwrap().unwrap()
    };
    (test, scope)
}

async fn backend(conn: &mut PgConnection) -> i32 {
    sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(conn)
        .await
        .unwrap()
}

async fn assert_clean(test: &TestDb, after: &str) -> i32 {
    let mut conn = test.db.slot_pool_for_tests(0).acquire().await.unwrap();
    let (role, user, path): (String, String, String) =
        sqlx::query_as("SELECT current_setting('role'), current_user::text, current_setting('search_path')")
            .fetch_one(&mut *conn)
            .await
            .unwrap();
    assert_eq!(role, "none", "after {after}");
    assert!(user.ends_with("_s00"), "after {after}: {user}");
    assert_eq!(path, "\"$user\", public", "after {after}");
    let found = sqlx::query("SELECT FROM wallet").execute(&mut *conn).await;
    let code = found
        .unwrap_err()
        .into_database_error()
        .unwrap()
        .code()
        .map(String::from);
    assert_eq!(code.as_deref(), Some(NO_SUCH_TABLE), "after {after}");
    backend(&mut conn).await
}

async fn works(tx: &mut TenantTx) -> i32 {
    tx.wallet().balance().await.unwrap();
    backend(tx.connection_for_tests()).await
}

#[tokio::test]
async fn a_connection_keeps_neither_role_nor_path_however_its_transaction_ended() {
    let (test, scope) = one_connection().await;

    let mut tx = test.db.begin(&scope).await.unwrap();
    let pid = works(&mut tx).await;
    tx.commit().await.unwrap();
    assert_eq!(assert_clean(&test, "a commit").await, pid, "the same connection");

    let mut tx = test.db.begin(&scope).await.unwrap();
    works(&mut tx).await;
    tx.rollback().await.unwrap();
    assert_eq!(assert_clean(&test, "a rollback").await, pid);

    let mut tx = test.db.begin(&scope).await.unwrap();
    works(&mut tx).await;
    drop(tx);
    assert_eq!(assert_clean(&test, "a drop").await, pid);

    let mut tx = test.db.begin(&scope).await.unwrap();
    works(&mut tx).await;
    sqlx::query("SELECT 1 / (SELECT 0)")
        .execute(tx.connection_for_tests())
        .await
        .unwrap_err();
    drop(tx);
    assert_eq!(assert_clean(&test, "an error").await, pid);

    let (db, again) = (test.db.clone(), scope.clone());
    let panicking = tokio::spawn(async move {
        let mut tx = db.begin(&again).await.unwrap();
        works(&mut tx).await;
        panic!("in the middle of a transaction");
    });
    assert!(panicking.await.unwrap_err().is_panic());
    assert_eq!(assert_clean(&test, "a panic").await, pid);

    // Dropped while the server works on the statement: it waits for a lock, which is given once nobody waits for it.
    let mut admin = test.admin_connection().await;
    run(&mut admin, "SELECT pg_advisory_lock(1)").await;
    let mut tx = test.db.begin(&scope).await.unwrap();
    let pid = works(&mut tx).await;
    let mut busy =
        Box::pin(sqlx::query("SELECT pg_advisory_xact_lock(1)").execute(tx.connection_for_tests()));
    loop {
        assert!(futures_util::poll!(&mut busy).is_pending());
        let waits: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND locktype = 'advisory' AND NOT granted)",
        )
        .bind(pid)
        .fetch_one(&mut admin)
        .await
        .unwrap();
        if waits {
            break;
        }
    }
    drop(busy);
    drop(tx);
    run(&mut admin, "SELECT pg_advisory_unlock(1)").await;
    assert_clean(&test, "a cancelled statement").await;

    // Cut off while it begins, earlier and later: some dozens of polls make one answer of the server.
    let mut whole = 0;
    for polls in (0..).step_by(4) {
        let mut begin = Box::pin(test.db.begin(&scope));
        let mut ready = false;
        for _ in 0..polls {
            ready = futures_util::poll!(&mut begin).is_ready();
            if ready {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(begin);
        assert_clean(&test, "a begin that was cut off").await;
        whole += usize::from(ready);
        if whole > 20 {
            break;
        }
    }
    let mut tx = test.db.begin(&scope).await.unwrap();
    works(&mut tx).await;
}

#[tokio::test]
async fn a_suspended_tenant_is_let_nowhere_within_a_second() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let elsewhere = test.open_again().await;
    let tenant: TenantId = scope.tenant();
    assert!(elsewhere.scope_if_active(tenant).await.unwrap().is_some());
    test.tenants()
        .suspend(&Actor::operator(), tenant, "did not pay")
        .await
        .unwrap();
    let begun = Instant::now();
    assert!(
        test.db.scope_if_active(tenant).await.unwrap().is_none(),
        "here at once"
    );
    while elsewhere
        .scope_for_role(scope.role().as_str())
        .await
        .unwrap()
        .is_some()
    {
        assert!(
            begun.elapsed() < Duration::from_millis(1300),
            "elsewhere within a second"
        );
        tokio::task::yield_now().await;
    }
    assert!(elsewhere.scope_for_operator(tenant).await.unwrap().is_some());
    test.tenants()
        .reinstate(&Actor::operator(), tenant, "paid")
        .await
        .unwrap();
    assert!(test.db.scope_if_active(tenant).await.unwrap().is_some());
}
