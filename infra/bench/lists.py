#!/usr/bin/env python3
"""How long every page of the API's lists takes over a shop of 50,000 requests and 500,000 messages, and which indexes it is read by.

Asked of the running server over one kept-alive connection, so that what is measured is what runs; the plans are those that PostgreSQL
logs for these very requests (`auto_explain`). A list or a filter of `web/openapi.json` that nothing here asks for fails the step.

A step of `make bench`; alone: `python3 infra/bench/lists.py --binaries FOLDER`."""

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import urllib.parse
import uuid

from cluster import Cluster
from load import quantile, spread
from people import Person, sign_in
from processes import Product, free_port, peer

HERE = os.path.dirname(os.path.abspath(__file__))
REQUESTS, MESSAGES, ACCOUNTS = 50_000, 500_000, 20_000
TARGET_MS = 50.0
#: Whole files, not pages.
EXPORTS = {"/api/v1/tenants/{tenant}/requests.csv", "/api/v1/tenants/{tenant}/customers.csv"}
#: What places a page and does not choose rows, and the language of the texts.
PLACES = {"limit", "after", "before", "lang"}
T = "/api/v1/tenants/{tenant}"


def uid(kind, number):
    return f"00000000-0000-7000-{kind}-{number:012d}"


def cases():
    """Name, route, what the path holds, query, the tables whose plans are shown. `after`/`before`: True is the page behind the first,
    a dictionary the page behind the first one of that query."""
    def requests(name, **query):
        return f"requests: {name}", T + "/requests", {}, {key.rstrip("_"): value for key, value in query.items()}, ("request",)

    yield requests("newest")
    yield requests("the next page", after=True)
    yield requests("a page in the middle", after={"to": "middle"})
    yield requests("open", view="open")
    yield requests("needs a person", view="person")
    yield requests("closed", view="closed")
    yield requests("a command", command="refill")
    yield requests("a rare command", command="refund")
    yield requests("an outcome", outcome="not_yours")
    yield requests("a rare outcome", outcome="cooling_down")
    yield requests("a panel", panel=uid("9000", 1))
    yield requests("a rare panel", panel=uid("9000", 3))
    yield requests("a provider", provider=uid("8000", 2))
    yield requests("a rare provider", provider=uid("8000", 60))
    yield requests("a customer with thousands", customer=uid("8100", 1))
    yield requests("a customer with ten", customer=uid("8100", 11))
    yield requests("an assignee", assignee="assignee")
    yield requests("a channel", channel="telegram_bot")
    yield requests("a channel without any", channel="test_room")
    yield requests("an order's beginning", q="48025")
    yield requests("a part of a name", q="ab1")
    yield requests("a name that nobody has", q="zzzz")
    yield requests("three pasted ids", ids="480000010,480250000,480499990")
    yield requests("a day", from_="day", to="next day")
    yield requests("two filters at once", command="refill", outcome="not_yours", view="open")
    yield "requests: counts", T + "/requests/counts", {}, {}, ("request",)
    yield "a request with its timeline", T + "/requests/{id}", {"id": uid("8600", 250010)}, {}, ("request", "outbox", "message")

    def chats(name, **query):
        return f"chats: {name}", T + "/chats", {}, query, ("chat", "message", "outbox")

    yield chats("newest")
    yield chats("the next page", after=True)
    yield chats("of an account", account=uid("a000", 1))
    yield chats("groups", kind="group")
    yield chats("unread", unread="true")
    yield chats("a part of a title", q="ab1")
    yield chats("a title that none has", q="zzzz")
    for name, number in (("100,000 of them", 1), ("eighty of them", 2)):
        yield f"messages of a chat: {name}", T + "/chats/{id}/messages", {"id": uid("b000", number)}, {}, ("message", "outbox")
        yield f"messages of a chat: {name}, before", T + "/chats/{id}/messages", {"id": uid("b000", number)}, {"before": True}, ("message", "outbox")
    yield "members of a group", T + "/chats/{id}/members", {"id": uid("b000", 20)}, {}, ("chat", "message", "identity")

    def customers(name, **query):
        return f"customers: {name}", T + "/customers", {}, query, ("customer", "customer_link", "identity", "request")

    yield customers("first")
    yield customers("the next page", after=True)
    yield customers("a part of a name", q="ab1")
    yield customers("a name that nobody has", q="zzzz")

    def identities(name, **query):
        return f"identities: {name}", T + "/identities", {}, query, ("identity",)

    yield identities("newest")
    yield identities("the next page", after=True)
    yield identities("unlinked", unlinked="true")
    yield identities("a part of a name", q="ab1")
    yield identities("a name that nobody has", q="zzzz")
    providers = ("provider", "request", "outbox")
    yield "providers", T + "/providers", {}, {}, providers
    yield "providers: the next page", T + "/providers", {}, {"after": True}, providers
    yield "providers: a part of a name", T + "/providers", {}, {"q": "nch 1"}, providers
    yield "providers: unrouted", T + "/providers/unrouted", {}, {}, ("request",)
    yield "ledger: newest", T + "/wallet/ledger", {}, {}, ("ledger",)
    yield "ledger: the next page", T + "/wallet/ledger", {}, {"after": True}, ("ledger",)
    yield "ledger: what came in", T + "/wallet/ledger", {}, {"kind": "grant"}, ("ledger",)
    yield "ledger: what was spent", T + "/wallet/ledger", {}, {"kind": "settle"}, ("ledger",)
    yield "ledger: what went back (none)", T + "/wallet/ledger", {}, {"kind": "release"}, ("ledger",)
    yield "wallet", T + "/wallet", {}, {}, ("ledger", "message")
    yield "audit: newest", T + "/audit", {}, {}, ("audit",)
    yield "audit: the next page", T + "/audit", {}, {"after": True}, ("audit",)
    channels = ("chat", "message", "outbox")
    yield "channels", T + "/channels", {}, {}, channels
    yield "groups of an account", T + "/channels/{id}/groups", {"id": uid("a000", 1)}, {}, channels
    yield "groups of an account: the next page", T + "/channels/{id}/groups", {"id": uid("a000", 1)}, {"after": True, "limit": "20"}, channels
    yield "groups of an account: a part of a title", T + "/channels/{id}/groups", {"id": uid("a000", 1)}, {"q": "ab"}, channels
    yield "panels", T + "/panels", {}, {}, ("panel", "request")
    yield "members", T + "/members", {}, {}, ("membership",)
    yield "replies", T + "/replies", {}, {}, ("setting",)
    yield "examples of the test room", T + "/test-room/examples", {}, {}, ("setting", "test_example")
    yield "home", T + "/home", {}, {}, ("request", "ledger", "message", "outbox")
    for name, text in (("an order", "48025"), ("a part of a name", "ab1"), ("nothing", "zzzz")):
        yield f"search: {name}", T + "/search", {}, {"q": text}, ("request", "customer", "identity", "chat", "provider")
    accounts = ("account", "login_event", "membership", "chat_directory")
    yield "users: newest", "/api/v1/admin/users", {}, {}, accounts
    yield "users: the next page", "/api/v1/admin/users", {}, {"after": True}, accounts
    yield "users: suspended", "/api/v1/admin/users", {}, {"state": "suspended"}, accounts
    yield "users: banned (none)", "/api/v1/admin/users", {}, {"state": "banned"}, accounts
    yield "users: a name's beginning", "/api/v1/admin/users", {}, {"q": "user77"}, accounts
    yield "users: nobody's name", "/api/v1/admin/users", {}, {"q": "zzzz"}, accounts
    yield "one's logins", "/api/v1/me/logins", {}, {}, ("login_event",)
    yield "one's logins: the next page", "/api/v1/me/logins", {}, {"after": True}, ("login_event",)
    yield "one's sessions", "/api/v1/me/sessions", {}, {}, ("session",)


