//! Requests: one command on one order each.

pub mod act;
pub mod counts;
pub mod export;
pub mod filter;
pub mod get;
pub mod list;
pub mod view;
