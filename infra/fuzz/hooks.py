"""Makes generated requests reach deep: real ids in paths and bodies, the right session, and something to delete.

Only what was generated as valid is touched: what is meant to be refused goes out as it was made. Which real value is taken hangs
on the request itself, so that the same seed gives the same run as far as the shop stands the same.
"""

import copy
import json
import os
import random
import re
import subprocess
import sys
import zlib
from pathlib import Path

import schemathesis

sys.path.insert(0, str(Path(__file__).parent))
from world import PASSWORD, Browser, Refused, call  # noqa: E402

WORLD = json.loads(Path(os.environ["FUZZ_WORLD"]).read_text())
URL, AT, TENANT = WORLD["url"], WORLD["at"], WORLD["tenant"]
TALLY = Path(os.environ["FUZZ_TALLY"])

# What ends the session that does it, or changes its password, is done by somebody who is signed in again.
ENDS_SESSION = {"logout", "revoke_other_sessions", "revoke_session", "change_password"}
ENDS_SOMETIMES = {"list_sessions"} | ENDS_SESSION
OPEN = {"login", "login_with_link", "sign_up", "check_sign_up_key", "get_setup_link", "set_up"}

owner = Browser(URL).sign_in(WORLD["owner"])
admin = Browser(URL).sign_in(WORLD["admin"])
scapegoat = Browser(URL).sign_in("scapegoat")
made = {"count": 0}


def fresh(what):
    made["count"] += 1
    return f"{what}-{made['count']}"


def ids(path, many=True):
    rows = owner("GET", AT + path)
    return [row["id"] for row in (rows["items"] if many else rows)]


KNOWN = {
    # Whom the shop's own sign-ups, bots and messages made; see world.py.
    "customers": ids("/customers?limit=200"),
    "providers": ids("/providers?limit=200"),
    "panels": ids("/panels", many=False),
    "channels": ids("/channels", many=False),
    "requests": ids("/requests?limit=200"),
    "identities": ids("/identities?limit=200"),
    "chats": ids("/chats?limit=200"),
    "examples": ids("/test-room/examples", many=False),
    "members": ids("/members", many=False),
    "replies": [text["key"] for text in owner("GET", f"{AT}/replies")],
    "users": list(WORLD["users"].values()),
    "victims": [user for name, user in WORLD["users"].items() if name.startswith("victim")],
}
SECOND = WORLD["bots"][1]
TEXTS = ["481799001 refill", "481799001,481799006 481799008 refill", "481799002 cancel", "help", "481799003 status\n481799004 refund"]
CURSORS = {}


def customer():
    return owner("POST", f"{AT}/customers", {"name": fresh("Customer"), "links": []})["id"]


def provider():
    return owner("POST", f"{AT}/providers", {"alias": fresh("Provider"), "names": []})["id"]


def route():
    of = provider()
    return of, owner("POST", f"{AT}/providers/{of}/routes", {"chat": WORLD["provider_group"]})["id"]


def new_bot():
    return call("POST", f"{WORLD['peer']}/sim/bots", {"username": fresh("Spare").replace("-", "") + "Bot"})


def channel():
    return owner("POST", f"{AT}/channels/telegram-bots", {"name": fresh("Bot"), "token": new_bot()["token"]})["id"]


def panel():
    one = WORLD["panel"]
    return owner("POST", f"{AT}/panels", {"name": fresh("Panel"), "url": one["url"], "key": one["key"]})["id"]


def example():
    # There is room for a hundred, and other operations make them too.
    there = ids("/test-room/examples", many=False)
    if len(there) > 90:
        return there[-1]
    return owner("POST", f"{AT}/test-room/examples", {
        "name": fresh("Example"), "text": TEXTS[0], "customer": None, "kind": "direct", "expect_replies": []})["id"]


def bind_code():
    return owner("POST", f"{AT}/bind-codes", {"purpose": "customer_group", "account": WORLD["bots"][0]["channel"]})["code"]


def link():
    of, name = customer(), fresh("user")
    owner("POST", f"{AT}/customers/{of}/links", {"panel": KNOWN["panels"][0], "username": name})
    return {"id": of, "panel": KNOWN["panels"][0], "username": name}


def session():
    Browser(URL).sign_in("scapegoat")
    return next(one["id"] for one in scapegoat("GET", "/me/sessions") if not one["current"])


