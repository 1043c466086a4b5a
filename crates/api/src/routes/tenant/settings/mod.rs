//! How a shop answers.

pub mod get;
pub mod patch;
