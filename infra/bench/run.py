#!/usr/bin/env python3
"""Measures the whole path, and prints the table of docs/performance.md. `--quick` checks in about four minutes that it works."""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

import lists
import parts
import rollout
import sockets
import table
from cluster import Cluster
from processes import Product, free_port, peer, proportional_mb, resident_mb
from scene import Scene

FULL = {"changes": 40, "idle_s": 20, "page_runs": 25, "rate_s": 30, "hundred": 60, "rental": 20, "burst": 3000, "pgbench_s": 10, "stuck_s": 20, "many": 1000, "many_s": 20,
        "many_burst": 2000, "commit_s": 5}
QUICK = {"changes": 12, "idle_s": 6, "page_runs": 10, "rate_s": 8, "hundred": 10, "rental": 8, "burst": 600, "pgbench_s": 3, "stuck_s": 6, "many": 60, "many_s": 6,
         "many_burst": 400, "commit_s": 2}
RATE = 50
TENANTS = 25


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), platform.machine())
    return {"cpu": model, "cores": len(os.sched_getaffinity(0)), "load_before": os.getloadavg()[0]}


def measure(binaries, folder, sizes, only, statements, save, out):
    log = open(os.path.join(folder, "peers.log"), "ab")
    result = {"machine": machine(), "at": time.strftime("%F %T")}
    product_binary = os.path.join(binaries, "switchboard")
    result["binary_mb"] = os.path.getsize(product_binary) / 1e6
    stripped = os.path.join(folder, "stripped")
    if shutil.which("strip") and subprocess.run(["strip", "-o", stripped, product_binary], capture_output=True).returncode == 0:
        result["binary_stripped_mb"] = os.path.getsize(stripped) / 1e6

    def step(name, work):
        if only and name not in only:
            return None
        print(f"… {name}", file=sys.stderr, flush=True)
        begun, load = time.monotonic(), os.getloadavg()[0]
        result[name] = work()
        result.setdefault("took_s", {})[name] = round(time.monotonic() - begun, 1)
        result.setdefault("load_average", {})[name] = [round(load, 2), round(os.getloadavg()[0], 2)]
        save(result)
        return result[name]

    step("starts", lambda: parts.starts(product_binary, folder))
    cluster = Cluster(folder, statements)
    panels_process, panels = peer(os.path.join(binaries, "panel-simulator"), log)
    bots_process, bots = peer(os.path.join(binaries, "bot-api-peer"), log)
    processes = [panels_process, bots_process]
    product = None
    try:
        result["postgres"] = cluster.sql("SHOW server_version")[0][0]
        scene = Scene(folder, cluster, None, panels, bots)
        for name, kind, latency in (("fast", "perfect_panel", 0), ("hundred", "perfect_panel", 150),
                                    ("rental", "rental_panel", 0), ("stuck", "perfect_panel", 0)):
            scene.panel(name, kind, latency)
        # The webhook's address must be known before the product listens.
        port = free_port()
        flags = ["--listen", f"127.0.0.1:{port}", "--public-url", f"http://127.0.0.1:{port}", "--telegram-api-url",
                 f"http://{bots.host}"]
        for _, url, _ in scene.urls.values():
            flags += ["--outbound-allow", url.removeprefix("http://").rstrip("/")]
        home = os.path.join(folder, "home")
        os.makedirs(home)
        product = scene.product = Product(product_binary, home, flags, {"DATABASE_URL": cluster.url})
        product.start()
        time.sleep(3)
        result["memory_mb"] = {"0 bots": resident_mb(product.process.pid)}

        provisioned, first = scene.add([f"Shop {n}" for n in range(TENANTS)], "fast", 40, gap_ms=0, orders=9000)
        scene.add(["Hundred 1", "Hundred 2", "Hundred 3", "Hundred 4", "Hundred 5"], "hundred", 3, gap_ms=0, orders=20_000)
        hundreds = scene.tenants[-5:]
        _, (rental,) = scene.add(["Rental"], "rental", 10)
        _, (victim,) = scene.add(["Stuck"], "stuck", 200, gap_ms=0)
        product.stop()
        product.start()
        scene.hooked([tenant.bot for tenant in scene.tenants])
        time.sleep(5)
        result["memory_mb"]["32 bots, idle"] = resident_mb(product.process.pid)
        result["provision"] = {"tenants": TENANTS, "ms_each": provisioned * 1000 / TENANTS, "tables": tables(cluster, first[0])}
        parts.warm(scene, scene.tenants)

        idle = parts.idle_commits(scene)
        result["idle_commits_per_s"] = idle
        commit = cluster.single_commit_ms(sizes["commit_s"])
        step("status", lambda: parts.paced(scene, first, RATE, sizes["rate_s"], "status", idle))
        commits = [commit, cluster.single_commit_ms(sizes["commit_s"])]
        step("refill", lambda: parts.paced(scene, first, RATE, sizes["rate_s"], "refill", idle))
        commits.append(cluster.single_commit_ms(sizes["commit_s"]))
        result["single_commit_ms"] = {"each": commits, "mean": sum(commits) / len(commits)}
        result["memory_mb"]["32 bots, after load"] = resident_mb(product.process.pid)
        step("hundred", lambda: parts.hundred(scene, hundreds, sizes["hundred"], 150))
        step("rental", lambda: parts.rental(scene, rental, sizes["rental"]))
        step("saturation", lambda: parts.saturation(scene, first, sizes["burst"], sizes["pgbench_s"]))
        step("sockets", lambda: sockets.measure(scene, f"127.0.0.1:{port}", first, sizes["changes"], sizes["idle_s"]))
        step("stuck", lambda: parts.stuck(scene, first[:24], victim, 200, RATE, sizes["stuck_s"]))
        if not only or {"many", "migrate", "rollout"} & set(only):
            missing = sizes["many"] - TENANTS
            scene.add([f"Many {n}" for n in range(missing)], "fast", 3, gap_ms=0, at_once=4)
            every = first + scene.tenants[-missing:]
            seconds, _ = scene.add([f"Late {n}" for n in range(10)], "fast", 1, gap_ms=0)
            result["provision"]["ms_each_of_many"] = seconds * 1000 / 10
            if not only or "many" in only:
                for _ in range(2):
                    parts.warm(scene, every)
            step("many", lambda: parts.few_and_many(scene, first[:10], every, RATE, sizes["many_s"], sizes["many_burst"], idle))
            step("migrate", lambda: parts.migrate(scene))
            step("rollout", lambda: rollout.measure(cluster, product))
        # Last, and into a tenant that nothing else measures: the rows of its pages do not come from messages.
        step("lists", lambda: lists.save_plans(
            lists.measure(cluster, product, f"127.0.0.1:{port}", uuid.UUID(rental.id[2:]), rental.schema, sizes["page_runs"]), out))
        result["memory_mb"]["end"] = resident_mb(product.process.pid)
        result["memory_mb"]["postgres, end"] = proportional_mb(cluster.pids())
        result["ledger_off"] = ledger(scene)
        result["forbidden_calls"] = len(panels.get("/sim/forbidden"))
        return parts.rounded(result)
    finally:
        if product:
            product.stop()
        for process in processes:
            process.terminate()
            process.wait(timeout=20)
        cluster.stop()


