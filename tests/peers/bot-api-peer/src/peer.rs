//! The running peer: the world behind its lock, and what needs the network.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use crate::world::World;

pub struct Options {
    /// Pause before the first redelivery; it doubles up to `redelivery_max`.
    pub redelivery: Duration,
    pub redelivery_max: Duration,
    /// How long a webhook may take to answer.
    pub hook_timeout: Duration,
}

pub struct Peer {
    world: Mutex<World>,
    pub http: reqwest::Client,
    pub options: Options,
    pub stop: CancellationToken,
}

impl Peer {
    pub fn new(world: World, options: Options) -> anyhow::Result<Self> {
        Ok(Self {
            world: Mutex::new(world),
            http: hook_client(options.hook_timeout)?,
            options,
            stop: CancellationToken::new(),
        })
    }

    /// Never held across an await. A panic in one call must not stop the others, so poison is ignored.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(clippy::disallowed_methods, reason = "the peer depends on none of our crates")]
fn hook_client(timeout: Duration) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(timeout)
        // Telegram takes self-signed certificates that were uploaded with setWebhook; the peer takes any.
        .tls_danger_accept_invalid_certs(true)
        .build()
}
