-- What people do with requests (assign, note, close, decide again), and an index for each way to look for them.
ALTER TABLE request
    ADD COLUMN IF NOT EXISTS assignee_id uuid,
    ADD COLUMN IF NOT EXISTS note text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS note_by text,
    ADD COLUMN IF NOT EXISTS note_at timestamptz,
    -- NULL: it closed by itself.
    ADD COLUMN IF NOT EXISTS closed_by text,
    -- A person wants it decided again; the outcome is a request of the next attempt.
    ADD COLUMN IF NOT EXISTS again_at timestamptz,
    ADD COLUMN IF NOT EXISTS attempt integer NOT NULL DEFAULT 0,
    -- When the panel's last word on the action came.
    ADD COLUMN IF NOT EXISTS acted_at timestamptz;

CREATE UNIQUE INDEX IF NOT EXISTS request_attempt_key ON request (message_id, command, order_id, attempt);
ALTER TABLE request DROP CONSTRAINT IF EXISTS request_message_key;

-- Each begins with a filter that can stand alone and goes on in the list's order, so that a page is read and no more.
-- Command and channel have few values: the index on time serves them.
CREATE INDEX IF NOT EXISTS request_number_idx ON request (order_id text_pattern_ops);
CREATE INDEX IF NOT EXISTS request_customer_idx ON request (customer_id, created_at DESC, id DESC) WHERE customer_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS request_provider_idx ON request (provider_id, created_at DESC, id DESC) WHERE provider_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS request_outcome_idx ON request (outcome, created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS request_panel_idx ON request (panel_id, created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS request_assignee_idx ON request (assignee_id, created_at DESC, id DESC) WHERE assignee_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS request_unclosed_idx ON request (created_at DESC, id DESC) WHERE closed_at IS NULL;

-- What was said to a message: its price and its fate.
CREATE INDEX IF NOT EXISTS outbox_message_idx ON outbox (message_id) WHERE message_id IS NOT NULL;
