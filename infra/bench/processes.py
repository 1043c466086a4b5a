"""The other processes: the product, the Bot API peer and the panel simulator, all over real sockets."""

import concurrent.futures
import http.client
import json
import os
import selectors
import signal
import socket
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Http:
    """One kept-alive connection to a control API."""

    def __init__(self, base):
        self.host = base.removeprefix("http://")
        self.connection = None

    def call(self, method, path, body=None, timeout=120):
        for last in (False, True):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, timeout=timeout)
            try:
                data = None if body is None else json.dumps(body)
                self.connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
                answer = self.connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException):
                self.connection = None
                if last:
                    raise
                continue
            if answer.status >= 400 and answer.status != 408:
                raise SystemExit(f"bench: {method} {path}: {answer.status} {text[:300]!r}")
            return json.loads(text) if text else None

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body):
        return self.call("POST", path, body)


def first_line(process, within=60.0):
    """The first line that a process prints, or a clear end."""
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        if not ready.select(within):
            raise SystemExit(f"bench: {process.args[0]} said nothing for {within} s")
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"bench: {process.args[0]} ended: {process.wait()}")
    return line.decode()


def peer(binary, log):
    """Starts a peer; (process, control connection)."""
    process = subprocess.Popen([binary, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=log, start_new_session=True)
    said = json.loads(first_line(process))
    return process, Http(said.get("control") or said["listening"])


class Product:
    """`switchboard serve` and the commands beside it, on one installation."""

    def __init__(self, binary, folder, flags, env):
        self.binary, self.folder, self.flags = binary, folder, flags
        self.env = {**os.environ, "SWITCHBOARD_DATA_DIR": folder, "RUST_LOG": "warn", **env}
        self.process = None

    def start(self):
        """Seconds until it says that it serves."""
        begun = time.monotonic()
        log = open(self.folder + ".log", "ab")
        self.process = subprocess.Popen([self.binary, "serve", *self.flags], stdout=subprocess.PIPE, stderr=log, env=self.env,
                                        start_new_session=True)
        line = first_line(self.process)
        took = time.monotonic() - begun
        log.close()
        if "serves on" not in line:
            raise SystemExit(f"bench: unexpected first line: {line}")
        return took

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)
            self.process = None

    def command(self, *arguments):
        return self.lines(subprocess.run([self.binary, "--json", *self.flags, *arguments], capture_output=True, text=True,
                                         env=self.env))

    def batch(self, commands):
        """Many commands in one process; their JSON answers."""
        text = "\n".join(json.dumps([str(word) for word in words]) for words in commands)
        return self.lines(subprocess.run([self.binary, "--json", *self.flags, "batch"], input=text, capture_output=True, text=True,
                                         env=self.env))

    def batches(self, commands, at_once):
        """The same by several processes; the answers keep the order of the commands."""
        size = -(-len(commands) // at_once)
        pieces = [commands[at:at + size] for at in range(0, len(commands), size)]
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            return [answer for answers in pool.map(self.batch, pieces) for answer in answers]

    @staticmethod
    def lines(done):
        if done.returncode != 0:
            raise SystemExit(f"bench: {' '.join(done.args)}: {done.stdout[-500:]}{done.stderr[-500:]}")
        return [json.loads(line) for line in done.stdout.splitlines()]


def cpu_seconds(pids):
    """User and system time of these processes so far."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def resident_mb(pid):
    """Resident memory of one process."""
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    return 0.0


def proportional_mb(pids):
    """Memory of several processes, shared pages counted once."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except OSError:
            continue
    return total / 1024
