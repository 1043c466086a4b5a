//! What the operator of the installation does: tenants, the credits they are given, settings of the platform.
//!
//! The command line calls these use cases today and the HTTP API will call the same ones.
//!
//! Invariants: every change of money or access writes its audit row in the same transaction; nothing here touches a tenant's
//! tables except through rows that the tenant side picks up itself (a grant and its job).

pub mod credits;
pub mod tenants;

/// Who does it, for the audit: `operator` at the machine, later a prefixed user id.
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

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
