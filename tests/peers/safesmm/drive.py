"""Uses the third-party client as its documentation shows, against a panel that the simulator plays.

Nothing of the client is patched: what it accepts and raises is the proof that the user API has the common shape.
"""

import json
import sys
import urllib.request

from safesmm import SafeSMM, SafeSMMError, __version__

control = json.loads(sys.argv[1])["control"]


def simulator(method, path, body=None):
    request = urllib.request.Request(
        control + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def refused(text, call, *args, **fields):
    try:
        answer = call(*args, **fields)
    except SafeSMMError as error:
        equal(str(error), text)
    else:
        raise AssertionError(f"expected the error {text!r}, got {answer!r}")


equal(__version__, "0.1.0")
settings = {"kind": "perfect_panel", "name": "alpha", "admin_key": "admin-key", "user_key": "user-key", "user": "customer1"}
panel = simulator("POST", "/sim/panels", settings)
base = f"/sim/panels/{panel['id']}"
simulator(
    "PUT",
    f"{base}/orders",
    [
        {"id": 481799696, "status": "completed", "charge": "0.27819", "start_count": 3572, "remains": 0},
        {"id": 481799190, "status": "in_progress", "charge": "1.50", "start_count": 5, "remains": 157},
        {"id": 481799191, "status": "completed", "user": "customer2"},
    ],
)
client = SafeSMM("user-key", api_url=f"{panel['url']}/api/v2", timeout=10)

equal(client.balance(), {"balance": "100.00", "currency": "USD"})
services = client.services()
equal([service["service"] for service in services], [1, 2, 3])
for field in ("name", "type", "category", "rate", "min", "max", "refill", "cancel"):
    assert field in services[0], field

order = client.add_order(1, "https://social.example/profile", quantity=1000)["order"]
assert isinstance(order, int), order
equal(client.status(order)["status"], "Pending")
equal(client.balance()["balance"], "99.10")
refused("Incorrect service ID", client.add_order, 77, "https://social.example/profile", quantity=1000)

equal(
    client.status(481799696),
    {"charge": "0.27819", "start_count": "3572", "status": "Completed", "remains": "0", "currency": "USD"},
)
statuses = client.multi_status([481799696, 481799190, 481799191])
equal(statuses["481799190"]["status"], "In progress")
equal(statuses["481799190"]["remains"], "157")
equal(statuses["481799191"], {"error": "Incorrect order ID"})

assert client.refill(481799696)["refill"], "a refill has an id"
refused("Cannot refill", client.refill, 481799190)
refused("Incorrect order ID", client.refill, 481799191)
equal(
    client.cancel([481799190, order, 481799696]),
    [
        {"order": 481799190, "cancel": 1},
        {"order": order, "cancel": 1},
        {"order": 481799696, "cancel": {"error": "Cannot cancel"}},
    ],
)
equal(client.cancel(481799191), [{"order": 481799191, "cancel": {"error": "Incorrect order ID"}}])

stranger = SafeSMM("no-such-key", api_url=client.api_url, timeout=10)
refused("Invalid API key", stranger.balance)
simulator("PATCH", base, {"deviation": "http_codes"})
refused("Invalid API key", stranger.balance)
refused("Incorrect order ID", client.status, 1)

# What the client believes to have done is what the panel saw.
calls = simulator("GET", f"{base}/calls")["calls"]
changed = [(call["action"], call["effect_ids"]) for call in calls if call["effect"]]
equal(
    changed,
    [
        ("add", [str(order)]),
        ("refill", ["481799696"]),
        ("cancel", ["481799190", str(order)]),
    ],
)
equal(simulator("GET", "/sim/forbidden"), [])
