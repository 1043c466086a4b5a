"""Tenants as the product's own commands make them, each with a bot, a panel, customers and a provider's group."""

import os
import time

#: Orders of one tenant; numbers do not overlap, so that a reply names its message.
ORDERS_EACH = 20_000
FIRST_ORDER = 100_000_000
FIRST_USER = 10_000_000
PROVIDER = "provider.example"


class Tenant:
    def __init__(self, number, name, panel, users):
        self.number, self.name, self.panel = number, name, panel
        self.users = [FIRST_USER + number * 1_000 + n for n in range(users)]
        self.names = [f"t{number}u{n}" for n in range(users)]
        self.from_order = FIRST_ORDER + number * ORDERS_EACH
        self.said = 0
        self.bot = self.token = self.id = self.group = None

    @property
    def schema(self):
        return self.id

    def orders(self, count=1):
        """The next customer with so many orders of theirs that nobody has named yet."""
        width = len(self.users)
        who, turn = self.said % width, self.said // width
        self.said += 1
        first = turn * count
        orders = [self.from_order + (first + n) * width + who for n in range(count)]
        if orders[-1] >= self.from_order + ORDERS_EACH:
            raise SystemExit("bench: a tenant ran out of orders")
        return self.users[who], orders


class Scene:
    """Everything that runs, and the tenants in it."""

    def __init__(self, folder, cluster, product, panels, peer):
        self.folder, self.cluster, self.product = folder, cluster, product
        self.panels, self.peer = panels, peer
        self.tenants = []
        self.urls = {}

    def panel(self, name, kind, latency_ms=0):
        key = f"key-{name}"
        made = self.panels.post("/sim/panels", {"kind": kind, "name": name, "admin_key": key, "latency_ms": latency_ms})
        path = os.path.join(self.folder, f"panel-{name}.key")
        with open(path, "w") as file:
            file.write(key)
        self.urls[name] = (made["id"], made["url"], path)
        return made

    def add(self, names, panel, users, gap_ms=None, orders=None, join_ms=2000, at_once=1):
        """Makes tenants and all that is theirs; (seconds for provisioning alone, the new tenants)."""
        new = [Tenant(len(self.tenants) + n, name, panel, users) for n, name in enumerate(names)]
        begun = time.monotonic()
        made = self.product.batches([["tenant", "create", tenant.name] for tenant in new], at_once)
        provisioned = time.monotonic() - begun
        panel_id, url, key_file = self.urls[panel]
        connects, commands = [], []
        for tenant, answer in zip(new, made):
            tenant.id = "t_" + answer["id"].split("_", 1)[1].replace("-", "")
            bot = self.peer.post("/sim/bots", {"username": f"bench_{tenant.number}_bot", "can_read_all_group_messages": True})
            tenant.bot, tenant.token = bot["id"], bot["token"]
            token_file = os.path.join(self.folder, f"token-{tenant.number}")
            with open(token_file, "w") as file:
                file.write(tenant.token)
            self.panels.post(f"/sim/panels/{panel_id}/generate", {
                "from": tenant.from_order, "count": min(orders or 60 * users, ORDERS_EACH), "users": tenant.names,
                "statuses": ["completed"], "providers": [PROVIDER]})
            at = ["--tenant", tenant.name]
            gap = [] if gap_ms is None else ["--min-gap-ms", gap_ms]
            connects.append(["panel", "connect", *at, "--name", "Panel", "--url", url, "--key-file", key_file, *gap])
            commands += [
                ["bot", "connect", *at, "--name", "Support", "--token-file", token_file],
                ["credits", "add", *at, "1000000", "--reason", "bench"],
                ["provider", "alias", *at, "Alpha", "--provider", PROVIDER],
            ]
            commands += [["customer", "link", *at, "--name", name, "--panel", "Panel", "--username", name, "--telegram-id", user]
                         for user, name in zip(tenant.users, tenant.names)]
        self.product.batches(connects, at_once)
        self.product.batches(commands, at_once)
        self.hooked([tenant.bot for tenant in new])
        routes = []
        for tenant in new:
            group = self.peer.post("/sim/groups", {"title": f"Alpha {tenant.number}", "bots": [tenant.token]})
            tenant.group = group["id"]
            routes.append(["provider", "route", "--tenant", tenant.name, "Alpha", f"--chat={tenant.group}", "--join-ms", join_ms])
        self.quiet()
        self.product.batches(routes, at_once)
        self.tenants += new
        return provisioned, new

    def hooked(self, bots, within=180.0):
        """Waits until each of these bots has its webhook."""
        wanted, end = set(bots), time.monotonic() + within
        while time.monotonic() < end:
            set_up = {bot["id"] for bot in self.peer.get("/sim/bots") if bot["webhook"]}
            if wanted <= set_up:
                return
            time.sleep(0.3)
        raise SystemExit("bench: some bots got no webhook")

    def quiet(self, within=240.0, besides=()):
        """Waits until nothing waits anywhere: no update undelivered, no job left (of other tenants than `besides`)."""
        others = ",".join(f"'{tenant.schema}'" for tenant in besides) or "''"
        end = time.monotonic() + within
        while time.monotonic() < end:
            jobs = int(self.cluster.sql(f"SELECT count(*) FROM queue.job WHERE tenant NOT IN ({others})")[0][0])
            if jobs == 0 and (besides or self.peer.get("/sim/pending")["count"] == 0):
                return
            time.sleep(0.25)
        raise SystemExit(f"bench: {jobs} jobs still wait")
