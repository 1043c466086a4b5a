//! The only place with wall clock and randomness. A stand-alone simulator has nobody to inject them.

use std::time::{SystemTime, UNIX_EPOCH};

#[expect(
    clippy::disallowed_methods,
    reason = "the peer is a process of its own; its log must be comparable with other processes' clocks"
)]
pub fn now_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

/// Uniform in `0..bound`; 0 when `bound` is 0.
pub fn random_below(bound: i64) -> i64 {
    if bound <= 0 {
        0
    } else {
        rand::random_range(0..bound)
    }
}

/// `length` characters of the alphabet that bot tokens use.
pub fn random_token(length: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    (0..length)
        .map(|_| char::from(ALPHABET[rand::random_range(0..ALPHABET.len())]))
        .collect()
}
