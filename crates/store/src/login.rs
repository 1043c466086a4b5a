//! Logins that we make on the server, and how their secrets get there.
//!
//! Invariant: the server never sees a secret in clear, not even in the statement that sets it: it gets the SCRAM verifier,
//! so no log of the server can hold one.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Rounds make guessing dear. Nobody guesses 32 random bytes, and each connection pays for every round.
pub(crate) const ROUNDS: u32 = 128;

/// What `pg_authid` keeps for `secret` (RFC 5803).
pub(crate) fn scram_verifier(secret: &str, salt: &[u8; 16], rounds: u32) -> String {
    let salted = pbkdf2(secret.as_bytes(), salt, rounds);
    let client_key = mac(&salted, b"Client Key");
    let stored_key: [u8; 32] = Sha256::digest(client_key).into();
    let server_key = mac(&salted, b"Server Key");
    format!(
        "SCRAM-SHA-256${rounds}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored_key),
        STANDARD.encode(server_key)
    )
}

fn mac(key: &[u8], data: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(data);
    mac.finalize().into_bytes().into()
}

/// One block of PBKDF2-HMAC-SHA-256, which is all that SCRAM needs.
fn pbkdf2(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 32] {
    let mut block = mac(password, &[salt, &1u32.to_be_bytes()].concat());
    let mut out = block;
    for _ in 1..rounds {
        block = mac(password, &block);
        for (sum, byte) in out.iter_mut().zip(block) {
            *sum ^= byte;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_is_the_one_of_rfc_7677() {
        // The example exchange of RFC 7677: user "user", password "pencil".
        let salt: [u8; 16] = STANDARD
            .decode("W22ZaJ0SNY7soEsUEjb6gQ==")
            .unwrap()
            .try_into()
            .unwrap();
        assert_eq!(
            scram_verifier("pencil", &salt, 4096),
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        );
    }
}
