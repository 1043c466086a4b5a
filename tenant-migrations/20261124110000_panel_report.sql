-- What the last test or the last read said of a panel's key, in words; and panels that are removed but named by old requests.
ALTER TABLE panel ADD COLUMN IF NOT EXISTS report jsonb;
ALTER TABLE panel ADD COLUMN IF NOT EXISTS last_answer_at timestamptz;
-- Set when the owner removed it: it is asked no more, its key is gone, and only history names it.
ALTER TABLE panel ADD COLUMN IF NOT EXISTS removed_at timestamptz;
