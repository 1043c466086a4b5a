//! The first start's one-time link, which makes the master admin. Answers the machine itself only, like the console.

pub mod create;
pub mod get;
