-- One tenant's shop: where messages come in, what they ask for, what goes out, and the credits they cost.

-- Everything that is one document each: reply texts, rules, reply style, price book.
CREATE TABLE IF NOT EXISTS setting (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS chat_account (
    id uuid PRIMARY KEY,
    channel text NOT NULL CHECK (channel IN ('telegram_bot', 'telegram_account', 'whats_app')),
    name text NOT NULL CONSTRAINT chat_account_name_key UNIQUE,
    network_id text NOT NULL,
    username text NOT NULL DEFAULT '',
    secret bytea NOT NULL,
    -- 'disabled' is the owner's wish; the other states are what was last seen.
    state text NOT NULL CHECK (state IN ('connecting', 'online', 'backing_off', 'logged_out', 'disabled')),
    state_text text NOT NULL DEFAULT '',
    reads_groups boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    state_at timestamptz NOT NULL,
    CONSTRAINT chat_account_network_key UNIQUE (channel, network_id)
);

CREATE TABLE IF NOT EXISTS chat (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES chat_account,
    network_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('direct', 'group')),
    title text NOT NULL DEFAULT '',
    -- New groups are off until the owner switches them on; silent = process and log, send nothing.
    mode text NOT NULL CHECK (mode IN ('support', 'silent', 'off')),
    -- A chat is a customer's or a provider's, never both; 'none' until somebody says.
    party text NOT NULL CHECK (party IN ('none', 'customer', 'provider')),
    -- Set when the network says that we may not write here any more.
    lost_reason text,
    created_at timestamptz NOT NULL,
    CONSTRAINT chat_network_key UNIQUE (account_id, network_id)
);

CREATE TABLE IF NOT EXISTS panel (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('perfect_panel_admin_v2', 'rental_panel_admin_v1', 'user_api_v2')),
    name text NOT NULL CONSTRAINT panel_name_key UNIQUE,
    base_url text NOT NULL,
    secret bytea NOT NULL,
    abilities jsonb NOT NULL,
    min_gap_ms integer NOT NULL CHECK (min_gap_ms BETWEEN 0 AND 60000),
    time_zone text NOT NULL DEFAULT 'UTC',
    -- Grows with each change of address or key, so that a running pacer knows that it is stale.
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
);

