//! Names become addresses here, and are judged here: all of them or none.

use std::{net::IpAddr, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{
    address::is_public,
    error::{Blocked, NoSuchName},
};

/// Where names are looked up. The system's resolver in the product; a table in tests.
#[async_trait]
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of a name. An error and an empty list both mean that there is none.
    async fn lookup(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0))
            .await?
            .map(|address| address.ip())
            .collect())
    }
}

/// Refuses a name if *any* of its addresses is not public: a name with one good and one private address is an attempt,
/// and handing out the good half invites a race.
pub(super) struct Guarded(pub Arc<dyn Lookup>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = Arc::clone(&self.0);
        Box::pin(async move {
            let addresses = find(&*lookup, name.as_str()).await?;
            if addresses.iter().all(|address| is_public(*address)) {
                Ok(hand_out(addresses))
            } else {
                Err(Blocked.into())
            }
        })
    }
}

/// For the exact host and port pairs that the operator allowed.
pub(super) struct Unguarded(pub Arc<dyn Lookup>);

impl Resolve for Unguarded {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = Arc::clone(&self.0);
        Box::pin(async move { Ok(hand_out(find(&*lookup, name.as_str()).await?)) })
    }
}

async fn find(lookup: &dyn Lookup, name: &str) -> Result<Vec<IpAddr>, NoSuchName> {
    match lookup.lookup(name).await {
        Ok(addresses) if !addresses.is_empty() => Ok(addresses),
        _ => Err(NoSuchName),
    }
}

fn hand_out(addresses: Vec<IpAddr>) -> Addrs {
    // Port 0: the library puts the URL's port in its place.
    Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)))
}
