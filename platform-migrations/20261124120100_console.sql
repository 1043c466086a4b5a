-- The console shows what was done to a tenant beside what was done to its owner.
CREATE INDEX audit_tenant_idx ON platform.audit (tenant_id, id DESC) WHERE tenant_id IS NOT NULL;
