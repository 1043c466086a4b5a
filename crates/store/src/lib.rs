//! PostgreSQL: the pools, the two kinds of transaction, repositories, queue, migrations, provisioning, sealed secrets.
//!
//! Invariants:
//! - Tenant tables are reached through a [`TenantTx`] and nothing else; it runs as the tenant's own role.
//! - Nothing waits on the network inside a transaction.
//! - Rows written in one transaction with their cause: jobs, ledger lines, outbox.
//!
//! Absent on purpose: rules (they live in `domain`), HTTP, chat networks.

mod begin;
mod bootstrap;
mod db;
mod document;
pub mod embedded;
mod error;
pub mod fail;
mod login;
mod members;
mod migrate;
pub mod platform;
mod platform_tx;
mod provision;
pub mod queue;
mod scope;
mod sql_file;
pub mod tenant;
mod tenant_tx;
pub mod vault;

pub use bootstrap::needed_keys;
pub use db::{Db, DbSettings};
pub use error::StoreError;
pub use members::{Entry, Membership, SignedIn};
pub use migrate::{
    BrokenTenant, FleetReport, MigrateError, TenantFile, fingerprint as migrations_fingerprint,
    latest as latest_version, tenant_files,
};
pub use platform_tx::PlatformTx;
pub use scope::{SchemaRole, TenantScope};
pub use tenant_tx::TenantTx;
