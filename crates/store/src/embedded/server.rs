//! Launching, adopting and stopping the server process.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Mutex as StdMutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use nix::sys::signal::Signal;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};

use super::{
    EmbeddedConfig, EmbeddedError, How,
    binaries::Binaries,
    place::{Place, failed, write_secret},
    process,
};

pub(super) const USER: &str = "switchboard";
const PORT: u16 = 5432;
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// Children of a killed server end by themselves within milliseconds; after this they are killed.
const CHILDREN_END_WITHIN: Duration = Duration::from_secs(5);
const STOP_WITHIN: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// A server that exits at once may only have met the remains of the last one.
const LAUNCHES: u32 = 5;

/// All that is needed to start the server, again and again.
pub(super) struct Launch {
    place: Place,
    binaries: Binaries,
    flags: Vec<String>,
    locked: StdMutex<Option<fs::File>>,
}

/// The process. Not our child if it was adopted, then it is watched by its pid.
pub(super) struct Server {
    pid: u32,
    child: Option<Child>,
}

enum Found {
    Alive(u32),
    /// Nothing runs. The pid that a killed server left, if one did.
    Dead(Option<u32>),
}

/// As superuser, over the socket; the database is the caller's to name.
pub(super) fn options(socket_dir: &Path, password: &SecretString) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(socket_dir)
        .port(PORT)
        .username(USER)
        .password(password.expose_secret())
        .ssl_mode(PgSslMode::Disable)
        .application_name("switchboard")
}

impl Launch {
    /// Makes the database if there is none.
    pub(super) async fn new(mut place: Place, config: &EmbeddedConfig) -> Result<Self, EmbeddedError> {
        let binaries = Binaries::find(&config.binaries, &place.database)?;
        if !place.database.join("PG_VERSION").exists() {
            initdb(&place, &binaries, config.durable).await?;
        }
        let flags = flags(&place, config);
        let locked = StdMutex::new(place.lock.take());
        Ok(Self {
            place,
            binaries,
            flags,
            locked,
        })
    }

    pub(super) fn major(&self) -> u32 {
        self.binaries.major
    }

    pub(super) fn connect_options(&self) -> PgConnectOptions {
        self.maintenance_options().database(USER)
    }

    /// Database `postgres`, which always exists.
    fn maintenance_options(&self) -> PgConnectOptions {
        options(&self.place.socket_dir, &self.place.password).database("postgres")
    }

    /// Another product may use the folder from now on.
    pub(super) fn unlock(&self) {
        self.locked
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .take();
    }

