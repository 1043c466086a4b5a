#!/usr/bin/env python3
"""How long the pages of the panel's lists take inside the database: one tenant with 50,000 requests and 500,000 messages.

A step of `make bench`; alone, on a PostgreSQL of its own and without the product: `python3 infra/bench/lists.py`."""

import argparse
import glob
import json
import os
import re
import shutil
import statistics
import sys
import tempfile

from cluster import Cluster

REQUESTS, MESSAGES = 50_000, 500_000
TARGET_MS = 50.0
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

# Times end now; one message in ten is a request, one request in ten waits for a person, one in a hundred of these is old.
SEED = """
INSERT INTO chat_account (id, channel, name, network_id, secret, state, created_at, state_at)
SELECT ('00000000-0000-7000-a000-' || lpad(n::text, 12, '0'))::uuid, 'telegram_bot', 'Bench ' || n, 'bench' || n, '', 'online', now(), now()
  FROM generate_series(1, 3) n;
INSERT INTO chat (id, account_id, network_id, kind, title, mode, party, created_at)
SELECT ('00000000-0000-7000-b000-' || lpad(n::text, 12, '0'))::uuid, ('00000000-0000-7000-a000-' || lpad((n % 3 + 1)::text, 12, '0'))::uuid,
       n::text, CASE WHEN n % 20 = 0 THEN 'group' ELSE 'direct' END, 'Chat of ' || md5(n::text), 'support', 'customer', now()
  FROM generate_series(1, 2000) n;
INSERT INTO panel (id, kind, name, base_url, secret, abilities, min_gap_ms, created_at)
SELECT ('00000000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, 'perfect_panel_admin_v2', 'Bench ' || n, 'https://panel.example', '', '{}', 0, now()
  FROM generate_series(1, 3) n;
INSERT INTO provider (id, alias, names, created_at)
SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Bench ' || n, ARRAY['p' || n || '.example'], now() FROM generate_series(1, 12) n;
INSERT INTO customer (id, name, created_at)
SELECT ('00000000-0000-7000-8100-' || lpad(n::text, 12, '0'))::uuid, 'Customer ' || md5(n::text), now() FROM generate_series(1, 1500) n;
INSERT INTO identity (id, channel, network_id, display_name, customer_id, first_seen_at, last_seen_at)
SELECT ('00000000-0000-7000-8200-' || lpad(n::text, 12, '0'))::uuid, 'telegram_bot', 'i' || n, 'Person ' || md5(n::text || 'p'),
       ('00000000-0000-7000-8100-' || lpad((n % 1500 + 1)::text, 12, '0'))::uuid, now(), now() FROM generate_series(1, 2000) n;
INSERT INTO message (id, account_id, dedupe_key, raw, received_at, state, chat_id, identity_id, network_message_id, text, sent_at)
SELECT ('00000000-0000-7000-8300-' || lpad(n::text, 12, '0'))::uuid, ('00000000-0000-7000-a000-' || lpad((n % 3 + 1)::text, 12, '0'))::uuid,
       'bench' || n, repeat('x', 400), now() - (500000 - n) * interval '15 seconds', 'answered',
       ('00000000-0000-7000-b000-' || lpad((n % 2000 + 1)::text, 12, '0'))::uuid, ('00000000-0000-7000-8200-' || lpad((n % 2000 + 1)::text, 12, '0'))::uuid,
       n::text, (480000000 + n)::text || ' refill', now() - (500000 - n) * interval '15 seconds'
  FROM generate_series(1, 500000) n;
INSERT INTO outbox (id, key, account_id, chat_id, purpose, text, message_id, state, price, provider_id, panel_id, command, created_at, finished_at)
SELECT ('00000000-0000-7000-8400-' || lpad(n::text, 12, '0'))::uuid, 'bench:' || n, ('00000000-0000-7000-a000-' || lpad((n % 3 + 1)::text, 12, '0'))::uuid,
       ('00000000-0000-7000-b000-' || lpad((n % 2000 + 1)::text, 12, '0'))::uuid, 'reply', (480000000 + n)::text || ': refill request has been added.',
       ('00000000-0000-7000-8300-' || lpad(n::text, 12, '0'))::uuid, 'sent', 1000000, NULL, NULL, NULL,
       now() - (500000 - n) * interval '15 seconds', now() - (500000 - n) * interval '15 seconds'
  FROM generate_series(10, 500000, 10) n;
INSERT INTO outbox (id, key, account_id, chat_id, purpose, text, state, price, provider_id, panel_id, command, created_at, finished_at)
SELECT ('00000000-0000-7000-8500-' || lpad(n::text, 12, '0'))::uuid, 'benchforward:' || n, ('00000000-0000-7000-a000-' || lpad((n % 3 + 1)::text, 12, '0'))::uuid,
       ('00000000-0000-7000-b000-' || lpad((n % 2000 + 1)::text, 12, '0'))::uuid, 'forward', '7450284 refill', 'sent', 1000000,
       ('00000000-0000-7000-8000-' || lpad((n % 12 + 1)::text, 12, '0'))::uuid, ('00000000-0000-7000-9000-000000000001')::uuid, 'refill',
       now() - (500000 - n) * interval '15 seconds', now() - (500000 - n) * interval '15 seconds'
  FROM generate_series(10, 500000, 100) n;
INSERT INTO request (id, message_id, chat_id, identity_id, customer_id, panel_id, order_id, command, outcome, why, staff_reason, order_status,
                     provider_id, external_ids, forward_command, forward_id, created_at, closed_at)
SELECT ('00000000-0000-7000-8600-' || lpad(n::text, 12, '0'))::uuid, ('00000000-0000-7000-8300-' || lpad(n::text, 12, '0'))::uuid,
       ('00000000-0000-7000-b000-' || lpad((n % 2000 + 1)::text, 12, '0'))::uuid, ('00000000-0000-7000-8200-' || lpad((n % 2000 + 1)::text, 12, '0'))::uuid,
       ('00000000-0000-7000-8100-' || lpad((n % 1500 + 1)::text, 12, '0'))::uuid,
       ('00000000-0000-7000-9000-' || lpad((CASE WHEN n % 1000 = 0 THEN 3 ELSE n / 10 % 2 + 1 END)::text, 12, '0'))::uuid,
       (480000000 + n)::text, CASE WHEN n % 30000 = 0 THEN 'refund' ELSE (ARRAY['refill', 'cancel', 'status'])[n / 10 % 3 + 1] END,
       CASE WHEN n % 50000 = 0 THEN 'cooling_down' ELSE (ARRAY['refill_requested', 'not_eligible', 'status_told', 'not_yours'])[n / 10 % 4 + 1] END,
       'refill window open', CASE WHEN n % 100 = 0 THEN 'no route leads to the provider''s group' END, 'completed',
       ('00000000-0000-7000-8000-' || lpad((CASE WHEN n % 30000 = 0 THEN 12 ELSE n / 10 % 11 + 1 END)::text, 12, '0'))::uuid, ARRAY['7450284'],
       CASE WHEN n % 100 = 10 THEN 'refill' END, CASE WHEN n % 100 = 10 THEN ('00000000-0000-7000-8500-' || lpad(n::text, 12, '0'))::uuid END,
       now() - (500000 - n) * interval '15 seconds', CASE WHEN n > 5000 AND n % 1000 <> 0 THEN now() END
  FROM generate_series(10, 500000, 10) n;
UPDATE request SET assignee_id = '00000000-0000-7000-8700-000000000001' WHERE order_id IN ('480000010', '480250000', '480499990');
INSERT INTO ledger (key, kind, amount, balance_after, held_after, ref, reason, at)
SELECT 'bench:' || k || ':' || n, k, 1000000, 0, 0, ('00000000-0000-7000-8400-' || lpad(n::text, 12, '0'))::uuid, 'message',
       now() - (500000 - n) * interval '15 seconds'
  FROM generate_series(1, 500000) n, unnest(ARRAY['hold', 'settle']) k ORDER BY n, k;
INSERT INTO ledger (key, kind, amount, balance_after, held_after, reason, at)
SELECT 'bench:grant:' || n, 'grant', 1000000, 0, 0, 'a gift', now() - n * interval '1 day' FROM generate_series(1, 100) n;
INSERT INTO audit (at, actor, action, subject)
SELECT now() - (100000 - n) * interval '1 minute', 'operator', 'request.close', n::text FROM generate_series(1, 100000) n;
ANALYZE chat, panel, provider, customer, identity, message, outbox, request, ledger, audit;
"""

