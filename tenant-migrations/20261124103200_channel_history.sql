-- How a chat account was lately, newest last, bounded by who writes it; and that it was disconnected: its history stays.
ALTER TABLE chat_account
    ADD COLUMN IF NOT EXISTS history jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS disconnected_at timestamptz;
