//! Tokens of sessions and one-time links: random, shown once, stored as hashes.

use chrono::TimeDelta;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use switchboard_store::{StoreError, vault};

/// A session that nobody uses ends after this.
pub const IDLE: TimeDelta = TimeDelta::days(14);
/// Nobody stays signed in longer.
pub const LONGEST: TimeDelta = TimeDelta::days(90);
/// How exactly "last seen" is known; each further write would be one per request.
pub const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A fresh token and what the database keeps of it.
pub(crate) fn fresh_token() -> Result<(SecretString, [u8; 32]), StoreError> {
    let bytes = vault::random_token()?;
    let text = hex(&bytes);
    let hash = token_hash(&text);
    Ok((SecretString::from(text), hash))
}

/// What is stored for a token, whatever somebody sent as one.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}
