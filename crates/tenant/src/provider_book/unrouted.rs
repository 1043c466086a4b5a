//! Providers that orders name and that nobody can write to yet.
//!
//! Invariant: a name is shown masked, and stands for itself as a key that cannot be guessed back.

use chrono::{DateTime, TimeDelta, Utc};
use switchboard_domain::id::ProviderId;
use switchboard_store::{
    TenantScope,
    tenant::provider_book::{ProviderEntry, RouteEntry, Seen},
};
use uuid::Uuid;

use super::BookError;
use crate::Hub;

/// Orders of this time tell which providers there are.
pub(super) const SEEN_WITHIN: TimeDelta = TimeDelta::days(90);
/// What stands for a name that its owner has not been shown; see [`Unrouted::key`].
pub(super) const KEY_PREFIX: &str = "seen:";

/// A provider that orders name and that nobody can write to yet.
#[derive(Debug, Clone)]
pub struct Unrouted {
    /// Stands for the name where a provider's names are entered, so that nobody has to be shown it.
    pub key: String,
    pub orders: u64,
    pub last_at: DateTime<Utc>,
    pub masked_name: String,
    /// The alias, where only the route is missing.
    pub provider: Option<(ProviderId, String)>,
}

/// Providers found in orders that have no alias, or an alias without a route.
pub async fn unrouted(hub: &Hub, scope: &TenantScope) -> Result<Vec<Unrouted>, BookError> {
    let mut tx = hub.db.begin(scope).await?;
    let seen = tx.provider_book().seen(hub.clock.now() - SEEN_WITHIN).await?;
    let providers = tx.provider_book().all().await?;
    let ids: Vec<Uuid> = providers.iter().map(|provider| provider.id).collect();
    let routes = tx.provider_book().routes(&ids).await?;
    drop(tx);
    Ok(unrouted_of(seen, &providers, &routes, |name| {
        key_of(hub, scope, name)
    }))
}

fn unrouted_of(
    seen: Vec<Seen>,
    providers: &[ProviderEntry],
    routes: &[RouteEntry],
    key: impl Fn(&str) -> String,
) -> Vec<Unrouted> {
    let mut found: Vec<Unrouted> = Vec::new();
    for seen in seen {
        if is_nobody(&seen.name) {
            continue;
        }
        let provider = owner_of(providers, &seen.name);
        let routed = |provider: &ProviderEntry| {
            routes
                .iter()
                .any(|route| route.provider_id == provider.id && route.lost_reason.is_none())
        };
        if provider.is_some_and(routed) {
            continue;
        }
        let key = key(&seen.name);
        let orders = u64::try_from(seen.orders).unwrap_or(0);
        let same = |known: &&mut Unrouted| match (&known.provider, provider) {
            (Some((id, _)), Some(provider)) => id.uuid() == provider.id,
            (None, None) => known.key == key,
            _ => false,
        };
        match found.iter_mut().find(same) {
            Some(known) => {
                known.orders += orders;
                known.last_at = known.last_at.max(seen.last_at);
            }
            None => found.push(Unrouted {
                key,
                orders,
                last_at: seen.last_at,
                masked_name: masked(&seen.name),
                provider: provider.map(|provider| (provider.id.into(), provider.alias.clone())),
            }),
        }
    }
    found
}

pub(super) fn owner_of<'p>(providers: &'p [ProviderEntry], name: &str) -> Option<&'p ProviderEntry> {
    let name = name.trim();
    providers.iter().find(|provider| {
        provider
            .names
            .iter()
            .any(|known| known.trim().eq_ignore_ascii_case(name))
    })
}

fn key_of(hub: &Hub, scope: &TenantScope, name: &str) -> String {
    key_for(hub, scope.tenant().uuid(), name)
}

/// Keyed, so that a name cannot be guessed from it by trying.
pub(super) fn key_for(hub: &Hub, tenant: Uuid, name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    let mac = hub
        .db
        .derive("provider.seen", &[tenant.as_bytes(), name.as_bytes()].concat());
    format!("{KEY_PREFIX}{}", hex::encode(&mac[..16]))
}

/// How panels write that a service has no provider.
fn is_nobody(name: &str) -> bool {
    let name = name.trim();
    name.is_empty()
        || ["n/a", "na", "none", "manual", "-", "null"]
            .iter()
            .any(|word| name.eq_ignore_ascii_case(word))
}

/// Enough to tell two apart, not enough to read.
fn masked(name: &str) -> String {
    let chars: Vec<char> = name.trim().chars().collect();
    let shown = if chars.len() > 5 { 2 } else { 1 };
    let head: String = chars.iter().take(shown).collect();
    format!("{head}••••")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn provider(n: u128, alias: &str, names: &[&str]) -> ProviderEntry {
        ProviderEntry {
            id: Uuid::from_u128(n),
            alias: alias.to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            waiting: 0,
            last_forward_at: None,
        }
    }

    fn route(provider: u128, lost: Option<&str>) -> RouteEntry {
        RouteEntry {
            id: Uuid::from_u128(99),
            provider_id: Uuid::from_u128(provider),
            chat_id: Uuid::from_u128(98),
            chat_title: String::new(),
            account_name: String::new(),
            lost_reason: lost.map(str::to_owned),
            topic: String::new(),
            template: None,
            piece_size: 100,
            join_ms: 0,
        }
    }

    fn seen(name: &str, orders: i64) -> Seen {
        Seen {
            name: name.to_owned(),
            orders,
            last_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn unrouted_are_those_without_alias_or_without_a_living_route() {
        let providers = [
            provider(1, "Kite", &["kite.example"]),
            provider(2, "NovaLine", &["nova.example", "nova2.example"]),
            provider(3, "SmSuper", &["super.example"]),
        ];
        let routes = [route(1, None), route(3, Some("removed"))];
        let names = vec![
            seen("KITE.example ", 4),
            seen("nova.example", 2),
            seen("nova2.example", 3),
            seen("super.example", 1),
            seen("Unknown.example", 5),
            seen("unknown.example", 6),
            seen("N/A", 7),
            seen("  ", 7),
        ];
        let found = unrouted_of(names, &providers, &routes, |name| {
            name.trim().to_ascii_lowercase()
        });
        let shown: Vec<(Option<&str>, u64, &str)> = found
            .iter()
            .map(|one| {
                (
                    one.provider.as_ref().map(|(_, alias)| alias.as_str()),
                    one.orders,
                    one.masked_name.as_str(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (Some("NovaLine"), 5, "no••••"),
                (Some("SmSuper"), 1, "su••••"),
                (None, 11, "Un••••"),
            ]
        );
    }

    #[test]
    fn masks_tell_apart_and_no_more() {
        assert_eq!(masked("smmexample.com"), "sm••••");
        assert_eq!(masked("abc"), "a••••");
    }
}
