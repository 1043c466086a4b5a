"""Many open `/api/v1/live` sockets in one thread: a small client of our own, as the frames are simple and an event loop would be
most of what is measured. A hint's time is the one at which the kernel received it (`SO_TIMESTAMPNS`), whenever we come to read it."""

import base64
import json
import os
import select
import socket
import struct
import time

#: Linux: asks for, and carries, the time of receipt.
SO_TIMESTAMPNS = getattr(socket, "SO_TIMESTAMPNS", 35)
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def frame(kind, data=b""):
    """One masked frame of less than 126 bytes. The mask hides nothing, so it is all zeros."""
    return bytes([0x80 | kind, 0x80 | len(data), 0, 0, 0, 0]) + data


class Watcher:
    def __init__(self, host, person, tenant):
        address, port = host.split(":")
        self.tenant, self.data = tenant, b""
        self.socket = socket.create_connection((address, int(port)), timeout=30, source_address=(person.address, 0))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            f"GET /api/v1/live HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\nOrigin: http://{host}\r\nCookie: {person.cookie}\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.data:
            self.more()
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise SystemExit(f"bench: a socket was refused: {head[:200]!r}")
        self.socket.sendall(frame(TEXT, json.dumps({"tenant": str(tenant)}).encode()))

    def more(self):
        data = self.socket.recv(4096)
        if not data:
            raise SystemExit("bench: the server closed a socket")
        self.data += data

    def hello(self):
        """Waits until the server says that it listens."""
        while not (frames := list(self.frames())):
            self.more()
        if frames[0][0] != TEXT or json.loads(frames[0][1])["topic"] != "hello":
            raise SystemExit(f"bench: a socket said {frames[0]!r}")
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

    def frames(self):
        """Whole frames that came: kind and data."""
        while len(self.data) >= 2:
            length, head = self.data[1] & 0x7F, 2
            if length == 126:
                if len(self.data) < 4:
                    return
                length, head = struct.unpack(">H", self.data[2:4])[0], 4
            if len(self.data) < head + length:
                return
            kind, data = self.data[0] & 0x0F, self.data[head:head + length]
            self.data = self.data[head + length:]
            yield kind, data

    def read(self):
        """Hints that came, as pairs of a time (seconds since 1970) and what they say. Answers pings."""
        hints = []
        while True:
            try:
                data, more, _, _ = self.socket.recvmsg(65536, 64)
            except BlockingIOError:
                return hints
            if not data:
                raise SystemExit("bench: the server closed a socket")
            at = time.time()
            for level, kind, value in more:
                if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
                    seconds, nanoseconds = struct.unpack("qq", value[:16])
                    at = seconds + nanoseconds / 1e9
            self.data += data
            for kind, data in self.frames():
                if kind == PING:
                    self.socket.send(frame(PONG, data))
                elif kind == TEXT:
                    hints.append((at, json.loads(data)))
                elif kind == CLOSE:
                    raise SystemExit(f"bench: the server closed a socket: {data!r}")


class Watchers:
    """All of them; opened by turns over the people who look."""

    def __init__(self, host):
        self.host, self.all, self.epoll, self.by_number = host, [], select.epoll(), {}

    def open(self, seats):
        """`seats`: pairs of a person and a tenant."""
        new = []
        for at in range(0, len(seats), 50):
            some = [Watcher(self.host, person, tenant) for person, tenant in seats[at:at + 50]]
            for watcher in some:
                watcher.hello()
                self.epoll.register(watcher.socket, select.EPOLLIN)
                self.by_number[watcher.socket.fileno()] = watcher
            new += some
        self.all += new

    def drain(self, seconds):
        """Reads whatever comes for so long, and answers pings."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for number, _ in self.epoll.poll(left, 2000):
                self.by_number[number].read()

    def first_hint(self, tenant, topic, within=20.0):
        """When each socket of a tenant got its next hint of that topic; those of other tenants must get none."""
        waiting = {id(watcher) for watcher in self.all if watcher.tenant == tenant}
        times, end = [], time.monotonic() + within
        while waiting:
            ready = self.epoll.poll(max(0.0, end - time.monotonic()), 2000)
            if not ready:
                raise SystemExit(f"bench: {len(waiting)} sockets got no hint of `{topic}`")
            for number, _ in ready:
                watcher = self.by_number[number]
                for at, hint in watcher.read():
                    if watcher.tenant != tenant:
                        raise SystemExit(f"bench: a hint for one tenant reached another: {hint}")
                    if hint["topic"] == topic and id(watcher) in waiting:
                        waiting.discard(id(watcher))
                        times.append(at)
        return sorted(times)

    def close(self):
        for watcher in self.all:
            self.epoll.unregister(watcher.socket)
            watcher.socket.close()
        self.all, self.by_number = [], {}
