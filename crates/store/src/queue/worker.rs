//! The loop that claims jobs and runs their handlers.
//!
//! Invariant: a handler's panic is its job's failed try, nothing more.
//! Invariant: a stop claims nothing new, lets running jobs end within a deadline, and frees what did not.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{Claimed, Queue, QueueError, Wake};

/// Tries before a job is given up, unless its handler says otherwise: over an hour, with the backoff.
pub const MAX_ATTEMPTS: i32 = 30;

/// How a handler ended.
#[derive(Debug)]
pub enum Outcome {
    /// The handler finished the job in its own transaction, or lost the lease and rolled back.
    Done,
    /// Try again, after the backoff when `after` is `None`; counts as a try.
    Retry { after: Option<Duration>, error: String },
    /// Try again later without counting, such as while a panel is known to be down.
    Later { after: Duration, reason: String },
    /// Give it up, to the dead letters.
    Fail { error: String },
}

/// Runs jobs. Must be idempotent: a job may start again after a crash.
pub trait Handler: Send + Sync + 'static {
    fn run(&self, job: Claimed) -> impl Future<Output = Outcome> + Send;

    fn max_attempts(&self, _kind: &str) -> i32 {
        MAX_ATTEMPTS
    }
}

impl<F, R> Handler for F
where
    F: Fn(Claimed) -> R + Send + Sync + 'static,
    R: Future<Output = Outcome> + Send,
{
    fn run(&self, job: Claimed) -> impl Future<Output = Outcome> + Send {
        self(job)
    }
}

#[derive(Debug, Clone)]
pub struct WorkerConfig {
    /// Jobs at a time in this worker.
    pub concurrency: usize,
    /// Jobs at a time of one tenant, over all nodes.
    pub per_tenant: usize,
    /// Most jobs taken in one claim.
    pub batch: usize,
    /// The net under lost wake-ups.
    pub poll: Duration,
    /// How long running jobs may take to end after a stop.
    pub stop_within: Duration,
    /// `None`: all kinds.
    pub kinds: Option<Vec<String>>,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        let (poll, stop_within) = (Duration::from_secs(1), Duration::from_secs(20));
        Self {
            concurrency: 64,
            per_tenant: 8,
            batch: 32,
            poll,
            stop_within,
            kinds: None,
        }
    }
}

pub struct Worker<H> {
    queue: Arc<Queue>,
    handler: Arc<H>,
    wake: Wake,
    config: WorkerConfig,
}

impl<H: Handler> Worker<H> {
    /// One worker per `Queue`: its stop lets go of all that the queue holds.
    pub fn new(queue: Arc<Queue>, handler: H, wake: Wake, config: WorkerConfig) -> Self {
        Self {
            queue,
            handler: Arc::new(handler),
            wake,
            config,
        }
    }

