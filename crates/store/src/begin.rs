//! The only place where a pool's transactions begin.
//!
//! sqlx takes a `BEGIN` that is dropped before its answer came for one that never was, and puts the connection back with the
//! transaction open: what the next one writes outside a transaction of its own would be lost. A client that hangs up drops
//! its request at any point. So a transaction begins in a task of its own, which nobody drops, and one that nobody waits for
//! any more is rolled back as soon as it is there.

use std::panic::resume_unwind;

use sqlx::{PgPool, PgTransaction};
use tracing::Instrument;

use crate::scope::SchemaRole;

/// Begins, as a tenant if one is given.
pub(crate) async fn whole(
    pool: &PgPool,
    tenant: Option<&SchemaRole>,
) -> Result<PgTransaction<'static>, sqlx::Error> {
    let (pool, tenant) = (pool.clone(), tenant.cloned());
    let begun = async move {
        let mut tx = pool.begin().await?;
        if let Some(role) = tenant {
            // `true` ends both settings with the transaction: commit, rollback or drop leaves nothing behind.
            sqlx::query("SELECT set_config('search_path', $1, true), set_config('role', $1, true)")
                .bind(role.as_str())
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx)
    };
    match tokio::spawn(begun.in_current_span()).await {
        Ok(begun) => begun,
        Err(stopped) if stopped.is_panic() => resume_unwind(stopped.into_panic()),
        // The runtime shuts down.
        Err(_) => Err(sqlx::Error::PoolClosed),
    }
}
