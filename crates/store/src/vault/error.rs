//! What can go wrong with sealed values and their keys.
//!
//! Invariant: no variant holds plaintext, key bytes, or text that was meant to be a key.

use std::path::PathBuf;

use super::{DataKeyId, KeyId};

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error(
        "key {key_id} is missing, and {needed_by} cannot be opened without it: put its file back into the keys \
         folder, or name it in SWITCHBOARD_KEY or SWITCHBOARD_KEY_FILE"
    )]
    MissingKey { key_id: KeyId, needed_by: String },

    #[error("there is no key yet in {}", dir.display())]
    NoKey { dir: PathBuf },

    #[error("SWITCHBOARD_KEY and SWITCHBOARD_KEY_FILE are both set: unset one of them")]
    TwoSources,

    #[error(
        "{place} holds a text that is not a key: a key is 32 bytes as 64 hex digits or as base64 (make one with \
         `openssl rand -base64 32`)"
    )]
    NotAKey { place: String },

    #[error(
        "{} holds {holds}, which its name does not say: it was renamed, or a key was pasted into the wrong file",
        path.display()
    )]
    Misnamed { path: PathBuf, holds: KeyId },

    #[error("{} says that {key_id} is the active key, but no such key is there", path.display())]
    ActiveAbsent { path: PathBuf, key_id: String },

    #[error("{} holds several keys and no file `active` that names one of them", dir.display())]
    ActiveUnclear { dir: PathBuf },

    #[error(
        "{} can be read by other users of this machine (mode {mode:03o}): `chmod {wanted:03o}` it, and replace the \
         key if they may have read it",
        path.display()
    )]
    Exposed { path: PathBuf, mode: u32, wanted: u32 },

    #[error("{} could not be {action}", path.display())]
    File {
        path: PathBuf,
        action: &'static str,
        #[source]
        source: std::io::Error,
    },

    #[error("the value is not a sealed one: it is cut off, or of an unknown format")]
    Malformed,

    #[error("the value was sealed with data key {sealed_with}, not with {given}")]
    OtherDataKey {
        sealed_with: DataKeyId,
        given: DataKeyId,
    },

    #[error(
        "the value does not open: it was changed, or belongs to another owner, row or purpose than the one asked for"
    )]
    Refused,

    #[error("the opened value is not a text")]
    NotText,

    #[error("the value is too long to be sealed")]
    TooLong,

    #[error("the operating system gave no randomness")]
    NoRandomness,
}
