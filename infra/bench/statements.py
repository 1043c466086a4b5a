"""The same statements without the product: what this PostgreSQL can do on this machine, by pgbench."""

import os

HERE = os.path.dirname(os.path.abspath(__file__))


class Statements:
    """Scripts of one message over the same tenants, customers and chats as the product's run."""

    def __init__(self, scene, tenants):
        self.cluster = scene.cluster
        self.scripts = {}
        parts = " UNION ALL ".join(
            f"""SELECT '{tenant.schema}'::text AS schema, c.account_id AS account, c.id AS chat, c.network_id AS chat_no, i.id AS person,
                       i.network_id AS person_no, i.customer_id AS customer, (SELECT id FROM {tenant.schema}.panel LIMIT 1) AS panel
                  FROM {tenant.schema}.chat c JOIN {tenant.schema}.identity i ON i.network_id = c.network_id
                 WHERE i.customer_id IS NOT NULL""" for tenant in tenants)
        self.places = int(self.cluster.sql(f"""
            CREATE SCHEMA IF NOT EXISTS bench;
            CREATE SEQUENCE IF NOT EXISTS bench.seq START 5000000000;
            DROP TABLE IF EXISTS bench.place;
            CREATE TABLE bench.place AS SELECT (row_number() OVER ())::int AS n, every.* FROM ({parts}) every;
            ALTER TABLE bench.place ADD PRIMARY KEY (n);
            ANALYZE bench.place;
            SELECT count(*) FROM bench.place""")[-1][0])
        with open(os.path.join(HERE, "message.sql")) as file:
            message = file.read()
        with open(os.path.join(HERE, "send.sql")) as file:
            send = file.read()
        for name, text in {"decided": message, "sent": message + send}.items():
            path = os.path.join(scene.folder, f"{name}.sql")
            with open(path, "w") as file:
                file.write(text)
            self.scripts[name] = path

    def per_second(self, name, seconds, clients=16):
        """Messages a second. Sends that were left waiting are dropped afterwards, as nobody sends them."""
        rate = self.cluster.pgbench(self.scripts[name], seconds, clients, 2, define=[("places", str(self.places))])["tps"]
        self.cluster.sql("DELETE FROM queue.job WHERE run_at > now() + interval '12 h'; DELETE FROM queue.lane WHERE lease_by = 'bench'")
        return rate
