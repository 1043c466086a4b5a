//! One search over a shop.

pub mod get;
