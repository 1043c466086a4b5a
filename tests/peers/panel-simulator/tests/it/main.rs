//! Drives the real binary over HTTP. One binary, a module per concern.

#![expect(clippy::unwrap_used, reason = "a harness that fails is a failed test")]

mod admin_v1;
mod admin_v2;
mod faults;
mod harness;
mod process;
mod user_v2;
