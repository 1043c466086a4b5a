-- Words that are to be forgotten, a day at a time. Rows lie in the order of time, so the bounds of their pages find them.
CREATE INDEX IF NOT EXISTS message_time_idx ON message USING brin (received_at) WITH (autosummarize = on);
CREATE INDEX IF NOT EXISTS outbox_time_idx ON outbox USING brin (created_at) WITH (autosummarize = on);
