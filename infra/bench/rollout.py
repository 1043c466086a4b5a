#!/usr/bin/env python3
"""How fast `switchboard migrate` brings many tenants to the newest files: real ones, whose work is undone beforehand in every tenant.

A step of `make bench`; alone: `python3 infra/bench/rollout.py --binaries FOLDER [--tenants 1000]`."""

import argparse
import glob
import json
import os
import re
import shutil
import sys
import tempfile
import time

from cluster import Cluster
from processes import Product

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tenant-migrations")
COLUMN = re.compile(r"ADD COLUMN IF NOT EXISTS (\w+)")
INDEX = re.compile(r"CREATE INDEX IF NOT EXISTS (\w+)")


def files():
    """Version and statements of each tenant file, oldest first, without comments."""
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.sql"))):
        with open(path) as file:
            text = "\n".join(line for line in file.read().splitlines() if not line.strip().startswith("--"))
        yield int(os.path.basename(path).split("_")[0]), [one.strip() for one in text.split(";\n") if one.strip().strip(";")]


def undo(statement):
    """What takes back a statement that only adds columns, or only an index; `None` for any other."""
    if found := INDEX.match(statement):
        return f"DROP INDEX {found.group(1)}"
    if (table := re.match(r"ALTER TABLE (\w+)\s", statement)) and (columns := COLUMN.findall(statement)) and not re.search(r"\b(DROP|CONSTRAINT|REFERENCES)\b", statement):
        return f"ALTER TABLE {table.group(1)} " + ", ".join(f"DROP COLUMN {name}" for name in columns)
    return None


def newest(of):
    """The newest file that only adds `columns` or only indexes: version, the one before it, what undoes it, how many files come after."""
    every = list(files())
    for at in range(len(every) - 1, 0, -1):
        version, statements = every[at]
        if all(undo(one) and (one.startswith("ALTER") == (of == "columns")) for one in statements):
            return {"version": version, "before": every[at - 1][0], "undo": [undo(one) for one in statements], "after": len(every) - 1 - at}
    raise SystemExit(f"bench: no tenant file adds only {of}")


def once(cluster, product, file):
    schemas = [row[0] for row in cluster.sql("SELECT 't_' || replace(id::text, '-', '') FROM platform.tenant WHERE state = 'active'")]
    # In parts: one transaction over all of them would hold more locks than the server has.
    for at in range(0, len(schemas), 100):
        cluster.sql("\n".join(["BEGIN;", *(f"SET LOCAL search_path = {schema}; {'; '.join(file['undo'])};" for schema in schemas[at:at + 100]), "COMMIT;"]))
    cluster.sql(f"UPDATE platform.tenant SET schema_version = {file['before']}")
    # What undoing left to be written is not the migration's.
    cluster.sql("CHECKPOINT")
    begun = time.monotonic()
    answer = product.command("migrate")[-1]
    took = time.monotonic() - begun
    if answer["migrated"] != len(schemas) or answer["broken"]:
        raise SystemExit(f"bench: migrate: {answer}")
    return len(schemas), took


def measure(cluster, product, rounds=3):
    """Tenants a second, the opening of the installation apart."""
    def opening():
        begun = time.monotonic()
        product.command("tenant", "list")
        return time.monotonic() - begun

    opened = min(opening() for _ in range(3))
    result = {"opening_s": opened}
    for of in ("columns", "indexes"):
        file = newest(of)
        runs = [once(cluster, product, file) for _ in range(rounds)]
        rates = sorted(tenants / max(took - opened, 0.001) for tenants, took in runs)
        result[of] = {"file": file["version"], "statements": len(file["undo"]), "files_after": file["after"], "tenants": runs[0][0],
                      "per_s": rates[len(rates) // 2], "each": rates}
    return result


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binaries", required=True, help="folder of switchboard")
    options.add_argument("--against", help="folder of another switchboard that is measured on the same tenants")
    options.add_argument("--tenants", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    folder = tempfile.mkdtemp(prefix="switchboard-rollout-")
    os.chmod(folder, 0o711)
    cluster = Cluster(folder)
    try:
        home = os.path.join(folder, "home")
        os.makedirs(home)
        product = Product(os.path.join(given.binaries, "switchboard"), home, [], {"DATABASE_URL": cluster.url})
        # Making them is not what is measured: it need not wait for the disk.
        cluster.sql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf()")
        product.command("tenant", "list")
        product.batches([["tenant", "create", f"Shop {n}"] for n in range(given.tenants)], 3)
        cluster.sql("ALTER SYSTEM RESET ALL; SELECT pg_reload_conf()")
        result = {"load_average": os.getloadavg()[0], "this": measure(cluster, product, given.rounds)}
        if given.against:
            product.binary = os.path.join(given.against, "switchboard")
            result["against"] = measure(cluster, product, given.rounds)
        result["commit_ms"] = cluster.single_commit_ms()
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    sys.exit(main())
