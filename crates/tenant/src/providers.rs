//! Providers by alias, and the groups where requests for them go.

use switchboard_domain::{command::forward::ForwardStyle, id::ProviderId};
use switchboard_store::{StoreError, TenantScope, tenant::providers::ProviderLine};

use crate::{
    Hub,
    accounts::{self, AccountError},
};

#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    #[error("an alias and a provider's name have 1 to 80 characters")]
    BadName,
    #[error("there is no provider of that alias: `switchboard provider alias` makes one")]
    NoAlias,
    #[error("the template must contain {{ids}} and may contain {{command}} and {{panel}}: {0}")]
    BadTemplate(String),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

/// Gives a provider, as the panel writes it, the owner's alias: the only name that leaves the owner's eyes.
pub async fn alias(
    hub: &Hub,
    scope: &TenantScope,
    alias: &str,
    name: &str,
) -> Result<ProviderId, ProviderError> {
    let (alias, name) = (alias.trim(), name.trim());
    if ![alias, name]
        .iter()
        .all(|text| (1..=80).contains(&text.chars().count()))
    {
        return Err(ProviderError::BadName);
    }
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let id = tx
        .providers()
        .alias(ProviderId::from_uuid(hub.clock.uuid()), alias, name, now)
        .await?;
    tx.audit()
        .append(
            "operator",
            "provider.alias",
            &id.to_string(),
            serde_json::json!({ "alias": alias }),
            now,
        )
        .await?;
    tx.commit().await?;
    Ok(id)
}

/// Where and how a provider's requests are written.
#[derive(Debug, Clone)]
pub struct NewRoute<'a> {
    pub alias: &'a str,
    pub account: Option<&'a str>,
    /// The group, by the network's id.
    pub chat: &'a str,
    pub topic: &'a str,
    pub template: Option<&'a str>,
    pub piece_size: i32,
    /// Requests of so many milliseconds travel as one message.
    pub join_ms: i32,
}

pub async fn route(hub: &Hub, scope: &TenantScope, new: &NewRoute<'_>) -> Result<(), ProviderError> {
    if let Some(template) = new.template {
        ForwardStyle {
            template: template.to_owned(),
            ..ForwardStyle::default()
        }
        .validate()
        .map_err(|error| ProviderError::BadTemplate(error.to_string()))?;
    }
    let account = accounts::pick(hub, scope, new.account).await?;
    let provider = hub
        .db
        .begin(scope)
        .await?
        .providers()
        .find_by_alias(new.alias)
        .await?
        .ok_or(ProviderError::NoAlias)?;
    let chat = accounts::provider_chat(hub, scope, &account, new.chat).await?;
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    tx.providers()
        .route(
            hub.clock.uuid(),
            provider.id.into(),
            chat,
            new.topic,
            new.template,
            new.piece_size.clamp(1, 100),
            new.join_ms.clamp(0, 60_000),
            now,
        )
        .await?;
    let detail = serde_json::json!({ "alias": new.alias, "chat": chat });
    tx.audit()
        .append("operator", "provider.route", &chat.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    Ok(())
}

pub async fn list(hub: &Hub, scope: &TenantScope) -> Result<Vec<ProviderLine>, ProviderError> {
    Ok(hub.db.begin(scope).await?.providers().list().await?)
}
