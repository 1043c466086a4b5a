//! The HTTP API, asked in this process.

mod access;
mod channels;
mod walk;
mod walk_samples;
mod wallet;
