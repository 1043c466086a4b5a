//! Repositories of schema `platform`, reached through [`crate::PlatformTx`]. Table names are always qualified.

pub mod accounts;
pub mod admin_links;
pub mod audit;
pub mod directory;
pub mod grants;
pub mod idempotency;
pub mod logins;
pub mod memberships;
pub mod sessions;
pub mod settings;
pub mod sign_ups;
pub mod tenants;
pub mod users;

use crate::tenant::repository;
