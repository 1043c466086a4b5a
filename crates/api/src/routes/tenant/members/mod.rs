//! Who works in a shop.

pub mod list;