    /// Brings the server to where it answers, whatever state it is in.
    pub(super) async fn run(&self, stopping: &AtomicBool) -> Result<(Server, How), EmbeddedError> {
        let deadline = Instant::now() + ANSWER_WITHIN;
        let stale = match self.find().await? {
            Found::Alive(pid) => {
                let mut server = Server { pid, child: None };
                if self.has_our_flags() {
                    self.until_it_answers(&mut server, deadline, stopping).await?;
                    return Ok((server, How::Adopted));
                }
                tracing::info!(
                    db.pid = pid,
                    "private database server runs with other settings; restarting it"
                );
                server.stop(self).await?;
                None
            }
            Found::Dead(stale) => stale,
        };
        let how = if stale.is_some() {
            How::Recovered
        } else {
            How::Started
        };
        for launch in 1.. {
            let mut server = self.spawn(stale)?;
            match self.until_it_answers(&mut server, deadline, stopping).await {
                Ok(()) => return Ok((server, how)),
                Err(EmbeddedError::Exited { .. }) if launch < LAUNCHES && Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(100) * launch).await;
                }
                Err(error) => return Err(error),
            }
        }
        unreachable!("the last launch returns")
    }

    /// What runs on the database, once that is clear.
    async fn find(&self) -> Result<Found, EmbeddedError> {
        let database = &self.place.database;
        let begun = Instant::now();
        loop {
            let written = process::pid_in_file(database);
            if let Some(pid) = written
                && process::serves(pid, database)
            {
                return Ok(Found::Alive(pid));
            }
            // A server that has not written its pid file yet, or children that outlived theirs.
            let others = process::all_serving(database);
            let Some(pid) = others.first().copied() else {
                return Ok(Found::Dead(written));
            };
            if begun.elapsed() > ANSWER_WITHIN {
                return Err(EmbeddedError::Undead { pid });
            }
            if begun.elapsed() > CHILDREN_END_WITHIN {
                tracing::warn!(count = others.len(), "killing what is left of a database server");
                others
                    .iter()
                    .for_each(|pid| process::signal(*pid, Signal::SIGKILL));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Whether the running server was started with the program and flags that we would use.
    fn has_our_flags(&self) -> bool {
        let quoted: String = self.flags.iter().map(|flag| format!(" \"{flag}\"")).collect();
        fs::read_to_string(self.place.database.join("postmaster.opts")).is_ok_and(|written| {
            written.trim_end().ends_with(&quoted) && written.matches(" \"-D\"").count() == 1
        })
    }

    fn spawn(&self, stale: Option<u32>) -> Result<Server, EmbeddedError> {
        let program = self.binaries.postgres();
        let log = self.place.open_log()?;
        let log_too = log.try_clone().map_err(failed(&self.place.log(), "opened"))?;
        let mut command = as_user(&program, &self.place);
        command
            .args(&self.flags)
            .current_dir(&self.place.database)
            // Ctrl-C in our terminal must not reach it.
            .process_group(0)
            .stdin(Stdio::null())
            // A file: a pipe would break when we die.
            .stdout(log)
            .stderr(log_too);
        if let Some(stale) = stale {
            // The killed server may live on as a zombie, until somebody reaps it or for ever: PostgreSQL would take it
            // for a running one, in the database's folder and in the socket's. It looks past the pid that is named here,
            // and so no file of its needs to be deleted.
            command.env("PG_GRANDPARENT_PID", stale.to_string());
        }
        let child = command.spawn().map_err(failed(&program, "run"))?;
        Ok(Server {
            pid: child.id(),
            child: Some(child),
        })
    }

    async fn until_it_answers(
        &self,
        server: &mut Server,
        deadline: Instant,
        stopping: &AtomicBool,
    ) -> Result<(), EmbeddedError> {
        loop {
            if stopping.load(Ordering::Relaxed) {
                // It is not in anybody's hands yet.
                server.stop(self).await?;
                return Err(EmbeddedError::Stopping);
            }
            let attempt = tokio::time::timeout(Duration::from_secs(5), self.greet()).await;
            let error = match attempt {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(EmbeddedError::Refused(error))) if !is_final(&error) => Some(error),
                Ok(Err(error)) => return Err(error),
                Err(_) => None,
            };
            if !server.is_alive(self) {
                return Err(EmbeddedError::Exited {
                    log: self.place.log(),
                    tail: self.place.log_tail(),
                });
            }
            if Instant::now() > deadline {
                return Err(EmbeddedError::Silent {
                    log: self.place.log(),
                    seconds: ANSWER_WITHIN.as_secs(),
                    source: error,
                });
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Connects, makes sure that it is our database, and that the product's own database exists.
    async fn greet(&self) -> Result<(), EmbeddedError> {
        let mut connection = PgConnection::connect_with(&self.maintenance_options())
            .await
            .map_err(EmbeddedError::Refused)?;
        let serves: String = sqlx::query_scalar("SELECT current_setting('data_directory')")
            .fetch_one(&mut connection)
            .await
            .map_err(EmbeddedError::Refused)?;
        if Path::new(&serves) != self.place.database {
            return Err(EmbeddedError::Impostor {
                socket: self.place.socket_dir.clone(),
                folder: self.place.database.clone(),
            });
        }
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(USER)
            .fetch_one(&mut connection)
            .await
            .map_err(EmbeddedError::Refused)?;
        if !exists {
            sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {USER}")))
                .execute(&mut connection)
                .await
                .map_err(EmbeddedError::Refused)?;
        }
        connection.close().await.map_err(EmbeddedError::Refused)
    }
}

/// Whether trying again would give the same: wrong password and the like, as against "is starting up".
fn is_final(error: &sqlx::Error) -> bool {
    match error.as_database_error().and_then(|error| error.code()) {
        // 57P0x: shutting down, crashed, cannot connect now. 53300: too many connections (an adopted server).
        Some(code) => !code.starts_with("57P") && code != "53300",
        None => false,
    }
}

impl Server {
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Also reaps our child when it has died.
    pub(super) fn is_alive(&mut self, launch: &Launch) -> bool {
        match &mut self.child {
            Some(child) => matches!(child.try_wait(), Ok(None)),
            None => process::serves(self.pid, &launch.place.database),
        }
    }

    /// In order (SIGINT); if that takes too long, at once (SIGQUIT, recovered at the next start).
    pub(super) async fn stop(&mut self, launch: &Launch) -> Result<(), EmbeddedError> {
        for (signal, patience) in [
            (Signal::SIGINT, STOP_WITHIN),
            (Signal::SIGQUIT, CHILDREN_END_WITHIN),
        ] {
            if !self.is_alive(launch) {
                return Ok(());
            }
            process::signal(self.pid, signal);
            let begun = Instant::now();
            while begun.elapsed() < patience {
                if !self.is_alive(launch) {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            tracing::warn!(db.pid = self.pid, db.signal = %signal, "private database server does not stop");
        }
        Err(EmbeddedError::Undead { pid: self.pid })
    }
}

fn flags(place: &Place, config: &EmbeddedConfig) -> Vec<String> {
    let mut flags = vec!["-D".to_owned(), place.database.display().to_string()];
    let mut set = |name: &str, value: &str| flags.extend(["-c".to_owned(), format!("{name}={value}")]);
    set("listen_addresses", "");
    set("port", &PORT.to_string());
    set("unix_socket_directories", &place.socket_dir.display().to_string());
    set("unix_socket_permissions", "0700");
    set("max_connections", &config.max_connections.to_string());
    // One transaction over many tenant schemas (migrations, dumps) locks many tables.
    set("max_locks_per_transaction", "256");
    // Statements and rows hold chat texts and passwords: the log gets neither.
    set("log_min_error_statement", "panic");
    set("log_error_verbosity", "terse");
    set("log_statement", "none");
    set("log_checkpoints", "off");
    if !config.durable {
        for name in ["fsync", "synchronous_commit", "full_page_writes"] {
            set(name, "off");
        }
    }
    flags
}

async fn initdb(place: &Place, binaries: &Binaries, durable: bool) -> Result<(), EmbeddedError> {
    // In a folder apart, which gets its name when it is complete: a half-made database is never started.
    let unfinished = place.data_dir.join("pg.init");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(failed(&unfinished, "removed"))?;
    }
    place.run_as.own_dir(&unfinished)?;
    // initdb reads the password as the database's user, who cannot read ours.
    let password = place.data_dir.join("pg.password.init");
    write_secret(&password, &place.password).map_err(failed(&password, "written"))?;
    place.run_as.give(&password)?;

    let program = binaries.initdb();
    let mut command = as_user(&program, place);
    command
        .args([
            "-U",
            USER,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-k",
            "--no-instructions",
        ])
        .arg("--pwfile")
        .arg(&password)
        .arg("-D")
        .arg(&unfinished)
        .current_dir("/")
        .stdin(Stdio::null());
    if !durable {
        command.arg("--no-sync");
    }
    let output = tokio::process::Command::from(command)
        .kill_on_drop(true)
        .output()
        .await;
    fs::remove_file(&password).map_err(failed(&password, "removed"))?;
    let output = output.map_err(failed(&program, "run"))?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(EmbeddedError::Initdb { output });
    }
    fs::rename(&unfinished, &place.database)
        .and_then(|()| fs::File::open(&place.data_dir)?.sync_all())
        .map_err(failed(&place.database, "made"))
}

/// A program under the database's user, with nothing of our environment.
fn as_user(program: &Path, place: &Place) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("LC_ALL", "C")
        .env("PATH", "/usr/bin:/bin");
    if place.run_as.switch {
        // Also drops root's extra groups.
        command.uid(place.run_as.uid).gid(place.run_as.gid);
    }
    command
}
