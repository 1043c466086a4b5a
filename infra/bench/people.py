"""People who are signed in, written straight into the database: a thousand sign-ups would measure the password hash."""

import hashlib
import http.client
import json
import os
import time
import uuid

ORIGIN = "http://{}"


class Person:
    """Somebody with a session, at an address of the machine of their own (limits count by address)."""

    def __init__(self, number):
        self.number, self.id, self.token = number, uuid.UUID(bytes=os.urandom(16), version=4), os.urandom(32).hex()
        self.address = f"127.1.{number // 250}.{number % 250 + 1}"
        self.connection = None

    @property
    def cookie(self):
        return f"switchboard={self.token}"

    def call(self, host, method, path, body=None):
        """(status, answer, milliseconds until the last byte) over one kept-alive connection. Waits where a limit says so."""
        data = None if body is None else json.dumps(body)
        headers = {"Cookie": self.cookie, "Origin": ORIGIN.format(host)}
        if data:
            headers["Content-Type"] = "application/json"
        for _ in range(200):
            fresh = self.connection is None
            if fresh:
                self.connection = http.client.HTTPConnection(host, timeout=60, source_address=(self.address, 0))
            try:
                begun = time.perf_counter()
                self.connection.request(method, path, data, headers)
                answer = self.connection.getresponse()
                text = answer.read()
                took = (time.perf_counter() - begun) * 1000
            except (OSError, http.client.HTTPException):
                self.connection = None
                if fresh:
                    raise
                # Kept alive over a restart of the server.
                continue
            if answer.status == 429:
                time.sleep(float(answer.headers.get("retry-after", "1")))
                continue
            return answer.status, json.loads(text) if text else None, took
        raise SystemExit(f"bench: {path}: limited for ever")


def sign_in(cluster, people, places):
    """Writes accounts, sessions and memberships. `places`: of each person, pairs of a tenant's uuid (None: the platform) and a role."""
    accounts, sessions, memberships = [], [], []
    for person, where in zip(people, places):
        digest = hashlib.sha256(person.token.encode()).hexdigest()
        accounts.append(f"('{person.id}', 'bench{person.id.hex[:12]}', '!', '127.0.0.1', now(), now())")
        sessions.append(f"(gen_random_uuid(), '\\x{digest}', '{person.id}', now(), now(), now() + interval '7 days', '127.0.0.1', 'bench')")
        for tenant, role in where:
            tenant = f"'{tenant}'" if tenant else "NULL"
            memberships.append(f"(gen_random_uuid(), '{person.id}', {tenant}, '{role}', now())")
    cluster.sql(f"""
        INSERT INTO platform.account (id, username, password_hash, signup_ip, created_at, updated_at) VALUES {','.join(accounts)};
        INSERT INTO platform.session (id, token_hash, account_id, created_at, last_seen_at, expires_at, ip, agent) VALUES {','.join(sessions)};
        INSERT INTO platform.membership (id, account_id, tenant_id, role, created_at) VALUES {','.join(memberships)};""")
