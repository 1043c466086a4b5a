//! The peer as tests use it: the real binary, spoken to over HTTP only.

mod support;

mod chats;
mod faults;
mod load;
mod polling;
mod sending;
mod webhook;
