//! Opaque ids of chat networks.
//!
//! Invariant: only an adapter makes one from a network's value; everybody else stores and compares it. Ids of two
//! accounts are never compared with each other: they are unique within one account only.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! opaque {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// From a network's value (adapters), or from what was stored of it.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

opaque!(
    /// One conversation, without its topic.
    ChatRef);
opaque!(
    /// One topic inside a conversation that has topics.
    TopicRef);
opaque!(
    /// One message. Unique within its conversation at least.
    MessageRef);
opaque!(
    /// One person (or bot). Stable for life: never a changeable name.
    SenderRef);
