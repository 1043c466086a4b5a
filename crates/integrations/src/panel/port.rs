//! The port: what the product needs of a panel, in words that no panel script owns.

use std::{collections::HashMap, fmt, str::FromStr, time::Duration};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use switchboard_domain::order::{OrderId, OrderLookup};

use super::{KeyReport, Pacer};

/// The most ids that one call may carry.
pub const MAX_IDS: usize = 100;

/// Which script's interface a panel speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelKind {
    PerfectPanelAdminV2,
    RentalPanelAdminV1,
    /// The key of one customer account: the panel tells of that account's orders only.
    UserApiV2,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a panel's kind is `perfect_panel_admin_v2`, `rental_panel_admin_v1` or `user_api_v2`")]
pub struct UnknownKind;

impl PanelKind {
    pub const ALL: [Self; 3] = [
        Self::PerfectPanelAdminV2,
        Self::RentalPanelAdminV1,
        Self::UserApiV2,
    ];

    /// The stable name, as it stands in tables and `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PerfectPanelAdminV2 => "perfect_panel_admin_v2",
            Self::RentalPanelAdminV1 => "rental_panel_admin_v1",
            Self::UserApiV2 => "user_api_v2",
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::PerfectPanelAdminV2 => "PerfectPanel, Admin API v2",
            Self::RentalPanelAdminV1 => "RentalPanel, Admin API v1",
            Self::UserApiV2 => "user API v2 (one customer account's key)",
        }
    }

    /// What this kind can do as far as is known. The first refusal of a live panel may prove it wrong.
    pub const fn abilities(self) -> Abilities {
        match self {
            Self::PerfectPanelAdminV2 => Abilities {
                reads: ReadScope::AllOrders,
                tells_owner: true,
                tells_provider: true,
                refill: false,
                refill_status: false,
                request_cancel: true,
            },
            Self::RentalPanelAdminV1 => Abilities {
                reads: ReadScope::AllOrders,
                tells_owner: true,
                tells_provider: true,
                refill: false,
                refill_status: false,
                request_cancel: false,
            },
            Self::UserApiV2 => Abilities {
                reads: ReadScope::OwnOrders,
                tells_owner: false,
                tells_provider: false,
                refill: true,
                refill_status: true,
                request_cancel: true,
            },
        }
    }
}

impl fmt::Display for PanelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PanelKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(UnknownKind)
    }
}

/// Whose orders a key may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadScope {
    AllOrders,
    OwnOrders,
}

/// What may be asked of a panel. Data, so that a plan is made without trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Abilities {
    pub reads: ReadScope,
    /// Names the account that placed an order; else the owner's order → customer map decides.
    pub tells_owner: bool,
    /// Names the provider and the order's ids there.
    pub tells_provider: bool,
    pub refill: bool,
    pub refill_status: bool,
    pub request_cancel: bool,
}

/// A panel's id of an accepted refill. Opaque.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RefillId(pub String);

/// What a panel made of an act, as far as it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActOutcome {
    /// The panel took the request; nothing is done yet. The id is there if the panel gave one.
    Accepted { refill: Option<RefillId> },
    /// The panel said no. Its words are for staff.
    Refused(Detail),
    /// The panel may have acted. Read the state before anything is repeated; what stays unknown goes to staff.
    Unknown(Detail),
}

impl ActOutcome {
    pub const ACCEPTED: Self = Self::Accepted { refill: None };
}

/// Where a refill stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefillState {
    Pending,
    InProgress,
    Completed,
    Rejected,
    Canceled,
    Failed,
    NotFound,
    /// A word that no table knows, or an entry that could not be read.
    Unknown(Detail),
}

impl RefillState {
    pub fn parse(raw: &str) -> Option<Self> {
        let folded: String = raw
            .chars()
            .filter(|c| !matches!(c, ' ' | '_' | '-'))
            .flat_map(char::to_lowercase)
            .collect();
        Some(match folded.as_str() {
            "pending" | "awaiting" => Self::Pending,
            "inprogress" | "processing" => Self::InProgress,
            "completed" | "complete" | "success" => Self::Completed,
            "rejected" | "reject" => Self::Rejected,
            "canceled" | "cancelled" => Self::Canceled,
            "error" | "fail" | "failed" => Self::Failed,
            _ => return None,
        })
    }
}

/// A panel's own words, for owner and staff: the key is struck out, the length capped, control characters dropped.
/// Never for a customer, who would learn of providers and scripts.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Detail(String);

impl Detail {
    const MAX_CHARS: usize = 300;

    pub fn new(text: &str) -> Self {
        let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        Self(clean.take(Self::MAX_CHARS).collect::<String>().trim().to_owned())
    }

