//! Why a private server does not run. Each message says what to do.

use std::{io, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error(
        "PostgreSQL 15 or newer is not installed (looked in {}): `apt-get install postgresql-15`, or set \
         DATABASE_URL to a server of yours",
        looked_in.display()
    )]
    NoBinaries { looked_in: PathBuf },

    #[error(
        "the database in {} was made by PostgreSQL {major}, which is not installed: `apt-get install \
         postgresql-{major}`",
        folder.display()
    )]
    WrongMajor { folder: PathBuf, major: u32 },

    #[error("{} does not hold a PostgreSQL version number: the database folder is damaged", path.display())]
    BadVersionFile { path: PathBuf },

    #[error(
        "system user `{name}` does not exist, and PostgreSQL refuses to run as root: `apt-get install \
         postgresql-15` makes the user `postgres`"
    )]
    NoUser { name: String },

    #[error("PostgreSQL refuses to run as root: choose another user than `{name}`")]
    RootUser { name: String },

    #[error("only root can run the database as another user: start as root or as `{name}`")]
    NotRoot { name: String },

    #[error(
        "user `{user}`, which runs the database, cannot pass through {}: choose a data folder elsewhere, or \
         `chmod o+x` that folder",
        folder.display()
    )]
    Impassable { folder: PathBuf, user: String },

    #[error(
        "{} belongs to user id {owner}, but user id {wanted} would run the database: start as the same user as \
         before, or choose another data folder",
        path.display()
    )]
    ForeignOwner { path: PathBuf, owner: u32, wanted: u32 },

    #[error(
        "another Switchboard{} uses the data folder {}: stop it, or choose another data folder",
        pid.map(|pid| format!(" (process {pid})")).unwrap_or_default(),
        data_dir.display()
    )]
    InUse { data_dir: PathBuf, pid: Option<u32> },

    #[error(
        "{} is missing, but the database beside it exists: put the file back from your backup",
        path.display()
    )]
    PasswordMissing { path: PathBuf },

    #[error("{}: cannot be {action}", path.display())]
    File {
        path: PathBuf,
        action: &'static str,
        #[source]
        source: io::Error,
    },

    #[error("`initdb` failed: {output}")]
    Initdb { output: String },

    #[error("the database server did not start; the end of {} says: {tail}", log.display())]
    Exited { log: PathBuf, tail: String },

    #[error("the database server did not answer within {seconds} s; see {}", log.display())]
    Silent {
        log: PathBuf,
        seconds: u64,
        #[source]
        source: Option<sqlx::Error>,
    },

    #[error("the server behind {} serves another database than {}", socket.display(), folder.display())]
    Impostor { socket: PathBuf, folder: PathBuf },

    #[error("the database server refused us")]
    Refused(#[source] sqlx::Error),

    #[error("no password could be made")]
    NoPassword(#[source] crate::vault::VaultError),

    #[error("the database server (process {pid}) did not stop")]
    Undead { pid: u32 },

    #[error("the database server is being stopped")]
    Stopping,
}
