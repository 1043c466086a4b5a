//! Proof that somebody was let into one tenant.
//!
//! Invariant: a [`TenantScope`] is made by a look-up in the directory (a webhook's key, a job's row, the operator at the
//! machine) and by nothing else; it cannot be built, altered or read back from a text.

use std::fmt;

use switchboard_domain::id::TenantId;
use uuid::Uuid;

/// The role and the schema of one tenant: `t_` and 32 hex digits. Safe as an identifier by construction.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SchemaRole(String);

impl SchemaRole {
    pub fn of(tenant: TenantId) -> Self {
        Self(format!("t_{}", tenant.uuid().simple()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tenant that a role name belongs to, for job rows, which are stamped with it.
    pub fn tenant(role: &str) -> Option<TenantId> {
        let hex = role.strip_prefix("t_").filter(|hex| hex.len() == 32)?;
        Uuid::try_parse(hex).ok().map(TenantId::from_uuid)
    }
}

impl fmt::Display for SchemaRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SchemaRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone)]
pub struct TenantScope {
    tenant: TenantId,
    role: SchemaRole,
    slot: i32,
}

impl TenantScope {
    pub(crate) fn new(tenant: TenantId, slot: i32) -> Self {
        Self {
            tenant,
            role: SchemaRole::of(tenant),
            slot,
        }
    }

    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub fn role(&self) -> &SchemaRole {
        &self.role
    }

    pub(crate) fn slot(&self) -> i32 {
        self.slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_leads_back_to_its_tenant_and_nothing_else_does() {
        let tenant = TenantId::from_uuid(Uuid::from_u128(0x0193_5f1c_0000_7000_8000_0000_0000_0001));
        let role = SchemaRole::of(tenant);
        assert_eq!(role.as_str(), "t_01935f1c000070008000000000000001");
        assert_eq!(SchemaRole::tenant(role.as_str()), Some(tenant));
        for other in [
            "",
            "t_",
            "postgres",
            "t_019",
            "t_01935f1c-0000-7000-8000-000000000001",
            "x_01935f1c000070008000000000000001",
        ] {
            assert_eq!(SchemaRole::tenant(other), None, "{other}");
        }
    }
}
