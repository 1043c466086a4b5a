//! What tests of the whole product share: a database per test, a clock that the test moves, ready tenants.
//!
//! Invariant: nothing here is a second way to do what the product does; tenants are made, and databases opened, by its own
//! code.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot be set up shall stop there"
)]

pub mod app;
pub mod clock;
mod cluster;
pub mod db;
pub mod tenants;
pub mod world;

pub use app::{Answer, TestApp, User};
pub use clock::TestClock;
pub use db::TestDb;

/// HTTP clients need one process-wide provider. Safe to call again.
pub fn install_crypto() {
    rustls::crypto::ring::default_provider().install_default().ok();
}
