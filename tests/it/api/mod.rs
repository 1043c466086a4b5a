//! The HTTP API, asked in this process.

mod access;
mod account;
mod channels;
mod console;
mod edge;
mod requests;
mod shop;
mod sign_up;
mod walk;
mod walk_samples;
mod wallet;
