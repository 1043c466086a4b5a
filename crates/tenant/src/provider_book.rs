//! The owner's providers: aliases, the names behind them, routes to their groups, and those that orders name but nobody has named.
//!
//! Invariant: a real name leaves here through [`reveal`] alone, and each look is in the audit.

mod unrouted;

use std::num::NonZeroU16;

use chrono::{DateTime, Utc};
use switchboard_domain::{
    command::{
        CommandKind,
        forward::{ExternalId, ForwardItem, ForwardStyle, ForwardStyleError, group_forwards},
    },
    id::{ChatId, PanelId, ProviderId, RequestId},
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx,
    tenant::{
        chats::{ChatMode, ChatParty},
        provider_book::{NewRoute, ProviderEntry, RouteChange, RouteEntry},
    },
};
use uuid::Uuid;

use crate::Hub;

use unrouted::{KEY_PREFIX, SEEN_WITHIN, key_for, owner_of};
pub use unrouted::{Unrouted, unrouted};

const MAX_NAMES: usize = 50;
const MAX_CHARS: usize = 80;
pub const MAX_JOIN_MS: u32 = 60_000;
pub const MAX_PIECE: u32 = 100;

#[derive(Debug, thiserror::Error)]
pub enum BookError {
    #[error("an alias has 1 to 80 characters in one line")]
    BadAlias,
    #[error("there is a provider of that alias already")]
    AliasTaken,
    #[error("a provider's name has 1 to 80 characters in one line")]
    BadName { at: usize },
    #[error("this name belongs to {alias}")]
    NameTaken { at: usize, alias: String },
    #[error("a provider has at most 50 names")]
    TooManyNames,
    #[error("there is no such provider or route")]
    NotFound,
    #[error("there is no such chat")]
    NoChat,
    #[error("this is a customer's chat, and one chat is never both")]
    CustomersChat,
    #[error("this provider writes there already")]
    RouteTaken,
    #[error(transparent)]
    Template(#[from] ForwardStyleError),
    #[error("a message holds 1 to 100 ids")]
    BadPiece,
    #[error("requests are joined for at most a minute")]
    BadJoin,
    #[error("a topic is the network's number")]
    BadTopic,
    #[error("{0} requests on its orders are open. Close them first.")]
    InUse(i64),
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

/// A provider as lists show it: without its names.
#[derive(Debug, Clone)]
pub struct ProviderRow {
    pub id: ProviderId,
    pub alias: String,
    pub name_count: usize,
    pub routes: Vec<RouteRow>,
    pub waiting: u64,
    pub last_forward_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone)]
pub struct RouteRow {
    pub id: Uuid,
    pub chat: ChatId,
    pub chat_title: String,
    pub account: String,
    pub lost_reason: Option<String>,
    pub topic: String,
    pub template: Option<String>,
    pub piece_size: u32,
    pub join_ms: u32,
    /// What two refills would look like there.
    pub preview: String,
}

#[derive(Debug, Clone, Default)]
pub struct RouteForm<'a> {
    pub topic: Option<&'a str>,
    pub template: Option<&'a str>,
    pub piece_size: Option<u32>,
    pub join_ms: Option<u32>,
}

#[derive(Debug, Clone, Default)]
pub struct RouteEdit<'a> {
    pub template: Option<Option<&'a str>>,
    pub piece_size: Option<u32>,
    pub join_ms: Option<u32>,
}

pub async fn list(
    hub: &Hub,
    scope: &TenantScope,
    q: Option<&str>,
    after: Option<&(String, Uuid)>,
    limit: i64,
) -> Result<Vec<ProviderRow>, BookError> {
    let mut tx = hub.db.begin(scope).await?;
    let entries = tx.provider_book().list(q, after, limit).await?;
    rows(&mut tx, entries).await
}

pub async fn get(hub: &Hub, scope: &TenantScope, id: ProviderId) -> Result<ProviderRow, BookError> {
    let mut tx = hub.db.begin(scope).await?;
    one(&mut tx, id).await
}

pub async fn add(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    alias: &str,
    names: &[String],
) -> Result<ProviderRow, BookError> {
    let alias = line(alias).ok_or(BookError::BadAlias)?;
    let (id, now) = (ProviderId::from_uuid(hub.clock.uuid()), hub.clock.now());
    let mut tx = hub.db.begin(scope).await?;
    let names = checked_names(hub, &mut tx, None, names).await?;
    tx.provider_book()
        .insert(id, alias, &names, now)
        .await
        .map_err(alias_taken)?;
    let detail = serde_json::json!({ "alias": alias, "names": names.len() });
    note(hub, &mut tx, actor, "provider.add", id, detail).await?;
    let row = one(&mut tx, id).await?;
    kept(hub, scope, tx).await?;
    Ok(row)
}

