//! One's own account.

pub mod get;
pub mod logins;
pub mod password;
pub mod patch;
pub mod sessions;
pub mod setup;
pub mod view;
