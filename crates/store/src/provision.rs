//! Role, schema and tables of a new tenant.

use sqlx::{AssertSqlSafe, PgPool};
use switchboard_domain::id::TenantId;

use crate::{
    bootstrap::{Installation, slot_login},
    error::StoreError,
    migrate::{self, TenantFile},
    scope::SchemaRole,
};

/// Idempotent, and resumable after every statement: each looks whether it has been done.
pub(crate) async fn schema(
    pool: &PgPool,
    installation: &Installation,
    tenant: TenantId,
    files: &[TenantFile],
) -> Result<(), StoreError> {
    let role = SchemaRole::of(tenant);
    let owner = installation.owner();
    let mut conn = pool.acquire().await?;
    // Whatever happens below, lock and role go with the connection.
    conn.close_on_drop();
    // Two workers on the same tenant: the second waits and then finds everything done.
    migrate::lock_tenant(&mut conn, tenant, "pg_advisory_lock").await?;
    let slot: i32 = sqlx::query_scalar("SELECT slot FROM platform.tenant WHERE id = $1")
        .bind(tenant.uuid())
        .fetch_one(&mut *conn)
        .await?;
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
        .bind(role.as_str())
        .fetch_one(&mut *conn)
        .await?;
    if !exists {
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE ROLE {role} NOLOGIN")))
            .execute(&mut *conn)
            .await?;
    }
    for statement in [
        format!("GRANT {}_tenant TO {role}", installation.prefix),
        format!("GRANT {role} TO {}", slot_login(&installation.prefix, slot)),
        format!("SET ROLE {owner}"),
        format!("CREATE SCHEMA IF NOT EXISTS {role}"),
        format!("GRANT USAGE ON SCHEMA {role} TO {role}"),
        "RESET ROLE".to_owned(),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *conn)
            .await?;
    }
    migrate::one_tenant(&mut conn, &owner, tenant, files).await?;
    Ok(())
}
