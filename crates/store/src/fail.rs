//! Named points at which a debug build can be told to die, for the chaos test.
//!
//! `SWITCHBOARD_FAIL_POINT=name:N` kills the process (SIGKILL, nothing runs after it) at the N-th passing of `name`.
//! Release builds contain none of this.

#[cfg(debug_assertions)]
pub fn point(name: &'static str) {
    use std::sync::{
        LazyLock,
        atomic::{AtomicI64, Ordering},
    };

    struct Armed {
        name: String,
        left: AtomicI64,
    }
    static ARMED: LazyLock<Option<Armed>> = LazyLock::new(|| {
        let text = std::env::var("SWITCHBOARD_FAIL_POINT").ok()?;
        let (name, left) = text.split_once(':')?;
        Some(Armed {
            name: name.to_owned(),
            left: AtomicI64::new(left.parse().ok()?),
        })
    });
    if let Some(armed) = &*ARMED
        && armed.name == name
        && armed.left.fetch_sub(1, Ordering::Relaxed) == 1
    {
        let me = nix::unistd::Pid::this();
        nix::sys::signal::kill(me, nix::sys::signal::Signal::SIGKILL).ok();
    }
}

#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn point(_name: &'static str) {}
