"""A thousand pages open on one node: memory, idle processor time, and how long a change takes to reach them all.

A step of `make bench`."""

import time
import uuid

from load import quantile, spread
from people import Person, sign_in
from processes import cpu_seconds, proportional_mb
from watchers import Watchers

PEOPLE, EACH = 50, 20
SOCKETS = PEOPLE * EACH


def changes(watchers, tenant, owner, host, count):
    """Changes by the API, one after another: the request's own time, and from its answer until the first, the middle and the last
    socket of the tenant has its hint (hints gather for 80 ms on purpose)."""
    took, reached = [], {"first": [], "middle": [], "last": []}
    for _ in range(count):
        # Nothing of the change before is still under way, so that each stands alone.
        watchers.drain(0.25)
        status, answer, ms = owner.call(host, "PATCH", f"/api/v1/tenants/{tenant}/settings", {"shop_name": "Bench"})
        answered = time.time()
        if status != 200:
            raise SystemExit(f"bench: settings: {status} {answer}")
        took.append(ms)
        if watchers.all:
            times = watchers.first_hint(tenant, "wallet")
            for name, at in (("first", times[0]), ("middle", times[len(times) // 2]), ("last", times[-1])):
                reached[name].append((at - answered) * 1000)
    return {"request_ms": spread(took), **({f"{name}_ms": spread(values) for name, values in reached.items()} if watchers.all else {})}


def messages(scene, watchers, tenant, count):
    """Messages of customers, from the moment the chat network has them until every page of the tenant knows."""
    last = []
    for _ in range(count):
        watchers.drain(0.25)
        scene.quiet()
        watchers.drain(0.25)
        user, orders = tenant.orders()
        begun = time.time()
        scene.peer.post("/sim/say", {"bot": tenant.token, "from": user, "text": f"{orders[0]} status"})
        last.append((watchers.first_hint(uuid.UUID(tenant.id[2:]), "chats")[-1] - begun) * 1000)
    return spread(last)


def idle(scene, watchers, seconds):
    """Share of one core that the server and PostgreSQL use while nothing happens."""
    server, postgres = [scene.product.process.pid], scene.cluster.pids()
    before, begun = (cpu_seconds(server), cpu_seconds(postgres)), time.monotonic()
    watchers.drain(seconds)
    after, took = (cpu_seconds(server), cpu_seconds(postgres)), time.monotonic() - begun
    return {"server_percent": (after[0] - before[0]) / took * 100, "postgres_percent": (after[1] - before[1]) / took * 100}


def restarted(scene, tenants):
    """A server that has not used and kept memory for anything else."""
    scene.product.stop()
    scene.product.start()
    scene.hooked([tenant.bot for tenant in tenants])


def measure(scene, host, tenants, repeats, idle_s):
    ids = [uuid.UUID(tenant.id[2:]) for tenant in tenants]
    one, busiest = ids[0], tenants[0]
    people = [Person(number) for number in range(PEOPLE)]
    sign_in(scene.cluster, people, [list({one: "owner", ids[n % len(ids)]: "owner"}.items()) for n in range(PEOPLE)])
    watchers = Watchers(host)

    def memory():
        return proportional_mb([scene.product.process.pid])

    def watched():
        return {**changes(watchers, one, people[0], host, repeats), "message_ms": messages(scene, watchers, busiest, repeats // 2)}

    restarted(scene, tenants)
    changes(watchers, one, people[0], host, 5)
    result = {"sockets": SOCKETS, "tenants": len(ids)}
    result["none"] = {"idle": idle(scene, watchers, idle_s), **changes(watchers, one, people[0], host, repeats)}
    watchers.open([(people[0], one)])
    result["one"] = watched()
    watchers.close()
    for name, seats in (("spread", [(person, ids[n % len(ids)]) for n, person in enumerate(people)] * EACH),
                        ("one_tenant", [(person, one) for person in people] * EACH)):
        restarted(scene, tenants)
        changes(watchers, one, people[0], host, 5)
        before = memory()
        begun = time.monotonic()
        watchers.open(seats)
        opened = time.monotonic() - begun
        watchers.drain(2)
        held = memory()
        result[name] = {"of_the_tenant": sum(watcher.tenant == one for watcher in watchers.all), "opened_s": opened, "before_mb": before,
                        "memory_mb": held, "kb_each": (held - before) * 1024 / SOCKETS, "idle": idle(scene, watchers, idle_s), **watched()}
        result[name]["last_ratio"] = result[name]["last_ms"]["p50"] / result["one"]["last_ms"]["p50"]
        result[name]["request_ratio"] = result[name]["request_ms"]["p50"] / result["none"]["request_ms"]["p50"]
        watchers.close()
    return result
