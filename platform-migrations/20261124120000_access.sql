-- People: who signs in, where they belong, what they are signed in with, and every attempt.

CREATE TABLE platform.account (
    id uuid PRIMARY KEY,
    username text NOT NULL CHECK (username ~ '^[A-Za-z0-9_.-]{3,32}$'),
    -- argon2id, with its parameters and salt.
    password_hash text NOT NULL,
    whatsapp_number text NOT NULL DEFAULT '',
    telegram_username text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'banned')),
    state_reason text NOT NULL DEFAULT '',
    locale text NOT NULL DEFAULT 'en',
    time_zone text NOT NULL DEFAULT 'UTC',
    theme text NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
    -- Which terms were accepted, and when: they say what the recovery backup holds.
    terms_version text NOT NULL DEFAULT '',
    terms_at timestamptz,
    signup_ip inet NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX account_username_key ON platform.account (lower(username));
-- The console's list, newest first, and its search by the beginning of a name.
CREATE INDEX account_created_idx ON platform.account (created_at DESC, id DESC);
CREATE INDEX account_username_prefix_idx ON platform.account (lower(username) text_pattern_ops);

-- A role of an account in one tenant, or on the platform (no tenant).
CREATE TABLE platform.membership (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES platform.account,
    tenant_id uuid REFERENCES platform.tenant,
    role text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT membership_key UNIQUE NULLS NOT DISTINCT (account_id, tenant_id)
);
CREATE INDEX membership_tenant_idx ON platform.membership (tenant_id);

CREATE TABLE platform.session (
    id uuid PRIMARY KEY,
    -- SHA-256 of the cookie's value; the value itself is nowhere here.
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    account_id uuid NOT NULL REFERENCES platform.account,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ip inet NOT NULL,
    agent text NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX session_account_idx ON platform.session (account_id, last_seen_at DESC) WHERE revoked_at IS NULL;

-- Attempts to sign in. No account: nobody of that name; the name itself is not kept (people type passwords there).
CREATE TABLE platform.login_event (
    id uuid PRIMARY KEY,
    account_id uuid REFERENCES platform.account,
    at timestamptz NOT NULL,
    ip inet NOT NULL,
    agent text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('success', 'wrong_password', 'unknown', 'suspended', 'banned'))
);
CREATE INDEX login_event_account_idx ON platform.login_event (account_id, at DESC, id DESC);

-- One-time links, stored as hashes: the first start's way to a master admin.
CREATE TABLE platform.admin_link (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    purpose text NOT NULL CHECK (purpose IN ('setup', 'login')),
    account_id uuid REFERENCES platform.account,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CHECK ((purpose = 'login') = (account_id IS NOT NULL))
);

-- What an unsafe request with an `Idempotency-Key` was answered, so that a repetition gets the same answer and does nothing.
-- No status yet: it is being worked on, or its process died (then `claimed_until` passes).
CREATE TABLE platform.idempotency (
    account_id uuid NOT NULL REFERENCES platform.account,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
    request_hash bytea NOT NULL,
    status smallint,
    content_type text NOT NULL DEFAULT '',
    body bytea NOT NULL DEFAULT '',
    claimed_until timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_created_idx ON platform.idempotency (created_at);

-- The console shows what was done to one account.
ALTER TABLE platform.audit ADD COLUMN subject text NOT NULL DEFAULT '';
CREATE INDEX audit_subject_idx ON platform.audit (subject, id DESC) WHERE subject <> '';

-- Sign-up, step by step, resumed after a crash: what is still to be done for a new account.
CREATE TABLE platform.sign_up (
    account_id uuid PRIMARY KEY REFERENCES platform.account,
    tenant_id uuid NOT NULL REFERENCES platform.tenant,
    panel_id uuid NOT NULL,
    panel_name text NOT NULL,
    panel_url text NOT NULL,
    panel_kind text,
    -- Sealed with the tenant's data key from the first commit on; emptied once the tenant's own table holds it.
    panel_key bytea,
    panel_report jsonb,
    schema_at timestamptz,
    credits_at timestamptz,
    panel_at timestamptz,
    error text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL
);
CREATE INDEX sign_up_tenant_idx ON platform.sign_up (tenant_id);
