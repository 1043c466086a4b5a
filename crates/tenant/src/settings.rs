//! The shop's configuration as a message needs it: texts, rules, prices, panels, providers, routes, accounts.
//!
//! Read at most once a second per tenant and process; links between customers and identities are not among it, they are read
//! afresh for every message.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono_tz::Tz;
use moka::future::Cache;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use switchboard_domain::{
    command::{
        compose::ReplyStyle,
        decide::{Rules, abuse::AbuseRules},
        texts::TextBook,
    },
    credit::{Credits, PriceBook},
    id::{AccountId, PanelId, ProviderId, TenantId},
};
use switchboard_store::{
    Db, StoreError, TenantScope,
    tenant::{
        accounts::ChatAccount,
        panels::Panel,
        providers::{Provider, Route},
    },
};

use crate::Hub;

pub const TEXTS: &str = "texts";
pub const RULES: &str = "rules";
pub const REPLY_STYLE: &str = "reply_style";
pub const PRICES: &str = "prices";
pub const ABUSE: &str = "abuse";
pub const GENERAL: &str = "general";

/// What stands on the settings page besides texts and rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct General {
    /// Process and log everything, send nothing, ask nothing of a panel, charge nothing.
    pub silent_mode: bool,
    /// So long the bot holds its tongue in a chat where a person has answered.
    pub pause_minutes: u32,
    /// So long the words of chats are kept.
    pub retention_days: u32,
    /// Empty: the tenant's own name.
    pub shop_name: String,
    /// Whose midnight a day of the reports begins at.
    pub time_zone: String,
}

impl Default for General {
    fn default() -> Self {
        Self {
            silent_mode: false,
            pause_minutes: 30,
            retention_days: 180,
            shop_name: String::new(),
            time_zone: "Asia/Kathmandu".to_owned(),
        }
    }
}

impl General {
    pub const PAUSE_MINUTES: std::ops::RangeInclusive<u32> = 1..=1_440;
    pub const RETENTION_DAYS: std::ops::RangeInclusive<u32> = 7..=3_650;

    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }

    /// What is wrong, in a sentence.
    pub fn validate(&self) -> Result<(), String> {
        if !Self::PAUSE_MINUTES.contains(&self.pause_minutes) {
            return Err("a pause is 1 to 1440 minutes".to_owned());
        }
        if !Self::RETENTION_DAYS.contains(&self.retention_days) {
            return Err("chats are kept for 7 to 3650 days".to_owned());
        }
        if self.shop_name.chars().count() > 60 || self.shop_name.chars().any(char::is_control) {
            return Err("a shop's name has at most 60 characters in one line".to_owned());
        }
        if self.time_zone.parse::<Tz>().is_err() {
            return Err(format!(
                "`{}` is no time zone; write it like Asia/Kathmandu",
                self.time_zone
            ));
        }
        Ok(())
    }
}

pub struct Shop {
    pub texts: TextBook,
    pub rules: Rules,
    pub style: ReplyStyle,
    pub prices: PriceBook,
    pub abuse: AbuseRules,
    pub general: General,
    pub panels: HashMap<PanelId, Panel>,
    pub providers: Vec<Provider>,
    pub routes: Vec<Route>,
    pub accounts: HashMap<AccountId, ChatAccount>,
    /// Every name that a provider goes by: no customer may read one.
    pub provider_names: Vec<String>,
}

impl Shop {
    async fn load(db: &Db, scope: &TenantScope) -> Result<Self, StoreError> {
        let mut tx = db.begin(scope).await?;
        let documents = tx.settings().all().await?;
        let panels = tx.panels().list().await?;
        let providers = tx.providers().all().await?;
        let routes = tx.providers().routes().await?;
        let accounts = tx.accounts().list().await?;
        let provider_names = tx.providers().every_name().await?;
        Ok(Self {
            texts: document(&documents, TEXTS)?,
            rules: document(&documents, RULES)?,
            style: document(&documents, REPLY_STYLE)?,
            prices: document(&documents, PRICES)?,
            abuse: document(&documents, ABUSE)?,
            general: document(&documents, GENERAL)?,
            panels: panels.into_iter().map(|panel| (panel.id.into(), panel)).collect(),
            providers,
            routes,
            accounts: accounts
                .into_iter()
                .map(|account| (account.id, account))
                .collect(),
            provider_names,
        })
    }

    /// The provider that a panel writes as `name`.
    pub fn provider(&self, name: &str) -> Option<ProviderId> {
        let name = name.trim();
        self.providers
            .iter()
            .find(|provider| {
                provider
                    .names
                    .iter()
                    .any(|known| known.trim().eq_ignore_ascii_case(name))
            })
            .map(|provider| provider.id.into())
    }

    /// Where this provider's requests go: the oldest route that can be written to.
    pub fn route(&self, provider: ProviderId) -> Option<&Route> {
        self.routes
            .iter()
            .find(|route| route.provider_id == provider.uuid())
    }
}

