-- What was said in a chat, newest first: for the inbox, for the counts of a channel, and for a reply that quotes one of ours.
CREATE INDEX IF NOT EXISTS outbox_chat_idx ON outbox (chat_id, created_at);
