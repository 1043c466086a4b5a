//! A panel's order, as a decision sees it.
//!
//! Invariant: an order is (panel, order id); the id is an opaque text. `provider` and `external_id` are the owner's
//! secrets: no type that reaches a customer has a field for them.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The most orders that one message may name; the rest is named as cut off.
pub const MAX_ORDERS: usize = 100;

/// An order's id on its panel. Opaque: most are decimal, clones use hex or prefixed ids.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrderId(String);

/// A text that cannot be an order id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order id has 1 to 40 letters, digits, `_` or `-`")]
pub struct InvalidOrderId;

impl OrderId {
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidOrderId> {
        let text = text.into();
        let fits = (1..=40).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if fits { Ok(Self(text)) } else { Err(InvalidOrderId) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OrderId {
    type Error = InvalidOrderId;

    fn try_from(text: String) -> Result<Self, InvalidOrderId> {
        Self::new(text)
    }
}

impl From<OrderId> for String {
    fn from(id: OrderId) -> String {
        id.0
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The orders of one command: never empty, never repeated, at most [`MAX_ORDERS`], in the order in which they were typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct OrderIds(Vec<OrderId>);

impl OrderIds {
    /// Keeps the first of each id. Returns what was cut off past [`MAX_ORDERS`] beside it; `None` for no ids at all.
    pub fn collect(ids: impl IntoIterator<Item = OrderId>) -> Option<(Self, Vec<OrderId>)> {
        let mut seen = std::collections::HashSet::new();
        let mut kept: Vec<OrderId> = ids.into_iter().filter(|id| seen.insert(id.clone())).collect();
        let cut = kept.split_off(kept.len().min(MAX_ORDERS));
        if kept.is_empty() {
            None
        } else {
            Some((Self(kept), cut))
        }
    }

    pub fn as_slice(&self) -> &[OrderId] {
        &self.0
    }

    pub fn iter(&self) -> std::slice::Iter<'_, OrderId> {
        self.0.iter()
    }

    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'a> IntoIterator for &'a OrderIds {
    type Item = &'a OrderId;
    type IntoIter = std::slice::Iter<'a, OrderId>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// A status as the panel's family of scripts uses it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status", content = "raw")]
pub enum OrderStatus {
    Awaiting,
    Pending,
    Processing,
    InProgress,
    Completed,
    Partial,
    Canceled,
    Refunded,
    /// Sending to the provider failed and the customer was charged: a person must look.
    Fail,
    /// Parents of drip-feed and subscriptions.
    Active,
    Paused,
    Expired,
    /// A word that no table knows, kept as it came. No action follows from it.
    Unknown(String),
}

impl OrderStatus {
    /// Reads a panel's word in any case, with or without spaces, `_` and `-`.
    pub fn parse(raw: &str) -> Self {
        let folded: String = raw
            .chars()
            .filter(|c| !matches!(c, ' ' | '_' | '-'))
            .flat_map(char::to_lowercase)
            .collect();
        match folded.as_str() {
            "awaiting" => Self::Awaiting,
            "pending" => Self::Pending,
            "processing" => Self::Processing,
            "inprogress" => Self::InProgress,
            "completed" | "complete" | "success" => Self::Completed,
            "partial" | "partiallycompleted" => Self::Partial,
            "canceled" | "cancelled" | "cancel" => Self::Canceled,
            "refunded" => Self::Refunded,
            "fail" | "failed" | "error" => Self::Fail,
            "active" => Self::Active,
            "paused" => Self::Paused,
            "expired" => Self::Expired,
            _ => Self::Unknown(raw.chars().take(64).collect()),
        }
    }

    /// The stable name, as it stands in tables, rules and `--json`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Awaiting => "awaiting",
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Partial => "partial",
            Self::Canceled => "canceled",
            Self::Refunded => "refunded",
            Self::Fail => "fail",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Expired => "expired",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// Whose order it is, as far as the panel says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "owner", content = "username")]
pub enum OrderOwner {
    /// The panel names the account that placed the order.
    Username(String),
    /// This kind of panel does not say (user API): the owner's order → customer map decides.
    NotToldByPanel,
}

/// One order, read afresh. Money and counters stay texts: panels send them as either, and nothing here computes with them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelOrder {
    pub id: OrderId,
    pub owner: OrderOwner,
    pub status: OrderStatus,
    /// Ids of the same order at the provider: several for drip-feed, none for manual services.
    pub external_ids: Vec<String>,
    /// The provider as the panel writes it; `None` for manual services.
    pub provider: Option<String>,
    pub service_id: Option<String>,
    pub service_name: Option<String>,
    pub link: Option<String>,
    pub quantity: Option<String>,
    pub start_count: Option<String>,
    pub remains: Option<String>,
    pub charge: Option<String>,
    pub currency: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    /// Last change; of a completed order the nearest thing to its completion that any panel tells.
    pub updated_at: Option<DateTime<Utc>>,
    /// The panel's own clock at the time of the answer, where it tells.
    pub panel_now: Option<DateTime<Utc>>,
    /// What the panel itself says it would allow (`actions.*` of Admin v2, `refill`/`cancel` flags); `None` = not said.
    pub panel_allows_refill: Option<bool>,
    pub panel_allows_cancel: Option<bool>,
}

impl PanelOrder {
    /// An order of which only this much is known; the rest is filled in by who knows more.
    pub fn bare(id: OrderId, owner: OrderOwner, status: OrderStatus) -> Self {
        Self {
            id,
            owner,
            status,
            external_ids: Vec::new(),
            provider: None,
            service_id: None,
            service_name: None,
            link: None,
            quantity: None,
            start_count: None,
            remains: None,
            charge: None,
            currency: None,
            created_at: None,
            updated_at: None,
            panel_now: None,
            panel_allows_refill: None,
            panel_allows_cancel: None,
        }
    }
}

impl fmt::Debug for PanelOrder {
    /// Names neither provider, external id, link nor owner: debug output ends in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PanelOrder")
            .field("id", &self.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// What a fresh read of one order brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderLookup {
    Found(Box<PanelOrder>),
    /// The panel says that it has no such order (or none that this key may see).
    NotFound,
    /// The panel answered, but this entry could not be read or was missing from the answer: no action, staff.
    Unreadable(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_of_all_spellings() {
        for (raw, status) in [
            ("In progress", OrderStatus::InProgress),
            ("Inprogress", OrderStatus::InProgress),
            ("in_progress", OrderStatus::InProgress),
            ("PROCESSING", OrderStatus::Processing),
            ("Partially completed", OrderStatus::Partial),
            ("cancelled", OrderStatus::Canceled),
            ("Error", OrderStatus::Fail),
            ("Awaiting", OrderStatus::Awaiting),
        ] {
            assert_eq!(OrderStatus::parse(raw), status, "{raw}");
        }
        assert_eq!(
            OrderStatus::parse("Bekliyor"),
            OrderStatus::Unknown("Bekliyor".into())
        );
    }

    #[test]
    fn order_ids_keep_the_first_of_each_and_cut_at_the_limit() {
        let ids = (0..130).map(|n| OrderId::new((n % 120).to_string()).unwrap());
        let (kept, cut) = OrderIds::collect(ids).unwrap();
        assert_eq!(kept.len(), MAX_ORDERS);
        assert_eq!(cut.len(), 20);
        assert_eq!(kept.as_slice()[0].as_str(), "0");
        assert!(OrderIds::collect([]).is_none());
    }

    #[test]
    fn debug_names_no_secret() {
        let owner = OrderOwner::Username("owner-name".into());
        let order = PanelOrder {
            external_ids: vec!["7450284".into()],
            provider: Some("provider-name".into()),
            ..PanelOrder::bare(OrderId::new("1").unwrap(), owner, OrderStatus::Completed)
        };
        let debug = format!("{order:?}");
        assert!(
            !debug.contains("7450284") && !debug.contains("provider-name") && !debug.contains("owner-name")
        );
    }
}