fn document<T: DeserializeOwned + Default>(
    documents: &HashMap<String, Value>,
    key: &'static str,
) -> Result<T, StoreError> {
    match documents.get(key) {
        Some(value) => serde_json::from_value(value.clone())
            .map_err(|error| StoreError::unreadable(key, error.to_string())),
        None => Ok(T::default()),
    }
}

/// Shops of this process, each at most a second old.
#[derive(Clone)]
pub struct Shops(Cache<TenantId, Arc<Shop>>);

impl Default for Shops {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(2_000)
                .time_to_live(Duration::from_secs(1))
                .build(),
        )
    }
}

impl Shops {
    /// After a change made here; other processes see it within a second.
    pub(crate) async fn forget(&self, tenant: TenantId) {
        self.0.invalidate(&tenant).await;
    }

    pub(crate) async fn get(&self, db: &Db, scope: &TenantScope) -> Result<Arc<Shop>, StoreError> {
        if let Some(shop) = self.0.get(&scope.tenant()).await {
            return Ok(shop);
        }
        let shop = Arc::new(Shop::load(db, scope).await?);
        self.0.insert(scope.tenant(), shop.clone()).await;
        Ok(shop)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a reply style is `per-order`, `grouped` or `auto`")]
pub struct UnknownStyle;

/// `per-order`: one reply per order, always. `grouped`: one per outcome. `auto`: per order up to five.
pub fn style_from_word(word: &str) -> Result<ReplyStyle, UnknownStyle> {
    match word {
        "per-order" => Ok(ReplyStyle::AlwaysPerOrder),
        "grouped" => Ok(ReplyStyle::Grouped),
        "auto" => Ok(ReplyStyle::default()),
        _ => Err(UnknownStyle),
    }
}

pub async fn set_reply_style(hub: &Hub, scope: &TenantScope, style: &ReplyStyle) -> Result<(), StoreError> {
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    tx.settings().put(REPLY_STYLE, style, now).await?;
    tx.audit()
        .append(
            "operator",
            "settings.reply_style",
            "",
            serde_json::json!(style),
            now,
        )
        .await?;
    tx.commit().await
}

/// A document of the shop that cannot be stored.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("there is no document `{0}`: known are texts, rules, reply_style, prices, abuse, general")]
    Unknown(String),
    #[error("`{key}` is not as expected: {problem}")]
    Invalid { key: &'static str, problem: String },
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

/// Every document with what counts now: the owner's, or the default.
pub async fn documents(hub: &Hub, scope: &TenantScope) -> Result<Value, StoreError> {
    let shop = Shop::load(&hub.db, scope).await?;
    Ok(serde_json::json!({
        TEXTS: shop.texts, RULES: shop.rules, REPLY_STYLE: shop.style, PRICES: shop.prices, ABUSE: shop.abuse, GENERAL: shop.general,
    }))
}

/// Replaces one document, if it holds together.
pub async fn set_document(
    hub: &Hub,
    scope: &TenantScope,
    key: &str,
    value: Value,
) -> Result<(), DocumentError> {
    let key = match key {
        TEXTS => checked::<TextBook>(TEXTS, &value, |texts| {
            texts.validate().map_err(|problems| join(&problems))
        })?,
        RULES => checked::<Rules>(RULES, &value, |rules| {
            rules.validate().map_err(|problems| join(&problems))
        })?,
        REPLY_STYLE => checked::<ReplyStyle>(REPLY_STYLE, &value, |_| Ok(()))?,
        PRICES => checked::<PriceBook>(PRICES, &value, |prices| {
            let free = |price: &Credits| *price < Credits::ZERO;
            let negative = free(&prices.default) || prices.lines.iter().any(|line| free(&line.price));
            if negative {
                Err("a price is never negative".to_owned())
            } else {
                Ok(())
            }
        })?,
        ABUSE => checked::<AbuseRules>(ABUSE, &value, |rules| {
            rules.validate().map_err(|problem| problem.to_string())
        })?,
        GENERAL => checked::<General>(GENERAL, &value, General::validate)?,
        other => return Err(DocumentError::Unknown(other.to_owned())),
    };
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    tx.settings().put(key, &value, now).await?;
    tx.audit()
        .append("operator", "settings.set", key, serde_json::json!({}), now)
        .await?;
    tx.commit().await?;
    hub.shops.forget(scope.tenant()).await;
    Ok(())
}

fn checked<T: DeserializeOwned>(
    key: &'static str,
    value: &Value,
    validate: impl FnOnce(&T) -> Result<(), String>,
) -> Result<&'static str, DocumentError> {
    let read: T = serde_json::from_value(value.clone()).map_err(|error| DocumentError::Invalid {
        key,
        problem: error.to_string(),
    })?;
    validate(&read).map_err(|problem| DocumentError::Invalid { key, problem })?;
    Ok(key)
}

fn join<T: std::fmt::Debug>(problems: &[T]) -> String {
    let each: Vec<String> = problems.iter().map(|problem| format!("{problem:?}")).collect();
    each.join("; ")
}
