//! Routes of one tenant, under `/api/v1/tenants/{tenant}`.

pub mod audit;
pub mod bind_codes;
pub mod channels;
pub mod chats;
pub mod customers;
pub mod home;
pub mod keeping;
pub mod members;
pub mod panels;
pub mod providers;
pub mod replies;
pub mod requests;
pub mod search;
pub mod settings;
pub mod test_room;
pub mod wallet;
