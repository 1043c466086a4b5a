-- A busy shop: 500,000 messages in 5,000 chats (one in five of them in one chat), 50,000 requests, 5,000 customers, 60 providers.
-- Times end now and are 15 s apart. One message in ten is a request, one request in ten waits for a person, one in a hundred of these is old.

CREATE FUNCTION pg_temp.u(kind text, n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN ('00000000-0000-7000-' || kind || '-' || lpad(n::text, 12, '0'))::uuid;
CREATE FUNCTION pg_temp.at(n bigint) RETURNS timestamptz STABLE LANGUAGE sql RETURN now() - (500000 - n) * interval '15 seconds';
CREATE FUNCTION pg_temp.chat(n bigint) RETURNS bigint IMMUTABLE LANGUAGE sql RETURN CASE WHEN n % 10 IN (5, 7) OR n % 100 = 20 THEN 1 ELSE n / 10 % 5000 + 1 END;
CREATE FUNCTION pg_temp.account(chat bigint) RETURNS bigint IMMUTABLE LANGUAGE sql RETURN chat % 3 + 1;

-- Switched off, so that nobody connects them. Secrets here have the form of sealed ones and hold nothing.
INSERT INTO chat_account (id, channel, name, network_id, secret, state, created_at, state_at)
SELECT pg_temp.u('a000', n), 'telegram_bot', 'Bench ' || n, 'bench' || n, decode('01' || repeat('00', 64), 'hex'), 'disabled', now(), now() FROM generate_series(1, 3) n;
INSERT INTO chat (id, account_id, network_id, kind, title, mode, party, created_at, read_at)
SELECT pg_temp.u('b000', n), pg_temp.u('a000', pg_temp.account(n)), n::text, CASE WHEN n % 20 = 0 THEN 'group' ELSE 'direct' END,
       'Chat of ' || md5(n::text), CASE WHEN n % 60 = 0 THEN 'off' ELSE 'support' END, CASE WHEN n % 1000 = 40 THEN 'provider' ELSE 'customer' END,
       now() - interval '90 days', CASE WHEN n % 101 <> 0 THEN now() END
  FROM generate_series(1, 5000) n;
-- Removed ones, which history names: a panel in use has a key, and its page opens it.
INSERT INTO panel (id, kind, name, base_url, secret, abilities, min_gap_ms, created_at, removed_at)
SELECT pg_temp.u('9000', n), 'perfect_panel_admin_v2', 'Bench ' || n, 'https://panel.example', decode('01' || repeat('00', 64), 'hex'),
       '{"reads": "all_orders", "tells_owner": true, "tells_provider": true, "refill": true, "refill_status": false, "request_cancel": true}', 0, now(), now()
  FROM generate_series(1, 3) n;
INSERT INTO provider (id, alias, names, created_at)
SELECT pg_temp.u('8000', n), 'Bench ' || n, ARRAY['p' || n || '.example'], now() FROM generate_series(1, 60) n;
INSERT INTO provider_route (id, provider_id, chat_id, created_at)
SELECT pg_temp.u('8900', n), pg_temp.u('8000', n), pg_temp.u('b000', (n % 5) * 1000 + 40), now() FROM generate_series(1, 60) n;
INSERT INTO customer (id, name, created_at)
SELECT pg_temp.u('8100', n), 'Customer ' || md5(n::text), now() FROM generate_series(1, 5000) n;
INSERT INTO customer_link (panel_id, username, customer_id, created_at)
SELECT pg_temp.u('9000', p), 'user' || n, pg_temp.u('8100', n), now() FROM generate_series(1, 5000) n, generate_series(1, 2) p;
INSERT INTO identity (id, channel, network_id, display_name, customer_id, first_seen_at, last_seen_at)
SELECT pg_temp.u('8200', n), 'telegram_bot', n::text, 'Person ' || md5(n::text || 'p'), CASE WHEN n % 50 <> 0 THEN pg_temp.u('8100', n) END,
       now() - interval '90 days', pg_temp.at(500000 - n)
  FROM generate_series(1, 5000) n;
INSERT INTO message (id, account_id, dedupe_key, raw, received_at, state, chat_id, identity_id, network_message_id, text, sent_at)
SELECT pg_temp.u('8300', n), pg_temp.u('a000', pg_temp.account(c)), 'bench' || n, repeat('x', 400), pg_temp.at(n), 'answered',
       pg_temp.u('b000', c), pg_temp.u('8200', c), n::text, (480000000 + n)::text || ' refill', pg_temp.at(n)
  FROM generate_series(1, 500000) n, pg_temp.chat(n) c;
INSERT INTO outbox (id, key, account_id, chat_id, purpose, text, message_id, state, price, created_at, finished_at)
SELECT pg_temp.u('8400', n), 'bench:' || n, pg_temp.u('a000', pg_temp.account(c)), pg_temp.u('b000', c), 'reply',
       (480000000 + n)::text || ': refill request has been added.', pg_temp.u('8300', n), 'sent', 1000000, pg_temp.at(n), pg_temp.at(n)
  FROM generate_series(10, 500000, 10) n, pg_temp.chat(n) c;
INSERT INTO outbox (id, key, account_id, chat_id, purpose, text, state, price, provider_id, panel_id, command, created_at, finished_at)
SELECT pg_temp.u('8500', n), 'benchforward:' || n, pg_temp.u('a000', pg_temp.account((n % 5) * 1000 + 40)), pg_temp.u('b000', (n % 5) * 1000 + 40),
       'forward', '7450284 refill', 'sent', 1000000, pg_temp.u('8000', n / 100 % 60 + 1), pg_temp.u('9000', 1), 'refill', pg_temp.at(n), pg_temp.at(n)
  FROM generate_series(10, 500000, 100) n;
INSERT INTO request (id, message_id, chat_id, identity_id, customer_id, panel_id, order_id, command, outcome, why, staff_reason, order_status,
                     provider_id, provider_name, external_ids, forward_command, forward_id, created_at, closed_at)
SELECT pg_temp.u('8600', n), pg_temp.u('8300', n), pg_temp.u('b000', c), pg_temp.u('8200', c), CASE WHEN c % 50 <> 0 THEN pg_temp.u('8100', c) END,
       pg_temp.u('9000', CASE WHEN n % 1000 = 0 THEN 3 ELSE n / 10 % 2 + 1 END), (480000000 + n)::text,
       CASE WHEN n % 30000 = 0 THEN 'refund' ELSE (ARRAY['refill', 'cancel', 'status'])[n / 10 % 3 + 1] END,
       CASE WHEN n % 50000 = 0 THEN 'cooling_down' ELSE (ARRAY['refill_requested', 'not_eligible', 'status_told', 'not_yours'])[n / 10 % 4 + 1] END,
       'refill window open', CASE WHEN n % 100 = 0 THEN 'no route leads to the provider''s group' END, 'completed',
       pg_temp.u('8000', CASE WHEN n % 30000 = 0 THEN 60 ELSE n / 10 % 59 + 1 END),
       CASE WHEN n % 30000 = 0 THEN 'p60.example' ELSE 'p' || n / 10 % 80 + 1 || '.example' END, ARRAY['7450284'],
       CASE WHEN n % 100 = 10 THEN 'refill' END, CASE WHEN n % 100 = 10 THEN pg_temp.u('8500', n) END,
       pg_temp.at(n), CASE WHEN n > 5000 AND n % 1000 <> 0 THEN now() END
  FROM generate_series(10, 500000, 10) n, pg_temp.chat(n) c;
UPDATE chat SET last_at = (SELECT max(m.received_at) FROM message m WHERE m.chat_id = chat.id);
UPDATE identity SET last_seen_at = c.last_at FROM chat c WHERE c.network_id = identity.network_id;
INSERT INTO ledger (key, kind, amount, balance_after, held_after, ref, reason, at)
SELECT 'bench:' || k || ':' || n, k, 1000000, 0, 0, pg_temp.u('8400', n - n % 10), 'message', pg_temp.at(n)
  FROM generate_series(1, 500000) n, unnest(ARRAY['hold', 'settle']) k ORDER BY n, k;
INSERT INTO ledger (key, kind, amount, balance_after, held_after, reason, at)
SELECT 'bench:grant:' || n, 'grant', 1000000, 0, 0, 'a gift', now() - n * interval '1 day' FROM generate_series(1, 100) n;
INSERT INTO audit (at, actor, action, subject)
SELECT now() - (100000 - n) * interval '1 minute', 'operator', 'request.close', n::text FROM generate_series(1, 100000) n;
ANALYZE chat_account, chat, panel, provider, provider_route, customer, customer_link, identity, message, outbox, request, ledger, audit;
