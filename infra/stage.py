"""A whole installation for tests that come from outside: PostgreSQL, a panel simulator, a Bot API peer, and `switchboard` itself,
each a process of its own on loopback. Prints one line of JSON with the addresses and ends when its standard input ends.

    python3 infra/stage.py FOLDER_OF_PROGRAMS [more flags for switchboard]
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "bench"))
from cluster import Cluster  # noqa: E402

PANELS = [("perfect_panel", "first"), ("perfect_panel", "second"), ("rental_panel", "rental")]


def call(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=40) as answer:
        return json.loads(answer.read() or b"null")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    binaries, flags = Path(sys.argv[1]), sys.argv[2:]
    work = Path(tempfile.mkdtemp(prefix="switchboard-stage-"))
    work.chmod(0o711)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    processes, cluster = [], None

    def start(name, *arguments, env=None, until=None):
        process = subprocess.Popen([binaries / name, *map(str, arguments)], stdout=subprocess.PIPE, text=True, env=env,
                                   stderr=open(work / f"{name}.log", "a"), start_new_session=True)
        processes.append(process)
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if until is None or until in line:
                break
        if not lines:
            sys.exit(f"stage: {name} did not start: {(work / f'{name}.log').read_text()[-3000:]}")
        return process, lines

    try:
        cluster = Cluster(str(work))
        simulator = json.loads(start("panel-simulator", "--listen", "127.0.0.1:0")[1][0])["control"]
        peer = json.loads(start("bot-api-peer", "--listen", "127.0.0.1:0")[1][0])["listening"]
        panels, allowed = [], []
        for kind, name in PANELS:
            key = f"{name}-admin-key"
            made = call("POST", f"{simulator}/sim/panels", {"kind": kind, "name": name, "admin_key": key, "latency_ms": 20})
            panels.append({"id": made["id"], "url": made["url"], "key": key, "kind": kind})
            allowed.append(made["url"].removeprefix("http://").rstrip("/"))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        data = work / "data"
        arguments = ["--data-dir", data, "--telegram-api-url", peer, "--listen", f"127.0.0.1:{port}", "--public-url", url,
                     "--outbound-allow", ",".join(allowed), *flags]
        env = dict(os.environ, DATABASE_URL=cluster.url, RUST_LOG=os.environ.get("RUST_LOG", "info"))
        # An empty server says last how its first administrator is made.
        server, said = start("switchboard", *arguments, "serve", env=env, until="/setup/")
        print(json.dumps({"url": url, "simulator": simulator, "peer": peer, "panels": panels, "socket": cluster.socket, "psql": f"{cluster.bin}/psql",
                          "database_url": cluster.url, "arguments": [str(a) for a in arguments], "binary": str(binaries / "switchboard"),
                          "log": str(work / "switchboard.log"), "setup_link": said[-1], "pid": server.pid}), flush=True)
        # One command a line: `restart` stops the server hard and starts it again with the same address.
        for line in sys.stdin:
            if line.strip() == "restart":
                server.kill()
                server.wait()
                time.sleep(0.1)
                server, _ = start("switchboard", *arguments, "serve", env=env, until="serves on")
                print(json.dumps({"pid": server.pid}), flush=True)
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
        if cluster:
            cluster.stop()
        if os.environ.get("STAGE_KEEP"):
            print(f"stage: kept {work}", file=sys.stderr)
        else:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
