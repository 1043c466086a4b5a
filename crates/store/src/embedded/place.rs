//! The data folder: who owns what in it, the lock, the password, the socket's folder.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use nix::unistd::{Uid, User, getegid, geteuid};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{EmbeddedConfig, EmbeddedError};
use crate::vault::random_bytes;

/// A socket's path may have 107 bytes; the rest is for the lock file beside it.
const LONGEST_SOCKET: usize = 100;
/// A killed product may hold its lock for some milliseconds yet.
const LOCK_PATIENCE: Duration = Duration::from_secs(3);
const LARGEST_LOG: u64 = 16 << 20;

/// The system user that the database runs as.
#[derive(Debug, Clone)]
pub(super) struct RunAs {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// We are root and become this user for the server.
    pub(super) switch: bool,
}

pub(super) struct Place {
    pub(super) data_dir: PathBuf,
    pub(super) database: PathBuf,
    pub(super) socket_dir: PathBuf,
    pub(super) run_as: RunAs,
    pub(super) password: SecretString,
    pub(super) lock: Option<File>,
}

impl Place {
    /// Makes what is absent, and holds the lock.
    pub(super) async fn prepare(config: &EmbeddedConfig) -> Result<Self, EmbeddedError> {
        let run_as = RunAs::find(config.run_as.as_deref())?;
        make_data_dir(&config.data_dir, &run_as)?;
        let data_dir = fs::canonicalize(&config.data_dir).map_err(failed(&config.data_dir, "found"))?;
        if run_as.switch {
            refuse_impassable(&data_dir, &run_as)?;
        }
        let lock = lock(&data_dir).await?;
        let database = data_dir.join("pg");
        if let Ok(metadata) = fs::metadata(&database)
            && metadata.uid() != run_as.uid
        {
            return Err(EmbeddedError::ForeignOwner {
                path: database,
                owner: metadata.uid(),
                wanted: run_as.uid,
            });
        }
        let socket_dir = socket_dir(&data_dir);
        run_as.own_dir(&socket_dir)?;
        let password = password(&data_dir, &database)?;
        Ok(Self {
            data_dir,
            database,
            socket_dir,
            run_as,
            password,
            lock: Some(lock),
        })
    }

    pub(super) fn log(&self) -> PathBuf {
        self.data_dir.join("pg.log")
    }

    /// The log, to append to. What grew too long becomes `pg.log.1`.
    pub(super) fn open_log(&self) -> Result<File, EmbeddedError> {
        let path = self.log();
        if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > LARGEST_LOG) {
            fs::rename(&path, self.data_dir.join("pg.log.1")).map_err(failed(&path, "renamed"))?;
        }
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed(&path, "opened"))
    }

    /// The last lines of the log, for an error.
    pub(super) fn log_tail(&self) -> String {
        let text = fs::read(self.log()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text[text.len().saturating_sub(4096)..]).into_owned();
        let mut lines: Vec<&str> = text.lines().rev().take(5).collect();
        lines.reverse();
        lines.join("\n")
    }
}

impl RunAs {
    fn find(wanted: Option<&str>) -> Result<Self, EmbeddedError> {
        let look_up = |name: &str| {
            User::from_name(name)
                .ok()
                .flatten()
                .ok_or_else(|| EmbeddedError::NoUser {
                    name: name.to_owned(),
                })
        };
        let us = geteuid();
        if us.is_root() {
            let user = look_up(wanted.unwrap_or("postgres"))?;
            if user.uid.is_root() {
                return Err(EmbeddedError::RootUser { name: user.name });
            }
            return Ok(Self {
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
                name: user.name,
                switch: true,
            });
        }
        if let Some(name) = wanted
            && look_up(name)?.uid != us
        {
            return Err(EmbeddedError::NotRoot {
                name: name.to_owned(),
            });
        }
        let name = User::from_uid(Uid::from_raw(us.as_raw()))
            .ok()
            .flatten()
            .map(|user| user.name);
        let name = name.unwrap_or_else(|| us.to_string());
        Ok(Self {
            name,
            uid: us.as_raw(),
            gid: getegid().as_raw(),
            switch: false,
        })
    }

    /// A folder for this user alone; made if absent, refused if somebody else's.
    pub(super) fn own_dir(&self, path: &Path) -> Result<(), EmbeddedError> {
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => self.give(path)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(path, "made")(error)),
        }
        let metadata = fs::symlink_metadata(path).map_err(failed(path, "read"))?;
        if !metadata.is_dir() || metadata.uid() != self.uid {
            // We may have been killed between making the folder and giving it away.
            let ours = metadata.is_dir() && metadata.uid() == geteuid().as_raw();
            if !ours {
                return Err(EmbeddedError::ForeignOwner {
                    path: path.to_owned(),
                    owner: metadata.uid(),
                    wanted: self.uid,
                });
            }
            self.give(path)?;
        }
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(failed(path, "restricted"))
    }

    pub(super) fn give(&self, path: &Path) -> Result<(), EmbeddedError> {
        if !self.switch {
            return Ok(());
        }
        chown(path, Some(self.uid), Some(self.gid)).map_err(failed(path, "given to the database's user"))
    }

    fn may_pass(&self, metadata: &fs::Metadata) -> bool {
        let bit = match () {
            () if metadata.uid() == self.uid => 0o100,
            () if metadata.gid() == self.gid => 0o010,
            () => 0o001,
        };
        metadata.mode() & bit != 0
    }
}

