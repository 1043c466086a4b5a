-- Messages that wait for credit are few among many: the wallet counts them on every page, and replays them oldest first.
CREATE INDEX IF NOT EXISTS message_held_idx ON message (received_at) WHERE state = 'held';
