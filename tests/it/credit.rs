//! Credits: never below zero, and every change in the ledger, whoever does what at the same time.

use std::{collections::HashMap, sync::Arc};

use futures_util::future::join_all;
use pretty_assertions::assert_eq;
use proptest::{prelude::*, test_runner::TestRunner};
use switchboard_domain::{
    clock::Clock,
    credit::Credits,
    id::{GrantId, OutboxId},
};
use switchboard_platform::{Actor, credits};
use switchboard_store::{Db, DbSettings, StoreError, TenantScope};
use switchboard_testkit::{TestDb, db::SETTINGS};
use tokio::{runtime::Handle, task::block_in_place};

fn whole(credits: i64) -> Credits {
    Credits::whole(credits).unwrap()
}

async fn balance(db: &Db, scope: &TenantScope) -> (i64, i64) {
    let balance = db.begin(scope).await.unwrap().wallet().balance().await.unwrap();
    (balance.balance.micros(), balance.held.micros())
}

/// The wallet is what its ledger adds up to, line by line.
async fn assert_ledger_proves_the_wallet(db: &Db, scope: &TenantScope) {
    let mut tx = db.begin(scope).await.unwrap();
    assert_eq!(tx.wallet().discrepancy().await.unwrap(), 0);
    let mut lines = tx.wallet().ledger(i64::MAX).await.unwrap();
    lines.reverse();
    let (mut balance, mut held) = (0, 0);
    for line in &lines {
        match line.kind.as_str() {
            "grant" => balance += line.amount,
            "hold" => (balance, held) = (balance - line.amount, held + line.amount),
            "settle" => held -= line.amount,
            "release" => (balance, held) = (balance + line.amount, held - line.amount),
            other => panic!("a ledger line of kind {other}"),
        }
        assert_eq!(
            (line.balance_after, line.held_after),
            (balance, held),
            "{}",
            line.key
        );
        assert!(balance >= 0 && held >= 0, "{}", line.key);
    }
    let now = tx.wallet().balance().await.unwrap();
    assert_eq!((now.balance.micros(), now.held.micros()), (balance, held));
}

/// A slot with enough connections for a real race.
async fn racing() -> (TestDb, TenantScope) {
    let test = TestDb::with(&DbSettings {
        connections_per_slot: 8,
        ..SETTINGS
    })
    .await;
    let scope = test.tenant("First").await;
    (test, scope)
}

#[tokio::test]
async fn holds_at_the_same_time_never_spend_what_is_not_there() {
    let (test, scope) = racing().await;
    // 100 credits, and 30 who want 7 each: 14 get them.
    let tries = join_all((0..30).map(|_| async {
        let id = OutboxId::from_uuid(test.clock.uuid());
        let mut tx = test.db.begin(&scope).await.unwrap();
        let got = tx
            .wallet()
            .hold(
                &[(id, whole(3)), (OutboxId::from_uuid(test.clock.uuid()), whole(4))],
                test.clock.now(),
            )
            .await
            .unwrap();
        tx.commit().await.unwrap();
        got
    }))
    .await;
    assert_eq!(tries.into_iter().filter(|got| *got).count(), 14);
    assert_eq!(balance(&test.db, &scope).await, (2_000_000, 98_000_000));
    assert_ledger_proves_the_wallet(&test.db, &scope).await;
}

#[tokio::test]
async fn a_hold_is_all_or_nothing() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let id = || OutboxId::from_uuid(test.clock.uuid());
    let now = test.clock.now();
    let mut tx = test.db.begin(&scope).await.unwrap();
    let too_much = [
        (id(), whole(99)),
        (id(), whole(1)),
        (id(), Credits::from_micros(1)),
    ];
    assert!(!tx.wallet().hold(&too_much, now).await.unwrap());
    assert_eq!(
        tx.wallet().ledger(10).await.unwrap().len(),
        1,
        "the trial credits and nothing else"
    );
    assert!(tx.wallet().hold(&too_much[..2], now).await.unwrap());
    // Nothing is left, and what costs nothing still goes out.
    assert!(tx.wallet().hold(&[(id(), Credits::ZERO)], now).await.unwrap());
    assert!(tx.wallet().hold(&[], now).await.unwrap());
    assert!(
        !tx.wallet()
            .hold(&[(id(), Credits::from_micros(1))], now)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    assert_eq!(balance(&test.db, &scope).await, (0, 100_000_000));
    assert_ledger_proves_the_wallet(&test.db, &scope).await;
}

