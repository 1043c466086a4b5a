"""A shop in which every path leads somewhere: real sign-ups, a panel, bots, groups, customers, providers, chats and requests."""

import http.cookiejar
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

INFRA = Path(__file__).resolve().parent.parent
PASSWORD = "three brown goats at dawn"
FIRST_ORDER = 481_799_000


class Refused(Exception):
    pass


class Browser:
    """Somebody with a session of their own."""

    def __init__(self, url):
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def __call__(self, method, path, body=None, base="/api/v1"):
        data = None if body is None else json.dumps(body).encode()
        headers = {"origin": self.url, "content-type": "application/json"} if data else {"origin": self.url}
        request = urllib.request.Request(self.url + base + path, data, headers, method=method)
        try:
            with self.opener.open(request, timeout=40) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise Refused(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from None

    def cookie(self):
        return "; ".join(f"{one.name}={one.value}" for one in self.jar)

    def sign_in(self, username, password=PASSWORD):
        self("POST", "/login", {"username": username, "password": password})
        return self


def call(method, url, body=None):
    """To a peer, which asks for no session."""
    return Browser(url)(method, "", body, base="")


def until(what, look):
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    sys.exit(f"fuzz: {what} did not happen within 40 s")


class Stage:
    """The processes; see infra/stage.py."""

    def __init__(self, binaries, env):
        command = [sys.executable, str(INFRA / "stage.py"), str(binaries)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        line = self.process.stdout.readline()
        if not line:
            sys.exit("fuzz: the stage did not start")
        self.there = json.loads(line)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def sign_up(url, username, panel):
    browser = Browser(url)
    browser("POST", "/signup", {
        "username": username, "password": PASSWORD, "whatsapp_number": "+977 9800000001", "telegram_username": "@asha_shop",
        "panel_url": panel["url"], "panel_kind": None, "panel_key": panel["key"], "accept_terms": True, "time_zone": "Asia/Kathmandu",
    })
    until(f"{username}'s workspace", lambda: browser("GET", "/me")["tenants"][0]["state"] == "active")
    return browser


def order(number, user, status):
    recent = int(time.time()) - 3 * 86_400
    return {
        "id": str(number), "user": user, "status": status, "external_id": str(number + 1_000_000_000), "provider": "provider-one.example",
        "service_id": 3463, "service_name": "Followers [30 Days Refill]", "quantity": 1000, "start_count": 847, "remains": 0,
        "charge": "0.90", "created": recent, "last_update": recent, "mode": "auto",
    }


def furnish(stage):
    """Everything that the fuzzer must know of the shop, as plain data."""
    url, peer, simulator = stage["url"], stage["peer"], stage["simulator"]
    panel, spare = stage["panels"][0], stage["panels"][2]
    statuses = ["Completed", "In progress", "Pending", "Canceled", "Partial"]
    orders = [order(FIRST_ORDER + n, "rina" if n % 8 else "somebody", statuses[n % 5]) for n in range(40)]
    call("PUT", f"{simulator}/sim/panels/{panel['id']}/orders", orders)

    token = stage["setup_link"].rsplit("/", 1)[1]
    admin = Browser(url)
    admin("POST", f"/setup/{token}", {"username": "root-admin", "password": PASSWORD})
    owner = sign_up(url, "asha", panel)
    sign_up(url, "scapegoat", panel)
    for n in range(4):
        sign_up(url, f"victim-{n}", panel)
    users = {user["username"]: user["id"] for user in admin("GET", "/admin/users?limit=200")["items"]}
    admin("POST", f"/admin/users/{users['asha']}/credits", {"micros": 5_000_000_000, "reason": "so that all is answered"})

    tenant = owner("GET", "/me")["tenants"][0]["tenant"]
    at = f"/tenants/{tenant}"
    bots = []
    for name in ("Support", "Second"):
        bot = call("POST", f"{peer}/sim/bots", {"username": f"{name}Bot", "can_read_all_group_messages": True})
        bot["channel"] = owner("POST", f"{at}/channels/telegram-bots", {"name": name, "token": bot["token"]})["id"]
        until("the webhook", lambda: call("POST", f"{peer}/bot{bot['token']}/getWebhookInfo", {})["result"]["url"])
        bots.append(bot)
    bot = bots[0]
    first_panel = owner("GET", f"{at}/panels")[0]["id"]
    owner("POST", f"{at}/panels", {"name": "Rental", "url": spare["url"], "key": spare["key"], "min_gap_ms": 50})
    customer = owner("POST", f"{at}/customers", {"name": "Rina", "links": [{"panel": first_panel, "username": "rina"}]})["id"]
    owner("POST", f"{at}/customers", {"name": "Bikash", "links": []})
    provider = owner("POST", f"{at}/providers", {"alias": "Alpha", "names": ["provider-one.example"]})["id"]

    def say(person, text, chat=None):
        call("POST", f"{peer}/sim/say", {"bot": bot["token"], "chat": chat or person, "from": person, "text": text})

    people = [call("POST", f"{peer}/sim/users", {"first_name": name})["id"] for name in ("Rina", "Stranger", "Staff")]
    for person in people[:2]:
        say(person, "hello")
    identities = until("the first words", lambda: owner("GET", f"{at}/identities")["items"][1:] and owner("GET", f"{at}/identities")["items"])
    rina = next(one for one in identities if one["network_id"] == str(people[0]))
    owner("POST", f"{at}/identities/{rina['id']}/link", {"customer": customer})
    groups = []
    for purpose in ("provider_group", "customer_group"):
        group = call("POST", f"{peer}/sim/groups", {"title": purpose, "type": "supergroup", "bots": [bot["token"]], "members": [people[0], people[2]]})
        code = owner("POST", f"{at}/bind-codes", {
            "purpose": purpose, "account": bot["channel"], "provider": provider if purpose == "provider_group" else None,
        })["code"]
        say(people[2], f"/start@SupportBot {code}", group["id"])
        until(f"the {purpose}", lambda: owner("GET", f"{at}/bind-codes/{code}")["state"] == "bound")
        groups.append(owner("GET", f"{at}/bind-codes/{code}")["chat"]["id"])
    for text in ("481799001,481799006,481799011 refill", "481799002 cancel", "481799008 refill", "481799003 status 481799999", "481799004 refund",
                 "481799012 speed up", "help"):
        say(people[0], text)
    until("the requests", lambda: len(owner("GET", f"{at}/requests")["items"]) >= 7)
    for n in range(3):
        owner("POST", f"{at}/test-room/examples", {
            "name": f"Example {n}", "text": "481799001 refill", "customer": customer, "kind": "direct", "expect_replies": ["x"]})
    return {
        "url": url, "peer": peer, "tenant": tenant, "at": at, "orders": [one["id"] for one in orders], "panel": panel,
        "binary": stage["binary"], "arguments": stage["arguments"], "database_url": stage["database_url"], "owner": "asha", "admin": "root-admin", "users": users, "bots": bots, "provider_group": groups[0], "customer_group": groups[1],
    }