/// `names` replaces all names behind the alias.
pub async fn edit(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: ProviderId,
    alias: Option<&str>,
    names: Option<&[String]>,
) -> Result<ProviderRow, BookError> {
    let alias = match alias {
        Some(alias) => Some(line(alias).ok_or(BookError::BadAlias)?),
        None => None,
    };
    let mut tx = hub.db.begin(scope).await?;
    let names = match names {
        Some(names) => Some(checked_names(hub, &mut tx, Some(id), names).await?),
        None => None,
    };
    let known = tx.provider_book().change(id, alias, names.as_deref()).await;
    if !known.map_err(alias_taken)? {
        return Err(BookError::NotFound);
    }
    let detail = serde_json::json!({ "alias": alias, "names": names.map(|names| names.len()) });
    note(hub, &mut tx, actor, "provider.edit", id, detail).await?;
    let row = one(&mut tx, id).await?;
    kept(hub, scope, tx).await?;
    Ok(row)
}

/// Removes a provider with its routes. History keeps its alias.
pub async fn remove(hub: &Hub, scope: &TenantScope, actor: &str, id: ProviderId) -> Result<(), BookError> {
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let entry = tx.provider_book().find(id).await?.ok_or(BookError::NotFound)?;
    let (open, history) = tx.provider_book().uses(id).await?;
    if open > 0 {
        return Err(BookError::InUse(open));
    }
    tx.provider_book().remove_routes(id, None).await?;
    tx.provider_book().remove(id, history, now).await?;
    let detail = serde_json::json!({ "alias": entry.alias });
    note(hub, &mut tx, actor, "provider.remove", id, detail).await?;
    kept(hub, scope, tx).await?;
    Ok(())
}

async fn note(
    hub: &Hub,
    tx: &mut TenantTx,
    actor: &str,
    action: &str,
    id: ProviderId,
    detail: serde_json::Value,
) -> Result<(), BookError> {
    let now = hub.clock.now();
    tx.audit()
        .append(actor, action, &id.to_string(), detail, now)
        .await?;
    Ok(())
}

/// Commits, and messages are decided by it from now on.
async fn kept(hub: &Hub, scope: &TenantScope, tx: TenantTx) -> Result<(), BookError> {
    tx.commit().await?;
    hub.shops.forget(scope.tenant()).await;
    Ok(())
}

/// The names behind an alias. Each look is in the audit.
pub async fn reveal(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: ProviderId,
) -> Result<Vec<String>, BookError> {
    let mut tx = hub.db.begin(scope).await?;
    let entry = tx.provider_book().find(id).await?.ok_or(BookError::NotFound)?;
    let detail = serde_json::json!({ "alias": entry.alias });
    note(hub, &mut tx, actor, "provider.reveal", id, detail).await?;
    tx.commit().await?;
    Ok(entry.names)
}

/// A way to the provider's group. The group becomes the provider's and nobody is answered there any more.
pub async fn add_route(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: ProviderId,
    chat: ChatId,
    form: &RouteForm<'_>,
) -> Result<RouteRow, BookError> {
    let template = checked_template(form.template)?;
    let piece_size = form.piece_size.map(checked_piece).transpose()?.unwrap_or(100);
    let join_ms = form.join_ms.map(checked_join).transpose()?.unwrap_or(2000);
    let topic = checked_topic(form.topic.unwrap_or_default())?;
    let (route, now) = (hub.clock.uuid(), hub.clock.now());
    let mut tx = hub.db.begin(scope).await?;
    let entry = tx.provider_book().find(id).await?.ok_or(BookError::NotFound)?;
    tx.chats().find(chat).await?.ok_or(BookError::NoChat)?;
    if !tx.chats().set_party(chat, ChatParty::Provider).await? {
        return Err(BookError::CustomersChat);
    }
    tx.chats().set_mode(chat, ChatMode::Off).await?;
    let new = NewRoute {
        id: route,
        provider: id,
        chat,
        topic,
        template,
        piece_size,
        join_ms,
    };
    tx.provider_book()
        .insert_route(&new, now)
        .await
        .map_err(|error| match error.constraint() {
            Some("provider_route_key") => BookError::RouteTaken,
            _ => error.into(),
        })?;
    let detail = serde_json::json!({ "alias": entry.alias, "chat": chat, "topic": topic });
    note(hub, &mut tx, actor, "provider.route", id, detail).await?;
    let row = one_route(&mut tx, id, route).await?;
    kept(hub, scope, tx).await?;
    Ok(row)
}

