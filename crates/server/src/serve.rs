//! The serving process: webhooks, workers, chat accounts, and an orderly stop.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use switchboard_api::{App, KEEP_ANSWERS, meter, router};
use switchboard_domain::id::TenantId;
use switchboard_platform::{setup::Finished, tenants::PROVISION};
use switchboard_store::{
    MigrateError,
    queue::{Claimed, Handler, Outcome, Queue, Worker, WorkerConfig},
};
use switchboard_tenant::{TenantJobs, live::Topic, retention};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    sign_up,
    wiring::{Installation, Opener},
};

/// How often a panel that was down at sign-up is asked again.
const TEST_PANEL_EVERY: Duration = Duration::from_secs(60);

/// Runs until SIGINT or SIGTERM. What was accepted is finished or stays in the queue.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let app = Installation::open(config, Opener::Serve).await?;
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();

    if let Some(server) = app.server.clone() {
        let stop = stop.clone();
        tasks.spawn(async move { server.watch(stop).await });
    }
    migrate(&app).await?;

    let listener = TcpListener::bind(&app.config.http.listen)
        .await
        .with_context(|| {
            format!(
                "{} cannot be listened on; choose another --listen",
                app.config.http.listen
            )
        })?;
    let address = listener.local_addr()?;
    meter::install().context("figures cannot be counted")?;
    let api = app.api()?;
    let routes = router(api.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let (again, until) = (api.clone(), stop.clone());
    tasks.spawn(async move { forget_words(again, until).await });
    let (queue, until) = (app.queue.clone(), stop.clone());
    tasks.spawn(async move { tidy(api, queue, until).await });
    let until = stop.clone();
    tasks.spawn(async move {
        let serving =
            axum::serve(listener, routes).with_graceful_shutdown(async move { until.cancelled().await });
        if let Err(error) = serving.await {
            tracing::error!(error = %error, "the HTTP server ended");
        }
    });

    let worker = worker(&app);
    let until = stop.clone();
    let working = tokio::spawn(async move { worker.run(until).await });
    let (fleet, intake, until) = (app.hub.fleet.clone(), app.hub.intake(), stop.clone());
    tasks.spawn(async move { fleet.run(intake, until).await });

    greet(&app, &address.to_string()).await;
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut working = working;
    let ended = tokio::select! {
        _ = term.recv() => None,
        _ = int.recv() => None,
        ended = &mut working => Some(ended),
    };
    tracing::info!("stopping: what runs is finished, what waits stays in the queue");
    stop.cancel();
    if let Some(ended) = ended {
        ended
            .context("the worker panicked")?
            .context("the worker ended")?;
    } else {
        working
            .await
            .context("the worker panicked")?
            .context("the worker ended")?;
    }
    while tasks.join_next().await.is_some() {}
    app.close().await;
    Ok(())
}

/// Every hour, the words of chats that are older than their owners want them kept.
async fn forget_words(api: Arc<App>, stop: CancellationToken) {
    let mut hour = tokio::time::interval(Duration::from_secs(3600));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = hour.tick() => {}
        }
        let tenants = match api.tenants.list().await {
            Ok(tenants) => tenants,
            Err(error) => {
                tracing::warn!(error = %error, "old chats could not be forgotten; the next hour tries again");
                continue;
            }
        };
        for tenant in tenants {
            if stop.is_cancelled() {
                return;
            }
            let id = TenantId::from_uuid(tenant.id);
            let forgotten = async {
                match api.db.scope_if_active(id).await? {
                    Some(scope) => retention::forget(&api.hub, &scope).await,
                    None => Ok(0),
                }
            };
            match forgotten.await {
                Ok(0) => {}
                Ok(messages) => tracing::info!(tenant.id = %id, messages, "words of old chats are forgotten"),
                Err(error) => {
                    tracing::warn!(tenant.id = %id, error = %error, "old chats of a tenant could not be forgotten")
                }
            }
        }
    }
}

/// What grows with use is forgotten again: limits of who has gone, answers that nobody repeats any more.
async fn tidy(api: Arc<App>, queue: Arc<Queue>, stop: CancellationToken) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = minute.tick() => {}
        }
        api.limits.forget_idle();
        meter::upkeep();
        if let Ok(stats) = queue.stats().await {
            for (state, jobs) in [
                ("unfinished", stats.depth),
                ("asleep", stats.asleep),
                ("running", stats.running),
                ("dead", stats.dead),
            ] {
                metrics::gauge!("queue_jobs", "state" => state).set(jobs as f64);
            }
            metrics::gauge!("queue_oldest_job_seconds").set(stats.oldest_seconds as f64);
        }
        let before = api.db.clock().now() - KEEP_ANSWERS;
        let pruned = async {
            let mut tx = api.db.begin_platform().await?;
            tx.idempotency().prune(before).await?;
            tx.commit().await
        };
        if let Err(error) = pruned.await {
            tracing::warn!(error = %error, "old answers could not be forgotten; the next minute tries again");
        }
    }
}

