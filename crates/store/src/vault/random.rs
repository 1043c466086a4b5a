//! Randomness for key material, straight from the operating system.
//!
//! Not behind `Clock`: a key must not be predictable, not even in a test.

use rand::{TryRng, rngs::SysRng};

use super::VaultError;

pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| VaultError::NoRandomness)?;
    Ok(bytes)
}

/// A token for a cookie or a one-time link.
pub fn random_token() -> Result<[u8; 32], VaultError> {
    random_bytes()
}
