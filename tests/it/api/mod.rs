//! The HTTP API, asked in this process.

mod access;
mod wallet;