ID = "00000000-0000-7000-{}-{:012d}"


def source(name, constant):
    """A constant's text, as the product has it: what is measured is what runs."""
    with open(os.path.join(ROOT, "crates/store/src/tenant", name)) as file:
        text = file.read()
    found = re.search(rf'const {constant}: &str =\s*"(.*?)";', text, re.S)
    if not found:
        raise SystemExit(f"bench: {name} has no constant {constant}")
    return found.group(1)


def queries():
    """Name, argument types, statement, arguments."""
    columns, joins = source("request_list.rs", "COLUMNS"), source("request_list.rs", "JOINS")

    def page(where):
        return (f"WITH p AS MATERIALIZED (SELECT r.* FROM request r WHERE true{where} ORDER BY r.created_at DESC, r.id DESC LIMIT 51) "
                f"SELECT {columns} FROM p {joins} ORDER BY p.created_at DESC, p.id DESC")

    def request(name, where="", types="", *arguments):
        return f"requests: {name}", types, page(where), arguments

    middle = "(now() - interval '45 days', '{}'::uuid)".format(ID.format("8600", 240000))
    yield request("newest")
    yield request("a page in the middle", f" AND (r.created_at, r.id) < {middle}")
    yield request("open", " AND r.closed_at IS NULL")
    yield request("needs a person", " AND r.closed_at IS NULL AND r.staff_reason IS NOT NULL")
    yield request("closed", " AND r.closed_at IS NOT NULL")
    yield request("a command", " AND r.command = $1", "text", "refill")
    yield request("a rare command", " AND r.command = $1", "text", "refund")
    yield request("an outcome", " AND r.outcome = $1", "text", "not_yours")
    yield request("a rare outcome", " AND r.outcome = $1", "text", "cooling_down")
    yield request("a panel", " AND r.panel_id = $1", "uuid", ID.format("9000", 1))
    yield request("a rare panel", " AND r.panel_id = $1", "uuid", ID.format("9000", 3))
    yield request("a provider", " AND r.provider_id = $1", "uuid", ID.format("8000", 2))
    yield request("a rare provider", " AND r.provider_id = $1", "uuid", ID.format("8000", 12))
    yield request("a customer", " AND r.customer_id = $1", "uuid", ID.format("8100", 11))
    yield request("an assignee", " AND r.assignee_id = $1", "uuid", ID.format("8700", 1))
    every = "{%s}" % ",".join(ID.format("b000", n) for n in range(1, 2001))
    yield request("a channel", " AND r.chat_id = ANY ($1)", "uuid[]", every)
    yield request("a channel without any", " AND r.chat_id = ANY ($1)", "uuid[]", "{}")
    yield request("an order's beginning", " AND r.order_id LIKE $1", "text", "48025%")
    yield request("three pasted ids", " AND r.order_id = ANY ($1)", "text[]", "{480000010,480250000,480499990}")
    people = " AND (r.customer_id = ANY ($1) OR r.identity_id = ANY ($2))"
    yield request("a name", people, "uuid[], uuid[]", "{%s,%s}" % (ID.format("8100", 11), ID.format("8100", 12)), "{%s}" % ID.format("8200", 31))
    yield request("a name that nobody has", people, "uuid[], uuid[]", "{}", "{}")
    yield request("a day", " AND r.created_at >= $1 AND r.created_at < $2", "timestamptz, timestamptz", "now() - interval '40 days'", "now() - interval '39 days'")
    yield request("two at once", " AND r.command = $1 AND r.outcome = $2 AND r.closed_at IS NULL", "text, text", "refill", "not_yours")
    yield ("requests: counts", "", "SELECT (SELECT count(*) FROM request WHERE closed_at IS NULL), "
           "(SELECT count(*) FROM request WHERE staff_reason IS NOT NULL AND closed_at IS NULL)", ())
    yield ("search: people by a part of a name", "text", "SELECT id FROM customer WHERE name ILIKE $1 ORDER BY name LIMIT 500", ("%ab1%",))
    yield ("search: orders", "text", "SELECT order_id, count(*) FROM request WHERE order_id LIKE $1 GROUP BY order_id ORDER BY order_id LIMIT 10", ("48025%",))
    yield ("home: today by outcome", "", "SELECT outcome, count(*) FROM request WHERE created_at >= now() - interval '1 day' GROUP BY outcome", ())
    yield "home: spent in a week", "timestamptz", source("wallet.rs", "SPENT_SINCE"), ("now() - interval '7 days'",)
    ledger = ("WITH p AS MATERIALIZED (SELECT l.* FROM ledger l WHERE true{} ORDER BY l.id DESC LIMIT 51) SELECT p.*, o.purpose, h.title, v.alias FROM p "
              "LEFT JOIN outbox o ON o.id = p.ref LEFT JOIN chat h ON h.id = o.chat_id LEFT JOIN provider v ON v.id = o.provider_id ORDER BY p.id DESC")
    yield "ledger: newest", "", ledger.format(""), ()
    yield "ledger: what came in", "text", ledger.format(" AND l.kind = $1"), ("grant",)
    yield "ledger: what went back (none)", "text", ledger.format(" AND l.kind = $1"), ("release",)
    yield "audit: newest", "bigint", "SELECT id, at, actor, action, subject, detail FROM audit WHERE id < $1 ORDER BY id DESC LIMIT 51", ("9223372036854775807",)


