//! Who a sender is: identities of chat networks and panel usernames, joined in one customer.

use switchboard_domain::{
    channel::ChannelKind,
    id::{CustomerId, IdentityId},
    order::OrderId,
};
use switchboard_store::{StoreError, TenantScope, tenant::people::CustomerLine};

use crate::Hub;

#[derive(Debug, thiserror::Error)]
pub enum CustomerError {
    #[error("there is no panel of that name: `switchboard panel list` shows all")]
    NoPanel,
    #[error("the panel username `{0}` is linked to another customer: decide which of the two it belongs to")]
    UsernameTaken(String),
    #[error("this chat identity is linked to another customer: decide which of the two it belongs to")]
    IdentityTaken,
    #[error(
        "a chat identity is the network's number, such as 700000001, never an @name, which can change hands"
    )]
    NotAnId,
    #[error("name at least a panel username or a chat identity")]
    Nothing,
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

/// What to join under one customer.
#[derive(Debug, Clone, Default)]
pub struct NewLink<'a> {
    pub customer: &'a str,
    pub panel: Option<&'a str>,
    pub username: Option<&'a str>,
    pub telegram_id: Option<&'a str>,
    /// Orders of a panel that does not tell whose they are.
    pub orders: &'a [OrderId],
}

/// Links, all or nothing. The operator vouches for it; links by proof come from the chat itself.
pub async fn link(hub: &Hub, scope: &TenantScope, link: &NewLink<'_>) -> Result<CustomerId, CustomerError> {
    if link.username.is_none() && link.telegram_id.is_none() && link.orders.is_empty() {
        return Err(CustomerError::Nothing);
    }
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let customer = tx
        .people()
        .customer(CustomerId::from_uuid(hub.clock.uuid()), link.customer, now)
        .await?;
    if link.username.is_some() || !link.orders.is_empty() {
        let name = link.panel.ok_or(CustomerError::NoPanel)?;
        let panel = tx
            .panels()
            .find_by_name(name)
            .await?
            .ok_or(CustomerError::NoPanel)?;
        if let Some(username) = link.username.map(str::trim)
            && !tx
                .people()
                .link_username(panel.id.into(), username, customer, now)
                .await?
        {
            return Err(CustomerError::UsernameTaken(username.to_owned()));
        }
        for order in link.orders {
            tx.people().map_order(panel.id.into(), order, customer).await?;
        }
    }
    if let Some(id) = link.telegram_id {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CustomerError::NotAnId);
        }
        let fresh = IdentityId::from_uuid(hub.clock.uuid());
        let identity = match tx.people().find_identity(ChannelKind::TelegramBot, id).await? {
            Some(identity) => identity.id,
            None => {
                tx.people()
                    .seen(fresh, ChannelKind::TelegramBot, id, "", now)
                    .await?
            }
        };
        if !tx
            .people()
            .link_identity(identity, customer, "operator", now)
            .await?
        {
            return Err(CustomerError::IdentityTaken);
        }
    }
    let detail = serde_json::json!({ "username": link.username, "telegram_id": link.telegram_id, "orders": link.orders.len() });
    tx.audit()
        .append("operator", "customer.link", &customer.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    Ok(customer)
}

pub async fn list(hub: &Hub, scope: &TenantScope) -> Result<Vec<CustomerLine>, CustomerError> {
    Ok(hub.db.begin(scope).await?.people().list().await?)
}
