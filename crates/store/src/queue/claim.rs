//! Claiming, leases and the ways a claimed job ends outside its handler.
//!
//! Invariant: claims are made one at a time (an advisory lock), so limits per tenant are exact and claims cannot
//! deadlock. They commit asynchronously: a claim lost in a crash is a lease that nobody holds.
//! Invariant: only leases whose job this process still runs are kept alive.

use std::{collections::HashSet, fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection, PgPool};
use switchboard_domain::{clock::Clock, id::JobId};
use uuid::Uuid;

use super::QueueError;
use crate::begin;

/// Sets what the claim's transaction needs. Plans are pinned to the indexes: statistics of a queue are always stale,
/// and a plan made while it was empty would read all of it later.
const BEGIN_CLAIM: &str = "SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '2s';
    SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off; SET LOCAL jit = off;
    SELECT pg_advisory_xact_lock(hashtextextended('switchboard.queue.claim', 0));";

/// Sleepers that are due join their lanes.
const WAKE_SLEEPERS: &str = "UPDATE queue.job SET run_at = NULL WHERE id = ANY (ARRAY(
    SELECT id FROM queue.job WHERE run_at <= $1 ORDER BY run_at LIMIT 1000 FOR UPDATE SKIP LOCKED))";

/// Leases lanes: $1 now, $2 lease end, $3 lease holder, $4 limit, $5 limit per tenant, $6 kinds or NULL, $7 where the
/// walk of each tenant's lanes begins (random: fair when a tenant has more waiting lanes than are looked at).
///
/// Both recursions hop over `job_lane` from key to key (PostgreSQL has no skip scan before 18), so the cost goes with
/// the tenants and lanes that wait, not with jobs. Tenants at their limit are passed over unread.
const LEASE_LANES: &str = "
WITH RECURSIVE busy AS MATERIALIZED (
    SELECT tenant, count(*) AS lanes FROM queue.lane WHERE lease_by IS NOT NULL AND lease_until > $1 GROUP BY tenant
), waiting (tenant) AS (
    (SELECT tenant FROM queue.job WHERE run_at IS NULL ORDER BY tenant LIMIT 1)
    UNION ALL
    SELECT next.tenant FROM waiting w CROSS JOIN LATERAL (
        SELECT j.tenant FROM queue.job j WHERE j.run_at IS NULL AND j.tenant > w.tenant ORDER BY j.tenant LIMIT 1) next
), room AS (
    SELECT w.tenant, $5 - coalesce((SELECT b.lanes FROM busy b WHERE b.tenant = w.tenant), 0) AS lanes FROM waiting w
), ranked AS (
    SELECT r.tenant, r.lanes AS room, head.lane_no, head.seq,
           row_number() OVER (PARTITION BY r.tenant ORDER BY head.seq) AS nth
      FROM room r CROSS JOIN LATERAL (
        WITH RECURSIVE walk (lane_no, seq, kind, wrapped) AS (
            SELECT $7::bigint, NULL::bigint, NULL::text, false
            UNION ALL
            SELECT next.* FROM walk w CROSS JOIN LATERAL (
                (SELECT j.lane_no, j.seq, j.kind, w.wrapped FROM queue.job j
                  WHERE j.run_at IS NULL AND j.tenant = r.tenant
                    AND j.lane_no > w.lane_no AND j.lane_no <= CASE WHEN w.wrapped THEN $7 ELSE 9223372036854775807 END
                  ORDER BY j.lane_no, j.seq LIMIT 1)
                UNION ALL
                (SELECT j.lane_no, j.seq, j.kind, true FROM queue.job j
                  WHERE NOT w.wrapped AND j.run_at IS NULL AND j.tenant = r.tenant AND j.lane_no <= $7
                  ORDER BY j.lane_no, j.seq LIMIT 1)
                LIMIT 1) next
        )
        SELECT w.lane_no, w.seq FROM walk w
         WHERE w.seq IS NOT NULL AND ($6::text[] IS NULL OR w.kind = ANY ($6))
           AND (SELECT l.lease_until > $1 FROM queue.lane l
                 WHERE l.tenant = r.tenant AND l.lane_no = w.lane_no) IS NOT TRUE
         LIMIT (SELECT greatest($5, least(256, 2000 / greatest(count(*), 1))) FROM waiting)) head
     WHERE r.lanes > 0
), picked AS (
    SELECT tenant, lane_no FROM ranked WHERE nth <= room ORDER BY nth, seq LIMIT $4
)
INSERT INTO queue.lane AS l (tenant, lane_no, lease_by, lease_until, fence)
SELECT tenant, lane_no, $3, $2, nextval('queue.fence') FROM picked
ON CONFLICT (tenant, lane_no) DO UPDATE
   SET lease_by = excluded.lease_by, lease_until = excluded.lease_until, fence = excluded.fence,
       takeovers = CASE WHEN l.lease_by IS NULL THEN 0 ELSE l.takeovers + 1 END
 WHERE l.lease_until <= $1
RETURNING fence";

