//! Everything that needs PostgreSQL, in one binary: each further one would link the whole product again.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, which the general exception does not reach"
)]

mod api;
mod catalog;
mod chaos;
mod chaos_plan;
mod contract;
mod credit;
mod e2e;
mod e2e_chats;
mod e2e_panels;
mod e2e_talk;
mod migrate;
mod provisioning;
mod secrets;
mod tenancy;
mod threats;
mod webhook;
