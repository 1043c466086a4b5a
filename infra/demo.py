"""The main job in one terminal: a customer's message goes in through the Telegram Bot API, the panel is asked, replies and the
provider group's message come out.

Four kinds of processes, each for itself: `switchboard` with its private PostgreSQL, a panel simulator, a Bot API peer, and this
script, which plays the people. The product is given nothing but addresses; the tenants are made by the operator's own commands.

In a terminal it waits for a browser to open the panel, and at the end it stays: what is typed is what the customer says.
Without one it runs through and ends.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

BIN = Path(sys.argv[1])
BOLD, DIM, GREEN, CYAN, OFF = ("\033[1m", "\033[2m", "\033[32m", "\033[36m", "\033[0m") if sys.stdout.isatty() else ("",) * 5
INTERACTIVE = sys.stdin.isatty() and sys.stdout.isatty()
STARTED = time.monotonic()
PROCESSES = []


def say(text=""):
    print(text, flush=True)


def head(text):
    say(f"\n{BOLD}{text}{OFF}")


def step(text):
    say(f"  {DIM}{time.monotonic() - STARTED:6.1f} s{OFF}  {text}")


def call(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        sys.exit(f"demo: {method} {url} was refused: {error.code} {error.read().decode()[:500]}")


def start(name, *arguments, env=None):
    """Starts a process and returns the first line that it prints."""
    log = open(WORK / f"{name}.log", "w")
    process = subprocess.Popen(
        [BIN / name, *map(str, arguments)], stdout=subprocess.PIPE, stderr=log, text=True, env=env, start_new_session=True
    )
    PROCESSES.append((name, process))
    line = process.stdout.readline()
    if not line:
        log.flush()
        sys.exit(f"demo: {name} did not start:\n{(WORK / f'{name}.log').read_text()[-2000:]}")
    return line.strip()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Switchboard:
    """The operator at the machine."""

    def __init__(self, *flags):
        self.flags = [str(flag) for flag in flags]

    def __call__(self, *arguments, secret=None):
        command = [BIN / "switchboard", "--json", *self.flags, *map(str, arguments)]
        done = subprocess.run(command, input=secret, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"demo: switchboard {' '.join(map(str, arguments))} failed:\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout)


def at(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


def order(number, user, status, external, service="Followers [30 Days Refill]"):
    recent = int(time.time()) - 3 * 86400
    return {"id": str(number), "user": user, "status": status, "external_id": external, "provider": "provider-one.example",
            "service_id": 3463, "service_name": service, "quantity": 1000, "start_count": 847, "remains": 0,
            "charge": "0.90", "created": recent, "last_update": recent, "mode": "auto"}


def talk(operator, peer, simulator, shop, text, replies):
    head(f"{shop['name']}: the customer writes “{text}”")
    before = call("GET", f"{peer}/sim/sent")["last_seq"]
    seen = call("GET", f"{simulator}/sim/panels/{shop['panel']}/calls")["last_seq"]
    began = time.monotonic()
    call("POST", f"{peer}/sim/say", {"bot": shop["bot"]["token"], "chat": shop["person"], "from": shop["person"], "text": text})
    took, answered = {}, []
    deadline = began + 30
    while time.monotonic() < deadline:
        answered = call("GET", f"{peer}/sim/sent?since={before}")["sent"]
        for row in answered:
            took.setdefault(row["seq"], time.monotonic() - began)
        direct = [row for row in answered if row["chat"] == shop["person"]]
        group = [row for row in answered if row["chat"] == shop["group"]]
        # What is typed may be answered by nothing (small talk): a moment is enough to see.
        if (len(direct) >= replies[0] and len(group) >= replies[1]) if replies else (time.monotonic() - began > 4):
            break
        time.sleep(0.01)
    else:
        sys.exit("demo: the answers did not come within 30 s; the logs are in " + str(WORK))
    for asked in call("GET", f"{simulator}/sim/panels/{shop['panel']}/calls?since={seen}")["calls"]:
        wrote = "asks it to act" if asked["write"] else "reads"
        step(f"{CYAN}panel{OFF}     {asked['action']} {wrote}: {', '.join(asked['ids'])}  ({asked['took_ms']} ms)")
    for row in answered:
        shown = row["text"].replace("\n", "\n" + " " * 21)
        to = f"{GREEN}customer{OFF}" if row["chat"] == shop["person"] else f"{GREEN}provider{OFF}"
        step(f"{to}  {shown}  {DIM}(after {took[row['seq']] * 1000:.0f} ms){OFF}")
    for line in reversed(operator("requests", "list", "--tenant", shop["name"], "--limit", 20)):
        detail = operator("requests", "show", "--tenant", shop["name"], line["id"])
        if detail["message_text"] == text:
            ms = (at(detail["created_at"]) - at(detail["message_received_at"])).total_seconds() * 1000
            what = f"{line['order_id']} {line['command']}: {line['outcome']} — {line['why']}"
            step(f"decision  {what}  {DIM}({ms:.0f} ms after the message was stored){OFF}")


def main():
    head("Starting: a panel, a chat network, and Switchboard with a private PostgreSQL, each a process of its own")
    simulator = json.loads(start("panel-simulator", "--listen", "127.0.0.1:0"))["control"]
    step(f"panel simulator     {simulator}")
    peer = json.loads(start("bot-api-peer", "--listen", "127.0.0.1:0"))["listening"]
    step(f"Bot API peer        {peer}")
    port = free_port()
    data = WORK / "data"
    listen = f"127.0.0.1:{port}"
    flags = ["--data-dir", data, "--telegram-api-url", peer]
    operator = Switchboard(*flags)
    env = dict(os.environ, RUST_LOG="warn")

    # The simulator's panels listen on loopback, which the product refuses unless each is allowed exactly.
    shops = {
        "Himal": ("perfect_panel", "asha", [
            order(481799696, "asha", "Completed", "7450284"), order(481799190, "asha", "In progress", "7450291"),
            order(481799200, "asha", "Pending", "7450300"), order(481700001, "somebody", "Completed", "7450999")]),
        "Lumbini": ("rental_panel", "bikash", [
            order(3780, "bikash", "Completed", "3155"), order(3781, "bikash", "In progress", "3156")]),
    }
    allowed = AllowedPanels(simulator)
    for name, (kind, user, orders) in shops.items():
        allowed.make(name, kind, orders)
    url = f"http://{listen}"
    operator.flags += ["--outbound-allow", ",".join(allowed.hosts), "--public-url", url]
    step(start("switchboard", *operator.flags, "--listen", listen, "serve", env=env))

    head("Two owners set up their shops, by the same commands as real ones")
    made = {name: allowed.shop(operator, peer, name, kind, user) for name, (kind, user, _) in shops.items()}
    wait_for_hooks(peer, made.values())

    himal, lumbini = made["Himal"], made["Lumbini"]
    invite(operator, himal)
    talk(operator, peer, simulator, himal, "481799696,481799190 refill", (2, 2))
    talk(operator, peer, simulator, himal, "pls cancel 481799200 bro", (1, 1))
    talk(operator, peer, simulator, himal, "481700001 refill", (1, 0))
    talk(operator, peer, simulator, himal, "999999999 refill", (1, 0))
    talk(operator, peer, simulator, lumbini, "3780 refill\n3781 status", (2, 1))

    head("What it cost, and what is left")
    for name in made:
        credits = operator("credits", "show", "--tenant", name)
        step(f"{name}: {credits['balance']} credits left of 100, {credits['held']} held; the ledger adds up: {credits['discrepancy_micros'] == 0}")
    forbidden = call("GET", f"{simulator}/sim/forbidden")
    step(f"calls to the panels that are forbidden to us: {len(forbidden)}")
    head(f"Done in {time.monotonic() - STARTED:.1f} s. `make run` starts the real product, empty.")
    if INTERACTIVE:
        stay(operator, peer, simulator, himal)


def invite(operator, shop):
    """The owner's own panel, for whoever watches."""
    operator("user", "create", "asha-owner", "--tenant", shop["name"], "--role", "owner", "--password-file", "-", secret=secrets.token_urlsafe(24))
    link = operator("user", "login-link", "asha-owner")["link"]
    head("Watch it in the browser, as the owner")
    step(f"{BOLD}{link}{OFF}")
    step("The link signs in once, within 15 minutes. The Inbox and Requests follow by themselves.")
    if INTERACTIVE:
        input("           Press Enter when the page is open: the customers begin to write. ")


