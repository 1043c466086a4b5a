"""The measurements. Each returns plain figures; what they mean stands in docs/performance.md."""

import glob
import os
import sys
import time

from load import Said, quantile, spread
from processes import Product, cpu_seconds, proportional_mb, resident_mb
from statements import Statements


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return round(value, 3) if isinstance(value, float) else value


class Meter:
    """What a stretch of load cost: commits, flushes, processor time."""

    def __init__(self, scene):
        self.scene = scene
        self.server = [scene.product.process.pid]
        self.before, self.cpu_before = scene.cluster.counters(), self.cpu()

    def cpu(self):
        return cpu_seconds(self.server), cpu_seconds(self.scene.cluster.pids())

    def per_message(self, messages, idle):
        """`idle`: commits a second of the same installation without load; they are not the messages'."""
        cpu, after = self.cpu(), self.scene.cluster.counters()
        seconds = after["at"] - self.before["at"]
        answer = {"commits": (after["commits"] - self.before["commits"] - idle * seconds) / messages,
                  "server_cpu_ms": (cpu[0] - self.cpu_before[0]) * 1000 / messages,
                  "postgres_cpu_ms": (cpu[1] - self.cpu_before[1]) * 1000 / messages,
                  "wal_kb": (after["wal_bytes"] - self.before["wal_bytes"]) / 1024 / messages}
        if after["wal_syncs"] is not None:
            answer["wal_flushes"] = (after["wal_syncs"] - self.before["wal_syncs"]) / messages
        return answer


def idle_commits(scene, seconds=5):
    before = scene.cluster.counters()
    time.sleep(seconds)
    after = scene.cluster.counters()
    return (after["commits"] - before["commits"]) / (after["at"] - before["at"])


def warm(scene, tenants):
    """Every customer's chat gets its row, every connection its catalog entries."""
    said = Said(scene)
    said.messages([said.say(tenant) for tenant in tenants for _ in tenant.users])
    scene.quiet()


def paced(scene, tenants, rate, seconds, word, idle, chats=None):
    if scene.cluster.statements:
        scene.cluster.hot(1)
    said, meter = Said(scene), Meter(scene)
    said.at_pace(tenants, rate, seconds, word)
    scene.quiet()
    cost = meter.per_message(len(said.rows), idle)
    if scene.cluster.statements:
        for row in scene.cluster.hot(len(said.rows)):
            print("   ", *row, sep="  ", file=sys.stderr)
    accepted, replied, missing = said.by_peer()
    return {"messages": len(said.rows), "unanswered": missing, "decided_ms": spread(said.by_rows(tenants)),
            "accepted_ms": spread(accepted), "replied_ms": spread(replied), "per_message": cost}


def hundred(scene, tenants, repeats, latency_ms):
    """Messages of 100 orders, one every 400 ms, over tenants whose panel takes `latency_ms` for each call."""
    calls_from = scene.panels.get(f"/sim/panels/{scene.urls['hundred'][0]}/calls?since=999999999")["last_seq"]
    said = Said(scene)
    begun = time.monotonic()
    for n in range(repeats):
        time.sleep(max(0.0, begun + n * 0.4 - time.monotonic()))
        scene.peer.post("/sim/say", said.say(tenants[n % len(tenants)], "status", count=100))
    scene.quiet()
    calls = scene.panels.get(f"/sim/panels/{scene.urls['hundred'][0]}/calls?since={calls_from}")["calls"]
    whole = spread(said.by_rows(tenants))
    beyond = {key: whole[key] - latency_ms for key in ("p50", "p95", "p99", "max")}
    return {"messages": repeats, "decided_ms": whole, "beyond_panel_ms": beyond, "panel_calls": len(calls),
            "ids_per_call": quantile([len(call["ids"]) for call in calls], 0.5)}


def rental(scene, tenant, messages):
    """A panel that wants five seconds between calls: what waits meanwhile travels in one call."""
    number = scene.urls["rental"][0]
    calls_from = scene.panels.get(f"/sim/panels/{number}/calls?since=999999999")["last_seq"]
    said = Said(scene)
    said.at_pace([tenant], 2, messages / 2)
    scene.quiet()
    calls = scene.panels.get(f"/sim/panels/{number}/calls?since={calls_from}")["calls"]
    at = [call["at_ms"] for call in calls]
    _, replied, missing = said.by_peer()
    return {"messages": messages, "unanswered": missing, "panel_calls": len(calls),
            "least_gap_ms": min((b - a for a, b in zip(at, at[1:])), default=None),
            "ids_per_call": [len(call["ids"]) for call in calls], "replied_ms": spread(replied)}


