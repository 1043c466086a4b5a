//! Tenants, made by the code that makes real ones.

use switchboard_platform::{Actor, tenants::Tenants};
use switchboard_store::TenantScope;

use crate::{TestDb, db::SETTINGS};

impl TestDb {
    pub fn tenants(&self) -> Tenants {
        Tenants::new(self.db.clone(), SETTINGS.slots)
    }

    /// A provisioned tenant with its trial credits.
    pub async fn tenant(&self, name: &str) -> TenantScope {
        let tenants = self.tenants();
        let id = tenants
            .create(&Actor::operator(), name)
            .await
            .expect("a tenant's row");
        tenants.provision(id, &|_| {}).await.expect("a tenant's schema");
        self.db
            .scope_if_active(id)
            .await
            .expect("the directory answers")
            .expect("the tenant is active")
    }
}
