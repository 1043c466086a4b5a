//! Data keys: one per tenant and one for the platform, and the vault that makes and unwraps them.

use std::{fmt, sync::Arc};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::{
    Decode, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef},
};
use switchboard_domain::id::TenantId;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    KeyId, KeyRing, VaultError,
    cipher::{self, KeyBytes, NONCE, TAG},
    random_bytes,
};

/// Whose secrets a data key seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyOwner {
    Platform,
    Tenant(TenantId),
}

impl KeyOwner {
    /// A kind byte and 16 bytes: the platform differs from every tenant, also from one with a nil id.
    pub(super) fn bound_bytes(self) -> [u8; 17] {
        let mut bytes = [0; 17];
        if let Self::Tenant(tenant) = self {
            bytes[0] = 1;
            bytes[1..].copy_from_slice(tenant.uuid().as_bytes());
        }
        bytes
    }
}

impl fmt::Display for KeyOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform => f.write_str("the platform"),
            Self::Tenant(tenant) => write!(f, "tenant {tenant}"),
        }
    }
}

/// Names a data key; stands in every value that it seals.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DataKeyId(Uuid);

impl DataKeyId {
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    pub(super) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    pub(super) const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for DataKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dk_{}", self.0.simple())
    }
}

impl fmt::Debug for DataKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An open data key: seals and opens one owner's values. Wiped when dropped.
pub struct DataKey {
    id: DataKeyId,
    owner: KeyOwner,
    sealing: KeyBytes,
    authenticating: KeyBytes,
}

impl DataKey {
    pub(super) fn from_secret(id: DataKeyId, owner: KeyOwner, secret: &[u8; 32]) -> Self {
        Self {
            id,
            owner,
            sealing: cipher::derive(secret, b"switchboard/data/seal/v1"),
            authenticating: cipher::derive(secret, b"switchboard/data/mac/v1"),
        }
    }

    pub fn id(&self) -> DataKeyId {
        self.id
    }

    pub fn owner(&self) -> KeyOwner {
        self.owner
    }

    pub(super) fn sealing(&self) -> &KeyBytes {
        &self.sealing
    }

    /// A secret derived from this key, the same each time: for hook secrets and the like that need no row of their
    /// own. Survives a rotation of the key-encryption key, not one of the data key. `label` says what it is for; two
    /// labels never give the same secret.
    pub fn mac(&self, label: &str, data: &[u8]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.authenticating[..]).expect("HMAC takes keys of any length");
        // Length first, so that no other split of label and data gives the same input.
        mac.update(&(label.len() as u64).to_be_bytes());
        mac.update(label.as_bytes());
        mac.update(data);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataKey")
            .field("id", &self.id)
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}

const FORMAT: u8 = 1;
const HEAD: usize = 1 + KeyId::LEN + 16;
const WRAPPED: usize = HEAD + NONCE + 32 + TAG;

/// A data key as it is stored (`bytea`): format, key id, data key id, nonce, ciphertext.
///
/// The id of the key-encryption key is bytes 2–9, so SQL can list the keys in use:
/// `SELECT DISTINCT substr(wrapped, 2, 8)`.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedDataKey([u8; WRAPPED]);

impl WrappedDataKey {
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        let bytes: [u8; WRAPPED] = bytes.try_into().map_err(|_| VaultError::Malformed)?;
        if bytes[0] != FORMAT {
            return Err(VaultError::Malformed);
        }
        Ok(Self(bytes))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key-encryption key that opens it.
    pub fn key_id(&self) -> KeyId {
        KeyId::from_bytes(self.array_at(1))
    }

    pub fn data_key_id(&self) -> DataKeyId {
        DataKeyId::from_bytes(self.array_at(1 + KeyId::LEN))
    }

    fn array_at<const N: usize>(&self, at: usize) -> [u8; N] {
        self.0[at..at + N]
            .try_into()
            .expect("the head lies within the fixed length")
    }

    fn seal(
        ring: &KeyRing,
        owner: KeyOwner,
        id: DataKeyId,
        secret: &[u8; 32],
    ) -> Result<WrappedDataKey, VaultError> {
        let (key_id, wrapping) = ring.active();
        let mut bytes = Vec::with_capacity(WRAPPED);
        bytes.push(FORMAT);
        bytes.extend_from_slice(key_id.as_bytes());
        bytes.extend_from_slice(id.as_bytes());
        let aad = bound_to(&bytes, owner);
        cipher::encrypt_onto(&mut bytes, wrapping, &aad, secret)?;
        Self::from_bytes(&bytes)
    }

    fn open(&self, ring: &KeyRing, owner: KeyOwner) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let key_id = self.key_id();
        let wrapping = ring.get(key_id).ok_or_else(|| VaultError::MissingKey {
            key_id,
            needed_by: format!("the data key of {owner}"),
        })?;
        let (head, sealed) = self.0.split_at(HEAD);
        let secret = cipher::decrypt(wrapping, &bound_to(head, owner), sealed)?;
        let mut key = Zeroizing::new([0; 32]);
        if secret.len() != key.len() {
            return Err(VaultError::Malformed);
        }
        key.copy_from_slice(&secret);
        Ok(key)
    }
}

fn bound_to(head: &[u8], owner: KeyOwner) -> Vec<u8> {
    [b"switchboard/data-key".as_slice(), head, &owner.bound_bytes()].concat()
}

impl fmt::Debug for WrappedDataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "WrappedDataKey({} under {})",
            self.data_key_id(),
            self.key_id()
        )
    }
}

impl Type<Postgres> for WrappedDataKey {
    fn type_info() -> PgTypeInfo {
        <Vec<u8> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for WrappedDataKey {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <&[u8] as Encode<Postgres>>::encode(self.as_bytes(), buf)
    }
}

impl<'r> Decode<'r, Postgres> for WrappedDataKey {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self::from_bytes(&<Vec<u8> as Decode<Postgres>>::decode(value)?)?)
    }
}

/// Makes, unwraps and rewraps data keys. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vault {
    ring: Arc<KeyRing>,
}

impl Vault {
    pub fn new(ring: KeyRing) -> Self {
        Self { ring: Arc::new(ring) }
    }

    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// A fresh data key, and the form of it that is stored.
    pub fn new_data_key(&self, owner: KeyOwner) -> Result<(DataKey, WrappedDataKey), VaultError> {
        let id = DataKeyId::from_bytes(random_bytes()?);
        let secret = Zeroizing::new(random_bytes::<32>()?);
        let wrapped = WrappedDataKey::seal(&self.ring, owner, id, &secret)?;
        Ok((DataKey::from_secret(id, owner, &secret), wrapped))
    }

    /// Refuses a wrapped key that was made for another owner.
    pub fn unwrap_data_key(&self, owner: KeyOwner, wrapped: &WrappedDataKey) -> Result<DataKey, VaultError> {
        let secret = wrapped.open(&self.ring, owner)?;
        Ok(DataKey::from_secret(wrapped.data_key_id(), owner, &secret))
    }

    /// The same data key under the active key-encryption key; `None` if it is there already. Values that it sealed stay
    /// as they are.
    pub fn rewrap(
        &self,
        owner: KeyOwner,
        wrapped: &WrappedDataKey,
    ) -> Result<Option<WrappedDataKey>, VaultError> {
        if wrapped.key_id() == self.ring.active_id() {
            return Ok(None);
        }
        let secret = wrapped.open(&self.ring, owner)?;
        WrappedDataKey::seal(&self.ring, owner, wrapped.data_key_id(), &secret).map(Some)
    }
}
