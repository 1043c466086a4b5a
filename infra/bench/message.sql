-- The statements of one message (`ORDER status` of a linked customer) as the product sends them, for pgbench: stored with its
-- job, claimed, read, decided. `bench.place` (made by statements.py) names a tenant, a customer and their chat by number.
\set place random(1, :places)
SELECT schema AS s, account AS a, chat AS c, chat_no AS cn, person AS p, person_no AS pn, customer AS cu, panel AS pa FROM bench.place WHERE n = :place \gset
SELECT gen_random_uuid() AS m, gen_random_uuid() AS j, gen_random_uuid() AS o, gen_random_uuid() AS r, gen_random_uuid() AS k, nextval('bench.seq') AS x \gset
-- First commit: stored, then acknowledged.
BEGIN;
SELECT set_config('search_path', :s, true), set_config('role', :s, true);
INSERT INTO message (id, account_id, dedupe_key, raw, received_at) VALUES (:m, :a, 'b' || :x, '{"message": {"chat": {"id": 12345678,"first_name": "Customer","type": "private"},"date": 1790000000,"from": {"first_name": "Customer","id": 12345678,"is_bot": false,"language_code": "en"},"message_id": 1,"text": "100000001 status"},"update_id": 123456789}', clock_timestamp()) ON CONFLICT (account_id, dedupe_key) DO NOTHING;
INSERT INTO queue.job (id, lane, kind, key, payload, trace, run_at) VALUES (:j, 'in:' || :a || ':' || :x, 'message.handle', 'message:' || :m, jsonb_build_object('message', :m::uuid), NULL, NULL) ON CONFLICT DO NOTHING;
COMMIT;
-- The claim, without its search; asynchronous as in the product.
BEGIN;
SELECT set_config('synchronous_commit', 'off', true);
INSERT INTO queue.lane (tenant, lane_no, job, lease_by, lease_until, fence) SELECT tenant, lane_no, id, 'bench', now() + interval '30 s', nextval('queue.fence') FROM queue.job WHERE id = :j RETURNING fence AS f \gset
COMMIT;
-- Read; no commit.
BEGIN;
SELECT set_config('search_path', :s, true), set_config('role', :s, true);
SELECT account_id, dedupe_key, raw, received_at, state FROM message WHERE id = :m;
SELECT id, account_id, network_id, kind, title, mode, party, lost_reason FROM chat WHERE account_id = :a AND network_id = :cn;
SELECT id, customer_id, last_seen_at, misses, muted_until FROM identity WHERE channel = 'telegram_bot' AND network_id = :pn;
SELECT panel_id, username FROM customer_link WHERE customer_id = :cu ORDER BY panel_id, username;
SELECT DISTINCT panel_id FROM order_owner WHERE customer_id = :cu;
ROLLBACK;
-- Second commit: the decision, the reply with its price, and the end of the job.
BEGIN;
SELECT set_config('search_path', :s, true), set_config('role', :s, true);
SELECT DISTINCT ON (r.order_id, r.opens) r.order_id, r.opens, r.customer_id, r.created_at, r.closed_at, r.staff_reason IS NOT NULL AS with_staff, (r.act_state = 'accepted' OR o.state = 'sent') IS TRUE AS sent FROM request r LEFT JOIN outbox o ON o.id = r.forward_id WHERE r.panel_id = :pa AND r.order_id = ANY (ARRAY['b' || :x]) AND r.opens IS NOT NULL ORDER BY r.order_id, r.opens, r.closed_at DESC NULLS FIRST;
INSERT INTO identity (id, channel, network_id, display_name, first_seen_at, last_seen_at) VALUES (:p, 'telegram_bot', :pn, 'Customer', now(), now()) ON CONFLICT (channel, network_id) DO UPDATE SET display_name = excluded.display_name, last_seen_at = greatest(identity.last_seen_at, excluded.last_seen_at) RETURNING id;
UPDATE request SET closed_at = now() - interval '24 h' WHERE panel_id = :pa AND order_id = ANY (ARRAY['b' || :x]) AND opens IS NOT NULL AND closed_at IS NULL AND created_at < now() - interval '24 h' AND staff_reason IS NULL;
INSERT INTO request (id, message_id, chat_id, identity_id, customer_id, panel_id, order_id, command, opens, outcome, why, staff_reason, order_status, provider_id, provider_name, external_ids, act, act_state, forward_command, forward_id, created_at, closed_at) VALUES (:r, :m, :c, :p, :cu, :pa, 'b' || :x, 'status', NULL, 'told', 'the state was asked for', NULL, 'completed', NULL, 'provider.example', ARRAY['1100000001'], NULL, NULL, NULL, NULL, now(), now()) ON CONFLICT DO NOTHING;
SELECT credit.hold(ARRAY['out_' || :o], ARRAY[1000000], ARRAY[:o::uuid], now());
INSERT INTO outbox (id, key, account_id, chat_id, topic, purpose, text, reply_to, message_id, state, price, created_at) VALUES (:o, 'reply:' || :m || ':' || 0, :a, :c, '', 'reply', 'Order 100000001 is completed.', NULL, :m, 'queued', 1000000, now()) ON CONFLICT (key) DO NOTHING RETURNING id;
INSERT INTO queue.job (id, lane, kind, key, payload, trace, run_at) VALUES (:k, 'out:' || :a || ':' || :x, 'reply.send', 'send:' || :o, jsonb_build_object('outbox', :o::uuid), now() + interval '1 day', NULL) ON CONFLICT DO NOTHING;
UPDATE message SET chat_id = :c, identity_id = :p, network_message_id = :x::text, topic = '', text = '100000001 status', sent_at = now(), state = 'answered', why = '' WHERE id = :m;
SELECT queue.finish(:j, :f);
COMMIT;