#[tokio::test]
async fn the_same_step_at_the_same_time_is_one_step() {
    let (test, scope) = racing().await;
    let now = test.clock.now();
    let message = OutboxId::from_uuid(test.clock.uuid());
    let held = join_all((0..8).map(|_| async {
        let mut tx = test.db.begin(&scope).await.unwrap();
        let got = tx.wallet().hold(&[(message, whole(10))], now).await.unwrap();
        tx.commit().await.unwrap();
        got
    }))
    .await;
    assert!(held.into_iter().all(|got| got), "held is held, for all of them");
    assert_eq!(balance(&test.db, &scope).await, (90_000_000, 10_000_000));

    // Half of them say sent, half say refused: one is first and that is it.
    let ended = join_all((0..8).map(|n| async move { n }).map(|n| async {
        let n = n.await;
        let mut tx = test.db.begin(&scope).await.unwrap();
        let done = if n % 2 == 0 {
            tx.wallet().settle(message, now).await.unwrap()
        } else {
            tx.wallet().release(message, now).await.unwrap()
        };
        tx.commit().await.unwrap();
        (n, done)
    }))
    .await;
    let winners: Vec<_> = ended.into_iter().filter(|(_, done)| *done).collect();
    let [(winner, _)] = winners[..] else {
        panic!("one ends it: {winners:?}")
    };
    let expected = if winner % 2 == 0 { 90_000_000 } else { 100_000_000 };
    assert_eq!(balance(&test.db, &scope).await, (expected, 0));

    let unknown = OutboxId::from_uuid(test.clock.uuid());
    let mut tx = test.db.begin(&scope).await.unwrap();
    assert!(!tx.wallet().settle(unknown, now).await.unwrap());
    assert!(!tx.wallet().release(unknown, now).await.unwrap());
    drop(tx);
    assert_ledger_proves_the_wallet(&test.db, &scope).await;
}

#[tokio::test]
async fn what_is_rolled_back_never_was() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let message = OutboxId::from_uuid(test.clock.uuid());
    let mut tx = test.db.begin(&scope).await.unwrap();
    assert!(
        tx.wallet()
            .hold(&[(message, whole(10))], test.clock.now())
            .await
            .unwrap()
    );
    drop(tx);
    assert_eq!(balance(&test.db, &scope).await, (100_000_000, 0));
    assert_ledger_proves_the_wallet(&test.db, &scope).await;
}

#[tokio::test]
async fn a_grant_is_booked_once_however_many_try() {
    let (test, scope) = racing().await;
    let now = test.clock.now();
    let mut platform = test.db.begin_platform().await.unwrap();
    let mut grants = Vec::new();
    for n in 0..5 {
        let grant = GrantId::from_uuid(test.clock.uuid());
        let new = platform
            .grants()
            .insert(
                grant,
                scope.tenant(),
                whole(10),
                &format!("admin:{n}"),
                "a gift",
                "operator",
                now,
            )
            .await
            .unwrap();
        assert!(new);
        // The same cause again grants nothing.
        let again = GrantId::from_uuid(test.clock.uuid());
        let new = platform
            .grants()
            .insert(
                again,
                scope.tenant(),
                whole(10),
                &format!("admin:{n}"),
                "a gift",
                "operator",
                now,
            )
            .await
            .unwrap();
        assert!(!new);
        grants.push(grant);
    }
    platform.commit().await.unwrap();
    let tenants = test.tenants();
    let booked = join_all((0..4).map(|_| tenants.book_grants(scope.tenant()))).await;
    let booked: usize = booked.into_iter().map(Result::unwrap).sum();
    assert_eq!(booked, grants.len());
    let racing = join_all(grants.iter().flat_map(|grant| [grant; 3]).map(|grant| async {
        let mut tx = test.db.begin(&scope).await.unwrap();
        let new = tx.wallet().book_grant(*grant, now).await.unwrap();
        tx.commit().await.unwrap();
        new
    }))
    .await;
    assert!(racing.into_iter().all(|new| !new), "booked before");
    assert_eq!(balance(&test.db, &scope).await, (150_000_000, 0));
    assert_ledger_proves_the_wallet(&test.db, &scope).await;
}