def literal(argument):
    return argument if argument.startswith("now()") else "'" + argument.replace("'", "''") + "'"


def documents(text):
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        document, at = decoder.raw_decode(text, at)
        yield document[0]
        while at < len(text) and text[at].isspace():
            at += 1


def indexes(plan):
    found = [plan["Index Name"]] if "Index Name" in plan else []
    if plan["Node Type"] == "Seq Scan":
        found.append("all of " + plan["Relation Name"])
    for child in plan.get("Plans", []):
        found += indexes(child)
    return list(dict.fromkeys(found))


def measure(cluster, schema, runs=15):
    """One row a query: p50 and worst of planning and execution together, and what it read by. Prepared, as the product does."""
    path = f"SET search_path = {schema};"
    if int(cluster.sql(f"{path} SELECT count(*) FROM request")[0][0]) < REQUESTS:
        cluster.sql(path + SEED)
    rows = []
    for name, types, statement, arguments in queries():
        given = ", ".join(literal(argument) for argument in arguments)
        prepare = f"PREPARE q{f'({types})' if types else ''} AS {statement};"
        explain = f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE q{f'({given})' if given else ''};"
        text = "\n".join("\t".join(line) for line in cluster.sql(path + prepare + explain * runs))
        times, plan = [], None
        for document in documents(text):
            times.append(document["Planning Time"] + document["Execution Time"])
            plan = document["Plan"]
        rows.append({"query": name, "p50_ms": statistics.median(times), "worst_ms": max(times), "by": indexes(plan)[:4]})
    return {"requests": REQUESTS, "messages": MESSAGES, "target_ms": TARGET_MS, "queries": rows}


def render(result):
    for row in result["queries"]:
        mark = "" if row["p50_ms"] <= result["target_ms"] else "   OVER"
        yield f"{row['query']:40} p50 {row['p50_ms']:7.2f} ms, worst {row['worst_ms']:7.2f} ms{mark}   by {', '.join(row['by'])}"


def bare(cluster):
    """A tenant's tables without a product: the shipped files, in their order."""
    cluster.sql("CREATE ROLE lists; CREATE SCHEMA lists")
    for file in sorted(glob.glob(os.path.join(ROOT, "tenant-migrations", "*.sql"))):
        with open(file) as text:
            cluster.sql("SET search_path = lists;" + text.read().replace("{{tenant}}", "lists"))
    return "lists"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=15)
    given = options.parse_args()
    folder = tempfile.mkdtemp(prefix="switchboard-lists-")
    os.chmod(folder, 0o711)
    cluster = Cluster(folder)
    try:
        result = measure(cluster, bare(cluster), given.runs)
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(render(result)))
    return any(row["p50_ms"] > TARGET_MS for row in result["queries"])


if __name__ == "__main__":
    sys.exit(main())