pub async fn edit_route(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: ProviderId,
    route: Uuid,
    edit: &RouteEdit<'_>,
) -> Result<RouteRow, BookError> {
    let change = RouteChange {
        template: match edit.template {
            Some(template) => Some(checked_template(template)?),
            None => None,
        },
        piece_size: edit.piece_size.map(checked_piece).transpose()?,
        join_ms: edit.join_ms.map(checked_join).transpose()?,
    };
    let mut tx = hub.db.begin(scope).await?;
    if !tx.provider_book().change_route(id, route, &change).await? {
        return Err(BookError::NotFound);
    }
    let detail = serde_json::json!({ "route": route });
    note(hub, &mut tx, actor, "provider.route.edit", id, detail).await?;
    let row = one_route(&mut tx, id, route).await?;
    kept(hub, scope, tx).await?;
    Ok(row)
}

pub async fn remove_route(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: ProviderId,
    route: Uuid,
) -> Result<(), BookError> {
    let mut tx = hub.db.begin(scope).await?;
    if tx.provider_book().remove_routes(id, Some(route)).await? == 0 {
        return Err(BookError::NotFound);
    }
    let detail = serde_json::json!({ "route": route });
    note(hub, &mut tx, actor, "provider.route.remove", id, detail).await?;
    kept(hub, scope, tx).await?;
    Ok(())
}

/// What two refills would look like under a template; `None`: ours.
pub async fn preview(hub: &Hub, scope: &TenantScope, template: Option<&str>) -> Result<String, BookError> {
    let template = checked_template(template)?;
    let panel = panel_name(&mut hub.db.begin(scope).await?).await?;
    Ok(preview_text(template, 100, &panel))
}

async fn rows(tx: &mut TenantTx, entries: Vec<ProviderEntry>) -> Result<Vec<ProviderRow>, BookError> {
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
    let routes = tx.provider_book().routes(&ids).await?;
    let panel = panel_name(tx).await?;
    let row = |entry: ProviderEntry| ProviderRow {
        id: entry.id.into(),
        name_count: entry.names.len(),
        routes: routes
            .iter()
            .filter(|route| route.provider_id == entry.id)
            .map(|route| route_row(route, &panel))
            .collect(),
        alias: entry.alias,
        waiting: u64::try_from(entry.waiting).unwrap_or(0),
        last_forward_at: entry.last_forward_at,
    };
    Ok(entries.into_iter().map(row).collect())
}

async fn one(tx: &mut TenantTx, id: ProviderId) -> Result<ProviderRow, BookError> {
    let entry = tx.provider_book().find(id).await?.ok_or(BookError::NotFound)?;
    rows(tx, vec![entry]).await?.pop().ok_or(BookError::NotFound)
}

async fn one_route(tx: &mut TenantTx, id: ProviderId, route: Uuid) -> Result<RouteRow, BookError> {
    let routes = tx.provider_book().routes(&[id.uuid()]).await?;
    let panel = panel_name(tx).await?;
    let entry = routes.iter().find(|entry| entry.id == route);
    entry
        .map(|entry| route_row(entry, &panel))
        .ok_or(BookError::NotFound)
}

async fn panel_name(tx: &mut TenantTx) -> Result<String, StoreError> {
    let panels = tx.panels().list().await?;
    Ok(panels
        .into_iter()
        .next()
        .map_or_else(|| "Your panel".to_owned(), |panel| panel.name))
}

fn route_row(route: &RouteEntry, panel: &str) -> RouteRow {
    RouteRow {
        id: route.id,
        chat: route.chat_id.into(),
        chat_title: route.chat_title.clone(),
        account: route.account_name.clone(),
        lost_reason: route.lost_reason.clone(),
        topic: route.topic.clone(),
        template: route.template.clone(),
        piece_size: u32::try_from(route.piece_size).unwrap_or(1),
        join_ms: u32::try_from(route.join_ms).unwrap_or(0),
        preview: preview_text(route.template.as_deref(), route.piece_size, panel),
    }
}

