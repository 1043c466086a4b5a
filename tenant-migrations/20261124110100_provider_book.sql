-- Providers as their owner keeps them. A removed one stays for history: its names are still struck out of what customers read.
ALTER TABLE provider ADD COLUMN IF NOT EXISTS removed_at timestamptz;
-- How much waits for one provider, and when it was last written to.
CREATE INDEX IF NOT EXISTS request_provider_open_idx ON request (provider_id) WHERE provider_id IS NOT NULL AND closed_at IS NULL;
CREATE INDEX IF NOT EXISTS outbox_provider_idx ON outbox (provider_id, finished_at DESC) WHERE provider_id IS NOT NULL;
-- Which providers the orders name, read from the index alone.
CREATE INDEX IF NOT EXISTS request_provider_name_idx ON request (provider_name, order_id) INCLUDE (created_at) WHERE provider_name IS NOT NULL;