/// Reads the heads again, now that the lanes are ours: a late worker may have finished what the walk saw.
const READ_HEADS: &str = "
WITH head AS MATERIALIZED (
    SELECT l.tenant AS of_tenant, l.lane_no AS of_lane, h.* FROM queue.lane l CROSS JOIN LATERAL (
        SELECT j.id, j.lane, j.kind, j.key, j.payload, j.trace, j.attempts, j.created_at FROM queue.job j
         WHERE j.run_at IS NULL AND j.tenant = l.tenant AND j.lane_no = l.lane_no
         ORDER BY j.lane_no, j.seq LIMIT 1) h
     WHERE l.fence = ANY ($1) AND ($2::text[] IS NULL OR h.kind = ANY ($2))
)
UPDATE queue.lane l SET job = head.id, takeovers = CASE WHEN l.job = head.id THEN l.takeovers ELSE 0 END
  FROM head WHERE l.tenant = head.of_tenant AND l.lane_no = head.of_lane
RETURNING head.id, l.tenant::text AS tenant, head.lane, head.kind, head.key, head.payload, head.trace,
          head.attempts + l.takeovers AS attempts, head.created_at, l.fence";

type Statement<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// What a process is called in leases: stable over its restarts, unique among the running ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeName(String);

impl NodeName {
    pub fn new(name: &str) -> Result<Self, QueueError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        if name.is_empty() || name.len() > 64 || !name.chars().all(allowed) {
            return Err(QueueError::InvalidNode(name.into()));
        }
        Ok(Self(name.into()))
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A job whose lane this process holds.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Claimed {
    #[sqlx(try_from = "Uuid")]
    pub id: JobId,
    /// Role name of the tenant, or of the worker login for platform jobs.
    pub tenant: String,
    pub lane: String,
    pub kind: String,
    pub key: String,
    pub payload: serde_json::Value,
    pub trace: Option<String>,
    /// Earlier tries that failed, or whose process died.
    pub attempts: i32,
    /// When it was written, by the database's clock.
    pub created_at: DateTime<Utc>,
    /// Goes to [`super::finish`].
    pub fence: i64,
}

/// The worker login's view of the queue.
pub struct Queue {
    pub(super) pool: PgPool,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) node: NodeName,
    /// `node/boot`, as written in leases.
    pub(super) me: String,
    pub(super) lease: Duration,
    held: std::sync::Mutex<HashSet<i64>>,
    /// The session whose advisory lock says that this node lives.
    node_session: tokio::sync::Mutex<Option<PgConnection>>,
}

impl Queue {
    /// `pool` logs in as the worker; `boot` is new at every start of the process.
    pub fn new(pool: PgPool, node: NodeName, boot: Uuid, clock: Arc<dyn Clock>) -> Self {
        let me = format!("{node}/{}", boot.simple());
        let (lease, held, node_session) = (Duration::from_secs(30), HashSet::new().into(), None.into());
        Self {
            pool,
            clock,
            node,
            me,
            lease,
            held,
            node_session,
        }
    }

