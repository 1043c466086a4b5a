"""Messages said at a pace, and what became of each: by the peer's log and by the product's own rows."""

import re
import time

ORDER = re.compile(r"\d{9,}")


def quantile(values, part):
    """The value below which `part` of all lie; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def spread(values):
    return {"n": len(values), "p50": quantile(values, 0.50), "p95": quantile(values, 0.95), "p99": quantile(values, 0.99),
            "max": max(values, default=None)}


class Said:
    """Messages that were said; each is found again by its first order."""

    def __init__(self, scene):
        self.scene = scene
        self.rows = {}
        self.since = scene.peer.get("/sim/sent?since=999999999")["last_seq"]
        self.from_db = scene.cluster.sql("SELECT clock_timestamp()")[0][0]

    def say(self, tenant, word="status", count=1):
        user, orders = tenant.orders(count)
        self.rows[str(orders[0])] = tenant
        return {"bot": tenant.token, "from": user, "text": f"{','.join(map(str, orders))} {word}"}

    def at_pace(self, tenants, rate, seconds, word="status"):
        """Open loop: each message at its time, whatever became of the ones before. Seconds that it took."""
        begun = time.monotonic()
        for n in range(int(rate * seconds)):
            wait = begun + n / rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self.scene.peer.post("/sim/say", self.say(tenants[n % len(tenants)], word))
        return time.monotonic() - begun

    def at_once(self, tenants, total, word="status"):
        self.messages([self.say(tenants[n % len(tenants)], word) for n in range(total)])

    def messages(self, messages):
        for at in range(0, len(messages), 500):
            self.scene.peer.post("/sim/say_many", messages[at:at + 500])

    def by_peer(self, tenants=None):
        """Milliseconds from the webhook's first byte to its 200, and to the first reply at the network; the unanswered."""
        webhooks = self.scene.peer.get(f"/sim/webhooks?since={self.since}")["deliveries"]
        accepted = [row["last_at_ms"] - row["first_at_ms"] for row in webhooks
                    if row["kind"] == "message" and row["acknowledged"]]
        begun = {}
        for row in sorted((row for row in webhooks if row["kind"] == "message" and row["chat"] > 0), key=lambda row: row["seq"]):
            begun.setdefault(row["chat"], []).append(row["first_at_ms"])
        replied = {}
        for row in self.scene.peer.get(f"/sim/sent?since={self.since}")["sent"]:
            if row["chat"] > 0:
                for order in ORDER.findall(row["text"]):
                    replied.setdefault(order, row["at_ms"])
        wanted = {tenant.number for tenant in tenants} if tenants else None
        took, missing, turn = [], 0, {}
        for order, tenant in self.rows.items():
            user = tenant.users[(int(order) - tenant.from_order) % len(tenant.users)]
            nth = turn.get(user, 0)
            turn[user] = nth + 1
            if wanted is not None and tenant.number not in wanted:
                continue
            times = begun.get(user, [])
            if order in replied and nth < len(times):
                took.append(replied[order] - times[nth])
            else:
                missing += 1
        return accepted, took, missing

    def by_rows(self, tenants):
        """Milliseconds from `message.received_at` (taken before the first commit) to the first reply's
        `outbox.sending_at` (taken after the commit of the decision and the claim of its send), without acknowledgements."""
        took = []
        for at in range(0, len(tenants), 100):
            parts = " UNION ALL ".join(
                f"""SELECT extract(epoch FROM min(o.sending_at) - m.received_at) * 1000
                      FROM {tenant.schema}.message m JOIN {tenant.schema}.outbox o ON o.message_id = m.id
                     WHERE m.received_at >= '{self.from_db}' AND o.key LIKE 'reply:%' AND o.sending_at IS NOT NULL
                     GROUP BY m.id, m.received_at""" for tenant in tenants[at:at + 100])
            took += [float(row[0]) for row in self.scene.cluster.sql(parts)]
        return took
