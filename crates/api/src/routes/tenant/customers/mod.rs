//! The shop's customers: who they are on panels and on chat networks.

pub mod create;
pub mod delete;
pub mod edit;
pub mod export;
pub mod get;
pub mod identities;
pub mod identity_link;
pub mod identity_unlink;
pub mod identity_unmute;
pub mod import;
pub mod import_preview;
pub mod link;
pub mod list;
pub mod unlink;
pub mod view;
