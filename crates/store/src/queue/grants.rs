//! Who may do what in schema `queue`. Migrations cannot name roles, so the provisioner runs these, as the owner.
//!
//! Invariant: tenant roles get their rights through one NOLOGIN group. Column rights of single roles are entries in a
//! row of `pg_attribute`, which must fit a page: "row is too big" came at 2,400 roles.

fn quoted(role: &str) -> String {
    format!("\"{}\"", role.replace('"', "\"\""))
}

/// Run once per installation, for the tenants' group role (NOLOGIN, owns nothing). Repeatable.
pub fn grants_for_tenants(group: &str) -> Vec<String> {
    let group = quoted(group);
    vec![
        format!("GRANT USAGE ON SCHEMA queue TO {group}"),
        format!("GRANT INSERT (id, lane, kind, key, payload, trace, run_at) ON queue.job TO {group}"),
        format!("GRANT EXECUTE ON FUNCTION queue.finish(uuid, bigint) TO {group}"),
    ]
}

/// Run when a tenant role is made; the role must be INHERIT (the default). Repeatable.
pub fn grants_for_tenant(group: &str, role: &str) -> Vec<String> {
    vec![format!("GRANT {} TO {}", quoted(group), quoted(role))]
}

/// Run once per installation, for the worker login. Repeatable. Drop such a role with `DROP OWNED BY` first.
pub fn grants_for_worker(role: &str) -> Vec<String> {
    let role = quoted(role);
    vec![
        format!("GRANT USAGE ON SCHEMA queue TO {role}"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON queue.job, queue.lane, queue.dead TO {role}"),
        format!("GRANT USAGE ON SEQUENCE queue.fence TO {role}"),
        format!("GRANT EXECUTE ON FUNCTION queue.finish(uuid, bigint) TO {role}"),
        format!("DROP POLICY IF EXISTS {role} ON queue.job"),
        format!("CREATE POLICY {role} ON queue.job TO {role} USING (true) WITH CHECK (true)"),
    ]
}