#[tokio::test]
async fn a_deduction_below_zero_is_refused_and_holds_up_no_other_grant() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let operator = Actor::operator();
    let tenant = scope.tenant();
    let refused = credits::add(&test.db, &operator, tenant, whole(-101), "a mistake").await;
    assert!(
        matches!(refused, Err(credits::CreditError::TooMuch { balance }) if balance == whole(100)),
        "{refused:?}"
    );
    let left = credits::add(&test.db, &operator, tenant, whole(-100), "it was agreed")
        .await
        .unwrap();
    assert_eq!(left, Credits::ZERO);

    // The check passed and then the credit was spent: the row itself refuses.
    let now = test.clock.now();
    let mut platform = test.db.begin_platform().await.unwrap();
    let deduction = GrantId::from_uuid(test.clock.uuid());
    let gift = GrantId::from_uuid(test.clock.uuid());
    for (grant, amount) in [(deduction, whole(-60)), (gift, whole(50))] {
        platform
            .grants()
            .insert(
                grant,
                tenant,
                amount,
                &format!("admin:{grant}"),
                "because",
                "operator",
                now,
            )
            .await
            .unwrap();
    }
    platform.commit().await.unwrap();
    let mut tx = test.db.begin(&scope).await.unwrap();
    let error = tx.wallet().book_grant(deduction, now).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Conflict { constraint, .. } if constraint == "ledger_balance_after_check"),
        "{error:?}"
    );
    drop(tx);
    assert_eq!(test.tenants().book_grants(tenant).await.unwrap(), 1, "the gift");
    assert_eq!(balance(&test.db, &scope).await, (50_000_000, 0));
    assert_ledger_proves_the_wallet(&test.db, &scope).await;
}

#[derive(Debug, Clone)]
enum Step {
    Hold { message: usize, micros: i64 },
    Settle { message: usize },
    Release { message: usize },
    Grant { micros: i64 },
    RollBack,
}

fn step() -> impl Strategy<Value = Step> {
    let message = 0_usize..8;
    prop_oneof![
        4 => (message.clone(), 0_i64..40).prop_map(|(message, micros)| Step::Hold { message, micros }),
        2 => message.clone().prop_map(|message| Step::Settle { message }),
        2 => message.prop_map(|message| Step::Release { message }),
        1 => (-30_i64..60).prop_filter("a grant is not zero", |micros| *micros != 0)
            .prop_map(|micros| Step::Grant { micros }),
        1 => Just(Step::RollBack),
    ]
}

/// What the wallet should do, in as few words as possible.
#[derive(Debug, Clone, Default)]
struct Model {
    balance: i64,
    held: i64,
    /// Of each message: what was held for it, and whether that has ended.
    messages: HashMap<usize, (i64, bool)>,
}

impl Model {
    fn hold(&mut self, message: usize, micros: i64) -> bool {
        if self.messages.contains_key(&message) {
            return true;
        }
        if self.balance < micros {
            return false;
        }
        (self.balance, self.held) = (self.balance - micros, self.held + micros);
        self.messages.insert(message, (micros, false));
        true
    }