def uncovered(document):
    """Lists of the API, and filters of these, that no case asks for."""
    asked = {}
    for _, route, _, query, _ in cases():
        asked.setdefault(route, set()).update(query)
    for route, operations in document["paths"].items():
        if "get" not in operations or route in EXPORTS:
            continue
        answer = json.dumps(operations["get"]["responses"].get("200", {}))
        if '"array"' not in answer and "/Page_" not in answer:
            continue
        filters = {p["name"] for p in operations["get"].get("parameters", []) if p["in"] == "query"} - PLACES
        missing = sorted(filters - asked[route]) if route in asked else ["(all of it)"]
        yield from (f"{route} {name}" for name in missing)


class Plans:
    """What PostgreSQL logs of the plans of new sessions, while it is switched on."""

    def __init__(self, cluster):
        self.cluster, self.at = cluster, 0

    def switch(self, product, on):
        names = {"session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0", "auto_explain.log_format": "json"}
        if on:
            # A setting of a library has a type only where it is loaded.
            self.cluster.sql("\n".join(["LOAD 'auto_explain';", *(f"ALTER SYSTEM SET {name} = '{value}';" for name, value in names.items())]))
        else:
            self.cluster.sql("ALTER SYSTEM RESET ALL;")
        self.cluster.sql("SELECT pg_reload_conf()")
        product.stop()
        product.start()

    def since(self):
        """Milliseconds of execution, statement and plan of what was logged since the last look."""
        with open(self.cluster.log.name) as file:
            file.seek(self.at)
            text = file.read()
            self.at = file.tell()
        for found in re.finditer(r"duration: ([\d.]+) ms  plan:\n(\t?\{.*?\n\t?\})(?=\n\S|\n?\Z)", text, re.S):
            document = json.loads(found.group(2))
            yield float(found.group(1)), document["Query Text"], document["Plan"]


