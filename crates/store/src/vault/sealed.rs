//! A sealed value: what stands in a `bytea` column in place of a secret.

use std::{fmt, marker::PhantomData};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    Decode, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    DataKey, DataKeyId, Purpose, VaultError,
    cipher::{self, NONCE, TAG},
};

const FORMAT: u8 = 1;
const HEAD: usize = 1 + 16;
const SHORTEST: usize = HEAD + NONCE + TAG;

/// A secret of purpose `P`: format, data key id, nonce, ciphertext. Bound to its data key's owner, to `P` and to the row
/// that it was sealed for.
///
/// ```compile_fail
/// fn serializable<T: serde::Serialize>() {}
/// serializable::<switchboard_store::vault::Sealed<switchboard_store::vault::PanelApiKey>>();
/// ```
pub struct Sealed<P> {
    bytes: Vec<u8>,
    purpose: PhantomData<fn() -> P>,
}

impl<P: Purpose> Sealed<P> {
    /// `row` is the id of the row that will hold the value, made before it is written.
    pub fn seal(key: &DataKey, row: Uuid, secret: &SecretString) -> Result<Self, VaultError> {
        Self::seal_bytes(key, row, secret.expose_secret().as_bytes())
    }

    pub fn seal_bytes(key: &DataKey, row: Uuid, secret: &[u8]) -> Result<Self, VaultError> {
        let mut bytes = Vec::with_capacity(SHORTEST + secret.len());
        bytes.push(FORMAT);
        bytes.extend_from_slice(key.id().as_bytes());
        let aad = bound_to::<P>(&bytes, key, row);
        cipher::encrypt_onto(&mut bytes, key.sealing(), &aad, secret)?;
        Ok(Self::unchecked(bytes))
    }

    pub fn open(&self, key: &DataKey, row: Uuid) -> Result<SecretString, VaultError> {
        let secret = self.open_bytes(key, row)?;
        let text = std::str::from_utf8(&secret).map_err(|_| VaultError::NotText)?;
        Ok(SecretString::from(text))
    }

    pub fn open_bytes(&self, key: &DataKey, row: Uuid) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let sealed_with = self.data_key_id();
        if sealed_with != key.id() {
            return Err(VaultError::OtherDataKey {
                sealed_with,
                given: key.id(),
            });
        }
        let (head, sealed) = self.bytes.split_at(HEAD);
        cipher::decrypt(key.sealing(), &bound_to::<P>(head, key, row), sealed)
    }

    /// Takes stored bytes back. Says only that they have the form of a sealed value; opening proves the rest.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, VaultError> {
        if bytes.len() < SHORTEST || bytes[0] != FORMAT {
            return Err(VaultError::Malformed);
        }
        Ok(Self::unchecked(bytes))
    }

    fn unchecked(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            purpose: PhantomData,
        }
    }
}

impl<P> Sealed<P> {
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The data key that opens it: bytes 2–17 of the stored form.
    pub fn data_key_id(&self) -> DataKeyId {
        let id = self.bytes[1..HEAD]
            .try_into()
            .expect("a sealed value is longer than its head");
        DataKeyId::from_bytes(id)
    }
}

/// Parts of fixed length first and the purpose last, so that no two different bindings read the same.
fn bound_to<P: Purpose>(head: &[u8], key: &DataKey, row: Uuid) -> Vec<u8> {
    [
        b"switchboard/sealed".as_slice(),
        head,
        &key.owner().bound_bytes(),
        row.as_bytes(),
        P::NAME.as_bytes(),
    ]
    .concat()
}

impl<P> Clone for Sealed<P> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            purpose: PhantomData,
        }
    }
}

impl<P> PartialEq for Sealed<P> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<P> Eq for Sealed<P> {}

impl<P: Purpose> fmt::Debug for Sealed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", P::NAME)
    }
}

impl<P> Type<Postgres> for Sealed<P> {
    fn type_info() -> PgTypeInfo {
        <Vec<u8> as Type<Postgres>>::type_info()
    }
}

impl<P> PgHasArrayType for Sealed<P> {
    fn array_type_info() -> PgTypeInfo {
        <Vec<u8> as PgHasArrayType>::array_type_info()
    }
}

impl<P> Encode<'_, Postgres> for Sealed<P> {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <&[u8] as Encode<Postgres>>::encode(self.bytes.as_slice(), buf)
    }
}

impl<'r, P: Purpose> Decode<'r, Postgres> for Sealed<P> {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self::from_bytes(<Vec<u8> as Decode<Postgres>>::decode(value)?)?)
    }
}
