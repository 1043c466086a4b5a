"""A durable PostgreSQL of the bench's own, with the flags of the product's private server, and what it says about itself."""

import glob
import json
import os
import pwd
import re
import shutil
import subprocess
import time

FLAGS = {
    "listen_addresses": "", "port": "5432", "max_connections": "200", "max_locks_per_transaction": "256",
    "log_min_error_statement": "panic", "log_statement": "none", "log_checkpoints": "off",
}


def binaries():
    """The newest server binaries of Debian's layout, or those on the path."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"), key=lambda p: int(p.split("/")[4]))
    found = [path for path in found if int(path.split("/")[4]) >= 15]
    if found:
        return os.path.dirname(found[-1])
    path = shutil.which("postgres")
    if not path:
        raise SystemExit("bench: PostgreSQL >= 15 is missing: `make setup` installs it")
    return os.path.dirname(os.path.realpath(path))


class Cluster:
    def __init__(self, folder, statements=False):
        self.bin, self.folder = binaries(), folder
        self.data, self.socket = os.path.join(folder, "pg"), os.path.join(folder, "sock")
        # The server refuses to run as root.
        self.as_user = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            self.as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        for path in (self.data, self.socket):
            os.makedirs(path, mode=0o700, exist_ok=True)
            if self.as_user:
                os.chown(path, self.as_user["user"], self.as_user["group"])
        self.run("initdb", "-U", "switchboard", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-k", "--no-instructions",
                 "-D", self.data)
        more = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "all"} if statements else {}
        flags = [f"--{name}={value}" for name, value in {**FLAGS, **more, "unix_socket_directories": self.socket}.items()]
        self.log = open(os.path.join(folder, "postgres.log"), "ab")
        self.server = subprocess.Popen([self.bin + "/postgres", "-D", self.data, *flags], stdout=self.log, stderr=self.log,
                                       cwd="/", start_new_session=True, **self.as_user)
        for _ in range(200):
            if subprocess.run([self.bin + "/pg_isready", "-q", "-h", self.socket]).returncode == 0:
                break
            time.sleep(0.05)
        self.sql("CREATE DATABASE switchboard", database="postgres")
        self.statements = statements
        if statements:
            self.sql("CREATE EXTENSION pg_stat_statements")

    @property
    def url(self):
        return f"postgres://switchboard@localhost/switchboard?host={self.socket.replace('/', '%2F')}"

    def run(self, program, *arguments):
        done = subprocess.run([f"{self.bin}/{program}", *arguments], capture_output=True, text=True, cwd="/", **self.as_user)
        if done.returncode != 0:
            raise SystemExit(f"bench: {program} failed: {done.stderr}")
        return done.stdout

    def sql(self, text, database="switchboard"):
        """Rows as lists of text."""
        done = subprocess.run([self.bin + "/psql", "-X", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", self.socket,
                               "-U", "switchboard", "-d", database, "-f", "-"], input=text, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"bench: psql: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def counters(self):
        """Commits, rollbacks and WAL flushes so far. Sessions report their counts at most once a second."""
        time.sleep(1.2)
        row = self.sql("""SELECT xact_commit, xact_rollback FROM pg_stat_database WHERE datname = current_database()""")[0]
        wal = json.loads(self.sql("SELECT to_jsonb(w) FROM pg_stat_wal w")[0][0])
        return {"commits": int(row[0]), "rollbacks": int(row[1]), "wal_syncs": wal.get("wal_sync"), "wal_bytes": wal["wal_bytes"],
                "at": time.monotonic()}

    def pgbench(self, script, seconds, clients=1, jobs=1, define=(), prepared=True):
        """{"tps", "ms"} of a script file."""
        names = [item for name, value in define for item in ("-D", f"{name}={value}")]
        mode = ["-M", "prepared"] if prepared else []
        done = subprocess.run([self.bin + "/pgbench", "-n", "-h", self.socket, "-U", "switchboard", "-c", str(clients),
                               "-j", str(jobs), "-T", str(seconds), *mode, *names, "-f", script, "switchboard"],
                              capture_output=True, text=True)
        tps = re.search(r"tps = ([\d.]+)", done.stdout)
        if done.returncode != 0 or not tps:
            raise SystemExit(f"bench: pgbench: {done.stdout}{done.stderr}")
        latency = re.search(r"latency average = ([\d.]+)", done.stdout)
        return {"tps": float(tps.group(1)), "ms": float(latency.group(1))}

    def single_commit_ms(self, seconds=4):
        """One connection, one row, one durable commit at a time."""
        self.sql("CREATE SCHEMA IF NOT EXISTS bench; CREATE TABLE IF NOT EXISTS bench.one (id bigint, at timestamptz)")
        script = os.path.join(self.folder, "one.sql")
        with open(script, "w") as file:
            file.write("INSERT INTO bench.one VALUES (1, now());\n")
        return self.pgbench(script, seconds)["ms"]

    def hot(self, messages, limit=14):
        """Where the time went since the last look: milliseconds a message, calls a message, the statement's beginning.
        The same text under different search paths counts as one."""
        rows = self.sql(f"""SELECT round((sum(total_exec_time) / {messages})::numeric, 3), round(sum(calls)::numeric / {messages}, 2),
                                   left(regexp_replace(query, '\\s+', ' ', 'g'), 90)
                              FROM pg_stat_statements WHERE toplevel GROUP BY 3 ORDER BY 1 DESC LIMIT {limit}""")
        self.sql("SELECT pg_stat_statements_reset()")
        return rows

    def pids(self):
        """The postmaster and its children."""
        found = [self.server.pid]
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(stat) as file:
                    fields = file.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == self.server.pid:
                found.append(int(stat.split("/")[2]))
        return found

    def stop(self):
        # At once (SIGQUIT): the data is thrown away, and a checkpoint of a thousand tenants takes minutes.
        self.server.send_signal(3)
        self.server.wait(timeout=60)
        self.log.close()