/// Makes the folder and absent parents: passable when the database's user must get through, private otherwise. Folders
/// that exist keep their mode: they are not ours to open.
fn make_data_dir(data_dir: &Path, run_as: &RunAs) -> Result<(), EmbeddedError> {
    let absent: Vec<&Path> = data_dir
        .ancestors()
        .take_while(|path| !path.as_os_str().is_empty() && !path.exists())
        .collect();
    let mode = if run_as.switch { 0o711 } else { 0o700 };
    for path in absent.into_iter().rev() {
        match fs::create_dir(path) {
            // Set apart from making: the process's umask could take the bits away.
            Ok(()) => {
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(failed(path, "opened"))?
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(path, "made")(error)),
        }
    }
    Ok(())
}

fn refuse_impassable(data_dir: &Path, run_as: &RunAs) -> Result<(), EmbeddedError> {
    // From the root down, so that the error names the first folder in the way.
    let mut folders: Vec<&Path> = data_dir.ancestors().collect();
    folders.reverse();
    for folder in folders {
        let metadata = fs::metadata(folder).map_err(failed(folder, "read"))?;
        if !run_as.may_pass(&metadata) {
            return Err(EmbeddedError::Impassable {
                folder: folder.to_owned(),
                user: run_as.name.clone(),
            });
        }
    }
    Ok(())
}

/// Held as long as the file is open. Close-on-exec, so the server does not inherit it.
async fn lock(data_dir: &Path) -> Result<File, EmbeddedError> {
    let path = data_dir.join("pg.lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(failed(&path, "opened"))?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if begun.elapsed() < LOCK_PATIENCE => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let pid = file
                    .read_to_string(&mut text)
                    .ok()
                    .and_then(|_| text.trim().parse().ok());
                return Err(EmbeddedError::InUse {
                    data_dir: data_dir.to_owned(),
                    pid,
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(&path, "locked")(source)),
        }
    }
    // Who holds it, for the other one's error.
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(failed(&path, "written"))?;
    Ok(file)
}

/// The password of the database's superuser; made once, before the database is.
fn password(data_dir: &Path, database: &Path) -> Result<SecretString, EmbeddedError> {
    let path = data_dir.join("pg.password");
    match fs::read_to_string(&path) {
        Ok(text) if !text.trim().is_empty() => return Ok(SecretString::from(text.trim())),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(&path, "read")(error)),
    }
    if database.join("PG_VERSION").exists() {
        return Err(EmbeddedError::PasswordMissing { path });
    }
    let password = random_bytes::<24>().map_err(EmbeddedError::NoPassword)?;
    let password = SecretString::from(hex::encode(password));
    let unfinished = data_dir.join("pg.password.new");
    write_secret(&unfinished, &password).map_err(failed(&path, "written"))?;
    fs::rename(&unfinished, &path)
        .and_then(|()| File::open(data_dir)?.sync_all())
        .map_err(failed(&path, "written"))?;
    Ok(password)
}

/// Socket folder and password of a folder that a product has used before.
pub(super) fn attach(data_dir: &Path) -> Option<(PathBuf, SecretString)> {
    let data_dir = fs::canonicalize(data_dir).ok()?;
    let text = fs::read_to_string(data_dir.join("pg.password")).ok()?;
    let socket_dir = socket_dir(&data_dir);
    (socket_dir.is_dir() && !text.trim().is_empty()).then(|| (socket_dir, SecretString::from(text.trim())))
}

/// A file of 0600 with the secret and nothing else; replaces what an interrupted start left.
pub(super) fn write_secret(path: &Path, secret: &SecretString) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{}", secret.expose_secret())?;
    file.sync_all()
}

/// In the data folder, or in a short folder that is named after it when the path would be too long (or would need
/// quoting in the server's list of folders).
fn socket_dir(data_dir: &Path) -> PathBuf {
    let beside = data_dir.join("pg.run");
    let text = beside.as_os_str().as_encoded_bytes();
    let fits = text.len() + "/.s.PGSQL.5432".len() <= LONGEST_SOCKET;
    if fits && !text.iter().any(|byte| b",\"".contains(byte)) {
        return beside;
    }
    let name = hex::encode(&Sha256::digest(data_dir.as_os_str().as_encoded_bytes())[..8]);
    // Only root may write to /run.
    let root = if geteuid().is_root() && Path::new("/run").is_dir() {
        "/run"
    } else {
        "/tmp"
    };
    PathBuf::from(format!("{root}/switchboard-{name}"))
}

pub(super) fn failed(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> EmbeddedError {
    let path = path.to_owned();
    move |source| EmbeddedError::File { path, action, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_or_awkward_path_gets_a_short_socket() {
        assert_eq!(socket_dir(Path::new("/srv/data")), Path::new("/srv/data/pg.run"));
        let long = PathBuf::from(format!("/srv/{}", "x".repeat(90)));
        let other = PathBuf::from(format!("/srv/{}", "y".repeat(90)));
        for path in [&long, Path::new("/srv/a,b")] {
            let short = socket_dir(path);
            assert!(short.as_os_str().len() < 40, "{}", short.display());
            assert_eq!(short, socket_dir(path), "the next start finds it again");
        }
        assert_ne!(socket_dir(&long), socket_dir(&other));
    }
}
