//! Jobs: rows written in the transaction of their cause, run in order per lane, ended in the transaction of their outcome.
//!
//! Owns schema `queue`, claiming, leases, retries, the worker loop, NOTIFY, and the dead-letter list.
//!
//! Invariant: jobs of one (tenant, lane) run one at a time, in order; a retry holds its lane.
//! Invariant: a job ends once. [`finish`] deletes it in the handler's own transaction, which fails as a whole when the
//! lease was lost ([`QueueError::LeaseLost`]). A handler may still *start* more than once.
//! Invariant: tenant roles only insert; NOTIFY is never sent in a writing transaction.
//!
//! Knows nothing of what jobs do. Lease times come from the injected clock: the clocks of nodes may differ by less
//! than a lease; the fence keeps outcomes single beyond that.

/// `bound!(query, text; a, b)`: a sqlx query with its arguments, in order.
macro_rules! bound {
    ($query:ident, $text:expr; $($argument:expr),+) => { sqlx::$query($text)$(.bind($argument))+ };
}

mod claim;
mod grants;
mod operator;
mod wake;
mod worker;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use switchboard_domain::id::JobId;

pub use claim::{Claimed, NodeName, Queue};
pub use grants::{grants_for_tenant, grants_for_tenants, grants_for_worker};
pub use operator::{ListedJob, QueueStats};
pub use wake::{Notifier, Wake};
pub use worker::{Handler, MAX_ATTEMPTS, Outcome, Worker, WorkerConfig};

/// The stable name of what a job does.
pub type JobKind = &'static str;

/// Kinds that a tenant role may enqueue: the list in the row policy `tenant_enqueue`, which a test compares.
pub const TENANT_KINDS: [JobKind; 5] = [
    "message.handle",
    "panel.act",
    "forward.gather",
    "forward.send",
    "reply.send",
];

/// SQLSTATE of `queue.finish` when the caller does not hold the job's lease (any more).
const LEASE_LOST: &str = "SB001";

#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// Somebody else runs, or ran, this job: roll back and forget it.
    #[error("the lease of this job was lost")]
    LeaseLost,
    #[error("another process runs under the node name `{0}`: stop it, or give this one its own name")]
    NodeTaken(NodeName),
    #[error("`{0}` is no node name: use 1 to 64 of a-z, 0-9, `-`, `_` and `.`")]
    InvalidNode(String),
    #[error("the same job is already queued again; discard one of the two")]
    AlreadyQueued,
    #[error("the queue's database failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for QueueError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error().and_then(|e| e.code()) {
            Some(code) if code == LEASE_LOST => Self::LeaseLost,
            _ => Self::Database(error),
        }
    }
}

/// A job to be written with its cause.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub id: JobId,
    /// What must stay in order, such as account + chat.
    pub lane: String,
    pub kind: JobKind,
    /// The cause. A second job of the same tenant and key is dropped while the first is unfinished.
    pub key: String,
    /// Ids rather than content: payloads show in lists and dumps.
    pub payload: serde_json::Value,
    /// `None`: now. Until then the job is outside its lane and holds nothing up.
    pub run_at: Option<DateTime<Utc>>,
    pub trace: Option<String>,
}

impl NewJob {
    /// Due now, in a lane of its own, without payload.
    pub fn new(id: uuid::Uuid, kind: JobKind, key: String) -> Self {
        let lane = key.clone();
        Self {
            id: JobId::from_uuid(id),
            lane,
            kind,
            key,
            payload: serde_json::json!({}),
            run_at: None,
            trace: None,
        }
    }

    pub fn lane(self, lane: impl Into<String>) -> Self {
        Self {
            lane: lane.into(),
            ..self
        }
    }

    pub fn payload(self, payload: serde_json::Value) -> Self {
        Self { payload, ..self }
    }

    pub fn run_at(self, at: DateTime<Utc>) -> Self {
        Self {
            run_at: Some(at),
            ..self
        }
    }
}

/// Writes jobs in the caller's transaction, stamped with its role; returns how many were new.
/// Call [`Notifier::committed`] after the commit.
pub async fn enqueue(conn: &mut PgConnection, jobs: &[NewJob]) -> Result<u64, QueueError> {
    insert(conn, None, jobs).await
}

/// Writes jobs for another tenant's role. Only the worker login may.
pub async fn enqueue_for(conn: &mut PgConnection, tenant: &str, jobs: &[NewJob]) -> Result<u64, QueueError> {
    insert(conn, Some(tenant), jobs).await
}

async fn insert(conn: &mut PgConnection, tenant: Option<&str>, jobs: &[NewJob]) -> Result<u64, QueueError> {
    // Neither a conflict target nor RETURNING: both need SELECT. A tenant may not even name the column `tenant`.
    let (column, value) = tenant.map_or(("", ""), |_| (", tenant", ", $8::name"));
    let text = AssertSqlSafe(format!(
        "INSERT INTO queue.job (id, lane, kind, key, payload, trace, run_at{column})
         SELECT id, lane, kind, key, payload, trace, run_at{value}
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::timestamptz[])
                WITH ORDINALITY AS new (id, lane, kind, key, payload, trace, run_at, ord)
          ORDER BY ord ON CONFLICT DO NOTHING"
    ));
    fn each<'a, T>(jobs: &'a [NewJob], field: impl Fn(&'a NewJob) -> T) -> Vec<T> {
        jobs.iter().map(field).collect()
    }
    let mut query = bound!(query, text; each(jobs, |j| j.id.uuid()), each(jobs, |j| j.lane.as_str()),
        each(jobs, |j| j.kind), each(jobs, |j| j.key.as_str()), each(jobs, |j| j.payload.clone()),
        each(jobs, |j| j.trace.as_deref()), each(jobs, |j| j.run_at));
    if let Some(tenant) = tenant {
        query = query.bind(tenant);
    }
    Ok(query.execute(conn).await?.rows_affected())
}

/// Ends a claimed job in the transaction that holds its outcome, under the tenant's role (or the worker's login, for
/// platform jobs). On an error the caller rolls back and returns [`Outcome::Done`]: nothing is left to do here.
pub async fn finish(conn: &mut PgConnection, job: JobId, fence: i64) -> Result<(), QueueError> {
    bound!(query, "SELECT queue.finish($1, $2)"; job.uuid(), fence)
        .execute(conn)
        .await?;
    Ok(())
}