    /// Strikes out the key in the spellings in which a server may echo it, then caps the length.
    pub fn redacted(text: &str, key: &SecretString) -> Self {
        let key = key.expose_secret();
        if key.is_empty() {
            return Self::new(text);
        }
        let encoded: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
        let quoted = serde_json::Value::from(key).to_string();
        let quoted = quoted.trim_matches('"');
        Self::new(
            &text
                .replace(key, "[key]")
                .replace(&encoded, "[key]")
                .replace(quoted, "[key]"),
        )
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Detail {
    /// Says only that there is something: a panel's words may name people, and debug output ends in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Detail({} bytes)", self.0.len())
    }
}

impl Serialize for Detail {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// A whole call failed. `Display` holds our words only; the panel's are in [`PanelError::detail`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PanelError {
    #[error("the panel does not accept the API key")]
    Auth { detail: Detail },
    /// The panel (or this kind of panel) does not offer the call, or not to this key.
    #[error("the panel does not allow this call")]
    NotAllowed { detail: Detail },
    #[error("the panel asks for fewer calls")]
    RateLimited {
        retry_after: Option<Duration>,
        detail: Detail,
    },
    /// A firewall or a wrong page answered in the panel's place.
    #[error("a web page answered in place of the panel's API")]
    Blocked {
        request_may_have_arrived: bool,
        detail: Detail,
    },
    #[error("the panel could not be reached")]
    Unreachable {
        request_may_have_arrived: bool,
        detail: Detail,
    },
    /// The stored address cannot be used: private, redirecting, or without the API. Only the owner can mend it.
    #[error("the panel's address cannot be used")]
    BadAddress { detail: Detail },
    /// The address leads into a private or reserved network, where nothing is ever called.
    #[error("the panel's address leads into a private network")]
    PrivateAddress { detail: Detail },
    #[error("the panel's answer could not be read")]
    BadShape { detail: Detail },
}

impl PanelError {
    /// Whether the same *read* may succeed later without anybody changing a setting.
    pub fn retryable_read(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Blocked { .. }
            | Self::Unreachable { .. }
            | Self::BadShape { .. } => true,
            Self::Auth { .. }
            | Self::NotAllowed { .. }
            | Self::BadAddress { .. }
            | Self::PrivateAddress { .. } => false,
        }
    }

    /// After a failed *act*: whether the panel may have acted all the same. Then read before anything is repeated.
    pub fn may_have_acted(&self) -> bool {
        match self {
            Self::Blocked {
                request_may_have_arrived,
                ..
            }
            | Self::Unreachable {
                request_may_have_arrived,
                ..
            } => *request_may_have_arrived,
            Self::BadShape { .. } => true,
            Self::Auth { .. }
            | Self::NotAllowed { .. }
            | Self::RateLimited { .. }
            | Self::BadAddress { .. }
            | Self::PrivateAddress { .. } => false,
        }
    }

    /// For owner and staff.
    pub fn detail(&self) -> &Detail {
        match self {
            Self::Auth { detail }
            | Self::NotAllowed { detail }
            | Self::RateLimited { detail, .. }
            | Self::Blocked { detail, .. }
            | Self::Unreachable { detail, .. }
            | Self::BadAddress { detail }
            | Self::PrivateAddress { detail }
            | Self::BadShape { detail } => detail,
        }
    }

    /// The stable name, for tables, metrics and `--json`.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Auth { .. } => "auth",
            Self::NotAllowed { .. } => "not_allowed",
            Self::RateLimited { .. } => "rate_limited",
            Self::Blocked { .. } => "blocked",
            Self::Unreachable { .. } => "unreachable",
            Self::BadAddress { .. } => "bad_address",
            Self::PrivateAddress { .. } => "private_address",
            Self::BadShape { .. } => "bad_shape",
        }
    }
}

/// One panel with one key.
///
/// Called by [`super::PanelDesk`], which joins callers; others should go through a desk. Every method may wait on the
/// network, takes a turn of [`Panel::pacer`] before each network call, ends within the HTTP client's limits, and
/// never repeats an act. Dropping a future may leave an act done: then its end is unknown.
#[async_trait]
pub trait Panel: Send + Sync + 'static {
    fn kind(&self) -> PanelKind;

    /// What may be asked. An act outside of it is answered `NotAllowed` without a network call.
    fn abilities(&self) -> Abilities {
        self.kind().abilities()
    }

    /// The clock of this panel's calls.
    fn pacer(&self) -> &Pacer;

    /// Reads up to [`MAX_IDS`] orders afresh, without side effect. The answer has an entry for each id asked; an id
    /// past the limit is `Unreadable`. An error means that nothing is known of any of them.
    async fn orders(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, OrderLookup>, PanelError>;

    /// Asks for a refill, once. For an error see [`PanelError::may_have_acted`].
    async fn refill(&self, id: &OrderId) -> Result<ActOutcome, PanelError>;

    /// Asks to cancel up to [`MAX_IDS`] orders, once; never refunds. The answer has an entry for each id asked.
    async fn request_cancel(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, ActOutcome>, PanelError>;

    /// Where a refill stands that this panel accepted. Without side effect.
    async fn refill_status(&self, refill: &RefillId) -> Result<RefillState, PanelError>;

    /// What this key can and cannot do, in plain words and without side effect. Failures are part of the report.
    async fn check_key(&self) -> KeyReport;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_capped_and_hold_no_key() {
        let key = SecretString::from("k\"ey/1+2");
        let echo = r#"bad key k"ey/1+2, url ?key=k%22ey%2F1%2B2, json "k\"ey/1+2""#;
        let shown = Detail::redacted(echo, &key);
        assert!(
            !shown.as_str().contains("ey/1") && !shown.as_str().contains("ey%2F"),
            "{shown}"
        );
        assert_eq!(shown.as_str().matches("[key]").count(), 3);
        assert_eq!(Detail::new(&"é".repeat(1000)).as_str().chars().count(), 300);
        assert_eq!(Detail::new("a\nb\0").as_str(), "a b");
        let error = PanelError::Auth {
            detail: Detail::new("said-by-panel"),
        };
        assert!(!format!("{error} {error:?}").contains("said-by-panel"));
    }

    #[test]
    fn a_key_across_the_cap_leaves_no_half() {
        let key = SecretString::from("0123456789abcdef");
        let text = format!("{}0123456789abcdef", "x".repeat(292));
        assert!(!Detail::redacted(&text, &key).as_str().contains("0123"));
    }

    #[test]
    fn kinds_read_back_from_their_names() {
        for kind in PanelKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!("other".parse::<PanelKind>(), Err(UnknownKind));
    }
}