    /// Runs until `stop`, or until another process proves to own this node's name.
    pub async fn run(self, stop: CancellationToken) -> Result<(), QueueError> {
        let Some(freed) = self.take_node(&stop).await? else {
            return Ok(());
        };
        if freed > 0 {
            tracing::info!(freed, "took over the jobs of this node's earlier run");
        }
        let mut beside = JoinSet::new(); // aborted when this returns
        let lost = stop.child_token();
        beside.spawn(keep_alive(self.queue.clone(), lost.clone()));
        let options = self.queue.pool.connect_options().as_ref().clone();
        beside.spawn(self.wake.clone().listen(options, self.queue.me.clone()));

        let mut running = JoinSet::new();
        self.work(&mut running, &lost).await;
        let drain = async { while running.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(self.config.stop_within, drain).await;
        running.shutdown().await;
        let left = self.queue.abandon().await?;
        if left > 0 {
            tracing::warn!(left, "stopped with jobs unfinished; they will run again");
        }
        beside.shutdown().await;
        if stop.is_cancelled() {
            Ok(())
        } else {
            Err(QueueError::NodeTaken(self.queue.node.clone()))
        }
    }

    /// The first proof that this node's predecessor is gone. A database that is away for a moment is waited for: it may
    /// have been killed right after we were started. `None`: stopped before it came.
    async fn take_node(&self, stop: &CancellationToken) -> Result<Option<u64>, QueueError> {
        loop {
            match self.queue.take_node().await {
                Ok(freed) => return Ok(Some(freed)),
                Err(error @ QueueError::NodeTaken(_)) => return Err(error),
                Err(error) => {
                    tracing::warn!(error = cause(&error), "the queue cannot be reached; trying again")
                }
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(None),
                () = tokio::time::sleep(self.config.poll) => {}
            }
        }
    }

    async fn work(&self, running: &mut JoinSet<()>, stop: &CancellationToken) {
        let mut wakes = self.wake.subscribe();
        while !stop.is_cancelled() {
            while running.try_join_next().is_some() {}
            wakes.mark_unchanged(); // before the claim, so that a commit during it is not missed
            let ask = self
                .config
                .batch
                .min(self.config.concurrency.saturating_sub(running.len()));
            if ask > 0 {
                match self
                    .queue
                    .claim(ask, self.config.per_tenant, self.config.kinds.as_deref())
                    .await
                {
                    Ok(_) if stop.is_cancelled() => break,
                    Ok(jobs) => {
                        let full = jobs.len() == ask;
                        for job in jobs {
                            running.spawn(run_one(self.queue.clone(), self.handler.clone(), job));
                        }
                        if full {
                            continue;
                        }
                    }
                    Err(error) => {
                        tracing::warn!(error = cause(&error), "could not claim jobs; trying again")
                    }
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Some(_) = running.join_next() => {} // its lane may hold the next one
                Ok(()) = wakes.changed(), if ask > 0 => {}
                () = tokio::time::sleep(self.config.poll) => {}
            }
        }
    }
}

async fn keep_alive(queue: Arc<Queue>, lost: CancellationToken) {
    let mut refusals = 0;
    loop {
        tokio::time::sleep(queue.lease / 3).await;
        match queue.heartbeat().await {
            Ok(fences) => {
                refusals = 0;
                tracing::debug!(lost = fences.len(), "leases extended");
            }
            // After a cut the server may take our own former session for alive, until its keepalives tell.
            Err(error @ QueueError::NodeTaken(_)) if refusals >= 3 => {
                tracing::error!(%error, "this worker stops");
                return lost.cancel();
            }
            Err(QueueError::NodeTaken(_)) => refusals += 1,
            Err(error) => tracing::warn!(error = cause(&error), "could not extend leases; trying again"),
        }
    }
}

async fn run_one<H: Handler>(queue: Arc<Queue>, handler: Arc<H>, job: Claimed) {
    let span =
        tracing::info_span!("job", id = %job.id, kind = job.kind, tenant = job.tenant, trace = job.trace);
    let max = handler.max_attempts(&job.kind);
    let attempt = async {
        if job.attempts >= max {
            // Not a handler's answer: the process died each time.
            return Outcome::Fail {
                error: format!("its worker died or failed {} times", job.attempts),
            };
        }
        match AssertUnwindSafe(async { handler.run(job.clone()).await })
            .catch_unwind()
            .await
        {
            Ok(outcome) => outcome,
            Err(panic) => {
                let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
                let text = text
                    .or_else(|| panic.downcast_ref::<String>().cloned())
                    .unwrap_or_default();
                tracing::error!("a job's handler panicked"); // the panic hook has told where
                Outcome::Retry {
                    after: None,
                    error: format!("handler panicked: {text}"),
                }
            }
        }
    };
    async {
        let ended = match attempt.await {
            Outcome::Done => {
                queue.forget(job.fence);
                Ok(())
            }
            Outcome::Retry { after, error } if job.attempts + 1 < max => {
                let after = after.unwrap_or_else(|| queue.backoff(job.attempts));
                tracing::warn!(
                    error,
                    ?after,
                    tries = job.attempts + 1,
                    "job failed; trying again"
                );
                queue.retry(&job, after, &error).await
            }
            Outcome::Retry { error, .. } | Outcome::Fail { error } => {
                tracing::error!(error, "job given up");
                queue.fail(&job, &error).await
            }
            Outcome::Later { after, reason } => queue.postpone(&job, after, &reason).await,
        };
        match ended {
            Ok(()) => {}
            Err(QueueError::LeaseLost) => tracing::warn!("job was taken over by another worker"),
            Err(error) => {
                tracing::warn!(
                    error = cause(&error),
                    "job's end was not written; its lease will run out"
                )
            }
        }
    }
    .instrument(span)
    .await;
}

/// For logging with its sources.
fn cause(error: &QueueError) -> &(dyn std::error::Error + 'static) {
    error
}
