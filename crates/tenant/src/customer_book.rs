//! The owner's customers: rows, links, identities, and whole lists from and to a file.
//!
//! Invariants: what belongs to one customer is never quietly given to another; an import is all or nothing, saves what its
//! preview showed, and changes nothing the second time.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use switchboard_domain::{
    channel::ChannelKind,
    id::{CustomerId, IdentityId, PanelId},
    order::OrderId,
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx,
    tenant::customer_book::{CustomerEntry, IdentityEntry, IdentityFilter, ImportRows, LinkEntry},
};
use uuid::Uuid;

use crate::{
    Hub, csv,
    customer_import::{self, Known, Plan, UnreadableFile, Whose},
};

const MAX_CHARS: usize = 80;

#[derive(Debug, thiserror::Error)]
pub enum CustomerBookError {
    #[error("a customer's name has 1 to 80 characters in one line")]
    BadName,
    #[error("there is a customer of that name already")]
    NameTaken,
    #[error("a panel username has 1 to 80 characters in one line")]
    BadUsername { at: usize },
    #[error("there is no such panel")]
    NoPanel { at: usize },
    #[error("this username belongs to {owner}")]
    UsernameTaken { at: usize, owner: String },
    #[error("there is no such customer or identity")]
    NotFound,
    #[error("there is no such customer")]
    NoCustomer,
    #[error("This sender is linked to {0}. Unlink them there first.")]
    LinkedElsewhere(String),
    #[error("{0} requests of this customer are open. Close them first.")]
    InUse(i64),
    #[error(transparent)]
    File(#[from] UnreadableFile),
    #[error("something has changed since the preview")]
    Changed,
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

#[derive(Debug, Clone)]
pub struct CustomerRow {
    pub id: CustomerId,
    pub name: String,
    pub links: Vec<LinkEntry>,
    pub identities: Vec<IdentityRow>,
    pub open_requests: u64,
    pub last_seen_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A sender as the network knows them.
#[derive(Debug, Clone)]
pub struct IdentityRow {
    pub id: IdentityId,
    pub channel: ChannelKind,
    pub network_id: String,
    pub display_name: String,
    pub customer: Option<(CustomerId, String)>,
    pub proof: Option<String>,
    pub linked_at: Option<DateTime<Utc>>,
    pub last_seen_at: DateTime<Utc>,
    pub misses: u32,
    pub muted_until: Option<DateTime<Utc>>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportCounts {
    pub added: usize,
    pub changed: usize,
    pub same: usize,
    pub rejected: usize,
}

#[derive(Debug, Clone)]
pub struct Preview {
    pub columns: Vec<&'static str>,
    pub plan: Plan,
}

pub async fn list(
    hub: &Hub,
    scope: &TenantScope,
    q: Option<&str>,
    after: Option<&(String, Uuid)>,
    limit: i64,
) -> Result<Vec<CustomerRow>, CustomerBookError> {
    let mut tx = hub.db.begin(scope).await?;
    let entries = tx.customer_book().list(q, after, limit).await?;
    rows(&mut tx, entries).await
}

pub async fn get(hub: &Hub, scope: &TenantScope, id: CustomerId) -> Result<CustomerRow, CustomerBookError> {
    let mut tx = hub.db.begin(scope).await?;
    one(&mut tx, id).await
}

pub async fn add(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    name: &str,
    links: &[(PanelId, &str)],
) -> Result<CustomerRow, CustomerBookError> {
    let name = line(name).ok_or(CustomerBookError::BadName)?;
    let (id, now) = (CustomerId::from_uuid(hub.clock.uuid()), hub.clock.now());
    let mut tx = hub.db.begin(scope).await?;
    tx.customer_book()
        .insert(id, name, now)
        .await
        .map_err(name_taken)?;
    for (at, (panel, username)) in links.iter().enumerate() {
        link_one(&mut tx, id, *panel, username, at, now).await?;
    }
    let detail = serde_json::json!({ "name": name, "links": links.len() });
    change_customer(tx, actor, "customer.add", id, detail, now).await
}

pub async fn rename(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: CustomerId,
    name: &str,
) -> Result<CustomerRow, CustomerBookError> {
    let name = line(name).ok_or(CustomerBookError::BadName)?;
    let mut tx = hub.db.begin(scope).await?;
    if !tx.customer_book().rename(id, name).await.map_err(name_taken)? {
        return Err(CustomerBookError::NotFound);
    }
    let detail = serde_json::json!({ "name": name });
    change_customer(tx, actor, "customer.rename", id, detail, hub.clock.now()).await
}

pub async fn remove(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: CustomerId,
) -> Result<(), CustomerBookError> {
    let mut tx = hub.db.begin(scope).await?;
    let entry = tx
        .customer_book()
        .find(id)
        .await?
        .ok_or(CustomerBookError::NotFound)?;
    if entry.open_requests > 0 {
        return Err(CustomerBookError::InUse(entry.open_requests));
    }
    tx.customer_book().remove(id).await?;
    let detail = serde_json::json!({ "name": entry.name });
    tx.audit()
        .append(actor, "customer.remove", &id.to_string(), detail, hub.clock.now())
        .await?;
    tx.commit().await?;
    Ok(())
}

pub async fn link_username(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: CustomerId,
    panel: PanelId,
    username: &str,
) -> Result<CustomerRow, CustomerBookError> {
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    tx.customer_book()
        .find(id)
        .await?
        .ok_or(CustomerBookError::NotFound)?;
    link_one(&mut tx, id, panel, username, 0, now).await?;
    let detail = serde_json::json!({ "panel": panel, "username": username });
    change_customer(tx, actor, "customer.link", id, detail, now).await
}

pub async fn unlink_username(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: CustomerId,
    panel: PanelId,
    username: &str,
) -> Result<CustomerRow, CustomerBookError> {
    let mut tx = hub.db.begin(scope).await?;
    if !tx.customer_book().unlink_username(id, panel, username).await? {
        return Err(CustomerBookError::NotFound);
    }
    let detail = serde_json::json!({ "panel": panel, "username": username });
    change_customer(tx, actor, "customer.unlink", id, detail, hub.clock.now()).await
}

pub async fn identities(
    hub: &Hub,
    scope: &TenantScope,
    filter: &IdentityFilter<'_>,
) -> Result<Vec<IdentityRow>, CustomerBookError> {
    let entries = hub
        .db
        .begin(scope)
        .await?
        .customer_book()
        .identities(filter)
        .await?;
    entries.into_iter().map(identity_row).collect()
}

/// The owner vouches for it.
pub async fn link_identity(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: IdentityId,
    customer: CustomerId,
) -> Result<IdentityRow, CustomerBookError> {
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let entry = tx
        .customer_book()
        .identity(id)
        .await?
        .ok_or(CustomerBookError::NotFound)?;
    if tx.customer_book().find(customer).await?.is_none() {
        return Err(CustomerBookError::NoCustomer);
    }
    if !tx.people().link_identity(id, customer, "owner", now).await? {
        return Err(CustomerBookError::LinkedElsewhere(
            entry.customer_name.unwrap_or_default(),
        ));
    }
    let detail = serde_json::json!({ "customer": customer });
    change_identity(tx, actor, "identity.link", id, detail, now).await
}

pub async fn unlink_identity(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: IdentityId,
) -> Result<IdentityRow, CustomerBookError> {
    let mut tx = hub.db.begin(scope).await?;
    let entry = tx.customer_book().identity(id).await?;
    let entry = entry.ok_or(CustomerBookError::NotFound)?;
    tx.customer_book().unlink_identity(id).await?;
    let detail = serde_json::json!({ "customer": entry.customer_id });
    change_identity(tx, actor, "identity.unlink", id, detail, hub.clock.now()).await
}

pub async fn unmute(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: IdentityId,
) -> Result<IdentityRow, CustomerBookError> {
    let mut tx = hub.db.begin(scope).await?;
    tx.customer_book().unmute(id).await?;
    let detail = serde_json::json!({});
    change_identity(tx, actor, "identity.unmute", id, detail, hub.clock.now()).await
}

async fn change_customer(
    mut tx: TenantTx,
    actor: &str,
    action: &str,
    id: CustomerId,
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<CustomerRow, CustomerBookError> {
    tx.audit()
        .append(actor, action, &id.to_string(), detail, now)
        .await?;
    let row = one(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

async fn change_identity(
    mut tx: TenantTx,
    actor: &str,
    action: &str,
    id: IdentityId,
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<IdentityRow, CustomerBookError> {
    let entry = tx.customer_book().identity(id).await?;
    let row = identity_row(entry.ok_or(CustomerBookError::NotFound)?)?;
    tx.audit()
        .append(actor, action, &id.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    Ok(row)
}

/// What an import would do. Saves nothing.
pub async fn preview(hub: &Hub, scope: &TenantScope, csv: &str) -> Result<Preview, CustomerBookError> {
    let mut tx = hub.db.begin(scope).await?;
    planned(&mut tx, csv).await
}

/// Does what the preview with this digest showed, in one transaction. A second time it changes nothing.
pub async fn import(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    csv: &str,
    digest: &str,
) -> Result<ImportCounts, CustomerBookError> {
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let Preview { plan, .. } = planned(&mut tx, csv).await?;
    if plan.digest() != digest {
        return Err(CustomerBookError::Changed);
    }
    let counts = counts(&plan);
    let written = tx.customer_book().import(&import_rows(hub, &plan), now).await;
    match written {
        Ok(true) => {}
        // Somebody took a name or a username between the look and the write.
        Ok(false) => return Err(CustomerBookError::Changed),
        Err(error) if error.constraint().is_some() => return Err(CustomerBookError::Changed),
        Err(error) => return Err(error.into()),
    }
    let detail = serde_json::json!({
        "digest": digest, "added": counts.added, "changed": counts.changed, "same": counts.same, "rejected": counts.rejected,
    });
    tx.audit()
        .append(actor, "customer.import", "", detail, now)
        .await?;
    tx.commit().await?;
    Ok(counts)
}

pub fn counts(plan: &Plan) -> ImportCounts {
    ImportCounts {
        added: plan.count(customer_import::Kind::Add),
        changed: plan.count(customer_import::Kind::Change),
        same: plan.count(customer_import::Kind::Same),
        rejected: plan.rejected.len(),
    }
}

/// All customers with their links, in the columns of an import; no cell is a formula.
pub async fn export(hub: &Hub, scope: &TenantScope) -> Result<String, CustomerBookError> {
    let mut tx = hub.db.begin(scope).await?;
    let links = tx.customer_book().export_links().await?;
    let telegram = tx.customer_book().export_telegram().await?;
    drop(tx);
    let mut text = csv::line(&["customer", "panel", "username", "telegram_id"]);
    for (name, panel, username) in &links {
        let panel = panel.as_deref().unwrap_or_default();
        text += &csv::line(&[name, panel, username.as_deref().unwrap_or_default(), ""]);
    }
    for (name, id) in &telegram {
        text += &csv::line(&[name, "", "", id]);
    }
    Ok(text)
}

async fn planned(tx: &mut TenantTx, csv: &str) -> Result<Preview, CustomerBookError> {
    let file = customer_import::read(csv)?;
    let columns = file.columns.clone();
    let panels: Vec<(PanelId, String)> = tx
        .panels()
        .list()
        .await?
        .into_iter()
        .map(|panel| (panel.id.into(), panel.name))
        .collect();
    let customers = tx.customer_book().all_customers().await?;
    let links = tx.customer_book().all_links().await?;
    let telegram = tx.customer_book().telegram_ids().await?;
    let asked: Vec<&OrderId> = file.lines.iter().filter_map(|line| line.order.as_ref()).collect();
    let mut orders = HashMap::new();
    if !asked.is_empty() {
        let numbers: Vec<String> = asked.iter().map(|order| order.as_str().to_owned()).collect();
        for (panel, _) in &panels {
            let found = tx
                .customer_book()
                .order_owners(&vec![panel.uuid(); numbers.len()], &numbers)
                .await?;
            orders.extend(found.into_iter().filter_map(|(panel, order, customer)| {
                let order = OrderId::new(order).ok()?;
                Some(((PanelId::from(panel), order), CustomerId::from(customer)))
            }));
        }
    }
    let known = Known {
        panels,
        customers: customers
            .into_iter()
            .map(|(id, name)| (name, id.into()))
            .collect(),
        links: links
            .into_iter()
            .map(|(panel, username, customer)| ((panel.into(), username), customer.into()))
            .collect(),
        telegram: telegram
            .into_iter()
            .map(|(id, customer)| (id, customer.into()))
            .collect(),
        orders,
    };
    Ok(Preview {
        columns,
        plan: customer_import::plan(file, &known),
    })
}

fn import_rows(hub: &Hub, plan: &Plan) -> ImportRows {
    let customers: Vec<(Uuid, String)> = plan
        .customers
        .iter()
        .map(|name| (hub.clock.uuid(), name.clone()))
        .collect();
    let id = |whose: &Whose| match whose {
        Whose::Known(id) => id.uuid(),
        Whose::New(at) => customers[*at].0,
    };
    ImportRows {
        renames: plan
            .renames
            .iter()
            .map(|(id, name)| (id.uuid(), name.clone()))
            .collect(),
        links: plan
            .links
            .iter()
            .map(|(panel, username, whose)| (panel.uuid(), username.clone(), id(whose)))
            .collect(),
        telegram: plan
            .telegram
            .iter()
            .map(|(telegram, whose)| (hub.clock.uuid(), telegram.clone(), id(whose)))
            .collect(),
        orders: plan
            .orders
            .iter()
            .map(|(panel, order, whose)| (panel.uuid(), order.as_str().to_owned(), id(whose)))
            .collect(),
        customers,
    }
}

async fn link_one(
    tx: &mut TenantTx,
    customer: CustomerId,
    panel: PanelId,
    username: &str,
    at: usize,
    now: DateTime<Utc>,
) -> Result<(), CustomerBookError> {
    let username = line(username).ok_or(CustomerBookError::BadUsername { at })?;
    if tx.panels().find(panel).await?.is_none() {
        return Err(CustomerBookError::NoPanel { at });
    }
    if !tx.people().link_username(panel, username, customer, now).await? {
        let owner = tx.customer_book().owner_of(panel, username).await?;
        return Err(CustomerBookError::UsernameTaken {
            at,
            owner: owner.unwrap_or_default(),
        });
    }
    Ok(())
}

async fn rows(tx: &mut TenantTx, entries: Vec<CustomerEntry>) -> Result<Vec<CustomerRow>, CustomerBookError> {
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
    let links = tx.customer_book().links(&ids).await?;
    let mut identities: HashMap<Uuid, Vec<IdentityRow>> = HashMap::new();
    for entry in tx.customer_book().identities_of(&ids).await? {
        let customer = entry.customer_id.unwrap_or_default();
        identities.entry(customer).or_default().push(identity_row(entry)?);
    }
    let row = |entry: CustomerEntry| {
        let identities = identities.remove(&entry.id).unwrap_or_default();
        CustomerRow {
            id: entry.id.into(),
            name: entry.name,
            links: links
                .iter()
                .filter(|link| link.customer_id == entry.id)
                .cloned()
                .collect(),
            last_seen_at: identities.iter().map(|identity| identity.last_seen_at).max(),
            identities,
            open_requests: u64::try_from(entry.open_requests).unwrap_or(0),
            created_at: entry.created_at,
        }
    };
    Ok(entries.into_iter().map(row).collect())
}

async fn one(tx: &mut TenantTx, id: CustomerId) -> Result<CustomerRow, CustomerBookError> {
    let entry = tx
        .customer_book()
        .find(id)
        .await?
        .ok_or(CustomerBookError::NotFound)?;
    rows(tx, vec![entry])
        .await?
        .pop()
        .ok_or(CustomerBookError::NotFound)
}

fn identity_row(entry: IdentityEntry) -> Result<IdentityRow, CustomerBookError> {
    let channel = ChannelKind::parse(&entry.channel);
    Ok(IdentityRow {
        id: entry.id.into(),
        channel: channel.ok_or_else(|| StoreError::unreadable("identity.channel", entry.channel))?,
        network_id: entry.network_id,
        display_name: entry.display_name,
        customer: entry
            .customer_id
            .map(|id| (id.into(), entry.customer_name.unwrap_or_default())),
        proof: entry.proof,
        linked_at: entry.linked_at,
        last_seen_at: entry.last_seen_at,
        misses: u32::try_from(entry.misses).unwrap_or(0),
        muted_until: entry.muted_until,
    })
}

fn line(text: &str) -> Option<&str> {
    let text = text.trim();
    let fits = (1..=MAX_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then_some(text)
}

fn name_taken(error: StoreError) -> CustomerBookError {
    match error.constraint() {
        Some("customer_name_key") => CustomerBookError::NameTaken,
        _ => error.into(),
    }
}
