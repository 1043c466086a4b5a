//! The private PostgreSQL, for real: needs Debian's server binaries. Processes are killed here, and only ones that the
//! test itself started.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, which the general exception does not reach"
)]

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, geteuid},
};
use pretty_assertions::assert_eq;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use switchboard_store::{
    embedded::{EmbeddedConfig, EmbeddedError, EmbeddedPostgres, How, Running, attach},
    vault::{KeyOwner, KeyRing, KeySource, PanelApiKey, Sealed, Vault, WrappedDataKey},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A data folder that the database's user can reach, with no server left in it at the end.
struct Folder {
    dir: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
        Self { dir }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn durable(&self) -> EmbeddedConfig {
        EmbeddedConfig {
            max_connections: 20,
            ..EmbeddedConfig::new(self.data())
        }
    }

    fn throw_away(&self) -> EmbeddedConfig {
        EmbeddedConfig {
            max_connections: 20,
            ..EmbeddedConfig::throw_away(self.data())
        }
    }

    fn server_pid(&self) -> Option<u32> {
        fs::read_to_string(self.data().join("pg/postmaster.pid"))
            .ok()?
            .lines()
            .next()?
            .parse()
            .ok()
    }

    fn serves(&self, pid: u32) -> bool {
        Path::new(&format!("/proc/{pid}/cwd"))
            .read_link()
            .is_ok_and(|cwd| cwd == self.data().join("pg"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(pid) = self.server_pid()
            && self.serves(pid)
        {
            kill_9(pid);
        }
    }
}

fn kill_9(pid: u32) {
    let _ = kill(Pid::from_raw(pid.try_into().unwrap()), Signal::SIGKILL);
}

async fn start(config: &EmbeddedConfig) -> Running {
    EmbeddedPostgres::start(config)
        .await
        .unwrap_or_else(|error| panic!("{error}: {error:?}"))
}

async fn run(options: &PgConnectOptions, sql: &str) {
    let mut connection = PgConnection::connect_with(options).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

async fn number(options: &PgConnectOptions, sql: &str) -> i64 {
    let mut connection = PgConnection::connect_with(options).await.unwrap();
    let number = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    number
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "never came true: {what}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_fresh_start_then_a_restart_keeps_the_data() {
    let folder = Folder::new();
    let first = start(&folder.throw_away()).await;
    assert_eq!(first.how(), How::Started);
    assert_eq!(Some(first.pid()), folder.server_pid());
    let options = first.connect_options();
    run(
        &options,
        "CREATE TABLE kept (n bigint); INSERT INTO kept VALUES (7)",
    )
    .await;
    assert_eq!(
        number(
            &options,
            "SELECT count(*) FROM pg_database WHERE datname = 'switchboard'"
        )
        .await,
        1
    );

    let data = folder.data();
    let password = fs::read_to_string(data.join("pg.password")).unwrap();
    assert_eq!(mode(data.join("pg.password")), 0o600);
    assert_eq!(
        fs::metadata(data.join("pg.password")).unwrap().uid(),
        geteuid().as_raw()
    );
    assert_eq!((mode(data.join("pg")), mode(data.join("pg.run"))), (0o700, 0o700));
    assert!(!data.join("pg.password.init").exists());
    let server = fs::metadata(format!("/proc/{}", first.pid())).unwrap().uid();
    assert_ne!(server, 0, "the server never runs as root");
    assert_eq!(server, fs::metadata(data.join("pg")).unwrap().uid());

    first.stop().await.unwrap();
    assert_eq!(folder.server_pid(), None, "stopped in order");

    let second = start(&folder.throw_away()).await;
    assert_eq!(second.how(), How::Started);
    assert_eq!(fs::read_to_string(data.join("pg.password")).unwrap(), password);
    assert_eq!(number(&options, "SELECT n FROM kept").await, 7);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_does_not_come_in() {
    let folder = Folder::new();
    let running = start(&folder.throw_away()).await;
    let refused = PgConnection::connect_with(&running.connect_options().password("guess")).await;
    assert!(refused.is_err());
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_server_is_recovered_though_its_zombie_lives() {
    let folder = Folder::new();
    let first = start(&folder.durable()).await;
    run(
        &first.connect_options(),
        "CREATE TABLE kept (n bigint); INSERT INTO kept VALUES (7)",
    )
    .await;
    let pid = first.pid();
    kill_9(pid);
    // Nobody reaps our child: it stays a zombie, as under a PID 1 that does not reap.
    drop(first);

    let second = start(&folder.durable()).await;
    assert_eq!(second.how(), How::Recovered);
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    assert!(stat.contains(") Z "), "the trap was set: {stat}");
    assert_eq!(number(&second.connect_options(), "SELECT n FROM kept").await, 7);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn an_orphan_is_adopted_with_its_connections_and_can_be_stopped() {
    let folder = Folder::new();
    let first = start(&folder.throw_away()).await;
    let mut connection = PgConnection::connect_with(&first.connect_options())
        .await
        .unwrap();
    let pid = first.pid();
    drop(first);

    let second = start(&folder.throw_away()).await;
    assert_eq!((second.how(), second.pid()), (How::Adopted, pid));
    let one: i32 = sqlx::query_scalar("SELECT 1")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(one, 1, "not even a connection was hurt");
    second.stop().await.unwrap();
    assert_eq!(folder.server_pid(), None);
}

#[tokio::test]
async fn an_orphan_with_other_settings_is_started_anew() {
    let folder = Folder::new();
    let first = start(&folder.throw_away()).await;
    let pid = first.pid();
    drop(first);
    let second = start(&EmbeddedConfig {
        max_connections: 33,
        ..folder.throw_away()
    })
    .await;
    assert_eq!(second.how(), How::Started);
    assert_ne!(second.pid(), pid);
    let max = number(
        &second.connect_options(),
        "SELECT current_setting('max_connections')::bigint",
    )
    .await;
    assert_eq!(max, 33);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn others_attach_to_a_running_server_without_owning_it() {
    let folder = Folder::new();
    assert!(attach(&folder.data()).is_none(), "nothing was ever started here");
    let running = start(&folder.throw_away()).await;
    run(
        &running.connect_options(),
        "CREATE TABLE shared (n bigint); INSERT INTO shared VALUES (7)",
    )
    .await;
    let beside = attach(&folder.data()).unwrap();
    assert_eq!(number(&beside, "SELECT n FROM shared").await, 7);
    // The owner lets go, and the server stays; then somebody owns it again, and it is stopped.
    drop(running);
    assert_eq!(number(&beside, "SELECT n FROM shared").await, 7);
    let owner = start(&folder.throw_away()).await;
    assert_eq!(owner.how(), How::Adopted);
    owner.stop().await.unwrap();
    let stopped = attach(&folder.data()).unwrap();
    PgConnection::connect_with(&stopped).await.unwrap_err();
}

#[tokio::test]
async fn a_second_product_on_the_folder_is_refused() {
    let folder = Folder::new();
    let first = start(&folder.throw_away()).await;
    let error = EmbeddedPostgres::start(&folder.throw_away()).await.unwrap_err();
    assert!(
        matches!(error, EmbeddedError::InUse { pid: Some(pid), .. } if pid == std::process::id()),
        "{error}"
    );
    assert!(
        error.to_string().contains(&folder.data().display().to_string()),
        "{error}"
    );
    first.stop().await.unwrap();
    // Free again.
    start(&folder.throw_away()).await.stop().await.unwrap();
}

#[tokio::test]
async fn a_database_of_another_major_version_names_the_package() {
    let folder = Folder::new();
    start(&folder.throw_away()).await.stop().await.unwrap();
    fs::write(folder.data().join("pg/PG_VERSION"), "14\n").unwrap();
    let error = EmbeddedPostgres::start(&folder.throw_away()).await.unwrap_err();
    assert!(
        matches!(error, EmbeddedError::WrongMajor { major: 14, .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("postgresql-14"), "{error}");
}

#[tokio::test]
async fn a_lost_password_is_said_and_no_database_is_made_over_it() {
    let folder = Folder::new();
    start(&folder.throw_away()).await.stop().await.unwrap();
    fs::remove_file(folder.data().join("pg.password")).unwrap();
    let error = EmbeddedPostgres::start(&folder.throw_away()).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::PasswordMissing { .. }), "{error}");
}

#[tokio::test]
async fn an_interrupted_first_start_is_done_again() {
    let folder = Folder::new();
    fs::create_dir_all(folder.data().join("pg.init/base")).unwrap();
    fs::set_permissions(folder.data(), fs::Permissions::from_mode(0o711)).unwrap();
    fs::write(folder.data().join("pg.init/PG_VERSION"), "15\n").unwrap();
    fs::write(folder.data().join("pg.password.init"), "half").unwrap();
    start(&folder.throw_away()).await.stop().await.unwrap();
    assert!(!folder.data().join("pg.init").exists());
}

#[tokio::test]
async fn a_folder_in_the_way_is_named() {
    if !geteuid().is_root() {
        return; // Only under root the server has another user than we have.
    }
    let folder = Folder::new();
    let closed = folder.dir.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let config = EmbeddedConfig::throw_away(closed.join("below/data"));
    let error = EmbeddedPostgres::start(&config).await.unwrap_err();
    assert!(
        matches!(&error, EmbeddedError::Impassable { folder, .. } if *folder == closed),
        "{error}"
    );
    assert_eq!(mode(closed), 0o700, "a folder that was there is left alone");

    for (user, expected) in [
        ("nobody-by-this-name", "does not exist"),
        ("root", "refuses to run as root"),
    ] {
        let config = EmbeddedConfig {
            run_as: Some(user.into()),
            ..folder.throw_away()
        };
        let error = EmbeddedPostgres::start(&config).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_long_and_awkward_path_works_too() {
    let folder = Folder::new();
    let config = EmbeddedConfig::throw_away(folder.dir.path().join("x".repeat(100)).join("it's, \"quoted\""));
    let running = start(&config).await;
    let socket = running.connect_options().get_socket().unwrap().clone();
    assert!(socket.as_os_str().len() < 60, "{}", socket.display());
    assert_eq!(mode(&socket), 0o700);
    let pid = running.pid();
    drop(running);
    let again = start(&config).await;
    assert_eq!((again.how(), again.pid()), (How::Adopted, pid));
    again.stop().await.unwrap();
    fs::remove_dir(&socket).unwrap();
}

#[tokio::test]
async fn the_log_repeats_no_statement_and_no_row() {
    let folder = Folder::new();
    let running = start(&folder.throw_away()).await;
    let options = running.connect_options();
    run(
        &options,
        "CREATE TABLE t (secret text CHECK (length(secret) < 3), n int)",
    )
    .await;
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    for sql in [
        "INSERT INTO t VALUES ('marked-7f3a', 1)",
        "CREATE ROLE r PASSWORD 'marked-7f3a' NO_SUCH_OPTION",
    ] {
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap_err();
    }
    drop(connection);
    running.stop().await.unwrap();
    let log = fs::read_to_string(folder.data().join("pg.log")).unwrap();
    assert!(log.contains("violates check constraint"), "{log}");
    assert!(!log.contains("marked-7f3a"), "{log}");
}

#[tokio::test]
async fn watching_heals_a_killed_server_adopted_or_own() {
    let folder = Folder::new();
    drop(start(&folder.durable()).await);
    let running = start(&folder.durable()).await;
    assert_eq!(running.how(), How::Adopted);
    let options = running.connect_options();
    let watch = tokio::spawn({
        let running = running.clone();
        async move { running.watch(CancellationToken::new()).await }
    });
    for round in 1..=3 {
        let killed = running.pid();
        let begun = Instant::now();
        kill_9(killed);
        until("the server is back", || running.restarts() == round).await;
        println!("round {round}: back after {:?}", begun.elapsed());
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "took {:?}",
            begun.elapsed()
        );
        assert_ne!(running.pid(), killed);
        assert_eq!(number(&options, "SELECT 1::bigint").await, 1);
    }
    running.stop().await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), watch)
        .await
        .expect("stopping ends the watch")
        .unwrap();
    assert_eq!(
        folder.server_pid(),
        None,
        "and it does not start the server again"
    );
}

#[tokio::test]
async fn no_acknowledged_row_is_lost_while_the_server_is_killed() {
    let folder = Folder::new();
    let running = start(&folder.durable()).await;
    let options = running.connect_options();
    run(&options, "CREATE TABLE stream (n bigint PRIMARY KEY)").await;
    let cancel = CancellationToken::new();
    let watch = tokio::spawn({
        let (running, cancel) = (running.clone(), cancel.clone());
        async move { running.watch(cancel).await }
    });

    let done = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(Mutex::new(Vec::<i64>::new()));
    let writer = tokio::spawn({
        let (done, acknowledged, options) = (done.clone(), acknowledged.clone(), options.clone());
        async move {
            let mut n = 0;
            while !done.load(Ordering::Relaxed) {
                let Ok(mut connection) = PgConnection::connect_with(&options).await else {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                };
                while !done.load(Ordering::Relaxed) {
                    n += 1;
                    let insert = sqlx::query("INSERT INTO stream VALUES ($1)").bind(n);
                    if insert.execute(&mut connection).await.is_err() {
                        break;
                    }
                    acknowledged.lock().unwrap().push(n);
                }
            }
        }
    });
    let count = || acknowledged.lock().unwrap().len();
    for round in 1..=4 {
        let before = count();
        until("rows flow", || count() > before + 20).await;
        if round % 2 == 0 {
            // With all its children.
            let pids = fs::read_dir("/proc").unwrap().flatten();
            pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
                .filter(|pid| folder.serves(*pid))
                .for_each(kill_9);
        } else {
            kill_9(running.pid());
        }
        until("the server is back", || running.restarts() == round).await;
    }
    let before = count();
    until("rows flow again", || count() > before + 20).await;
    done.store(true, Ordering::Relaxed);
    writer.await.unwrap();
    cancel.cancel();
    watch.await.unwrap();

    let acknowledged = acknowledged.lock().unwrap().clone();
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let lost: Vec<i64> = sqlx::query_scalar("SELECT unnest($1::bigint[]) EXCEPT SELECT n FROM stream")
        .bind(&acknowledged)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(lost, Vec::<i64>::new(), "of {} acknowledged", acknowledged.len());
    connection.close().await.unwrap();
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_sealed_value_passes_through_its_column() {
    let folder = Folder::new();
    let running = start(&folder.throw_away()).await;
    let (ring, _) = KeyRing::load_or_create(&KeySource::dir(folder.data().join("keys")), &[]).unwrap();
    let vault = Vault::new(ring);
    let (key, wrapped) = vault.new_data_key(KeyOwner::Platform).unwrap();
    let row = Uuid::from_u128(5);
    let sealed = Sealed::<PanelApiKey>::seal(&key, row, &SecretString::from("marked-7f3a")).unwrap();

    let mut connection = PgConnection::connect_with(&running.connect_options())
        .await
        .unwrap();
    sqlx::raw_sql("CREATE TABLE s (id uuid, wrapped bytea, sealed bytea)")
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query("INSERT INTO s VALUES ($1, $2, $3), ($4, NULL, '\\x0102')")
        .bind(row)
        .bind(&wrapped)
        .bind(&sealed)
        .bind(Uuid::nil())
        .execute(&mut connection)
        .await
        .unwrap();
    let (wrapped_again, sealed_again, key_id): (WrappedDataKey, Sealed<PanelApiKey>, Vec<u8>) =
        sqlx::query_as("SELECT wrapped, sealed, substr(wrapped, 2, 8) FROM s WHERE id = $1")
            .bind(row)
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(key_id, vault.ring().active_id().as_bytes());
    let key = vault.unwrap_data_key(KeyOwner::Platform, &wrapped_again).unwrap();
    assert_eq!(
        sealed_again.open(&key, row).unwrap().expose_secret(),
        "marked-7f3a"
    );

    let damaged: Result<Sealed<PanelApiKey>, _> = sqlx::query_scalar("SELECT sealed FROM s WHERE id = $1")
        .bind(Uuid::nil())
        .fetch_one(&mut connection)
        .await;
    assert!(damaged.unwrap_err().to_string().contains("not a sealed one"));
    connection.close().await.unwrap();
    running.stop().await.unwrap();
}
