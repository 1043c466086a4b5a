//! The shop's providers: aliases, routes to their groups, and those that orders name but nobody has named.

pub mod create;
pub mod delete;
pub mod edit;
pub mod get;
pub mod list;
pub mod preview;
pub mod reveal;
pub mod route_create;
pub mod route_delete;
pub mod route_edit;
pub mod unrouted;
pub mod view;
