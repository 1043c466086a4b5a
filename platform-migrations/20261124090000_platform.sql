-- The platform's own tables: one installation, its sealed logins, its tenants and what leads a message to one of them.

-- One row: which installation this database belongs to. Its short name prefixes every role that we make, because
-- roles are shared by all databases of a server.
CREATE TABLE platform.installation (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    prefix text NOT NULL CHECK (prefix ~ '^sb_[0-9a-f]{8}$'),
    created_at timestamptz NOT NULL
);

-- Data keys, wrapped by a key-encryption key that lives outside the database (whose id is bytes 2-9 of `wrapped`).
-- `tenant_id` is null for the platform's own.
CREATE TABLE platform.data_key (
    id uuid PRIMARY KEY,
    tenant_id uuid UNIQUE,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX data_key_platform_key ON platform.data_key ((true)) WHERE tenant_id IS NULL;

-- Logins that we made, with their secrets sealed. A slot is a small pool with a login of its own.
CREATE TABLE platform.login (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('platform', 'provisioner', 'slot')),
    slot integer UNIQUE,
    secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((kind = 'slot') = (slot IS NOT NULL))
);

CREATE TABLE platform.tenant (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    state text NOT NULL CHECK (state IN ('provisioning', 'active', 'suspended')),
    state_reason text NOT NULL DEFAULT '',
    -- How far provisioning came, in the owner's words; empty once active.
    provision_step text NOT NULL DEFAULT '',
    -- Chosen once and stored, not computed, so that a tenant can be moved.
    slot integer NOT NULL,
    -- Last tenant migration that this schema has; 0 = none.
    schema_version bigint NOT NULL DEFAULT 0,
    -- Set while a migration of this schema fails; cleared by the next run that succeeds.
    migration_error text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX tenant_name_key ON platform.tenant (lower(name));

-- A chat account (bot, number) is connected to at most one tenant at a time, over all tenants.
CREATE TABLE platform.chat_directory (
    account_id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES platform.tenant,
    channel text NOT NULL,
    network_id text NOT NULL,
    -- The opaque part of the webhook's path; says nothing about the token.
    hook_key text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    CONSTRAINT chat_directory_network_key UNIQUE (channel, network_id)
);
CREATE INDEX chat_directory_tenant_idx ON platform.chat_directory (tenant_id);

-- Credits given to a tenant. The tenant side books a grant once, reading it here by its id: never from a payload.
CREATE TABLE platform.credit_grant (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES platform.tenant,
    micros bigint NOT NULL CHECK (micros <> 0),
    -- What caused it: 'trial:<tenant>', 'admin:<uuid>'. A cause grants once.
    cause text NOT NULL UNIQUE,
    reason text NOT NULL CHECK (reason <> ''),
    actor text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX credit_grant_tenant_idx ON platform.credit_grant (tenant_id, created_at);

CREATE TABLE platform.setting (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE platform.audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    tenant_id uuid,
    detail jsonb NOT NULL DEFAULT '{}'
);