def stay(operator, peer, simulator, shop):
    say(f"\n{BOLD}You are the customer now.{OFF} Type what he writes to {shop['name']}, for example: 481799696 status")
    say("help, stop and “what about my order?” work too. An empty line ends it.")
    while True:
        try:
            text = input(f"{GREEN}customer{OFF}> ").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if not text:
            return
        talk(operator, peer, simulator, shop, text, None)


class AllowedPanels:
    """Panels of the simulator, each on a port of its own."""

    def __init__(self, simulator):
        self.simulator, self.made, self.hosts = simulator, {}, []

    def make(self, name, kind, orders):
        key = f"{name.lower()}-admin-key"
        panel = call("POST", f"{self.simulator}/sim/panels", {"kind": kind, "name": name, "admin_key": key, "latency_ms": 40})
        call("PUT", f"{self.simulator}/sim/panels/{panel['id']}/orders", orders)
        self.made[name] = (panel, key)
        self.hosts.append(panel["url"].removeprefix("http://").rstrip("/"))

    def shop(self, operator, peer, name, kind, user):
        panel, key = self.made[name]
        bot = call("POST", f"{peer}/sim/bots", {"username": f"{name}SupportBot", "can_read_all_group_messages": True})
        person = call("POST", f"{peer}/sim/users", {"first_name": user.capitalize()})
        title = f"Alpha / {name} Support"
        group = call("POST", f"{peer}/sim/groups", {"title": title, "type": "supergroup", "bots": [bot["token"]], "members": []})
        operator("tenant", "create", name)
        # Real panels of these kinds want pauses (5 s on a RentalPanel); the simulator does not.
        pace = ["--min-gap-ms", 50]
        operator("panel", "connect", "--tenant", name, "--name", name, "--url", panel["url"], "--key-file", "-", *pace, secret=key)
        operator("bot", "connect", "--tenant", name, "--name", "Support", "--token-file", "-", secret=bot["token"])
        operator("customer", "link", "--tenant", name, "--name", user.capitalize(), "--panel", name, "--username", user,
                 "--telegram-id", person["id"])
        operator("provider", "alias", "--tenant", name, "Alpha", "--provider", "provider-one.example")
        operator("provider", "route", "--tenant", name, "Alpha", "--chat", group["id"], "--join-ms", 300)
        step(f"{name}: {kind.replace('_', ' ')}, bot @{name}SupportBot, customer {user}, provider Alpha → “{title}”")
        return {"name": name, "panel": panel["id"], "bot": bot, "person": person["id"], "group": group["id"]}