def reads(plan):
    """What a plan reads by, as pairs of a table and an index; the whole of a table has no index."""
    found = []
    if "Index Name" in plan:
        name = plan.get("Relation Name") or re.sub(r"_.*", "", plan["Index Name"])
        found.append((name, plan["Index Name"]))
    elif plan["Node Type"].endswith("Seq Scan") and "Relation Name" in plan:
        found.append((plan["Relation Name"], f"all of {plan['Relation Name']}"))
    for child in plan.get("Plans", []):
        found += reads(child)
    return found


def seed(cluster, schema, person):
    assigned = f"UPDATE {schema}.request SET assignee_id = '{person.id}' WHERE order_id IN ('480000010', '480250000', '480499990')"
    cluster.sql(f"""
        INSERT INTO platform.login_event (id, account_id, at, ip, agent, outcome)
        SELECT gen_random_uuid(), '{person.id}', now() - k * interval '1 hour', '127.0.0.1', 'bench', 'success' FROM generate_series(1, 5000) k""")
    if int(cluster.sql(f"SELECT count(*) FROM {schema}.request")[0][0]) >= REQUESTS:
        cluster.sql(assigned)
        return
    with open(os.path.join(HERE, "lists.sql")) as file:
        cluster.sql(f"SET search_path = {schema};\n{file.read()}")
    cluster.sql(assigned)
    cluster.sql(f"""
        INSERT INTO platform.account (id, username, password_hash, whatsapp_number, state, signup_ip, created_at, updated_at)
        SELECT ('00000000-0000-7000-8700-' || lpad(n::text, 12, '0'))::uuid, 'user' || n, '!', '9779' || n, CASE WHEN n % 100 = 0 THEN 'suspended' ELSE 'active' END,
               '127.0.0.1', now() - n * interval '1 minute', now() FROM generate_series(1, {ACCOUNTS}) n;
        INSERT INTO platform.login_event (id, account_id, at, ip, agent, outcome)
        SELECT gen_random_uuid(), a.id, now() - k * interval '1 day', '127.0.0.1', 'bench', 'success' FROM platform.account a, generate_series(1, 10) k;
        ANALYZE platform.account; ANALYZE platform.login_event; ANALYZE {schema}.request; ANALYZE platform.membership""")


