//! Typed, prefixed ids.
//!
//! Invariant: an id is a UUIDv7 made by the process that creates the row (see `docs/adr/0004-client-made-ids.md`), so
//! a row can be sealed, referred to and retried before the database has seen it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id that begins with `{expected}_`, as printed by `--json` lists")]
pub struct InvalidId {
    expected: &'static str,
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|rest| rest.len() == 32)
                    .and_then(|rest| Uuid::try_parse(rest).ok())
                    .map(Self)
                    .ok_or(InvalidId { expected: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

typed_id!(
    /// An owner's shop: one tenant, one schema.
    TenantId, "ten");
typed_id!(
    /// One number, bot or login on a chat network.
    AccountId, "acc");
typed_id!(
    /// One conversation of a chat account: a direct chat, or a group.
    ChatId, "cht");
typed_id!(
    /// A panel that the owner connected.
    PanelId, "pan");
typed_id!(
    /// A provider that delivers the owner's orders.
    ProviderId, "prv");
typed_id!(
    /// A person or firm that buys from the owner.
    CustomerId, "cus");
typed_id!(
    /// A sender on a chat network, linked to a customer or not yet.
    IdentityId, "idn");
typed_id!(
    /// A stored inbound chat message.
    MessageId, "msg");
typed_id!(
    /// One command on one order.
    RequestId, "req");
typed_id!(
    /// A message that waits to be sent, or was sent.
    OutboxId, "out");
typed_id!(
    /// A queue job.
    JobId, "job");
typed_id!(
    /// Credits given to a tenant by the platform.
    GrantId, "gra");
typed_id!(
    /// A person's account, with which somebody signs in. (A chat account is an [`AccountId`].)
    UserId, "usr");
typed_id!(
    /// One browser that is signed in.
    SessionId, "ses");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = PanelId::from_uuid(Uuid::from_u128(0x0193_5f1c));
        assert_eq!(id.to_string(), "pan_00000000000000000000000001935f1c");
        assert_eq!(id.to_string().parse::<PanelId>(), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let id = PanelId::from_uuid(Uuid::from_u128(7)).to_string();
        assert!(id.parse::<TenantId>().is_err());
        assert!("pan_".parse::<PanelId>().is_err());
        assert!("pan_0193".parse::<PanelId>().is_err());
    }
}
