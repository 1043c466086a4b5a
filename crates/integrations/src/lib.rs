//! Everything outside that is not a chat network: the guarded HTTP client, panels, payment gateways, webhooks.
//!
//! Invariant: whatever a tenant typed as an address is only ever reached through [`http::GuardedClient`].

pub mod http;
pub mod panel;
