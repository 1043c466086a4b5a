//! Keys as files: `keys/kek_….key`, one per key, and `keys/active`, which names the one that wraps what is new.
//!
//! Invariant: a file of ours is 0600 in a folder of 0700, and is complete as soon as it has its name.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{CreatedKey, KeyId, VaultError, cipher::KeyBytes, random_bytes};

const ACTIVE: &str = "active";

pub(super) struct Folder {
    dir: PathBuf,
    pub(super) keys: BTreeMap<KeyId, KeyBytes>,
    active: Option<String>,
}

impl Folder {
    pub(super) fn active(&self) -> Result<KeyId, VaultError> {
        match (&self.active, self.keys.len()) {
            (Some(name), _) => self
                .keys
                .keys()
                .copied()
                .find(|id| id.to_string() == *name)
                .ok_or_else(|| {
                    // The name comes from a file that somebody may have pasted a key into.
                    let key_id = if name.starts_with("kek_") {
                        name.chars().take(20).collect()
                    } else {
                        "?".into()
                    };
                    VaultError::ActiveAbsent {
                        path: self.dir.join(ACTIVE),
                        key_id,
                    }
                }),
            (None, 0) => Err(VaultError::NoKey {
                dir: self.dir.clone(),
            }),
            (None, 1) => Ok(*self.keys.keys().next().expect("there is one")),
            (None, _) => Err(VaultError::ActiveUnclear {
                dir: self.dir.clone(),
            }),
        }
    }
}

/// Several keys in one text. `place` is for the error only; the text never is.
pub(super) fn parse(text: &str, place: &str) -> Result<Vec<KeyBytes>, VaultError> {
    let keys = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split(|c: char| c == ',' || c.is_whitespace()))
        .filter(|word| !word.is_empty())
        .map(|word| {
            parse_key(word).ok_or_else(|| VaultError::NotAKey {
                place: place.to_owned(),
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        return Err(VaultError::NotAKey {
            place: place.to_owned(),
        });
    }
    Ok(keys)
}

fn parse_key(word: &str) -> Option<KeyBytes> {
    let bytes = Zeroizing::new(match word.len() {
        64 => hex::decode(word).ok()?,
        _ => STANDARD.decode(word).ok()?,
    });
    let mut key = Zeroizing::new([0; 32]);
    if bytes.len() != key.len() {
        return None;
    }
    key.copy_from_slice(&bytes);
    Some(key)
}

/// A file that the operator configured. Its mode is theirs: a mounted secret is often world-readable in its container.
pub(super) fn read(path: &Path) -> Result<Vec<KeyBytes>, VaultError> {
    let text = Zeroizing::new(fs::read_to_string(path).map_err(failed(path, "read"))?);
    parse(&text, &path.display().to_string())
}

/// All keys of the folder; none if it does not exist.
pub(super) fn read_dir(dir: &Path) -> Result<Folder, VaultError> {
    let mut folder = Folder {
        dir: dir.to_owned(),
        keys: BTreeMap::new(),
        active: None,
    };
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(folder),
        Err(error) => return Err(failed(dir, "read")(error)),
    };
    refuse_exposed(dir, 0o700)?;
    for entry in entries {
        let path = entry.map_err(failed(dir, "read"))?.path();
        if path.file_name().is_some_and(|name| name == ACTIVE) {
            let name = fs::read_to_string(&path).map_err(failed(&path, "read"))?;
            folder.active = Some(name.trim().to_owned());
        } else if path.extension().is_some_and(|extension| extension == "key") {
            refuse_exposed(&path, 0o600)?;
            for key in read(&path)? {
                let holds = KeyId::of(&key);
                if path
                    .file_stem()
                    .is_none_or(|stem| stem != holds.to_string().as_str())
                {
                    return Err(VaultError::Misnamed { path, holds });
                }
                folder.keys.insert(holds, key);
            }
        }
    }
    Ok(folder)
}

pub(super) fn create(dir: &Path) -> Result<CreatedKey, VaultError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(failed(dir, "created"))?;
    refuse_exposed(dir, 0o700)?;
    let key: KeyBytes = Zeroizing::new(random_bytes()?);
    let key_id = KeyId::of(&key);
    let path = dir.join(format!("{key_id}.key"));
    let encoded = Zeroizing::new(STANDARD.encode(&key[..]));
    let text = Zeroizing::new(format!(
        "# Switchboard key {key_id}. Back it up apart from the database: without it no stored secret can be read again.\n\
         {}\n",
        encoded.as_str()
    ));
    // The key first: `active` never names a key that is not there.
    write_whole(&path, text.as_bytes())?;
    write_whole(&dir.join(ACTIVE), format!("{key_id}\n").as_bytes())?;
    tracing::warn!(key.id = %key_id, key.path = %path.display(), "made a key: back it up apart from the database");
    Ok(CreatedKey { key_id, path })
}

/// Readable by its owner only, and never half-written under its name.
fn write_whole(path: &Path, content: &[u8]) -> Result<(), VaultError> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    let unfinished = PathBuf::from(unfinished);
    let write = || {
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        match path.parent() {
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        }
    };
    write().map_err(failed(path, "written"))
}

fn refuse_exposed(path: &Path, wanted: u32) -> Result<(), VaultError> {
    let mode = fs::metadata(path)
        .map_err(failed(path, "read"))?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 != 0 {
        return Err(VaultError::Exposed {
            path: path.to_owned(),
            mode,
            wanted,
        });
    }
    Ok(())
}

fn failed(path: &Path, action: &'static str) -> impl Fn(io::Error) -> VaultError {
    let path = path.to_owned();
    move |source| VaultError::File {
        path: path.clone(),
        action,
        source,
    }
}
