//! The one way out to addresses that somebody else typed.
//!
//! Owns which addresses may be called, how long and how large an answer may be, and what an error may say.
//!
//! Invariants:
//! - No request reaches a private, local, metadata or otherwise special address, unless its exact `host:port` stands
//!   in the operator's `outbound.allow`. Names are judged by *all* of their addresses and the connection goes to the
//!   judged addresses; literals are judged before each request, because a resolver never sees them.
//! - A secret never follows a redirect to another host.
//! - Neither errors nor `Debug` show a path, a query, a header or a body: these hold keys.

mod address;
mod client;
mod error;
mod policy;
mod request;
mod resolve;

pub use address::is_public;
pub use client::GuardedClient;
pub use error::HttpError;
pub use policy::{HostPort, InvalidHostPort, OutboundPolicy, PolicyError};
pub use request::{HttpRequest, HttpResponse, Redirects};
pub use resolve::{Lookup, SystemLookup};