def burst(scene, tenants, total):
    """All at once; messages a second from the first said to the last reply decided, and to the last sent."""
    said, meter = Said(scene), Meter(scene)
    said.at_once(tenants, total)
    scene.quiet()
    cost = meter.per_message(total, 0)
    webhooks = scene.peer.get(f"/sim/webhooks?since={said.since}")["deliveries"]
    first = min(row["first_at_ms"] for row in webhooks if row["kind"] == "message")
    accepted = max(row["last_at_ms"] for row in webhooks if row["kind"] == "message")
    sent = max(row["at_ms"] for row in scene.peer.get(f"/sim/sent?since={said.since}")["sent"])
    parts = " UNION ALL ".join(f"SELECT max(created_at) AS at FROM {tenant.schema}.outbox WHERE key LIKE 'reply:%'"
                               for tenant in tenants)
    decided = float(scene.cluster.sql(f"SELECT extract(epoch FROM max(at)) * 1000 FROM ({parts}) every")[0][0])
    _, _, missing = said.by_peer()
    return {"messages": total, "unanswered": missing, "accepted_per_s": total * 1000 / (accepted - first),
            "decided_per_s": total * 1000 / (decided - first), "sent_per_s": total * 1000 / (sent - first), "per_message": cost}


def saturation(scene, tenants, total, seconds):
    """Product and bare statements by turns, so that both see the same machine."""
    statements = Statements(scene, tenants)
    rounds = []
    for _ in range(2):
        product = burst(scene, tenants, total)
        scene.product.stop()
        bare = {name: statements.per_second(name, seconds) for name in statements.scripts}
        scene.product.start()
        scene.hooked([tenant.bot for tenant in tenants])
        time.sleep(2.5)
        rounds.append({"product": product, "pgbench_per_s": bare, "decided_ratio": product["decided_per_s"] / bare["decided"],
                       "sent_ratio": product["sent_per_s"] / bare["sent"]})
    return {"rounds": rounds, "places": statements.places}


def stuck(scene, others, victim, chats, rate, seconds):
    """The others' p95 while all chats of one tenant wait for a panel that never answers, against without."""
    def others_only(flood):
        said, held = Said(scene), Said(scene)
        if flood:
            held.at_once([victim], chats)
        said.at_pace(others, rate, seconds)
        scene.quiet(besides=[victim])
        _, replied, missing = said.by_peer()
        return spread(said.by_rows(others)), spread(replied), missing

    panel = scene.urls["stuck"][0]
    calm = others_only(False)
    scene.panels.post(f"/sim/panels/{panel}/faults", {"fault": "hang", "match": {}})
    held = others_only(True)
    waiting = int(scene.cluster.sql(f"SELECT count(*) FROM queue.job WHERE tenant = '{victim.schema}'")[0][0])
    scene.panels.call("DELETE", f"/sim/panels/{panel}/faults")
    return {"chats": chats, "waiting_at_the_end": waiting, "others_decided_ms": {"calm": calm[0], "stuck": held[0]},
            "others_replied_ms": {"calm": calm[1], "stuck": held[1]}, "unanswered": calm[2] + held[2],
            "p95_ratio": held[0]["p95"] / calm[0]["p95"], "p95_replied_ratio": held[1]["p95"] / calm[1]["p95"]}


def few_and_many(scene, few, many, rate, seconds, total, idle):
    """The same load over a few and over many tenants of one installation, by turns."""
    rounds = []
    for _ in range(2):
        one = {}
        for name, tenants in (("few", few), ("many", many)):
            one[name] = {"paced": paced(scene, tenants, rate, seconds, "status", idle), "burst": burst(scene, tenants, total)}
            scene.quiet()
        one["throughput_ratio"] = one["many"]["burst"]["decided_per_s"] / one["few"]["burst"]["decided_per_s"]
        one["p99_ratio"] = one["many"]["paced"]["decided_ms"]["p99"] / one["few"]["paced"]["decided_ms"]["p99"]
        one["p50_ratio"] = one["many"]["paced"]["decided_ms"]["p50"] / one["few"]["paced"]["decided_ms"]["p50"]
        rounds.append(one)
    return {"few": len(few), "many": len(many), "rounds": rounds, "server_mb": resident_mb(scene.product.process.pid),
            "postgres_mb": proportional_mb(scene.cluster.pids())}


def migrate(scene):
    """`switchboard migrate` when every tenant is up to date, the opening of the installation apart."""
    def timed(*command):
        begun = time.monotonic()
        answer = scene.product.command(*command)
        return time.monotonic() - begun, answer
    opening = min(timed("tenant", "list")[0] for _ in range(3))
    whole, answer = min((timed("migrate") for _ in range(3)), key=lambda pair: pair[0])
    return {"tenants": answer[-1]["tenants"], "whole_s": whole, "opening_s": opening,
            "per_s": answer[-1]["tenants"] / max(whole - opening, 0.001)}


def starts(binary, folder):
    """From the process's start to its first line: with a new data folder (its PostgreSQL is made), again, after kill -9."""
    own = os.path.join(folder, "own")
    os.makedirs(own, mode=0o711)
    product = Product(binary, own, ["--listen", "127.0.0.1:0"], {"DATABASE_URL": ""})
    cold = product.start()
    empty_mb = resident_mb(product.process.pid)
    product.stop()
    again = []
    for _ in range(3):
        again.append(product.start())
        product.stop()
    product.start()
    product.process.kill()
    product.process.wait()
    after_kill = product.start()
    postgres = [int(open(path).readline()) for path in glob.glob(own + "/**/postmaster.pid", recursive=True)]
    product.stop()
    return {"cold_s": cold, "warm_s": quantile(again, 0.5), "after_kill_s": after_kill, "empty_mb": empty_mb,
            "postgres_seen": len(postgres)}
