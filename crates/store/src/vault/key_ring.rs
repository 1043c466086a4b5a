//! Key-encryption keys, by id.
//!
//! A key's id is derived from the key itself: a key cannot be stored under a wrong id, and a text in the environment
//! needs no name beside it. Several keys may be loaded; one is active, which means that it wraps what is new.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::{VaultError, cipher, cipher::KeyBytes, key_file};

/// Names a key-encryption key: `kek_` and 16 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; Self::LEN]);

impl KeyId {
    pub const LEN: usize = 8;

    /// From bytes 2–9 of a wrapped data key.
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    pub(super) fn of(key: &KeyBytes) -> Self {
        let digest = cipher::derive(key, b"switchboard/kek/id/v1");
        let mut id = [0; Self::LEN];
        id.copy_from_slice(&digest[..Self::LEN]);
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "kek_{}", hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A key that stored rows cannot be opened without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeededKey {
    pub key_id: KeyId,
    /// For people: "the data keys of 3 tenants".
    pub needed_by: String,
}

/// Where keys come from. A configured text or file wins over the folder for what is new; the keys of the folder are
/// still loaded, so that what they wrapped stays readable.
#[derive(Debug, Clone)]
pub struct KeySource {
    /// `SWITCHBOARD_KEY`: one or more keys, separated by white space or commas; the first is active.
    pub key: Option<SecretString>,
    /// `SWITCHBOARD_KEY_FILE`: the same in a file, where lines that begin with `#` are comments.
    pub key_file: Option<PathBuf>,
    /// `<data>/keys`. Must not lie inside the database's folder.
    pub dir: PathBuf,
}

impl KeySource {
    /// Keys of the folder only.
    pub fn dir(dir: impl Into<PathBuf>) -> Self {
        Self {
            key: None,
            key_file: None,
            dir: dir.into(),
        }
    }
}

/// A key that was just made. Its `Display` is what the operator must read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedKey {
    pub key_id: KeyId,
    pub path: PathBuf,
}

impl fmt::Display for CreatedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "made key {} in {}: back it up apart from the database; without it no stored secret can be read again",
            self.key_id,
            self.path.display()
        )
    }
}

struct Kek {
    wrapping: KeyBytes,
}

impl Kek {
    fn new(key: &KeyBytes) -> Self {
        Self {
            wrapping: cipher::derive(key, b"switchboard/kek/wrap/v1"),
        }
    }
}

/// The loaded keys. Never empty.
pub struct KeyRing {
    active: KeyId,
    keys: BTreeMap<KeyId, Kek>,
}

impl KeyRing {
    /// Reads all keys of the source; `NoKey` if there is none at all.
    pub fn load(source: &KeySource) -> Result<Self, VaultError> {
        let configured = match (&source.key, &source.key_file) {
            (Some(_), Some(_)) => return Err(VaultError::TwoSources),
            (Some(text), None) => key_file::parse(text.expose_secret(), "SWITCHBOARD_KEY")?,
            (None, Some(path)) => key_file::read(path)?,
            (None, None) => Vec::new(),
        };
        let folder = key_file::read_dir(&source.dir)?;
        let active = match configured.first() {
            Some(key) => KeyId::of(key),
            None => folder.active()?,
        };
        let keys = configured
            .iter()
            .chain(folder.keys.values())
            .map(|key| (KeyId::of(key), Kek::new(key)))
            .collect();
        Ok(Self { active, keys })
    }

    /// What a start does: loads, and makes the first key only where no stored row needs one that is gone.
    ///
    /// Print the `CreatedKey`, if there is one.
    pub fn load_or_create(
        source: &KeySource,
        needed: &[NeededKey],
    ) -> Result<(Self, Option<CreatedKey>), VaultError> {
        match Self::load(source) {
            Ok(ring) => {
                ring.require(needed)?;
                Ok((ring, None))
            }
            Err(VaultError::NoKey { .. }) => {
                if let Some(NeededKey { key_id, needed_by }) = needed.first().cloned() {
                    return Err(VaultError::MissingKey { key_id, needed_by });
                }
                let created = Self::create(&source.dir)?;
                Ok((Self::load(source)?, Some(created)))
            }
            Err(error) => Err(error),
        }
    }

    /// Makes a new key in the folder and makes it the active one; older keys stay readable. Also the first half of a
    /// rotation: load again, then `Vault::rewrap` every data key.
    pub fn create(dir: impl Into<PathBuf>) -> Result<CreatedKey, VaultError> {
        key_file::create(&dir.into())
    }

    /// Refuses if a stored row needs a key that is not here.
    pub fn require(&self, needed: &[NeededKey]) -> Result<(), VaultError> {
        match needed
            .iter()
            .find(|needed| !self.keys.contains_key(&needed.key_id))
        {
            Some(NeededKey { key_id, needed_by }) => Err(VaultError::MissingKey {
                key_id: *key_id,
                needed_by: needed_by.clone(),
            }),
            None => Ok(()),
        }
    }

    pub fn active_id(&self) -> KeyId {
        self.active
    }

    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.keys.keys().copied()
    }

    pub(super) fn active(&self) -> (KeyId, &KeyBytes) {
        (self.active, &self.keys[&self.active].wrapping)
    }

    pub(super) fn get(&self, id: KeyId) -> Option<&KeyBytes> {
        self.keys.get(&id).map(|kek| &kek.wrapping)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("active", &self.active)
            .field("ids", &self.keys.keys())
            .finish()
    }
}