    /// How long a dead node's jobs stay leased when it does not come back. Default 30 s.
    pub fn with_lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// Proves that this node's predecessor is gone, and frees what it held; returns how many lanes that were.
    /// Called at start, and again by every heartbeat: a no-op while the proof stands.
    pub async fn take_node(&self) -> Result<u64, QueueError> {
        let mut session = self.node_session.lock().await;
        if let Some(held) = session.as_mut() {
            let alive = tokio::time::timeout(Duration::from_secs(5), held.ping()).await;
            if matches!(alive, Ok(Ok(()))) {
                return Ok(0);
            }
        }
        *session = None;
        let keepalives = [
            ("tcp_keepalives_idle", "10"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
        ];
        let options = self.pool.connect_options().as_ref().clone().options(keepalives);
        let mut fresh = PgConnection::connect_with(&options).await?;
        let mut tries = 50; // the server may need a moment to see that a killed predecessor's socket closed
        let lock = "SELECT pg_try_advisory_lock(hashtextextended('switchboard.queue.node.' || $1, 0))";
        while !bound!(query_scalar, lock; &self.node.0)
            .fetch_one(&mut fresh)
            .await?
        {
            tries -= 1;
            if tries == 0 {
                return Err(QueueError::NodeTaken(self.node.clone()));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let free = "UPDATE queue.lane SET lease_until = 'epoch'
             WHERE split_part(lease_by, '/', 1) = $1 AND lease_by <> $2 AND lease_until > 'epoch'";
        let freed = bound!(query, free; &self.node.0, &self.me)
            .execute(&mut fresh)
            .await?
            .rows_affected();
        *session = Some(fresh);
        Ok(freed)
    }

    /// Leases up to `limit` lanes and gives the first job of each: round robin over tenants, oldest first within one,
    /// never more than `per_tenant` of a tenant at a time over all nodes.
    pub async fn claim(
        &self,
        limit: usize,
        per_tenant: usize,
        kinds: Option<&[String]>,
    ) -> Result<Vec<Claimed>, QueueError> {
        let (now, pivot) = (self.clock.now(), self.clock.random_below(u64::MAX).cast_signed());
        let [limit, per_tenant] = [limit, per_tenant].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        let mut tx = begin::with(&self.pool, BEGIN_CLAIM).await?;
        bound!(query, WAKE_SLEEPERS; now).execute(&mut *tx).await?;
        let lease = bound!(query_scalar, LEASE_LANES; now, now + self.lease, &self.me, limit, per_tenant, kinds, pivot);
        let mut empty: Vec<i64> = lease.fetch_all(&mut *tx).await?;
        let mut jobs: Vec<Claimed> = Vec::new();
        if !empty.is_empty() {
            jobs = bound!(query_as, READ_HEADS; &empty, kinds)
                .fetch_all(&mut *tx)
                .await?;
            empty.retain(|fence| jobs.iter().all(|j| j.fence != *fence));
        }
        if !empty.is_empty() {
            let release = "DELETE FROM queue.lane WHERE fence = ANY ($1)";
            bound!(query, release; empty).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        self.held().extend(jobs.iter().map(|j| j.fence));
        Ok(jobs)
    }

    /// Extends the leases of all jobs that this process runs; returns the fences that were lost to another.
    pub async fn heartbeat(&self) -> Result<Vec<i64>, QueueError> {
        self.take_node().await?;
        let fences: Vec<i64> = self.held().iter().copied().collect();
        if fences.is_empty() {
            return Ok(fences);
        }
        let extend =
            "UPDATE queue.lane SET lease_until = $2 WHERE fence = ANY ($1) AND lease_by = $3 RETURNING fence";
        let extend = bound!(query_scalar, extend; &fences, self.clock.now() + self.lease, &self.me);
        let kept: Vec<i64> = extend.fetch_all(&self.pool).await?;
        // A job that ended in between looks lost, too, but has left `held`, or is about to.
        Ok(fences
            .into_iter()
            .filter(|f| !kept.contains(f) && self.held().remove(f))
            .collect())
    }

    /// Tries again `after` a while; the lane waits with it. Counts as a failed try.
    pub async fn retry(&self, job: &Claimed, after: Duration, error: &str) -> Result<(), QueueError> {
        self.pause(job, 1, after, error).await
    }

    /// Tries again later without counting: what is waited for is known to be away, the job is not at fault.
    pub async fn postpone(&self, job: &Claimed, after: Duration, reason: &str) -> Result<(), QueueError> {
        self.pause(job, 0, after, reason).await
    }

    async fn pause(&self, job: &Claimed, tries: i32, after: Duration, why: &str) -> Result<(), QueueError> {
        let pause = "WITH held AS (
                 UPDATE queue.lane SET lease_by = NULL, lease_until = $5, takeovers = 0 WHERE job = $1 AND fence = $2
                 RETURNING job)
             UPDATE queue.job j SET attempts = $3, last_error = $4 FROM held WHERE j.id = held.job";
        self.end(
            job,
            bound!(query, pause; job.id.uuid(), job.fence, job.attempts.saturating_add(tries), shortened(why),
            self.clock.now() + after),
        )
        .await
    }

    /// Gives a job up: it moves to the dead letters, its lane goes on.
    pub async fn fail(&self, job: &Claimed, error: &str) -> Result<(), QueueError> {
        let bury = "WITH held AS (DELETE FROM queue.lane WHERE job = $1 AND fence = $2 RETURNING job),
             gone AS (DELETE FROM queue.job j USING held WHERE j.id = held.job RETURNING j.*)
             INSERT INTO queue.dead (id, tenant, lane, kind, key, payload, trace, attempts, error, created_at)
             SELECT id, tenant, lane, kind, key, payload, trace, $3, $4, created_at FROM gone";
        let tries = job.attempts.saturating_add(1);
        self.end(
            job,
            bound!(query, bury; job.id.uuid(), job.fence, tries, shortened(error)),
        )
        .await
    }

    async fn end(&self, job: &Claimed, statement: Statement<'_>) -> Result<(), QueueError> {
        self.forget(job.fence);
        match statement.execute(&self.pool).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(QueueError::LeaseLost),
        }
    }

    /// Lets go of everything still held, for others to take at once.
    pub async fn abandon(&self) -> Result<u64, QueueError> {
        let fences: Vec<i64> = self.held().drain().collect();
        let free =
            "UPDATE queue.lane SET lease_until = 'epoch' WHERE fence = ANY ($1) AND lease_by IS NOT NULL";
        Ok(bound!(query, free; fences)
            .execute(&self.pool)
            .await?
            .rows_affected())
    }

    /// Stops keeping a lease alive. What was not finished becomes free when it runs out.
    pub fn forget(&self, fence: i64) {
        self.held().remove(&fence);
    }

    /// Exponential backoff with full jitter: somewhere in 0..1 s after the first failure, doubling up to 0..5 min.
    pub fn backoff(&self, attempts: i32) -> Duration {
        let ceiling = 1_000_u64 << attempts.clamp(0, 9);
        Duration::from_millis(self.clock.random_below(ceiling.min(300_000) + 1))
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashSet<i64>> {
        // A set of numbers is never half-changed.
        self.held
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn shortened(error: &str) -> String {
    error.chars().filter(|c| *c != '\0').take(2_000).collect()
}
