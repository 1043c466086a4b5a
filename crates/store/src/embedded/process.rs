//! Facts about running processes, from `/proc`, and signals to them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// The first line of `postmaster.pid`.
pub(super) fn pid_in_file(database: &Path) -> Option<u32> {
    let text = fs::read_to_string(database.join("postmaster.pid")).ok()?;
    // A server in single-user mode writes its pid negated.
    text.lines().next()?.trim().trim_start_matches('-').parse().ok()
}

/// Whether this process is a server program that works in the database folder. A zombie is not: it has no program.
pub(super) fn serves(pid: u32, database: &Path) -> bool {
    let process = PathBuf::from(format!("/proc/{pid}"));
    let Ok(program) = fs::read_link(process.join("exe")) else {
        return false;
    };
    // After a package upgrade the link of a running program reads `… (deleted)`.
    let is_server = program.to_str().is_some_and(|path| {
        path.strip_suffix(" (deleted)")
            .unwrap_or(path)
            .ends_with("/bin/postgres")
    });
    is_server && fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd == database)
}

/// All server processes of the database: the main one, its children, and children that outlived a killed main one.
pub(super) fn all_serving(database: &Path) -> Vec<u32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| serves(*pid, database))
        .collect()
}

/// A process that is gone already is no error.
pub(super) fn signal(pid: u32, signal: Signal) {
    if let Ok(pid) = i32::try_from(pid)
        && let Err(error) = kill(Pid::from_raw(pid), signal)
    {
        tracing::debug!(db.pid = pid, %error, "process did not take the signal");
    }
}