-- `names` is how panels write this provider; `alias` is the only name that leaves the owner's eyes.
CREATE TABLE IF NOT EXISTS provider (
    id uuid PRIMARY KEY,
    alias text NOT NULL CONSTRAINT provider_alias_key UNIQUE,
    names text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS provider_route (
    id uuid PRIMARY KEY,
    provider_id uuid NOT NULL REFERENCES provider,
    chat_id uuid NOT NULL REFERENCES chat,
    topic text NOT NULL DEFAULT '',
    template text,
    piece_size integer NOT NULL DEFAULT 100 CHECK (piece_size BETWEEN 1 AND 100),
    join_ms integer NOT NULL DEFAULT 2000 CHECK (join_ms BETWEEN 0 AND 60000),
    created_at timestamptz NOT NULL,
    CONSTRAINT provider_route_key UNIQUE (provider_id, chat_id, topic)
);

CREATE TABLE IF NOT EXISTS customer (
    id uuid PRIMARY KEY,
    name text NOT NULL CONSTRAINT customer_name_key UNIQUE,
    created_at timestamptz NOT NULL
);

-- A sender, by the network's stable id, never by a name that can change hands.
CREATE TABLE IF NOT EXISTS identity (
    id uuid PRIMARY KEY,
    channel text NOT NULL,
    network_id text NOT NULL,
    display_name text NOT NULL DEFAULT '',
    customer_id uuid REFERENCES customer,
    linked_at timestamptz,
    proof text,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    -- Times of the last refusals, for muting who tries ids one by one.
    misses timestamptz[] NOT NULL DEFAULT '{}',
    muted_until timestamptz,
    CONSTRAINT identity_network_key UNIQUE (channel, network_id)
);

CREATE TABLE IF NOT EXISTS customer_link (
    panel_id uuid NOT NULL REFERENCES panel,
    username text NOT NULL,
    customer_id uuid NOT NULL REFERENCES customer,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (panel_id, username)
);
CREATE INDEX IF NOT EXISTS customer_link_customer_idx ON customer_link (customer_id);

-- For panels that do not say whose an order is (user API): the owner's own map.
CREATE TABLE IF NOT EXISTS order_owner (
    panel_id uuid NOT NULL REFERENCES panel,
    order_id text NOT NULL,
    customer_id uuid NOT NULL REFERENCES customer,
    PRIMARY KEY (panel_id, order_id)
);

-- Read for every message of a linked sender: on which panels does the map name this customer?
CREATE INDEX IF NOT EXISTS order_owner_customer_idx ON order_owner (customer_id, panel_id);

CREATE TABLE IF NOT EXISTS message (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES chat_account,
    -- The network's own name of this delivery: a second delivery finds its row and does nothing.
    dedupe_key text NOT NULL,
    -- As it came. Not jsonb, which refuses an escaped NUL: the network would deliver it again for a day.
    raw text NOT NULL,
    received_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'stored' CHECK (state IN ('stored', 'answered', 'ignored', 'held', 'staff')),
    why text NOT NULL DEFAULT '',
    chat_id uuid REFERENCES chat,
    identity_id uuid REFERENCES identity,
    network_message_id text,
    topic text NOT NULL DEFAULT '',
    text text,
    sent_at timestamptz,
    CONSTRAINT message_delivery_key UNIQUE (account_id, dedupe_key)
);
-- Ids sent a moment before their command, and the message that a reply quotes.
CREATE INDEX IF NOT EXISTS message_chat_idx ON message (chat_id, received_at);

CREATE TABLE IF NOT EXISTS request (
    id uuid PRIMARY KEY,
    message_id uuid NOT NULL REFERENCES message,
    chat_id uuid NOT NULL REFERENCES chat,
    identity_id uuid NOT NULL REFERENCES identity,
    customer_id uuid REFERENCES customer,
    panel_id uuid REFERENCES panel,
    order_id text NOT NULL,
    command text NOT NULL,
    -- What it counts as for "one open request per order and action": a pending refill opens a speed-up.
    opens text,
    outcome text NOT NULL,
    why text NOT NULL,
    staff_reason text,
    order_status text,
    provider_id uuid REFERENCES provider,
    provider_name text,
    external_ids text[] NOT NULL DEFAULT '{}',
    act text CHECK (act IN ('refill', 'request_cancel')),
    act_state text CHECK (act_state IN ('intended', 'calling', 'accepted', 'refused', 'unknown')),
    act_attempts integer NOT NULL DEFAULT 0,
    act_evidence text,
    forward_command text,
    forward_id uuid,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT request_message_key UNIQUE (message_id, command, order_id)
);
-- One open request per (panel, order, action); the same index answers "when was it last closed".
CREATE UNIQUE INDEX IF NOT EXISTS request_open_key ON request (panel_id, order_id, opens) WHERE opens IS NOT NULL AND closed_at IS NULL;
CREATE INDEX IF NOT EXISTS request_order_idx ON request (panel_id, order_id, opens) WHERE opens IS NOT NULL;
CREATE INDEX IF NOT EXISTS request_time_idx ON request (created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS request_staff_idx ON request (created_at) WHERE staff_reason IS NOT NULL AND closed_at IS NULL;
CREATE INDEX IF NOT EXISTS request_forward_idx ON request (forward_id) WHERE forward_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS outbox (
    id uuid PRIMARY KEY,
    -- The cause: a cause sends once.
    key text NOT NULL CONSTRAINT outbox_key UNIQUE,
    account_id uuid NOT NULL REFERENCES chat_account,
    chat_id uuid NOT NULL REFERENCES chat,
    topic text NOT NULL DEFAULT '',
    purpose text NOT NULL CHECK (purpose IN ('reply', 'forward', 'notice')),
    text text NOT NULL,
    reply_to text,
    message_id uuid REFERENCES message,
    -- gathering: a forward that still joins requests. silent: would have been sent, the chat is in silent mode.
    state text NOT NULL CHECK (state IN ('gathering', 'queued', 'sending', 'sent', 'refused', 'unknown', 'silent')),
    price bigint NOT NULL CHECK (price >= 0),
    provider_id uuid REFERENCES provider,
    panel_id uuid REFERENCES panel,
    command text,
    network_ids text[] NOT NULL DEFAULT '{}',
    attempts integer NOT NULL DEFAULT 0,
    error text,
    created_at timestamptz NOT NULL,
    sending_at timestamptz,
    finished_at timestamptz
);
-- The forward that still gathers for one group, provider, panel and command: at most one at a time.
CREATE UNIQUE INDEX IF NOT EXISTS outbox_gathering_key ON outbox (chat_id, topic, provider_id, panel_id, command) WHERE state = 'gathering';
CREATE INDEX IF NOT EXISTS outbox_unfinished_idx ON outbox (created_at) WHERE state IN ('sending', 'unknown');

-- Spendable and held micro-credits. Changed by the functions of schema `credit` alone.
CREATE TABLE IF NOT EXISTS wallet (
    id smallint PRIMARY KEY CHECK (id = 1),
    balance bigint NOT NULL CHECK (balance >= 0),
    held bigint NOT NULL CHECK (held >= 0)
);
INSERT INTO wallet (id, balance, held) VALUES (1, 0, 0) ON CONFLICT (id) DO NOTHING;

CREATE TABLE IF NOT EXISTS ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL CONSTRAINT ledger_key UNIQUE,
    kind text NOT NULL CHECK (kind IN ('grant', 'hold', 'settle', 'release')),
    amount bigint NOT NULL,
    balance_after bigint NOT NULL CHECK (balance_after >= 0),
    held_after bigint NOT NULL CHECK (held_after >= 0),
    ref uuid,
    reason text NOT NULL,
    at timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL DEFAULT '',
    detail jsonb NOT NULL DEFAULT '{}'
);

GRANT SELECT, INSERT, UPDATE, DELETE ON setting, chat_account, chat, panel, provider, provider_route, customer, identity, customer_link, order_owner TO {{tenant}};
GRANT SELECT, INSERT, UPDATE ON message, request, outbox TO {{tenant}};
GRANT SELECT ON wallet, ledger TO {{tenant}};
GRANT SELECT, INSERT ON audit TO {{tenant}};
