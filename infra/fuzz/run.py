"""Starts a server, makes a shop in it, lets schemathesis at it, and says what was found. See infra/fuzz.sh."""

import argparse
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from world import Stage, furnish  # noqa: E402

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent.parent / "web" / "openapi.json"
# Succeeds once in the life of an installation: when the shop is furnished.
ONCE = {"set_up"}
ENOUGH = 270
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def arguments():
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("binaries", type=Path)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31), help="a run that is to be had again")
    parser.add_argument("--seconds", type=int, default=ENOUGH, help="how long, the making of the shop not counted")
    parser.add_argument("--operation", action="append", default=[], help="an operationId; repeatable; all unless told")
    return parser.parse_args()


def fuzz(asked, url, work):
    command = [Path(sys.executable).with_name("st"), "--config-file", HERE / "schemathesis.toml", "run", DOCUMENT, "--url", url,
               "--seed", asked.seed, "--max-time", asked.seconds, "--phases", "examples,coverage,fuzzing", "--no-color",
               "--request-timeout", 20, "--output-truncate", "false"]
    for one in asked.operation:
        command += ["--include-operation-id", one]
    env = dict(os.environ, SCHEMATHESIS_HOOKS=str(HERE / "hooks.py"), FUZZ_WORLD=str(work / "world.json"), FUZZ_TALLY=str(work / "tally"),
               COLUMNS="200")
    return subprocess.run(list(map(str, command)), env=env, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def findings(said):
    """What schemathesis says between its headings, with the curl of each."""
    said = ESCAPES.sub("", said)
    parts = re.split(r"^=+ ([A-Z ]+) =+$", said, flags=re.M)
    return "".join(body for name, body in zip(parts[1::2], parts[2::2]) if name in ("FAILURES", "ERRORS")).strip()


def main():
    asked = arguments()
    wanted = {operation["operationId"] for item in json.loads(DOCUMENT.read_text())["paths"].values() for operation in item.values()}
    wanted = set(asked.operation) or wanted
    env = dict(os.environ, SWITCHBOARD_RATE_FACTOR="10000")
    with tempfile.TemporaryDirectory(prefix="switchboard-fuzz-") as folder:
        work = Path(folder)
        (work / "tally").touch()
        print(f"fuzz: seed {asked.seed}", flush=True)
        stage = Stage(asked.binaries, env)
        try:
            (work / "world.json").write_text(json.dumps(furnish(stage.there)))
            began = time.monotonic()
            done = fuzz(asked, stage.there["url"], work)
            took = time.monotonic() - began
            log = ESCAPES.sub("", Path(stage.there["log"]).read_text())
        finally:
            stage.stop()
        tally = [json.loads(line) for line in (work / "tally").read_text().splitlines()]
    seen = collections.defaultdict(collections.Counter)
    for operation, _, status in tally:
        seen[operation][status] += 1
    never = sorted(operation for operation in wanted - ONCE if not any(status < 300 for status in seen[operation]))
    broken = [line for line in log.splitlines() if re.search(r"\bERROR\b|panicked", line)]
    found = findings(done.stdout)
    if found:
        print(found)
    for line in broken:
        print(f"the server's log: {line[:1000]}")
    if os.environ.get("FUZZ_VERBOSE"):
        print(done.stdout)
        for operation in sorted(seen):
            print(f"  {operation:28} {dict(sorted(seen[operation].items()))}")
    if never:
        print(f"never answered with success: {', '.join(never)}")
    statuses = collections.Counter(status // 100 for _, _, status in tally)
    count = len(re.findall(r"^- Test Case|^\d+\. Test Case ID", found, flags=re.M))
    print(f"fuzz: {len(seen)} of {len(wanted)} operations, {len(tally)} cases in {took:.0f} s "
          f"({statuses[2]} succeeded, {statuses[4]} refused, {statuses[5]} failed), {count} findings, seed {asked.seed}")
    # In less time not every way is found.
    shallow = never and asked.seconds >= ENOUGH
    sys.exit(1 if done.returncode or found or broken or shallow or len(seen) < len(wanted) else 0)


if __name__ == "__main__":
    main()
