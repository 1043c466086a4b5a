//! Secrets at rest: envelope encryption.
//!
//! A **key-encryption key** ([`KeyRing`]) lives outside the database: in the environment, in a file, or in the data
//! folder's `keys/`. It wraps one **data key** per tenant, and one for the platform ([`DataKey`]); the wrapped form
//! ([`WrappedDataKey`]) is a row. A data key seals values ([`Sealed`]), each bound to its owner, its purpose and its
//! row. So a stolen database opens nothing, nor does a stolen key file; and deleting a tenant's wrapped data key shreds
//! all its secrets.
//!
//! Invariants:
//! - A sealed value opens only with the data key, the purpose and the row that it was sealed for. Moving the bytes to
//!   another column, row or tenant makes them unreadable.
//! - Every stored form begins with a format byte and the id of the key it needs, so that rotation finds it.
//! - No type here implements `Serialize`; `Debug` and errors show ids, never key material or plaintext.
//! - Keys in memory are wiped when dropped.
//!
//! This module is also the one place that draws randomness from the operating system, for key material only.

mod cipher;
mod data_key;
mod error;
mod key_file;
mod key_ring;
mod purpose;
mod random;
mod sealed;

pub use data_key::{DataKey, DataKeyId, KeyOwner, Vault, WrappedDataKey};
pub use error::VaultError;
pub use key_ring::{CreatedKey, KeyId, KeyRing, KeySource, NeededKey};
pub use purpose::{
    ChatAccountBotToken, ChatAccountHookSecret, PanelApiKey, PlatformLoginSecret, ProviderApiKey,
    ProvisionerLoginSecret, Purpose, SlotLoginSecret, WebhookSigningSecret,
};
pub(crate) use random::random_bytes;
pub use random::random_token;
pub use sealed::Sealed;

#[cfg(test)]
mod tests;