# What an operation ends is made for it.
EXPENDABLE = {
    "delete_customer": lambda: {"id": customer()},
    "delete_provider": lambda: {"id": provider()},
    "delete_route": lambda: dict(zip(("id", "route"), route())),
    "update_route": lambda: dict(zip(("id", "route"), route())),
    "disconnect_channel": lambda: {"id": channel()},
    "delete_panel": lambda: {"id": panel()},
    "delete_example": lambda: {"id": example()},
    "unlink_username": link,
    "revoke_session": lambda: {"id": session()},
    "create_route": lambda: {"id": provider()},
    "get_bind_code": lambda: {"code": bind_code()},
    # The main bot and panel stay as they are.
    "update_channel": lambda: {"id": SECOND["channel"]},
    "replace_channel_token": lambda: {"id": SECOND["channel"]},
    "take_over_channel": lambda: {"id": SECOND["channel"]},
    "update_panel": lambda: {"id": KNOWN["panels"][-1]},
}


def real_path(operation, template, rng):
    found = {"tenant": TENANT}
    if operation in EXPENDABLE:
        return found | EXPENDABLE[operation]()
    area = re.search(r"/([a-z-]+)/\{(id|key)\}", template)
    if area:
        kind = "victims" if operation in ("ban_user", "suspend_user", "reinstate_user") else area[1]
        found[area[2]] = rng.choice(KNOWN[kind])
    return found


def real_value(name, value, operation, rng):
    """For a field of a valid body or query; the value itself where none is known. Most are taken: the deep ways are the point."""
    if value is None or rng.random() < 0.3:
        return value
    one = WORLD["panel"]
    text = isinstance(value, str)
    if name == "ids" and isinstance(value, list):
        return rng.sample(KNOWN["examples" if operation == "run_examples" else "requests"], k=rng.randint(1, 3))
    if name == "names" or not text:
        return value
    if operation == "sign_up" and name in ("username", "whatsapp_number", "telegram_username"):
        return {"username": fresh("new"), "whatsapp_number": "+977 9800000002", "telegram_username": "@new_shop"}[name]
    if operation == "login" and name in ("username", "password"):
        return {"username": "scapegoat", "password": PASSWORD}[name]
    known = {
        "customer": lambda: rng.choice(KNOWN["customers"]),
        "provider": lambda: rng.choice(KNOWN["providers"]),
        "account": lambda: WORLD["bots"][0]["channel"],
        "chat": lambda: WORLD["provider_group"],
        "panel": lambda: KNOWN["panels"][0],
        "assignee": lambda: rng.choice(KNOWN["members"]),
        "order_id": lambda: rng.choice(WORLD["orders"]),
        "reply_to": lambda: None,
        "token": lambda: new_bot()["token"] if rng.random() < 0.2 else SECOND["token"],
        "key": lambda: rng.choice(KNOWN["replies"]) if operation == "preview_reply" else one["key"],
        "panel_key": lambda: one["key"],
        "url": lambda: one["url"],
        "panel_url": lambda: one["url"],
        "current": lambda: PASSWORD,
        "new": lambda: PASSWORD,
        "time_zone": lambda: rng.choice(["Asia/Kathmandu", "Pacific/Chatham", "UTC"]),
        "lang": lambda: rng.choice(["en", "ne"]),
        "language": lambda: rng.choice(["en", "ne"]),
        "text": lambda: rng.choice(TEXTS),
        "csv": lambda: f"customer,panel,username\nRina,Rental,{fresh('csv')}\n",
        "template": lambda: rng.choice(["{ids} {command}", "Alpha: {ids}"]),
        "whatsapp_number": lambda: "+977 9800000003",
        "telegram_username": lambda: "@asha_shop",
        "q": lambda: rng.choice(["rina", "4817", "", "%", "_", "प"]),
        "outcome": lambda: value,
    }
    return known[name]() if name in known else value


def whole(operation, rng):
    """A form of which every field must fit at once."""
    one = WORLD["panel"]
    if operation == "sign_up":
        return {"username": fresh("new"), "password": PASSWORD, "whatsapp_number": "+977 9800000002", "telegram_username": "@new_shop",
                "panel_url": one["url"], "panel_key": one["key"], "accept_terms": True, "locale": rng.choice(["en", "ne", None])}
    if operation == "login_with_link":
        return {"token": login_link()}
    if operation == "create_route":
        return {"chat": WORLD["provider_group"], "template": rng.choice([None, "{ids} {command}"]), "piece_size": rng.randint(1, 100)}
    return None


