//! What the tests of this binary read out of PostgreSQL's own catalog.

use sqlx::{AssertSqlSafe, PgConnection};
use switchboard_store::TenantScope;

/// Name and first column of each table of a schema.
pub async fn tables(conn: &mut PgConnection, schema: &str) -> Vec<(String, String)> {
    sqlx::query_as(
        "SELECT c.relname::text, a.attname::text FROM pg_class c
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
         WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1",
    )
    .bind(schema)
    .fetch_all(conn)
    .await
    .unwrap()
}

/// Everything that a schema is made of, in words that do not name the schema: two of the same description are the same.
pub async fn describe(conn: &mut PgConnection, scope: &TenantScope) -> Vec<String> {
    let role = scope.role().as_str();
    let lines: Vec<String> = sqlx::query_scalar(
        "SELECT format('table %s %s', c.relname, c.relkind) FROM pg_class c
          WHERE c.relnamespace = $1::regnamespace AND c.relkind NOT IN ('i', 't')
         UNION ALL
         SELECT format('column %s.%s %s null=%s default=%s identity=%s', c.relname, a.attname,
                       format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity)
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
          WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p')
         UNION ALL
         SELECT format('constraint %s.%s %s', c.relname, o.conname, pg_get_constraintdef(o.oid))
           FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid WHERE c.relnamespace = $1::regnamespace
         UNION ALL
         SELECT format('index %s', pg_get_indexdef(i.indexrelid)) FROM pg_index i
           JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = $1::regnamespace
         UNION ALL
         SELECT format('grant on %s: %s to %s by %s', c.relname, p.privilege_type, p.grantee::regrole, p.grantor::regrole)
           FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) p WHERE c.relnamespace = $1::regnamespace
         UNION ALL
         SELECT format('owner of %s: %s', c.relname, c.relowner::regrole) FROM pg_class c
          WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p')
         ORDER BY 1",
    )
    .bind(role)
    .fetch_all(conn)
    .await
    .unwrap();
    lines
        .into_iter()
        .map(|line| line.replace(role, "TENANT"))
        .collect()
}

/// The SQLSTATE that a statement is refused with; `None` if it is not.
pub async fn refusal(conn: &mut PgConnection, statement: &str) -> Option<String> {
    let attempt = [
        "SAVEPOINT attempt",
        statement,
        "ROLLBACK TO SAVEPOINT attempt",
        "RELEASE SAVEPOINT attempt",
    ];
    let mut refused = None;
    for part in attempt {
        if let Err(error) = sqlx::raw_sql(AssertSqlSafe(part.to_owned()))
            .execute(&mut *conn)
            .await
        {
            assert_eq!(part, statement, "only the statement itself may fail: {error}");
            let code = error.as_database_error().and_then(|error| error.code());
            refused = Some(code.expect("an answer of the database").into_owned());
        }
    }
    refused
}

pub async fn run(conn: &mut PgConnection, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(conn)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}
