//! The HTTP API, asked in this process.

mod access;
mod walk;
mod walk_samples;
mod wallet;
