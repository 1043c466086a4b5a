//! What the operator of the installation does: tenants, the credits they are given, settings of the platform.
//!
//! The command line calls these use cases today and the HTTP API will call the same ones.
//!
//! Invariants: every change of money or access writes its audit row in the same transaction; nothing here touches a tenant's
//! tables except through rows that the tenant side picks up itself (a grant and its job).

pub mod access;
pub mod accounts;
pub mod credits;
pub mod passwords;
pub mod sessions;
pub mod setup;
pub mod signup;
pub mod tenants;
pub mod users;

use std::fmt;

use switchboard_domain::id::UserId;

/// Who does it, for the audit: `operator` at the machine, or a prefixed user id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(String);

impl Actor {
    /// Somebody with a shell on the machine that holds the keys.
    pub fn operator() -> Self {
        Self("operator".to_owned())
    }

    /// The product itself, acting on a timer or a job.
    pub fn system() -> Self {
        Self("system".to_owned())
    }

    /// A person with an account.
    pub fn user(id: UserId) -> Self {
        Self(format!("u:{}", id.uuid()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
