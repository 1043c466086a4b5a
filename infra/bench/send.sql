-- What follows for the reply: claimed, marked as being sent (third commit), told by the network, settled (fourth commit).
BEGIN;
SELECT set_config('synchronous_commit', 'off', true);
UPDATE queue.job SET run_at = NULL WHERE id = :k;
INSERT INTO queue.lane (tenant, lane_no, job, lease_by, lease_until, fence) SELECT tenant, lane_no, id, 'bench', now() + interval '30 s', nextval('queue.fence') FROM queue.job WHERE id = :k RETURNING fence AS f \gset
COMMIT;
BEGIN;
SELECT set_config('search_path', :s, true), set_config('role', :s, true);
SELECT o.id, o.account_id, o.chat_id, c.network_id AS chat_network_id, o.topic, o.purpose, o.text, o.reply_to, o.state, o.price, o.provider_id, o.panel_id, o.command, o.network_ids, o.attempts, o.created_at FROM outbox o JOIN chat c ON c.id = o.chat_id WHERE o.id = :o FOR UPDATE OF o;
UPDATE outbox SET state = 'sending', attempts = attempts + 1, sending_at = now() WHERE id = :o;
COMMIT;
BEGIN;
SELECT set_config('search_path', :s, true), set_config('role', :s, true);
UPDATE outbox SET state = 'sent', network_ids = network_ids || ARRAY['1'], error = NULL, finished_at = now() WHERE id = :o;
SELECT credit.end_hold('out_' || :o, true, now());
SELECT queue.finish(:k, :f);
COMMIT;
