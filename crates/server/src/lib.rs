//! The one binary's library: settings, wiring, the serving loop, and the operator's commands.

pub mod cli;
pub mod clock;
pub mod config;
pub mod serve;
pub mod sign_up;
pub mod telegram;
pub mod telemetry;
pub mod wiring;
