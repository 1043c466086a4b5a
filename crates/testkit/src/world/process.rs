//! Processes: found, started, read, killed.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// Settings of whoever runs the tests must not reach the product under test.
const NOT_OURS: [&str; 12] = [
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "SWITCHBOARD_CONFIG",
    "SWITCHBOARD_DATA_DIR",
    "SWITCHBOARD_TELEGRAM_API_URL",
    "SWITCHBOARD_OUTBOUND_ALLOW",
    "SWITCHBOARD_LISTEN",
    "SWITCHBOARD_PUBLIC_URL",
    "SWITCHBOARD_KEY",
    "SWITCHBOARD_KEY_FILE",
    "SWITCHBOARD_FAIL_POINT",
    "SWITCHBOARD_NODE",
];
const START_WITHIN: Duration = Duration::from_secs(60);

/// A binary of this workspace, built beside the running test.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test is a program");
    let folder = test
        .ancestors()
        .nth(2)
        .expect("a test lies in the target folder's deps");
    let path = folder.join(name);
    assert!(
        path.exists(),
        "{} is missing: `cargo build --workspace --bins` makes it",
        path.display()
    );
    path
}

/// A port outside the range that the system hands out by itself, so that it stays ours while the product is down.
pub(super) fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    // Apart from those of tests that run at the same time, whether in this process or in another.
    let first = std::process::id() * 16 + TAKEN.fetch_add(1, Ordering::Relaxed);
    (0..9_000)
        .map(|n| 20_000 + ((first + n) % 9_000) as u16)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("one of nine thousand ports is free")
}

/// Starts a peer; returns it with the first line that it prints.
pub(super) async fn peer(name: &str, arguments: &[&str], log: &Path) -> (Child, String) {
    let log = std::fs::File::create(log).expect("our own folder");
    let mut child = Command::new(binary(name))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .expect("a peer starts");
    let stdout = child.stdout.take().expect("it was asked for");
    let mut lines = BufReader::new(stdout).lines();
    let first = tokio::time::timeout(START_WITHIN, lines.next_line())
        .await
        .unwrap_or_else(|_| panic!("{name} did not say where it listens"))
        .expect("its output is text")
        .unwrap_or_else(|| panic!("{name} ended at its start"));
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (child, first)
}

/// One run of `switchboard serve`; dropping it kills it.
pub(super) struct Serving(Child);

pub(super) enum Started {
    Serves(Serving),
    Died,
}

impl Serving {
    pub async fn start(arguments: &[String], log: &Path, fail_point: Option<&str>) -> Started {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .expect("our own folder");
        let mut command = switchboard(arguments);
        command
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        if let Some(point) = fail_point {
            command.env("SWITCHBOARD_FAIL_POINT", point);
        }
        let mut child = command.spawn().expect("the product starts");
        let stdout = child.stdout.take().expect("it was asked for");
        let mut lines = BufReader::new(stdout).lines();
        let serves = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if line.starts_with("switchboard serves on ") {
                    return true;
                }
                eprintln!("the product says: {line}");
            }
            false
        };
        let serves = tokio::time::timeout(START_WITHIN, serves)
            .await
            .unwrap_or_else(|_| panic!("the product does not serve after {START_WITHIN:?}"));
        if !serves {
            child.wait().await.ok();
            return Started::Died;
        }
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Started::Serves(Self(child))
    }

    pub fn has_ended(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(Some(_)))
    }

    pub fn signal(&self, signal: Signal) {
        if let Some(pid) = self.0.id().and_then(|pid| i32::try_from(pid).ok()) {
            kill(Pid::from_raw(pid), signal).ok();
        }
    }

    pub async fn end(mut self, signal: Signal) {
        self.signal(signal);
        self.0.wait().await.ok();
    }
}

fn switchboard(arguments: &[String]) -> Command {
    let mut command = Command::new(binary("switchboard"));
    for name in NOT_OURS {
        command.env_remove(name);
    }
    command
        .env("RUST_BACKTRACE", "0")
        .env("NO_COLOR", "1")
        .args(arguments);
    command
}

/// Runs one command to its end.
pub(super) async fn command(common: &[String], arguments: &[&str]) -> Result<Value, String> {
    let output = switchboard(common)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("the product starts");
    let text = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        let last = text.lines().last().unwrap_or_default();
        return serde_json::from_str(last).map_err(|error| format!("{error} in its answer {text:?}"));
    }
    let first = text.lines().next().unwrap_or_default();
    if first.is_empty() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Err(first.to_owned())
}

fn postmaster(data_dir: &Path) -> Option<Pid> {
    let text = std::fs::read_to_string(data_dir.join("pg/postmaster.pid")).ok()?;
    let pid = text.lines().next()?.trim().parse().ok()?;
    // A dead one whose parent never asked for it still has a number.
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let state = state.rsplit_once(')')?.1.trim_start();
    (!state.starts_with('Z')).then(|| Pid::from_raw(pid))
}

pub(super) fn kill_postmaster(data_dir: &Path, signal: Signal) -> bool {
    postmaster(data_dir).is_some_and(|pid| kill(pid, signal).is_ok())
}

/// Until it is gone, so that its folder can go too. Bounded: a folder that stays is no reason to hang.
pub(super) fn wait_for_postmaster(data_dir: &Path) {
    for _ in 0..200 {
        if postmaster(data_dir).is_none() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
