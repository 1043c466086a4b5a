//! One tenant's use cases: taking messages in, the pipeline, sending, forwarding, panels, chat accounts, customers.
//!
//! Invariants:
//! - A message's way is two commits: stored (then acknowledged), and decided (verdicts, replies, their price, panel intents and
//!   forwards, together with the end of its job).
//! - No network call inside a transaction; what must happen outside is a row first.
//! - Credits are spent here and nowhere else; they arrive as grants of the platform.
//!
//! Knows nothing of HTTP servers, of other tenants, or of how a network writes its messages.

pub mod accounts;
mod act;
pub mod bind;
pub mod channels;
pub mod checklist;
pub mod csv;
pub mod customer_book;
pub mod customer_import;
pub mod customers;
pub mod fleet;
mod gather;
pub mod home;
pub mod inbox;
pub mod intake;
pub mod jobs;
pub mod live;
pub mod log;
pub mod network;
pub mod panels;
mod pipeline;
pub mod preferences;
pub mod provider_book;
pub mod providers;
pub mod replay;
pub mod replies;
pub mod requests;
pub mod retention;
pub mod search;
pub mod send;
pub mod settings;
pub mod test_room;
pub mod wallet;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use switchboard_domain::clock::Clock;
use switchboard_integrations::{http::GuardedClient, panel::PanelDesks};
use switchboard_store::{
    Db, StoreError, TenantScope,
    queue::{Claimed, Handler, Notifier, Outcome},
};

/// What every use case of this crate stands on. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub notifier: Notifier,
    pub networks: network::Networks,
    pub fleet: fleet::Fleet,
    pub http: GuardedClient,
    pub desks: Arc<PanelDesks>,
    pub shops: settings::Shops,
    pub noted: panels::Noted,
    /// Hints for open pages.
    pub live: live::Live,
}

impl Hub {
    pub fn new(db: Db, notifier: Notifier, networks: network::Networks, http: GuardedClient) -> Self {
        Self {
            clock: db.clock().clone(),
            fleet: fleet::Fleet::new(db.clone(), networks.clone()),
            desks: Arc::new(PanelDesks::default()),
            shops: settings::Shops::default(),
            noted: panels::Noted::default(),
            live: live::Live::default(),
            db,
            notifier,
            networks,
            http,
        }
    }

    pub fn intake(&self) -> intake::Intake {
        intake::Intake::new(self.db.clone(), self.notifier.clone(), self.live.clone())
    }
}

/// Runs the jobs of tenants.
pub struct TenantJobs(pub Hub);

impl Handler for TenantJobs {
    async fn run(&self, job: Claimed) -> Outcome {
        let hub = &self.0;
        let scope = match hub.db.scope_for_role(&job.tenant).await {
            Ok(Some(scope)) => scope,
            // Suspended: messages wait and are answered (or asked again, being old) when the tenant is back.
            Ok(None) => {
                let after = std::time::Duration::from_secs(15);
                return Outcome::Later {
                    after,
                    reason: "the tenant is suspended".to_owned(),
                };
            }
            Err(error) => return again(&error),
        };
        let result = match job.kind.as_str() {
            jobs::MESSAGE => pipeline::run(hub, &scope, &job).await,
            jobs::ACT => act::run(hub, &scope, &job).await,
            jobs::GATHER => gather::run(hub, &scope, &job).await,
            jobs::SEND_FORWARD | jobs::SEND_REPLY => send::run(hub, &scope, &job).await,
            jobs::BOOK_GRANTS => book_grants(hub, &scope, &job).await,
            other => {
                return Outcome::Fail {
                    error: format!("nobody here knows jobs of kind `{other}`"),
                };
            }
        };
        match result {
            Ok(outcome) => {
                hub.notifier.committed();
                if job.kind == jobs::ACT {
                    hub.live.changed(scope.tenant(), live::Topic::Requests, []);
                }
                outcome
            }
            Err(error) => again(&error),
        }
    }
}

/// A lost lease is somebody else's job now; everything else is tried again.
fn again(error: &StoreError) -> Outcome {
    match error {
        StoreError::LeaseLost => Outcome::Done,
        StoreError::Unreadable { .. } => Outcome::Fail {
            error: error.to_string(),
        },
        other => Outcome::Retry {
            after: None,
            error: chain(other),
        },
    }
}

/// An error with its causes, in one line, for the dead letters and the log. Database errors say no row contents.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

async fn book_grants(hub: &Hub, scope: &TenantScope, job: &Claimed) -> Result<Outcome, StoreError> {
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    for grant in tx.wallet().open_grants().await? {
        tx.wallet().book_grant(grant, now).await?;
    }
    tx.finish_job(job.id, job.fence).await?;
    tx.commit().await?;
    hub.live.changed(scope.tenant(), live::Topic::Wallet, []);
    Ok(Outcome::Done)
}

/// A field of a job's payload; a job without it was written by something else than this program.
pub(crate) fn payload<T: DeserializeOwned>(job: &Claimed, field: &'static str) -> Result<T, StoreError> {
    let value = job.payload.get(field).cloned().unwrap_or_default();
    serde_json::from_value(value)
        .map_err(|error| StoreError::unreadable("job payload", format!("{field}: {error}")))
}
