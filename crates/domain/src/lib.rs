//! The rules of the product, and nothing else.
//!
//! Owns ids, credits, the command grammar, the verdict on an order, what is said about it, and what it costs.
//!
//! Invariant: no async, no clock, no randomness, no driver. Everything here is a function of its arguments, so it
//! is tested with tables and properties.
//!
//! Absent on purpose: panels' wire formats (`integrations`), chat networks (`channels`), tables (`store`).

pub mod access;
pub mod channel;
pub mod clock;
pub mod command;
pub mod credit;
pub mod id;
pub mod order;