async fn migrate(app: &Installation) -> Result<(), MigrateError> {
    let report = app.db.migrate_fleet(&|_, _| {}).await?;
    if report.migrated > 0 || !report.broken.is_empty() {
        tracing::info!(
            migrated = report.migrated,
            broken = report.broken.len(),
            "tenant schemas were brought up to date"
        );
    }
    Ok(())
}

fn worker(app: &Installation) -> Worker<Jobs> {
    let config = WorkerConfig {
        concurrency: app.config.worker.jobs,
        per_tenant: usize::try_from(app.config.worker.jobs_per_tenant).unwrap_or(1),
        stop_within: Duration::from_secs(20),
        ..WorkerConfig::default()
    };
    let jobs = Jobs {
        tenants: app.tenants.clone(),
        tenant_jobs: TenantJobs(app.hub.clone()),
        db: app.db.clone(),
    };
    Worker::new(app.queue.clone(), jobs, app.wake.clone(), config)
}

/// The platform's jobs and the tenants' jobs, by kind.
struct Jobs {
    tenants: switchboard_platform::tenants::Tenants,
    tenant_jobs: TenantJobs,
    db: switchboard_store::Db,
}

impl Handler for Jobs {
    async fn run(&self, job: Claimed) -> Outcome {
        if job.kind == PROVISION {
            self.provision(job).await
        } else {
            self.tenant_jobs.run(job).await
        }
    }
}

impl Jobs {
    async fn provision(&self, job: Claimed) -> Outcome {
        let tenant: Result<TenantId, _> = serde_json::from_value(job.payload["tenant"].clone());
        let Ok(tenant) = tenant else {
            return Outcome::Fail {
                error: "the job names no tenant".to_owned(),
            };
        };
        let finished = sign_up::finish(&self.tenant_jobs.0, &self.tenants, tenant).await;
        let live = &self.tenant_jobs.0.live;
        live.changed(tenant, Topic::Setup, []);
        match finished {
            Ok(Finished::Done) => {}
            Ok(Finished::PanelLater) => {
                return Outcome::Later {
                    after: TEST_PANEL_EVERY,
                    reason: "the panel of the sign-up did not answer".to_owned(),
                };
            }
            Err(error) => {
                return Outcome::Retry {
                    after: None,
                    error: format!("{:#}", anyhow::Error::from(error)),
                };
            }
        }
        let end = async {
            let mut tx = self.db.begin_platform().await?;
            tx.finish_job(job.id, job.fence).await?;
            tx.commit().await
        };
        match end.await {
            Ok(()) | Err(switchboard_store::StoreError::LeaseLost) => Outcome::Done,
            Err(error) => Outcome::Retry {
                after: None,
                error: error.to_string(),
            },
        }
    }
}

/// What an operator wants to know at start, and what to do next in an empty installation.
async fn greet(app: &Installation, address: &str) {
    tracing::info!(http.address = %address, database = %app.database, telegram.api = %app.config.telegram.api_url, "switchboard serves");
    if !app.config.outbound.allow.is_empty() {
        tracing::warn!(allowed = ?app.config.outbound.allow, "panels may have these private addresses");
    }
    let receiving = if app.config.http.public_url.is_empty() {
        "chat networks are polled (set http.public_url for webhooks)".to_owned()
    } else {
        format!("webhooks arrive under {}", app.config.http.public_url)
    };
    println!("switchboard serves on http://{address}; {receiving}");
    if let Ok(Some(token)) = app.accounts.setup_link().await {
        use secrecy::ExposeSecret;
        println!(
            "Nobody administers this installation yet. This link makes the master admin, once, within a day:\n  http://{}/setup/{}",
            local(address),
            token.expose_secret()
        );
    }
    if app.tenants.list().await.is_ok_and(|tenants| tenants.is_empty()) {
        println!("{}", NEXT_STEPS);
    }
}

/// How this machine reaches itself.
fn local(address: &str) -> String {
    address.replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]")
}

const NEXT_STEPS: &str = "\
Nothing is set up yet. In another terminal:
  switchboard tenant create \"My shop\"
  switchboard panel connect --tenant \"My shop\" --name \"My panel\" --url https://panel.example --key-file key.txt
  switchboard bot connect --tenant \"My shop\" --name Support --token-file token.txt     (token: write /newbot to @BotFather)
  switchboard customer link --tenant \"My shop\" --name Asha --panel \"My panel\" --username asha --telegram-id 700000001
  switchboard provider alias --tenant \"My shop\" Alpha --provider provider.example
  switchboard provider route --tenant \"My shop\" Alpha --chat -1001234567890
  switchboard doctor";
