//! Routes of one tenant, under `/api/v1/tenants/{tenant}`.

pub mod wallet;