def measure(cluster, product, host, tenant, schema, runs=25):
    """One row a page: p50 and p95 at the client, and what it was read by."""
    with open(os.path.join(HERE, "..", "..", "web", "openapi.json")) as file:
        missing = list(uncovered(json.load(file)))
    if missing:
        raise SystemExit("bench: lists.py asks for no page of: " + "; ".join(missing))
    owner, admin = Person(900), Person(901)
    sign_in(cluster, [owner, admin], [[(tenant, "owner")], [(None, "master_admin")]])
    seed(cluster, schema, owner)
    clock = dict(zip(("middle", "day", "next day"), cluster.sql(
        "SELECT to_char(now() AT TIME ZONE 'UTC' - d * interval '1 day', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM unnest(ARRAY[43, 40, 39]) WITH ORDINALITY u (d, n) ORDER BY n")))
    named = {"assignee": str(owner.id), **{key: row[0] for key, row in clock.items()}}

    def ask(person, path, query):
        status, answer, took = person.call(host, "GET", path + "?" + urllib.parse.urlencode({k: named.get(v, v) for k, v in query.items()}))
        if status != 200:
            raise SystemExit(f"bench: {path} {query}: {status} {answer}")
        return answer, took

    prepared = []
    for name, route, held, query, tables in cases():
        person = admin if "/admin/" in route else owner
        path = route.format(tenant=tenant, **held)
        for key in ("after", "before"):
            if key in query:
                first = {k: v for k, v in query.items() if k != key} | (query[key] if isinstance(query[key], dict) else {})
                following = ask(person, path, first)[0]["next"]
                if following is None:
                    raise SystemExit(f"bench: {name}: there is no next page")
                query = {k: v for k, v in query.items() if k != key} | {key: following}
        prepared.append((name, person, path, query, tables))
    rows = {}
    for name, person, path, query, _ in prepared:
        ask(person, path, query)
        answers = [ask(person, path, query) for _ in range(runs)]
        items = answers[0][0]
        items = items.get("items", items) if isinstance(items, dict) else items
        rows[name] = {"page": name, "rows": len(items) if isinstance(items, list) else 1, "ms": spread([took for _, took in answers])}
    plans = Plans(cluster)
    plans.switch(product, True)
    try:
        for name, person, path, query, tables in prepared:
            ask(person, path, query)
            list(plans.since())
            # Often enough that a plan for any value would have been chosen by now, had it been found as good.
            for _ in range(7):
                ask(person, path, query)
            by, texts = [], {}
            for ms, text, plan in plans.since():
                mine = [index for table, index in reads(plan) if table in tables]
                if mine:
                    by += mine
                    texts.setdefault(re.sub(r"\s+", " ", text), []).append((ms, plan))
            rows[name]["by"] = list(dict.fromkeys(by))
            rows[name]["plans"] = [{"statement": text, "executed_ms": quantile([ms for ms, _ in seen], 0.5), "plan": seen[-1][1]} for text, seen in texts.items()]
            rows[name]["executed_ms"] = sum(plan["executed_ms"] for plan in rows[name]["plans"])
    finally:
        plans.switch(product, False)
    return {"requests": REQUESTS, "messages": MESSAGES, "accounts": ACCOUNTS, "runs": runs, "target_ms": TARGET_MS, "pages": list(rows.values())}


def save_plans(result, folder):
    """The plans go to a file of their own: they are long, and reviewed by whoever changes a query."""
    with open(os.path.join(folder, "plans.json"), "w") as file:
        json.dump({row["page"]: row.pop("plans", []) for row in result["pages"]}, file, indent=1)
    return result


def render(result):
    for row in result["pages"]:
        mark = "" if row["ms"]["p50"] <= result["target_ms"] else "   OVER"
        yield f"{row['page']:42} {row['rows']:4} rows  p50 {row['ms']['p50']:7.2f}, p95 {row['ms']['p95']:7.2f} ms, in SQL {row['executed_ms']:6.2f} ms{mark}   by {', '.join(row['by'])}"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binaries", required=True, help="folder of switchboard and panel-simulator")
    options.add_argument("--out", help="folder for plans.json")
    options.add_argument("--runs", type=int, default=25)
    options.add_argument("--keep", action="store_true", help="leave the data folder for a look")
    given = options.parse_args()
    folder = tempfile.mkdtemp(prefix="switchboard-lists-")
    os.chmod(folder, 0o711)
    cluster, product = Cluster(folder), None
    panels_process, panels = peer(os.path.join(given.binaries, "panel-simulator"), open(os.path.join(folder, "peers.log"), "ab"))
    try:
        panel = panels.post("/sim/panels", {"kind": "perfect_panel", "name": "Panel", "admin_key": "key-of-lists", "latency_ms": 0})
        key = os.path.join(folder, "panel.key")
        with open(key, "w") as file:
            file.write("key-of-lists")
        host = f"127.0.0.1:{free_port()}"
        home = os.path.join(folder, "home")
        os.makedirs(home)
        product = Product(os.path.join(given.binaries, "switchboard"), home, ["--listen", host, "--public-url", f"http://{host}", "--outbound-allow", panel["url"].removeprefix("http://").rstrip("/")],
                          {"DATABASE_URL": cluster.url})
        product.start()
        tenant = uuid.UUID(product.command("tenant", "create", "Lists")[0]["id"].split("_", 1)[1])
        product.command("panel", "connect", "--tenant", "Lists", "--name", "Panel", "--url", panel["url"], "--key-file", key)
        result = measure(cluster, product, host, tenant, f"t_{tenant.hex}", given.runs)
        if given.out:
            save_plans(result, given.out)
    finally:
        if product:
            product.stop()
        panels_process.terminate()
        panels_process.wait(timeout=20)
        cluster.stop()
        if given.keep:
            print(f"kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(render(result)))
    return any(row["ms"]["p50"] > TARGET_MS for row in result["pages"])


if __name__ == "__main__":
    sys.exit(main())
