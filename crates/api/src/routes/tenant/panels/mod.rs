//! The shop's panels.

pub mod check;
pub mod check_key;
pub mod connect;
pub mod delete;
pub mod edit;
pub mod list;
pub mod view;
