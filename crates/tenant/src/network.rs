//! What a tenant's use cases need of a chat network besides its sessions: to read what it delivered, and to be delivered to.
//!
//! One implementation a network, wired by the server, so that no use case knows a network's types.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use secrecy::SecretString;
use switchboard_channels::{login::Connector, port::Event};
use switchboard_domain::{channel::ChannelKind, id::AccountId};
use switchboard_store::{TenantScope, tenant::accounts::ChatAccount};
use tokio_util::sync::CancellationToken;

use crate::intake::Intake;

/// A delivery that is no update of this network. Says what is wrong, never what stood in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the delivery cannot be read: {0}")]
pub struct BadUpdate(pub String);

/// What must be known of a delivery before it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peeked {
    /// The same for each delivery of one event.
    pub dedupe_key: String,
    /// Events of one chat stay in order.
    pub chat: Option<String>,
}

/// An account to receive for.
#[derive(Clone)]
pub struct Receiving {
    pub account: AccountId,
    pub network_id: String,
    pub secret: SecretString,
    pub hook_key: String,
    /// What the network must say with each delivery.
    pub hook_secret: SecretString,
}

#[async_trait]
pub trait Network: Send + Sync {
    fn connector(&self) -> &dyn Connector;

    /// Cheap: called before the delivery is acknowledged.
    fn peek(&self, raw: &[u8]) -> Result<Peeked, BadUpdate>;

    /// The whole meaning of a stored delivery.
    fn read(&self, raw: &str, own: &ChatAccount) -> Result<Event, BadUpdate>;

    /// Sees to it that deliveries arrive until `stop`: registers the webhook and watches it, or polls. Reports the account's
    /// state through `intake`. Returns only when stopped or when a person has to do something.
    async fn receive(&self, account: Receiving, scope: TenantScope, intake: Intake, stop: CancellationToken);

    /// Tells the network to deliver nowhere. What another program has set is left alone, unless the owner takes over.
    async fn release(
        &self,
        secret: &SecretString,
        hook_key: &str,
        take_over: bool,
    ) -> Result<(), ReleaseError>;
}

/// Why an account's deliveries could not be ended. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    #[error("another program receives this account's messages at {host}")]
    TakenElsewhere { host: String },
    #[error("the network no longer accepts this account's token")]
    Rejected,
    #[error("the network did not answer")]
    Unreachable,
}

/// The networks of this process.
#[derive(Clone)]
pub struct Networks(Arc<HashMap<ChannelKind, Arc<dyn Network>>>);

impl Networks {
    pub fn new(networks: impl IntoIterator<Item = Arc<dyn Network>>) -> Self {
        Self(Arc::new(
            networks
                .into_iter()
                .map(|network| (network.connector().capabilities().kind, network))
                .collect(),
        ))
    }

    pub fn get(&self, kind: ChannelKind) -> Option<&Arc<dyn Network>> {
        self.0.get(&kind)
    }
}
