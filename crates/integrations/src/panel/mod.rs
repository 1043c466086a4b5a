//! SMM panels: one port, three adapters, pacing, a fake, and the suite that all of them pass.
//!
//! Invariants:
//! - Reads change nothing on a panel; acts only *ask* (a refill, a cancel request). Calls that refund, force a status
//!   or claim queued work do not exist in this crate; a test searches its source for them.
//! - An answer that cannot be read is never taken for "no such order".
//! - A panel's own words and the key never reach an error's `Display`; see [`Detail`].
//!
//! Absent on purpose: retries. Whoever asks knows whether asking again is safe; see [`PanelError::retryable_read`].

mod adapter;
mod address;
mod bulk;
pub mod contract;
mod desk;
mod desks;
mod detect;
pub mod fake;
mod json;
mod key_check;
mod pace;
mod perfect_panel;
mod port;
mod rental;
mod shape;
mod user_v2;
mod wire;

pub use adapter::{PanelConfig, connect};
pub use address::{BadPanelUrl, normalise_base_url};
pub use desk::PanelDesk;
pub use desks::PanelDesks;
pub use detect::{Detected, detect};
pub use key_check::KeyReport;
pub use pace::{Pace, Pacer};
pub use port::{
    Abilities, ActOutcome, Detail, MAX_IDS, Panel, PanelError, PanelKind, ReadScope, RefillId, RefillState,
    UnknownKind,
};

#[cfg(test)]
mod forbidden_tests;
#[cfg(test)]
mod peer_tests;
