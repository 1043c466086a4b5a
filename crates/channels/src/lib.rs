//! The port that every chat network implements, and what comes with it.
//!
//! Owns the network-neutral shape of what arrives and what is sent, the states of a chat account and their words for
//! the owner, the steps of connecting an account, an in-memory network, and the contract that every adapter passes.
//!
//! Invariant: nothing here knows a network's wire format, a table, or a rule of the product.
//! Invariant: an id of a network is opaque text that only its adapter builds; a chat's topic is a field of its own.

pub mod contract;
pub mod fake;
pub mod login;
pub mod port;
pub mod refs;
pub mod session;
pub mod split;
pub mod status;
