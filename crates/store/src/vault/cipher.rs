//! The two primitives: an AEAD and a key derivation.
//!
//! AES-256-GCM-SIV: a repeated nonce reveals only that two plaintexts were equal, so random 96-bit nonces are safe for
//! any number of values that a tenant will ever seal.

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{VaultError, random_bytes};

pub(super) const NONCE: usize = 12;
pub(super) const TAG: usize = 16;

/// 32 bytes of key, wiped when dropped. Has no `Debug` on purpose.
pub(super) type KeyBytes = Zeroizing<[u8; 32]>;

/// An independent key for one use, so that no key ever serves two algorithms.
pub(super) fn derive(key: &[u8; 32], label: &[u8]) -> KeyBytes {
    let mut derived = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, key)
        .expand(label, &mut *derived)
        .expect("32 bytes are within what HKDF-SHA256 gives");
    derived
}

/// `nonce || ciphertext || tag`, appended to `out`.
pub(super) fn encrypt_onto(
    out: &mut Vec<u8>,
    key: &KeyBytes,
    aad: &[u8],
    plaintext: &[u8],
) -> Result<(), VaultError> {
    let nonce: [u8; NONCE] = random_bytes()?;
    let text = cipher(key)
        .encrypt(&Nonce::from(nonce), Payload { msg: plaintext, aad })
        .map_err(|_| VaultError::TooLong)?;
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&text);
    Ok(())
}

/// Reverses [`encrypt_onto`].
pub(super) fn decrypt(key: &KeyBytes, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or(VaultError::Malformed)?;
    cipher(key)
        .decrypt(&Nonce::from(*nonce), Payload { msg: text, aad })
        .map(Zeroizing::new)
        .map_err(|_| VaultError::Refused)
}

fn cipher(key: &KeyBytes) -> Aes256GcmSiv {
    Aes256GcmSiv::new_from_slice(&key[..]).expect("the key has 32 bytes")
}