def ledger(scene):
    """Tenants whose ledger does not add up; a bench that broke it measured nothing."""
    off = 0
    for tenant in scene.tenants[:25]:
        off += scene.cluster.sql(
            f"""SELECT w.balance + w.held <> (SELECT coalesce(sum(CASE kind WHEN 'grant' THEN amount WHEN 'settle' THEN -amount ELSE 0 END), 0)
                                              FROM {tenant.schema}.ledger) FROM {tenant.schema}.wallet w""")[0][0] == "t"
    return off


def tables(cluster, tenant):
    return int(cluster.sql(f"SELECT count(*) FROM pg_tables WHERE schemaname = '{tenant.schema}'")[0][0])


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binaries", required=True, help="folder of switchboard, panel-simulator and bot-api-peer")
    options.add_argument("--out", required=True, help="folder for the figures")
    options.add_argument("--quick", action="store_true")
    options.add_argument("--many", type=int, help="tenants of the last comparison")
    options.add_argument("--only", help="comma separated steps")
    options.add_argument("--statements", action="store_true", help="also tell which statements took the time")
    options.add_argument("--keep", action="store_true", help="leave the data folder for a look")
    given = options.parse_args()
    sizes = dict(QUICK if given.quick else FULL)
    if given.many:
        sizes["many"] = given.many
    os.makedirs(given.out, exist_ok=True)

    def save(result):
        """After each step, so that a run that is cut off has not measured for nothing."""
        with open(os.path.join(given.out, "quick.json" if given.quick else "full.json"), "w") as file:
            json.dump(parts.rounded(result), file, indent=1)

    # Else a stop would leave the other processes behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: stopped"))
    folder = tempfile.mkdtemp(prefix="switchboard-bench-")
    os.chmod(folder, 0o711)
    try:
        only = given.only.split(",") if given.only else None
        result = measure(given.binaries, folder, sizes, only, given.statements, save, given.out)
    finally:
        if given.keep:
            print(f"kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    save(result)
    print(table.render(result))


if __name__ == "__main__":
    main()
