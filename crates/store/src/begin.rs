//! The only place where a pool's transactions begin.
//!
//! sqlx takes a `BEGIN` that is dropped before its answer came for one that never was, and puts the connection back with the
//! transaction open: what the next one writes outside a transaction of its own would be lost. A client that hangs up drops
//! its request at any point. So a transaction begins in a task of its own, which nobody drops, and one that nobody waits for
//! any more is rolled back as soon as it is there.

use std::panic::resume_unwind;

use sqlx::{AssertSqlSafe, PgPool, PgTransaction};
use tracing::Instrument;

use crate::scope::SchemaRole;

/// Begins, as a tenant if one is given.
pub(crate) async fn whole(
    pool: &PgPool,
    tenant: Option<&SchemaRole>,
) -> Result<PgTransaction<'static>, sqlx::Error> {
    // LOCAL ends both settings with the transaction: commit, rollback or drop leaves nothing behind.
    let settings = tenant.map(|role| format!("SET LOCAL search_path TO {role}; SET LOCAL ROLE {role};"));
    with(pool, settings.as_deref().unwrap_or_default()).await
}

/// Begins with `SET LOCAL` statements, all in one round trip; they are ours or made of checked names.
///
/// Statements of one simple query are one implicit transaction, which a BEGIN behind them takes over. So what fails among
/// them (a role that is gone) fails before there is a transaction that the connection would be left in.
pub(crate) async fn with(pool: &PgPool, settings: &str) -> Result<PgTransaction<'static>, sqlx::Error> {
    let (pool, statement) = (pool.clone(), format!("{settings} BEGIN"));
    let begun = async move { pool.begin_with(AssertSqlSafe(statement)).await };
    match tokio::spawn(begun.in_current_span()).await {
        Ok(begun) => begun,
        Err(stopped) if stopped.is_panic() => resume_unwind(stopped.into_panic()),
        // The runtime shuts down.
        Err(_) => Err(sqlx::Error::PoolClosed),
    }
}
