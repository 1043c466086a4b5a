//! The queue against a real PostgreSQL, with roles as an installation has them.

#![expect(clippy::unwrap_used, reason = "a helper that fails ends its test")]

#[path = "queue/rig.rs"]
mod rig;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use pretty_assertions::assert_eq;
use proptest::{strategy::ValueTree, test_runner::TestRunner};
use rig::{Rig, job, until};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use switchboard_store::queue::{
    Claimed, Handler, NewJob, NodeName, Notifier, Outcome, QueueError, TENANT_KINDS, Wake, Worker,
    WorkerConfig, enqueue, enqueue_for, finish,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

fn keys(jobs: &[Claimed]) -> Vec<&str> {
    let mut keys: Vec<_> = jobs.iter().map(|j| j.key.as_str()).collect();
    keys.sort_unstable();
    keys
}

fn code(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .and_then(|e| e.code())
        .map(|c| c.into_owned())
        .unwrap_or_default()
}

async fn as_tenant(rig: &Rig, tenant: &str, sql: &str) -> Result<u64, sqlx::Error> {
    let mut conn = rig.slot().await;
    let mut tx = conn.begin().await?;
    sqlx::query("SELECT set_config('role', $1, true)")
        .bind(tenant)
        .execute(&mut *tx)
        .await?;
    let done = sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(&mut *tx)
        .await?
        .rows_affected();
    tx.commit().await?;
    Ok(done)
}

// ---- What a tenant role may do ----

#[tokio::test]
async fn a_tenant_may_only_insert_its_own_jobs_of_listed_kinds() {
    let rig = Rig::start().await;
    rig.enqueue("t_a", &[job("chat", "mine")]).await;
    const DENIED: &str = "42501";
    let new = "gen_random_uuid(), 'chat', 'message.handle'";
    let table = [
        ("plain", format!("INSERT INTO queue.job (id, lane, kind, key, payload) VALUES ({new}, 'k1', '{{}}')"), ""),
        ("do nothing", format!("INSERT INTO queue.job (id, lane, kind, key, payload) VALUES ({new}, 'k1', '{{}}') ON CONFLICT DO NOTHING"), ""),
        ("target", format!("INSERT INTO queue.job (id, lane, kind, key, payload) VALUES ({new}, 'k2', '{{}}') ON CONFLICT (id) DO NOTHING"), DENIED),
        ("returning", format!("INSERT INTO queue.job (id, lane, kind, key, payload) VALUES ({new}, 'k3', '{{}}') RETURNING seq"), DENIED),
        ("forged tenant", format!("INSERT INTO queue.job (id, lane, kind, key, payload, tenant) VALUES ({new}, 'k4', '{{}}', 't_b')"), DENIED),
        ("attempts", format!("INSERT INTO queue.job (id, lane, kind, key, payload, attempts) VALUES ({new}, 'k5', '{{}}', -9)"), DENIED),
        ("other kind", "INSERT INTO queue.job (id, lane, kind, key, payload) VALUES (gen_random_uuid(), 'chat', 'grant.apply', 'k6', '{}')".into(), DENIED),
        ("select", "SELECT key FROM queue.job".into(), DENIED),
        ("update", "UPDATE queue.job SET kind = 'panel.act'".into(), DENIED),
        ("delete", "DELETE FROM queue.job".into(), DENIED),
        ("truncate", "TRUNCATE queue.job".into(), DENIED),
        ("lanes", "SELECT * FROM queue.lane".into(), DENIED),
        ("lease", "INSERT INTO queue.lane (tenant, lane_no, lease_until, fence) VALUES ('t_a', 1, now(), 1)".into(), DENIED),
        ("dead", "SELECT * FROM queue.dead".into(), DENIED),
        ("fence", "SELECT nextval('queue.fence')".into(), DENIED),
    ];
    for (name, sql, expected) in table {
        let got = as_tenant(&rig, "t_a", &sql)
            .await
            .map(|_| String::new())
            .unwrap_or_else(|e| code(&e));
        assert_eq!(got, expected, "{name}");
    }
    // The second lock behind the column grant: the policy itself.
    rig.admin("GRANT INSERT (tenant) ON queue.job TO sb_tenant").await;
    let forged = format!(
        "INSERT INTO queue.job (id, lane, kind, key, payload, tenant) VALUES ({new}, 'k7', '{{}}', 't_b')"
    );
    let error = as_tenant(&rig, "t_a", &forged)
        .await
        .expect_err("the policy refuses");
    assert!(error.to_string().contains("row-level security"), "{error}");
    // Outside a tenant's transaction the login reaches nothing at all.
    let mut login = rig.slot().await;
    let error = enqueue(&mut login, &[job("chat", "nobody")])
        .await
        .expect_err("the login has no rights");
    assert!(matches!(error, QueueError::Database(e) if code(&e) == DENIED));
}

#[tokio::test]
async fn the_row_policy_and_the_code_list_the_same_kinds() {
    let rig = Rig::start().await;
    let mut conn = rig.connect("admin").await;
    let check: String =
        sqlx::query_scalar("SELECT with_check FROM pg_policies WHERE policyname = 'tenant_enqueue'")
            .fetch_one(&mut conn)
            .await
            .unwrap();
    let listed: Vec<&str> = check.split('\'').skip(1).step_by(2).collect();
    assert_eq!(listed, TENANT_KINDS);
}

#[tokio::test]
async fn a_cause_queues_one_job_per_tenant_until_it_is_done() {
    let rig = Rig::start().await;
    assert_eq!(
        rig.enqueue("t_a", &[job("chat", "k"), job("chat", "k"), job("chat", "k2")])
            .await,
        2
    );
    assert_eq!(rig.enqueue("t_a", &[job("chat", "k")]).await, 0);
    assert_eq!(rig.enqueue("t_b", &[job("chat", "k")]).await, 1);
    let queue = rig.queue("n1").await;
    for claimed in queue.claim(10, 10, None).await.unwrap() {
        rig.finish(&claimed).await.unwrap();
    }
    assert_eq!(
        rig.enqueue("t_a", &[job("chat", "k")]).await,
        1,
        "a finished cause may come again"
    );
}

#[tokio::test]
async fn a_job_comes_back_as_it_was_written() {
    let rig = Rig::start().await;
    let queue = rig.queue("n1").await;
    let written = NewJob {
        trace: Some("00-ab-cd-01".into()),
        payload: serde_json::json!({"message": "msg_1"}),
        ..job("c", "k")
    };
    rig.enqueue("t_a", std::slice::from_ref(&written)).await;
    let got = queue.claim(1, 1, None).await.unwrap().remove(0);
    assert_eq!(
        (
            got.id,
            got.tenant.as_str(),
            &got.lane,
            got.kind.as_str(),
            &got.key,
            &got.payload,
            &got.trace,
            got.attempts
        ),
        (
            written.id,
            "t_a",
            &written.lane,
            written.kind,
            &written.key,
            &written.payload,
            &written.trace,
            0
        )
    );
}

// ---- Ends ----

#[tokio::test]
async fn only_the_tenant_that_owns_the_job_ends_it_and_only_with_the_lease() {
    let rig = Rig::start().await;
    let queue = rig.queue("n1").await;
    rig.enqueue("t_a", &[job("chat", "k")]).await;
    let lost = |r: Result<(), QueueError>| assert!(matches!(r, Err(QueueError::LeaseLost)), "{r:?}");
    let waiting = queue.list(None, 0, 10).await.unwrap().remove(0);
    lost(rig.finish_as("t_a", waiting.id, 0).await); // not leased
    let claimed = queue.claim(1, 1, None).await.unwrap().remove(0);
    lost(rig.finish_as("t_b", claimed.id, claimed.fence).await); // another tenant
    lost(rig.finish_as("t_a", claimed.id, claimed.fence + 1).await); // another fence
    let mut worker = rig.connect("worker").await;
    lost(finish(&mut worker, claimed.id, claimed.fence).await); // not a platform job
    rig.finish_as("t_a", claimed.id, claimed.fence).await.unwrap();
    lost(rig.finish_as("t_a", claimed.id, claimed.fence).await); // a second time
    assert_eq!(rig.count("queue.job").await + rig.count("queue.lane").await, 0);

    enqueue(
        &mut worker,
        &[NewJob {
            kind: "tenant.provision",
            ..job("p", "platform job")
        }],
    )
    .await
    .unwrap();
    enqueue_for(
        &mut worker,
        "t_b",
        &[NewJob {
            kind: "grant.apply",
            ..job("g", "grant")
        }],
    )
    .await
    .unwrap();
    let claimed = queue.claim(9, 9, None).await.unwrap();
    let tenants: BTreeMap<_, _> = claimed
        .iter()
        .map(|j| (j.key.as_str(), j.tenant.as_str()))
        .collect();
    assert_eq!(
        tenants,
        BTreeMap::from([("grant", "t_b"), ("platform job", "worker")])
    );
    for job in claimed {
        if job.tenant == "worker" {
            finish(&mut worker, job.id, job.fence).await.unwrap();
        } else {
            rig.finish(&job).await.unwrap();
        }
    }
    assert_eq!(rig.count("queue.job").await, 0);
}

#[tokio::test]
async fn a_stale_workers_whole_transaction_rolls_back() {
    let rig = Rig::start().await;
    rig.enqueue("t_a", &[job("chat", "k")]).await;
    rig.admin("CREATE TABLE effect (by text)").await;
    rig.admin("GRANT INSERT ON effect TO t_a").await;
    let (old, new) = (rig.queue("n1").await, rig.queue("n2").await);
    let stale = old.claim(1, 1, None).await.unwrap().remove(0);
    assert!(new.claim(1, 1, None).await.unwrap().is_empty(), "leased");
    rig.clock.advance(Duration::from_secs(31));
    let fresh = new.claim(1, 1, None).await.unwrap().remove(0);
    assert_eq!(
        (fresh.id, fresh.attempts),
        (stale.id, 1),
        "a takeover counts as a try"
    );
    assert_eq!(
        old.heartbeat().await.unwrap(),
        [stale.fence],
        "the heartbeat tells what was lost"
    );

    for (claimed, by, ok) in [
        (&stale, "stale", false),
        (&fresh, "fresh", true),
        (&stale, "stale again", false),
    ] {
        let mut conn = rig.slot().await;
        let mut tx = rig::tenant_tx(&mut conn, "t_a").await;
        sqlx::query("INSERT INTO effect VALUES ($1)")
            .bind(by)
            .execute(&mut *tx)
            .await
            .unwrap();
        assert_eq!(
            finish(&mut tx, claimed.id, claimed.fence).await.is_ok(),
            ok,
            "{by}"
        );
        if ok {
            tx.commit().await.unwrap()
        } else {
            tx.rollback().await.unwrap()
        }
    }
    let mut conn = rig.connect("admin").await;
    let effects: Vec<String> = sqlx::query_scalar("SELECT by FROM effect")
        .fetch_all(&mut conn)
        .await
        .unwrap();
    assert_eq!(effects, ["fresh"]);
    assert!(matches!(
        old.retry(&stale, Duration::ZERO, "late").await,
        Err(QueueError::LeaseLost)
    ));
    assert!(matches!(
        old.fail(&stale, "late").await,
        Err(QueueError::LeaseLost)
    ));
}

#[tokio::test]
async fn a_retry_holds_its_lane_and_a_sleeper_does_not() {
    let rig = Rig::start().await;
    let queue = rig.queue("n1").await;
    let sleeper = NewJob {
        run_at: Some(rig.clock.at(60)),
        ..job("chat", "sleeper")
    };
    rig.enqueue(
        "t_a",
        &[sleeper, job("chat", "1"), job("chat", "2"), job("other", "x")],
    )
    .await;
    let first = queue.claim(10, 10, None).await.unwrap();
    assert_eq!(keys(&first), ["1", "x"]);
    let one = first.iter().find(|j| j.key == "1").unwrap();
    queue
        .retry(one, Duration::from_secs(10), "panel is away\0")
        .await
        .unwrap();
    rig.finish(first.iter().find(|j| j.key == "x").unwrap())
        .await
        .unwrap();
    assert!(
        queue.claim(10, 10, None).await.unwrap().is_empty(),
        "2 must not pass 1"
    );
    let states: Vec<_> = queue
        .list(Some("t_a"), 0, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|j| (j.key, j.state, j.attempts))
        .collect();
    let row = |k: &str, s: &str, n| (k.to_owned(), s.to_owned(), n);
    assert_eq!(
        states,
        [
            row("sleeper", "asleep", 0),
            row("1", "retrying", 1),
            row("2", "waiting", 0)
        ]
    );

    rig.clock.advance(Duration::from_secs(10));
    let again = queue.claim(10, 10, None).await.unwrap();
    assert_eq!((keys(&again), again[0].attempts), (vec!["1"], 1));
    queue
        .postpone(&again[0], Duration::ZERO, "panel is known to be away")
        .await
        .unwrap();
    let again = queue.claim(10, 10, None).await.unwrap();
    assert_eq!(
        (keys(&again), again[0].attempts),
        (vec!["1"], 1),
        "postponing does not count"
    );
    rig.finish(&again[0]).await.unwrap();
    let two = queue.claim(10, 10, None).await.unwrap();
    assert_eq!(keys(&two), ["2"]);
    rig.finish(&two[0]).await.unwrap();
    rig.clock.advance(Duration::from_secs(60));
    assert_eq!(keys(&queue.claim(10, 10, None).await.unwrap()), ["sleeper"]);
}

#[tokio::test]
async fn dead_jobs_are_listed_replayed_and_discarded() {
    let rig = Rig::start().await;
    let queue = rig.queue("n1").await;
    rig.enqueue("t_a", &[job("chat", "1"), job("chat", "2")]).await;
    let one = queue.claim(10, 10, None).await.unwrap().remove(0);
    queue.fail(&one, "no such order").await.unwrap();
    let two = queue.claim(10, 10, None).await.unwrap().remove(0);
    assert_eq!(two.key, "2", "a dead job frees its lane");
    let dead = queue.dead_list(None, 10).await.unwrap();
    assert_eq!(
        (
            dead.len(),
            dead[0].id,
            dead[0].last_error.as_deref(),
            dead[0].attempts
        ),
        (1, one.id, Some("no such order"), 1)
    );
    assert!(queue.dead_list(Some("t_b"), 10).await.unwrap().is_empty());
    assert_eq!(queue.stats().await.unwrap().dead, 1);

    assert!(queue.replay(one.id).await.unwrap());
    assert!(!queue.replay(one.id).await.unwrap(), "it is not dead any more");
    assert!(queue.discard(two.id).await.unwrap(), "a running job is cut off");
    assert!(matches!(rig.finish(&two).await, Err(QueueError::LeaseLost)));
    let replayed = queue.claim(10, 10, None).await.unwrap().remove(0);
    assert_eq!((replayed.id, replayed.attempts), (one.id, 0));
    queue.fail(&replayed, "again").await.unwrap();
    rig.enqueue("t_a", &[job("chat", "1")]).await;
    assert!(matches!(
        queue.replay(one.id).await,
        Err(QueueError::AlreadyQueued)
    ));
    assert!(queue.discard(one.id).await.unwrap());
    assert!(!queue.discard(one.id).await.unwrap());
    assert_eq!(rig.count("queue.dead").await, 0);
}

// ---- Claiming ----

#[tokio::test]
async fn tenants_take_turns_and_none_passes_its_limit() {
    let rig = Rig::start().await;
    let (one, two) = (rig.queue("n1").await, rig.queue("n2").await);
    let chats = |n| {
        (0..n)
            .map(|n| job(&format!("chat{n}"), &format!("k{n}")))
            .collect::<Vec<_>>()
    };
    for (tenant, n) in [("t_a", 100), ("t_b", 2), ("t_c", 7)] {
        rig.enqueue(tenant, &chats(n)).await;
    }
    let per_tenant = |jobs: &[Claimed]| {
        jobs.iter().fold(BTreeMap::<String, usize>::new(), |mut n, j| {
            *n.entry(j.tenant.clone()).or_default() += 1;
            n
        })
    };
    let counts = |a, b, c| {
        BTreeMap::from([
            ("t_a".to_owned(), a),
            ("t_b".to_owned(), b),
            ("t_c".to_owned(), c),
        ])
    };
    let first = one.claim(6, 5, None).await.unwrap();
    assert_eq!(per_tenant(&first), counts(2, 2, 2), "a batch is shared");
    let (x, y) = tokio::join!(one.claim(50, 5, None), two.claim(50, 5, None));
    let all: Vec<_> = first.into_iter().chain(x.unwrap()).chain(y.unwrap()).collect();
    assert_eq!(per_tenant(&all), counts(5, 2, 5), "the limit holds over nodes");
    for job in all.iter().filter(|j| j.tenant == "t_a") {
        rig.finish(job).await.unwrap();
    }
    assert_eq!(
        per_tenant(&two.claim(50, 5, None).await.unwrap()),
        BTreeMap::from([("t_a".to_owned(), 5)])
    );
}

#[tokio::test]
async fn a_worker_gets_only_the_kinds_it_asks_for() {
    let rig = Rig::start().await;
    let queue = rig.queue("n1").await;
    let send = |lane: &str, key: &str| NewJob {
        kind: "reply.send",
        ..job(lane, key)
    };
    rig.enqueue(
        "t_a",
        &[job("c1", "handle"), send("c1", "send after"), send("c2", "send")],
    )
    .await;
    let kinds = ["reply.send".to_owned()];
    assert_eq!(keys(&queue.claim(9, 9, Some(&kinds)).await.unwrap()), ["send"]);
    assert_eq!(keys(&queue.claim(9, 9, None).await.unwrap()), ["handle"]);
}

#[tokio::test]
async fn more_waiting_lanes_than_are_looked_at_are_all_served() {
    let rig = Rig::start().await;
    let queue = rig.queue("n1").await;
    let jobs: Vec<_> = (0..300)
        .map(|n| job(&format!("chat{n}"), &format!("k{n}")))
        .collect();
    rig.enqueue("t_a", &jobs).await;
    let mut seen = HashSet::new();
    while seen.len() < 300 {
        let claimed = queue.claim(50, 50, None).await.unwrap();
        assert!(!claimed.is_empty(), "stopped after {}", seen.len());
        for job in claimed {
            rig.finish(&job).await.unwrap();
            assert!(seen.insert(job.key));
        }
    }
}

#[tokio::test]
async fn a_long_backlog_does_not_slow_the_claim() {
    let rig = Rig::start().await;
    let queue = rig.queue("n1").await;
    rig.enqueue("t_b", &[job("chat", "k")]).await;
    let (claimed, small) = rig.claim_counted().await;
    rig.finish(&claimed[0]).await.unwrap();
    // One stuck lane of 10,000, 200 stuck chats, 5,000 sleepers.
    let backlog: Vec<_> = (0..10_000).map(|n| job("flood", &format!("f{n}"))).collect();
    let chats: Vec<_> = (0..600)
        .map(|n| job(&format!("chat{}", n % 200), &format!("c{n}")))
        .collect();
    let later = Some(rig.clock.at(3_600));
    let asleep: Vec<_> = (0..5_000)
        .map(|n| NewJob {
            run_at: later,
            ..job(&format!("s{n}"), &format!("s{n}"))
        })
        .collect();
    for (tenant, jobs) in [("t_a", backlog), ("t_c", chats), ("t_a", asleep)] {
        rig.enqueue(tenant, &jobs).await;
    }
    while let stuck @ [_, ..] = queue.claim(500, 500, None).await.unwrap().as_slice() {
        for job in stuck {
            queue.retry(job, Duration::from_secs(600), "stuck").await.unwrap();
        }
    }
    assert_eq!(rig.count("queue.lane").await, 201);
    rig.enqueue("t_b", &[job("chat", "k")]).await;
    let (claimed, large) = rig.claim_counted().await;
    assert_eq!(keys(&claimed), ["k"]);
    assert!(
        small > 0 && large < small + 1_500,
        "read {small} entries when empty, {large} with the backlog"
    );
}

// ---- Leases of the living and the dead ----

#[tokio::test]
async fn a_heartbeat_keeps_leases_and_a_forgotten_job_runs_out() {
    let rig = Rig::start().await;
    let (one, two) = (rig.queue("n1").await, rig.queue("n2").await);
    rig.enqueue("t_a", &[job("a", "kept"), job("b", "forgotten")])
        .await;
    let held = one.claim(2, 2, None).await.unwrap();
    one.forget(held.iter().find(|j| j.key == "forgotten").unwrap().fence);
    for _ in 0..3 {
        rig.clock.advance(Duration::from_secs(20));
        assert!(one.heartbeat().await.unwrap().is_empty());
    }
    assert_eq!(keys(&two.claim(2, 2, None).await.unwrap()), ["forgotten"]);
}

#[tokio::test]
async fn a_killed_nodes_jobs_are_free_at_its_next_start() {
    let rig = Rig::start().await;
    let killed = rig.queue("n1").await;
    let other = rig.queue("n2").await;
    rig.enqueue("t_a", &[job("a", "1"), job("b", "2")]).await;
    assert_eq!(killed.take_node().await.unwrap(), 0);
    killed.claim(1, 9, None).await.unwrap();
    other.claim(1, 9, None).await.unwrap();

    let successor = rig.queue("n1").await;
    let refused = successor.take_node().await.expect_err("the first one lives");
    assert!(refused.to_string().contains("`n1`"), "{refused}");
    drop(killed); // its session ends, as with a kill
    assert_eq!(
        successor.take_node().await.unwrap(),
        1,
        "only its own predecessor's"
    );
    assert_eq!(successor.take_node().await.unwrap(), 0);
    let again = successor.claim(9, 9, None).await.unwrap();
    assert_eq!((again.len(), again[0].attempts), (1, 1));
}

#[test]
fn node_names_are_checked() {
    for (name, ok) in [
        ("n1", true),
        ("web-1.eu_west", true),
        ("", false),
        ("a/b", false),
        ("Ü", false),
        (&"x".repeat(65), false),
    ] {
        assert_eq!(NodeName::new(name).is_ok(), ok, "{name}");
    }
}

#[tokio::test]
async fn backoff_doubles_up_to_five_minutes() {
    let rig = Rig::start().await;
    let queue = rig.queue("n1").await;
    for (attempts, ceiling) in [
        (-1, 1),
        (0, 1),
        (1, 2),
        (5, 32),
        (8, 256),
        (9, 300),
        (10_000, 300),
    ] {
        let most = (0..200).map(|_| queue.backoff(attempts)).max().unwrap();
        let ceiling = Duration::from_secs(ceiling);
        assert!(
            most <= ceiling && most > ceiling / 2,
            "{attempts}: {most:?} of {ceiling:?}"
        );
    }
}

// ---- The worker ----

fn quick() -> WorkerConfig {
    WorkerConfig {
        poll: Duration::from_millis(20),
        stop_within: Duration::from_millis(200),
        ..WorkerConfig::default()
    }
}

struct Running {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<Result<(), QueueError>>,
}

impl Running {
    async fn stop(self) -> Result<(), QueueError> {
        self.stop.cancel();
        self.task.await.unwrap()
    }
}

async fn spawn<H: Handler>(rig: &Rig, node: &str, handler: H, wake: Wake, config: WorkerConfig) -> Running {
    let stop = CancellationToken::new();
    let worker = Worker::new(Arc::new(rig.queue(node).await), handler, wake, config);
    Running {
        task: tokio::spawn(worker.run(stop.clone())),
        stop,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lanes_keep_their_order_under_four_workers_and_every_job_ends_once() {
    let rig = Arc::new(Rig::start().await);
    // Random jobs: (tenant, lane, how often it fails before it succeeds, whether it panics then).
    let one = (
        0..3usize,
        0..6usize,
        proptest::option::weighted(0.2, 1..3u32),
        proptest::bool::weighted(0.3),
    );
    let mut runner = TestRunner::deterministic();
    let plan = proptest::strategy::Strategy::new_tree(&proptest::collection::vec(one, 150..250), &mut runner)
        .unwrap()
        .current();
    type Log = HashMap<(String, String), Vec<usize>>;
    let (mut expected, log) = (Log::new(), Arc::new(Mutex::new(Log::new())));
    let fails: Arc<HashMap<String, (u32, bool)>> = Arc::new(
        plan.iter()
            .enumerate()
            .filter_map(|(n, p)| p.2.map(|f| (n.to_string(), (f, p.3))))
            .collect(),
    );
    let busy: Arc<Mutex<HashSet<(String, String)>>> = Arc::default();
    let mut workers = Vec::new();
    for node in ["n1", "n2", "n3", "n4"] {
        let (rig2, log, busy, fails) = (rig.clone(), log.clone(), busy.clone(), fails.clone());
        let handler = move |job: Claimed| {
            let (rig, log, busy, fails) = (rig2.clone(), log.clone(), busy.clone(), fails.clone());
            async move {
                let lane = (job.tenant.clone(), job.lane.clone());
                assert!(
                    busy.lock().unwrap().insert(lane.clone()),
                    "two jobs of one lane at a time"
                );
                tokio::task::yield_now().await;
                if let Some((times, panics)) = fails.get(&job.key)
                    && job.attempts < i32::try_from(*times).unwrap()
                {
                    busy.lock().unwrap().remove(&lane);
                    assert!(!panics, "planned");
                    return Outcome::Retry {
                        after: Some(Duration::ZERO),
                        error: "planned".into(),
                    };
                }
                log.lock()
                    .unwrap()
                    .entry(lane.clone())
                    .or_default()
                    .push(job.key.parse().unwrap());
                busy.lock().unwrap().remove(&lane);
                rig.finish(&job).await.expect("it holds the lease");
                Outcome::Done
            }
        };
        workers.push(spawn(&rig, node, handler, Wake::default(), quick()).await);
    }
    for (n, (tenant, lane, ..)) in plan.iter().enumerate() {
        let (tenant, lane) = (["t_a", "t_b", "t_c"][*tenant], format!("chat{lane}"));
        rig.enqueue(tenant, &[job(&lane, &n.to_string())]).await;
        expected.entry((tenant.to_owned(), lane)).or_default().push(n);
    }
    until("all jobs are done", || {
        rig.clock.advance(Duration::from_millis(200)); // a panic waits for its backoff
        rig.is_empty("queue.job")
    })
    .await;
    for worker in workers {
        worker.stop().await.unwrap();
    }
    assert_eq!(*log.lock().unwrap(), expected);
    assert_eq!(rig.count("queue.lane").await + rig.count("queue.dead").await, 0);
}

#[tokio::test]
async fn a_panic_is_a_failed_try_and_the_last_try_is_dead() {
    let rig = Arc::new(Rig::start().await);
    struct Panics(Arc<AtomicUsize>, Arc<Rig>);
    impl Handler for Panics {
        async fn run(&self, job: Claimed) -> Outcome {
            if job.key == "good" {
                self.1.finish(&job).await.unwrap();
                return Outcome::Done;
            }
            self.0.fetch_add(1, Ordering::SeqCst);
            panic!("as the test wants")
        }
        fn max_attempts(&self, kind: &str) -> i32 {
            if kind == "panel.act" { 1 } else { 3 }
        }
    }
    let calls = Arc::new(AtomicUsize::new(0));
    let worker = spawn(
        &rig,
        "n1",
        Panics(calls.clone(), rig.clone()),
        Wake::default(),
        quick(),
    )
    .await;
    rig.enqueue(
        "t_a",
        &[
            job("a", "bad"),
            job("a", "good"),
            NewJob {
                kind: "panel.act",
                ..job("b", "once")
            },
        ],
    )
    .await;
    until("the lane goes on behind the dead job", || {
        rig.clock.advance(Duration::from_secs(10));
        rig.is_empty("queue.job")
    })
    .await;
    worker.stop().await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 4);
    let mut dead: Vec<_> = rig
        .queue("n2")
        .await
        .dead_list(None, 9)
        .await
        .unwrap()
        .into_iter()
        .map(|d| (d.key, d.attempts, d.last_error.unwrap_or_default()))
        .collect();
    dead.sort();
    let row = |key: &str, attempts| {
        (
            key.to_owned(),
            attempts,
            "handler panicked: as the test wants".to_owned(),
        )
    };
    assert_eq!(dead, [row("bad", 3), row("once", 1)]);
}

#[tokio::test]
async fn a_job_that_kills_its_process_ends_among_the_dead() {
    let rig = Rig::start().await;
    rig.enqueue("t_a", &[job("a", "poison")]).await;
    for _ in 0..3 {
        let killed = rig.queue("n1").await;
        killed.take_node().await.unwrap();
        assert_eq!(killed.claim(1, 1, None).await.unwrap().len(), 1);
    }
    struct Never;
    impl Handler for Never {
        async fn run(&self, _: Claimed) -> Outcome {
            panic!("must not be called again")
        }
        fn max_attempts(&self, _: &str) -> i32 {
            3
        }
    }
    let worker = spawn(&rig, "n1", Never, Wake::default(), quick()).await;
    until("it is dead", || rig.is_empty("queue.job")).await;
    worker.stop().await.unwrap();
    let dead = rig.queue("n2").await.dead_list(None, 9).await.unwrap();
    assert_eq!(
        dead[0].last_error.as_deref(),
        Some("its worker died or failed 3 times")
    );
}

#[tokio::test]
async fn a_stop_lets_running_jobs_end_and_frees_what_does_not() {
    let rig = Arc::new(Rig::start().await);
    let (gate, started) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let handler = {
        let (rig, gate, started) = (rig.clone(), gate.clone(), started.clone());
        move |job: Claimed| {
            let (rig, gate, started) = (rig.clone(), gate.clone(), started.clone());
            async move {
                started.fetch_add(1, Ordering::SeqCst);
                if job.key == "hangs" {
                    std::future::pending::<()>().await;
                }
                gate.acquire().await.unwrap().forget();
                rig.finish(&job).await.unwrap();
                Outcome::Done
            }
        }
    };
    let config = WorkerConfig {
        stop_within: Duration::from_secs(2),
        ..quick()
    };
    let worker = spawn(&rig, "n1", handler, Wake::default(), config).await;
    rig.enqueue("t_a", &[job("a", "ends"), job("b", "hangs")]).await;
    until("both run", || {
        std::future::ready(started.load(Ordering::SeqCst) == 2)
    })
    .await;
    worker.stop.cancel();
    rig.enqueue("t_a", &[job("c", "too late")]).await;
    gate.add_permits(9);
    worker.task.await.unwrap().unwrap();
    assert_eq!(
        started.load(Ordering::SeqCst),
        2,
        "nothing new starts after the stop"
    );
    let left = rig.queue("n2").await.claim(9, 9, None).await.unwrap();
    assert_eq!(keys(&left), ["hangs", "too late"], "free at once");
}

#[tokio::test]
async fn commits_are_announced_joined_and_wake_other_processes() {
    let rig = Arc::new(Rig::start().await);
    let mut outside = sqlx::postgres::PgListener::connect_with(&rig.pool("worker", 1).await)
        .await
        .unwrap();
    outside.listen("switchboard_queue").await.unwrap();
    let done = Arc::new(AtomicUsize::new(0));
    let handler = {
        let (rig, done) = (rig.clone(), done.clone());
        move |job: Claimed| {
            let (rig, done) = (rig.clone(), done.clone());
            async move {
                rig.finish(&job).await.unwrap();
                done.fetch_add(1, Ordering::SeqCst);
                Outcome::Done
            }
        }
    };
    // No poll: only an announcement can wake this worker, after its first look.
    let config = WorkerConfig {
        poll: Duration::from_secs(3_600),
        ..quick()
    };
    let worker = spawn(&rig, "n2", handler, Wake::default(), config).await;
    let here = rig.queue("n1").await;
    let notifier = Notifier::spawn(rig.options("worker"), &here, Wake::default());
    until("the worker listens", || rig.listens(2)).await;
    for round in 1..=3 {
        rig.enqueue("t_a", &[job("a", "k")]).await;
        for _ in 0..500 {
            notifier.committed();
        }
        until("the other process ran it", || {
            std::future::ready(done.load(Ordering::SeqCst) == round)
        })
        .await;
    }
    // What came in answer to 1,500 commits: a handful.
    let mut heard = 0;
    while let Ok(Ok(_)) = tokio::time::timeout(Duration::from_millis(100), outside.recv()).await {
        heard += 1;
    }
    assert!((1..=12).contains(&heard), "{heard} notifications");
    worker.stop().await.unwrap();
}

#[tokio::test]
async fn a_worker_survives_the_loss_of_its_connections() {
    let rig = Arc::new(Rig::start().await);
    let done = Arc::new(AtomicUsize::new(0));
    let handler = {
        let (rig, done) = (rig.clone(), done.clone());
        move |job: Claimed| {
            let (rig, done) = (rig.clone(), done.clone());
            async move {
                rig.finish(&job).await.unwrap();
                done.fetch_add(1, Ordering::SeqCst);
                Outcome::Done
            }
        }
    };
    let worker = spawn(&rig, "n1", handler, Wake::default(), quick()).await;
    for round in 1..=4 {
        rig.enqueue("t_a", &[job("a", "k")]).await;
        until("the job ran", || {
            rig.clock.advance(Duration::from_secs(1)); // a lease of a claim whose answer was lost runs out
            std::future::ready(done.load(Ordering::SeqCst) == round)
        })
        .await;
        let mut admin: PgConnection = rig.connect("admin").await;
        sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'worker'")
            .execute(&mut admin)
            .await
            .unwrap();
    }
    worker.stop().await.unwrap();
}
