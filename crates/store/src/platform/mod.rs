//! Repositories of schema `platform`, reached through [`crate::PlatformTx`]. Table names are always qualified.

pub mod audit;
pub mod directory;
pub mod grants;
pub mod settings;
pub mod tenants;

use crate::tenant::repository;
