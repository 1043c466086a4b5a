//! What was done in a shop.

pub mod list;