def login_link():
    command = [WORLD["binary"], "--json", *WORLD["arguments"], "user", "login-link", "scapegoat"]
    done = subprocess.run(command, env=dict(os.environ, DATABASE_URL=WORLD["database_url"]), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["link"].rsplit("#", 1)[1]


def realistic(value, operation, rng, name=""):
    if isinstance(value, dict):
        return {key: realistic(real_value(key, one, operation, rng), operation, rng, key) for key, one in value.items()}
    # A whole number is written without a fraction, as every client does.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list) and name not in ("ids", "names"):
        return [realistic(one, operation, rng, name) for one in value]
    return value


def cursor(operation, template, path):
    """A real `after`, from the list itself; none where it has only one page."""
    at = template
    for name, one in path.items():
        at = at.replace("{%s}" % name, str(one))
    if at not in CURSORS:
        who = admin if operation == "list_users" else owner
        try:
            CURSORS[at] = who("GET", f"{at}?limit=1", base="")["next"]
        except Refused:
            CURSORS[at] = None
    return CURSORS[at]


@schemathesis.hook
def before_call(ctx, case, **kwargs):
    operation = case.operation.definition.raw["operationId"]
    rng = random.Random(zlib.crc32(repr((case.path, case.path_parameters, case.query, case.body)).encode()))
    valid = {part.value if hasattr(part, "value") else str(part): info.mode.is_positive for part, info in case.meta.components.items()} if case.meta else {}
    is_valid = lambda part: valid.get(part, True)  # noqa: E731
    if is_valid("path") and case.path_parameters and rng.random() < 0.95:
        for name, one in real_path(operation, case.path, rng).items():
            if name in case.path_parameters:
                case.path_parameters[name] = one
    if is_valid("query") and case.query:
        for name in list(case.query):
            if name in ("after", "before"):
                real = cursor(operation, case.path, case.path_parameters or {})
                if real is None:
                    del case.query[name]
                else:
                    case.query[name] = real
            elif name in ("q", "panel", "provider", "customer", "assignee", "account", "lang"):
                case.query[name] = real_value(name, case.query[name], operation, rng)
    if is_valid("body") and isinstance(case.body, dict):
        form = whole(operation, rng) if rng.random() < 0.3 else None
        case.body = form or realistic(copy.deepcopy(case.body), operation, rng)
        # The password stays what it is, so that the hooks can sign in.
        if operation == "change_password" and case.body.get("current") == PASSWORD:
            case.body["new"] = PASSWORD
        if operation == "import_customers" and rng.random() < 0.7 and isinstance(case.body.get("csv"), str):
            try:
                case.body["digest"] = owner("POST", f"{AT}/customers/import/preview", {"csv": case.body["csv"]})["digest"]
            except Refused:
                pass
    # A key that comes twice with other contents is refused, which would hide all that is behind it.
    if is_valid("header") and case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = fresh("fuzz")
    case.headers["Origin"] = URL
    if operation in OPEN:
        return
    who = scapegoat if operation in ENDS_SOMETIMES else admin if case.path.startswith("/api/v1/admin/") else owner
    case.headers["Cookie"] = who.cookie()


@schemathesis.hook
def after_call(ctx, case, response):
    operation = case.operation.definition.raw["operationId"]
    with TALLY.open("a") as tally:
        tally.write(json.dumps([operation, case.meta.generation.mode.value if case.meta else "", response.status_code]) + "\n")
    if operation in ENDS_SESSION and response.status_code == 204:
        scapegoat.jar.clear()
        scapegoat.sign_in("scapegoat")


# What the extractor of bodies says of its own: the document allows what the program cannot read.
UNTYPED = ("This is needed.", "This does not have the right form.", "This is not among the choices.", "There is no such field.")


def is_refused_at_its_field(case, response):
    """Rules that a schema does not say (a name that is taken, a chat that is somebody else's, a blank) are told at the field, in a
    sentence of their own. Never so: a body that the program cannot even read."""
    if response.status_code != 422:
        return False
    problem = json.loads(response.content)
    if problem.get("code") != "validation" or not problem.get("errors"):
        return False
    for error in problem["errors"]:
        # U+0000 may stand in any JSON text and in no column.
        if error["message"].startswith("There is a character in it"):
            continue
        if not isinstance(case.body, dict) or error["message"] in UNTYPED or not error["field"]:
            return False
    return True


@schemathesis.hook
def filter_failure(ctx, failure, case, response):
    return not (type(failure).__name__ == "RejectedPositiveData" and is_refused_at_its_field(case, response))
