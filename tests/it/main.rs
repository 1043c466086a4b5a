//! Everything that needs PostgreSQL, in one binary: each further one would link the whole product again.

mod e2e;
mod e2e_talk;
mod tenancy;
