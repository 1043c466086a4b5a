-- What people do in a chat beside the bot: read it, answer in it, switch the bot off there, let a group act as one customer.
ALTER TABLE chat
    -- When something was last said, by anybody. Not indexed: it changes with every message, and sorting a shop's chats is cheap.
    ADD COLUMN IF NOT EXISTS last_at timestamptz,
    ADD COLUMN IF NOT EXISTS read_at timestamptz,
    -- Until then a person answers here and the bot is quiet.
    ADD COLUMN IF NOT EXISTS bot_paused_until timestamptz,
    -- The group acts as this customer: whoever is in `members` (identity → since when) with what the customer may do.
    ADD COLUMN IF NOT EXISTS acts_as uuid REFERENCES customer ON DELETE SET NULL,
    ADD COLUMN IF NOT EXISTS acts_as_at timestamptz,
    ADD COLUMN IF NOT EXISTS members jsonb NOT NULL DEFAULT '{}';

UPDATE chat SET last_at = coalesce((SELECT max(m.received_at) FROM message m WHERE m.chat_id = chat.id), created_at) WHERE last_at IS NULL;

-- Who wrote what goes out: NULL for the bot. The name as it was then.
ALTER TABLE outbox
    ADD COLUMN IF NOT EXISTS author_id uuid,
    ADD COLUMN IF NOT EXISTS author text;

-- The sender wants answers only: said `stop`.
ALTER TABLE identity ADD COLUMN IF NOT EXISTS notices_off_at timestamptz;

-- "What about my order?"
CREATE INDEX IF NOT EXISTS request_open_customer_idx ON request (customer_id) WHERE closed_at IS NULL;
