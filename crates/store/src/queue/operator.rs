//! What an operator sees of the queue and may do to it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_domain::id::JobId;
use uuid::Uuid;

use super::{Queue, QueueError};

/// An unfinished or a dead job. `state`: `waiting` in its lane, `running`, `retrying` (at `until`), `asleep` (until
/// `until`), or `dead` (since `until`).
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct ListedJob {
    #[sqlx(try_from = "Uuid")]
    pub id: JobId,
    /// Where to go on with a list; 0 for dead jobs.
    pub seq: i64,
    pub tenant: String,
    pub lane: String,
    pub kind: String,
    pub key: String,
    pub payload: serde_json::Value,
    pub state: String,
    pub until: Option<DateTime<Utc>>,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize)]
pub struct QueueStats {
    /// Unfinished jobs, those asleep included.
    pub depth: i64,
    pub asleep: i64,
    pub running: i64,
    /// Age of the oldest job that is not asleep.
    pub oldest_seconds: i64,
    pub dead: i64,
    /// Jobs that hold up their lane after three failed tries or more; at most 50.
    pub stuck: Vec<ListedJob>,
}

macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT j.id, j.seq, j.tenant::text AS tenant, j.lane, j.kind, j.key, j.payload,
               CASE WHEN j.run_at IS NOT NULL THEN 'asleep' WHEN l.lease_by IS NOT NULL THEN 'running'
                    WHEN l.job IS NOT NULL THEN 'retrying' ELSE 'waiting' END AS state,
               coalesce(j.run_at, CASE WHEN l.lease_by IS NULL THEN l.lease_until END) AS until,
               j.attempts + coalesce(l.takeovers, 0) AS attempts, j.last_error, j.created_at
             FROM queue.job j LEFT JOIN queue.lane l
               ON l.tenant = j.tenant AND l.lane_no = j.lane_no AND l.job = j.id AND l.lease_until > $1 ",
            $rest
        )
    };
}

impl Queue {
    /// Unfinished jobs in order of writing, after `seq`, of one tenant's role or all.
    pub async fn list(
        &self,
        tenant: Option<&str>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ListedJob>, QueueError> {
        let list =
            listed!("WHERE j.seq > $2 AND ($3::name IS NULL OR j.tenant = $3::name) ORDER BY j.seq LIMIT $4");
        Ok(bound!(query_as, list; self.clock.now(), after, tenant, limit)
            .fetch_all(&self.pool)
            .await?)
    }

    /// Jobs that were given up, newest first.
    pub async fn dead_list(&self, tenant: Option<&str>, limit: i64) -> Result<Vec<ListedJob>, QueueError> {
        let list = "SELECT id, 0::bigint AS seq, tenant::text AS tenant, lane, kind, key, payload, 'dead' AS state,
                    died_at AS until, attempts, error AS last_error, created_at
              FROM queue.dead WHERE $1::name IS NULL OR tenant = $1::name ORDER BY died_at DESC, id DESC LIMIT $2";
        Ok(bound!(query_as, list; tenant, limit)
            .fetch_all(&self.pool)
            .await?)
    }

    /// Puts a dead job back, at the end of its lane, with all its tries. `false`: there is no such dead job.
    pub async fn replay(&self, id: JobId) -> Result<bool, QueueError> {
        let replay = "WITH risen AS (DELETE FROM queue.dead WHERE id = $1 RETURNING *)
             INSERT INTO queue.job (id, tenant, lane, kind, key, payload, trace, last_error)
             SELECT id, tenant, lane, kind, key, payload, trace, error FROM risen";
        match bound!(query, replay; id.uuid()).execute(&self.pool).await {
            Err(sqlx::Error::Database(e)) if e.is_unique_violation() => Err(QueueError::AlreadyQueued),
            done => Ok(done?.rows_affected() == 1),
        }
    }

    /// Deletes a job, dead or unfinished. A running one is cut off: its outcome will be rolled back.
    pub async fn discard(&self, id: JobId) -> Result<bool, QueueError> {
        let discard = "WITH job AS (DELETE FROM queue.job WHERE id = $1 RETURNING id),
             lane AS (DELETE FROM queue.lane WHERE job = $1), dead AS (DELETE FROM queue.dead WHERE id = $1 RETURNING id)
             SELECT EXISTS (SELECT FROM job UNION ALL SELECT FROM dead)";
        Ok(bound!(query_scalar, discard; id.uuid())
            .fetch_one(&self.pool)
            .await?)
    }

    pub async fn stats(&self) -> Result<QueueStats, QueueError> {
        let counts = "SELECT count(*), count(run_at),
               (SELECT count(*) FROM queue.lane WHERE lease_by IS NOT NULL AND lease_until > $1),
               coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE run_at IS NULL)), 0)::bigint,
               (SELECT count(*) FROM queue.dead)
             FROM queue.job";
        let now = self.clock.now();
        let (depth, asleep, running, oldest_seconds, dead) =
            bound!(query_as, counts; now).fetch_one(&self.pool).await?;
        let stuck = listed!(
            "WHERE l.job IS NOT NULL AND j.attempts + l.takeovers >= 3 ORDER BY j.created_at LIMIT 50"
        );
        let stuck = bound!(query_as, stuck; now).fetch_all(&self.pool).await?;
        Ok(QueueStats {
            depth,
            asleep,
            running,
            oldest_seconds,
            dead,
            stuck,
        })
    }
}
