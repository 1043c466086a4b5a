//! Where the platform's sign-up meets the tenant side's test of a panel's key: neither knows the other.

use async_trait::async_trait;
use secrecy::SecretString;
use switchboard_domain::id::TenantId;
use switchboard_integrations::panel::PanelKind;
use switchboard_platform::{
    setup::{self, Finished, Outcome, TestKey, Tested},
    tenants::{TenantError, Tenants},
};
use switchboard_tenant::{
    Hub,
    panels::{self, words::ReportState},
};
use url::Url;

struct Tester<'a>(&'a Hub);

#[async_trait]
impl TestKey for Tester<'_> {
    async fn test(&self, base: &Url, kind: Option<PanelKind>, key: &SecretString) -> Tested {
        match panels::report(self.0, base.as_str(), kind, key).await {
            Ok(report) => Tested {
                outcome: match report.state {
                    ReportState::Ok => Outcome::Works,
                    ReportState::Unreachable | ReportState::Challenge | ReportState::TooSlow => {
                        Outcome::MayPass
                    }
                    ReportState::WrongKey
                    | ReportState::CustomerKey
                    | ReportState::NotAPanel
                    | ReportState::BlockedAddress => Outcome::Wrong,
                },
                kind: report.kind,
                sentence: report.sentence.clone(),
                report: serde_json::to_value(report).unwrap_or_default(),
            },
            Err(error) => Tested {
                outcome: Outcome::Wrong,
                kind,
                sentence: error.to_string(),
                report: serde_json::Value::Null,
            },
        }
    }
}

/// Does whatever is missing behind a sign-up. Safe to repeat.
pub async fn finish(hub: &Hub, tenants: &Tenants, tenant: TenantId) -> Result<Finished, TenantError> {
    setup::finish(&hub.db, tenants, &Tester(hub), tenant).await
}