    fn end(&mut self, message: usize, back: bool) -> bool {
        match self.messages.get_mut(&message) {
            Some((micros, ended @ false)) => {
                *ended = true;
                self.held -= *micros;
                self.balance += if back { *micros } else { 0 };
                true
            }
            _ => false,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_sequence_of_steps_agrees_with_the_model() {
    let test = Arc::new(TestDb::new().await);
    let scope = test.tenant("First").await;
    let config = ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let handle = Handle::current();
    block_in_place(|| {
        TestRunner::new(config)
            .run(&prop::collection::vec(step(), 1..40), |steps| {
                handle.block_on(run(&test, &scope, &steps));
                Ok(())
            })
            .unwrap();
    });
    assert_ledger_proves_the_wallet(&test.db, &scope).await;
}

async fn run(test: &TestDb, scope: &TenantScope, steps: &[Step]) {
    let now = test.clock.now();
    let (balance, held) = balance(&test.db, scope).await;
    let mut model = Model {
        balance,
        held,
        messages: HashMap::new(),
    };
    let ids: Vec<OutboxId> = (0..8).map(|_| OutboxId::from_uuid(test.clock.uuid())).collect();
    let mut committed = model.clone();
    let mut tx = test.db.begin(scope).await.unwrap();
    for step in steps {
        match *step {
            Step::Hold { message, micros } => {
                let price = Credits::from_micros(micros);
                let got = tx.wallet().hold(&[(ids[message], price)], now).await.unwrap();
                assert_eq!(got, model.hold(message, micros), "{step:?}");
            }
            Step::Settle { message } => {
                let done = tx.wallet().settle(ids[message], now).await.unwrap();
                assert_eq!(done, model.end(message, false), "{step:?}");
            }
            Step::Release { message } => {
                let done = tx.wallet().release(ids[message], now).await.unwrap();
                assert_eq!(done, model.end(message, true), "{step:?}");
            }
            Step::Grant { micros } => {
                tx.commit().await.unwrap();
                let possible = model.balance + micros >= 0;
                let added = credits::add(
                    &test.db,
                    &Actor::operator(),
                    scope.tenant(),
                    Credits::from_micros(micros),
                    "a step",
                )
                .await;
                assert_eq!(added.is_ok(), possible, "{step:?}: {added:?}");
                model.balance += if possible { micros } else { 0 };
                committed = model.clone();
                tx = test.db.begin(scope).await.unwrap();
            }
            Step::RollBack => {
                tx.rollback().await.unwrap();
                model = committed.clone();
                tx = test.db.begin(scope).await.unwrap();
            }
        }
        let seen = tx.wallet().balance().await.unwrap();
        assert_eq!(
            (seen.balance.micros(), seen.held.micros()),
            (model.balance, model.held),
            "after {step:?}"
        );
        assert_eq!(tx.wallet().discrepancy().await.unwrap(), 0, "after {step:?}");
    }
    tx.commit().await.unwrap();
}

/// By halves along the lines, against adding them up.
#[tokio::test]
async fn what_was_spent_since_a_time_is_what_the_lines_add_up_to() {
    let test = TestDb::new().await;
    let scope = test.tenant("First").await;
    let mut times = vec![test.clock.now()];
    let mut conn = test.admin_connection().await;
    for step in 0..12_i64 {
        test.clock.advance(std::time::Duration::from_secs(3600));
        times.push(test.clock.now());
        let id = OutboxId::from_uuid(test.clock.uuid());
        let mut tx = test.db.begin(&scope).await.unwrap();
        assert!(
            tx.wallet()
                .hold(&[(id, whole(1 + step % 3))], test.clock.now())
                .await
                .unwrap()
        );
        match step % 4 {
            0 | 1 => assert!(tx.wallet().settle(id, test.clock.now()).await.unwrap()),
            2 => assert!(tx.wallet().release(id, test.clock.now()).await.unwrap()),
            _ => {}
        }
        tx.commit().await.unwrap();
        if step == 5 {
            let actor = Actor::operator();
            credits::add(&test.db, &actor, scope.tenant(), whole(7), "a gift")
                .await
                .unwrap();
        }
    }
    times.push(test.clock.now() + chrono::TimeDelta::hours(1));
    let role = format!("t_{}", scope.tenant().uuid().simple());
    for since in times {
        let mut tx = test.db.begin(&scope).await.unwrap();
        let spent = tx.wallet().spent_since(since).await.unwrap();
        let added: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "SELECT coalesce(sum(amount), 0)::bigint FROM {role}.ledger WHERE kind = 'settle' AND at >= $1"
        )))
        .bind(since)
        .fetch_one(&mut conn)
        .await
        .unwrap();
        assert_eq!(spent.micros(), added, "since {since}");
    }
}
