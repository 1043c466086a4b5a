//! Routes of one tenant, under `/api/v1/tenants/{tenant}`.

pub mod channels;
pub mod chats;
pub mod home;
pub mod panels;
pub mod requests;
pub mod wallet;
