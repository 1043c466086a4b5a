//! The HTTP API, asked in this process.

mod access;
mod account;
mod channels;
mod console;
mod customers;
mod edge;
mod groups;
mod inbox;
mod live;
mod panels;
mod providers;
mod reading;
mod replies;
mod requests;
mod settings;
mod shop;
mod sign_up;
mod test_room;
mod walk;
mod walk_chats;
mod walk_rows;
mod walk_samples;
mod walk_shop;
mod wallet;
