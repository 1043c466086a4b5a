//! Everything that needs PostgreSQL, in one binary: each further one would link the whole product again.

mod tenancy;
mod e2e;