def wait_for_hooks(peer, shops):
    deadline = time.monotonic() + 20
    for shop in shops:
        while not call("POST", f"{peer}/bot{shop['bot']['token']}/getWebhookInfo", {})["result"]["url"]:
            if time.monotonic() > deadline:
                sys.exit("demo: a bot's webhook was not registered within 20 s")
            time.sleep(0.05)
    step("Telegram (the peer) delivers to both bots' webhooks")


def stop():
    for name, process in reversed(PROCESSES):
        process.send_signal(signal.SIGTERM)
    codes = {}
    for name, process in reversed(PROCESSES):
        try:
            codes[name] = process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
    return codes


if __name__ == "__main__":
    for name in ("switchboard", "panel-simulator", "bot-api-peer"):
        if not (BIN / name).exists():
            sys.exit(f"demo: {BIN / name} is missing: run `make demo`, which builds it")
    WORK = Path(tempfile.mkdtemp(prefix="switchboard-demo-"))
    # The database runs as another user when we are root, who has to pass through here.
    WORK.chmod(0o711)
    failed = True
    try:
        main()
        failed = False
    finally:
        codes = stop()
        if failed:
            print(f"demo: logs are kept in {WORK}", file=sys.stderr)
        else:
            shutil.rmtree(WORK, ignore_errors=True)
    if codes.get("panel-simulator") == 3:
        sys.exit("demo: a forbidden call reached a panel")