/// By the same code that writes to providers.
fn preview_text(template: Option<&str>, piece_size: i32, panel: &str) -> String {
    let mut style = ForwardStyle::default();
    if let Some(template) = template {
        template.clone_into(&mut style.template);
    }
    let piece = u16::try_from(piece_size).ok().and_then(NonZeroU16::new);
    style.piece_size = piece.unwrap_or(style.piece_size);
    let nobody = Uuid::nil();
    let item = ForwardItem {
        request: RequestId::from_uuid(nobody),
        provider: ProviderId::from_uuid(nobody),
        route: ChatId::from_uuid(nobody),
        command: CommandKind::Refill,
        panel: PanelId::from_uuid(nobody),
        panel_name: panel.to_owned(),
        external_ids: ["7450284", "7450291"]
            .iter()
            .filter_map(|id| ExternalId::new(id).ok())
            .collect(),
        style,
    };
    let messages = group_forwards(vec![item]);
    let texts: Vec<String> = messages.into_iter().map(|message| message.text).collect();
    texts.join("\n\n")
}

/// Names as they are to be stored: keys of seen names resolved, nothing twice, none of another provider's.
async fn checked_names(
    hub: &Hub,
    tx: &mut TenantTx,
    of: Option<ProviderId>,
    names: &[String],
) -> Result<Vec<String>, BookError> {
    if names.len() > MAX_NAMES {
        return Err(BookError::TooManyNames);
    }
    let providers = tx.provider_book().all().await?;
    let seen = if names.iter().any(|name| name.starts_with(KEY_PREFIX)) {
        tx.provider_book().seen(hub.clock.now() - SEEN_WITHIN).await?
    } else {
        Vec::new()
    };
    let tenant = tx.tenant();
    let mut checked: Vec<String> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let spellings: Vec<String> = if name.starts_with(KEY_PREFIX) {
            let of_key = seen
                .iter()
                .filter(|seen| key_for(hub, tenant.uuid(), &seen.name) == *name);
            of_key.map(|seen| seen.name.trim().to_owned()).collect()
        } else {
            vec![name.trim().to_owned()]
        };
        if spellings.is_empty() {
            return Err(BookError::BadName { at });
        }
        for spelling in spellings {
            let name = line(&spelling).ok_or(BookError::BadName { at })?;
            let other = owner_of(&providers, name).filter(|owner| Some(owner.id) != of.map(ProviderId::uuid));
            if let Some(other) = other {
                return Err(BookError::NameTaken {
                    at,
                    alias: other.alias.clone(),
                });
            }
            if !checked.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                checked.push(name.to_owned());
            }
        }
    }
    Ok(checked)
}

fn line(text: &str) -> Option<&str> {
    let text = text.trim();
    let fits = (1..=MAX_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then_some(text)
}

fn checked_template(template: Option<&str>) -> Result<Option<&str>, ForwardStyleError> {
    if let Some(template) = template {
        let style = ForwardStyle {
            template: template.to_owned(),
            ..ForwardStyle::default()
        };
        style.validate()?;
    }
    Ok(template)
}

fn checked_piece(size: u32) -> Result<i32, BookError> {
    match i32::try_from(size) {
        Ok(size) if (1..=MAX_PIECE.cast_signed()).contains(&size) => Ok(size),
        _ => Err(BookError::BadPiece),
    }
}

fn checked_join(ms: u32) -> Result<i32, BookError> {
    match i32::try_from(ms) {
        Ok(ms) if ms <= MAX_JOIN_MS.cast_signed() => Ok(ms),
        _ => Err(BookError::BadJoin),
    }
}

fn checked_topic(topic: &str) -> Result<&str, BookError> {
    let topic = topic.trim();
    if topic.len() <= 40 && topic.bytes().all(|b| b.is_ascii_digit()) {
        Ok(topic)
    } else {
        Err(BookError::BadTopic)
    }
}

fn alias_taken(error: StoreError) -> BookError {
    match error.constraint() {
        Some("provider_alias_key") => BookError::AliasTaken,
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_preview_is_what_a_provider_would_read() {
        assert_eq!(
            preview_text(None, 100, "First panel"),
            "7450284,7450291 refill\nFirst panel"
        );
        assert_eq!(
            preview_text(Some("{command}: {ids}"), 1, "x"),
            "refill: 7450284\n\nrefill: 7450291"
        );
        assert!(checked_template(Some("{ids}")).is_err());
        assert!(checked_template(Some("{ids} {command} {customer}")).is_err());
    }
}
