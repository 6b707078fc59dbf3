"""What the page webhook-delivery claims: deliveries survive restarts and crashes and are not doubled by two workers; the
signature binds id, time and body; and no address that is not public gets as much as a connection."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import random
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NEEDS = {"postgres", "node"}
FILES = ("claim.sql", "sign.mjs", "guard.mjs", "deliver.mjs", "verify.mjs")
KEY = b"thirty-two bytes of a secret key"
SECRET = "whsec_" + base64.b64encode(KEY).decode()

WORKER = """
import { subscribe } from 'node:diagnostics_channel'
import pg from 'pg'
import { deliverDue } from './deliver.mjs'
import { createGuard } from './guard.mjs'

const db = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 })
const guard = createGuard({ schemes: ['http:'], allow: ['127.0.0.1'] })
// As if the machine were switched off in the middle of a request.
if (process.env.CRASH) {
  subscribe('http.client.request.start', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200))
}
const due = await deliverDue(db, { guard, timeoutMs: Number(process.env.TIMEOUT_MS), limit: 50 })
await db.end()
console.log(JSON.stringify(due))
"""

# Answers for each address, URL and faked look-up whether the guard lets it pass; and tries to get at a local port.
GUARD = """
import { post, waitSeconds } from './deliver.mjs'
import { createGuard, Refused } from './guard.mjs'

const { addresses, urls, names, port } = JSON.parse(process.env.CASES)
const said = (work) => { try { work(); return true } catch (error) { return !(error instanceof Refused) } }
const guard = createGuard()
const looked = (found, all) => new Promise((resolve) =>
  createGuard({ resolve: async () => found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })) })
    .lookup('name.example', { all }, (error, answer) => resolve(error ? !(error instanceof Refused) : all ? answer[0].address : answer)))
const inner = { schemes: ['http:'], resolve: async () => [{ address: '127.0.0.1', family: 4 }] }
const tried = []
for (const url of [`http://127.0.0.1:${port}/`, `http://name.example:${port}/`, `http://127.1:${port}/`]) {
  tried.push(await post(url, { headers: {}, body: '{}', guard: createGuard(inner) }).catch((error) => error.constructor.name))
}
// The last net: a look-up that lies. A connection is made, and nothing is sent.
const lying = { ...createGuard({ schemes: ['http:'] }), lookup: (host, options, callback) =>
  options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4) }
const lied = await post(`http://name.example:${port + 0}/lied`, { headers: {}, body: '{}', guard: lying })
  .catch((error) => error.constructor.name)
console.log(JSON.stringify({
  addresses: addresses.map((address) => said(() => guard.address(address))),
  urls: urls.map((url) => said(() => guard.url(url))),
  names: await Promise.all(names.map((found) => looked(found, true))),
  single: await looked(['8.8.8.8'], false), tried, lied,
  waits: [1, 2, 3, 4, 5, 6].map((n) => [0, 0.5, 1].map((random) => waitSeconds(n, () => random))),
}))
"""

VERIFY = """
import { isGenuine } from './verify.mjs'

const cases = JSON.parse(process.env.CASES)
console.log(JSON.stringify(cases.map((c) => isGenuine({ ...c, body: Buffer.from(c.body) }))))
"""


class Receiver(ThreadingHTTPServer):
    """Answers by the path, and remembers what came."""

    daemon_threads = True

    def __init__(self):
        self.requests: list[dict] = []
        self.connections = 0
        self.release = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def get_request(self):
        self.connections += 1
        return super().get_request()

    def handle_error(self, *_):
        pass

    def got(self, path: str) -> list[dict]:
        return [request for request in self.requests if request["path"] == path]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append({"path": self.path, "headers": headers, "body": body.decode()})
        if self.path == "/hangs" and self.server.release.wait(20):
            self.path = "/200"
        status = {"/redirects": 302, "/endless": 200}.get(self.path) or int(self.path.strip("/"))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/200")
        self.end_headers()
        for _ in range(1000 if self.path == "/endless" else 0):
            self.wfile.write(b"x" * 65536)
            self.server.endless = getattr(self.server, "endless", 0) + 65536

    def log_message(self, *_):
        pass


def scenario(blocks, tools):
    files = {name: blocks[name] for name in FILES}
    db = tools.postgres.database()
    db.run(blocks["schema.sql"])
    receiver = Receiver()
    try:
        no_inner_address_is_reached(files, tools, receiver)
        Trial(files, tools, db, receiver).run()
    finally:
        receiver.release.set()
        receiver.shutdown()
        receiver.server_close()


class Trial:
    def __init__(self, files, tools, db, receiver):
        self.files = {**files, "worker.mjs": WORKER, "try.mjs": VERIFY}
        self.tools, self.db, self.receiver = tools, db, receiver

    def run(self):
        self.two_workers_do_not_double()
        self.each_result_has_its_consequence()
        self.the_signature_binds()
        self.attempts_are_bounded_over_restarts()
        self.a_crash_loses_nothing()

    def deliver(self, url: str, copies: int = 1, body: str = '{"type":"order.paid", "total": 12.50, "name":"Zoë"}'):
        url = f"http://127.0.0.1:{self.receiver.server_port}{url}" if url.startswith("/") else url
        self.db.rows(
            """WITH e AS (INSERT INTO webhook_endpoints (url, secret) VALUES (%s, %s) RETURNING id)
               INSERT INTO webhook_deliveries (endpoint_id, body) SELECT id, %s FROM e, generate_series(1, %s)""",
            [url, SECRET, body, copies],
        )

    def work(self, timeout_ms=1500, timeout=8) -> int:
        """A fresh process, as after a restart."""
        settings = {"DATABASE_URL": self.db.url, "TIMEOUT_MS": timeout_ms}
        return self.tools.node.run(self.files, "worker.mjs", settings, timeout).json

    def state(self, url: str) -> list[tuple]:
        """State, attempts, result and seconds until the next attempt."""
        return self.db.rows(
            """SELECT state, attempts, last_result, extract(epoch FROM next_attempt_at - now())::float
               FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = endpoint_id WHERE url LIKE '%%' || %s""",
            [url],
        )

    def come_due(self):
        self.db.rows("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE state = 'pending'")

    def each_result_has_its_consequence(self):
        self.deliver("/200")
        self.deliver("/endless")
        self.deliver("/500", copies=6)
        self.deliver("/redirects")
        self.deliver("/410")
        self.deliver("/hangs")
        for url in ("http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/", "https://8.8.8.8/", "not a url"):
            self.deliver(url)
        began = time.monotonic()
        assert self.work() == 15
        for url in ("/200", "/endless"):
            assert [row[:3] for row in self.state(url)] == [("delivered", 1, "200")], self.state(url)
        assert getattr(self.receiver, "endless", 0) < 20_000_000, "the body is read"
        for url, result in (("/redirects", "302"), ("/hangs", "ABORT_ERR")):
            assert [row[:3] for row in self.state(url)] == [("pending", 1, result)], self.state(url)
        assert len(self.receiver.got("/200")) == 1, "the redirect was followed"
        for url in ("/410", "/latest", "[::ffff:10.0.0.1]/", "8.8.8.8/", "not a url"):
            assert [row[:2] for row in self.state(url)] == [("failed", 1)], url
        waits = [row[3] for row in self.state("/500")]
        spent = time.monotonic() - began
        assert all(1.6 - spent <= wait <= 2.4 for wait in waits) and len({round(w, 3) for w in waits}) > 1, waits

    def the_signature_binds(self):
        (request,) = self.receiver.got("/200")
        headers, body = request["headers"], request["body"]
        assert body == '{"type":"order.paid", "total": 12.50, "name":"Zoë"}', "not the bytes that were stored"
        id, timestamp = headers["webhook-id"], int(headers["webhook-timestamp"])
        assert abs(time.time() - timestamp) < 30
        expected = hmac.new(KEY, f"{id}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
        assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()

        def case(now=timestamp, body=body, secret=SECRET, **changes):
            changed = {name.replace("_", "-"): value for name, value in changes.items()}
            return {"headers": {**headers, **changed}, "body": body, "secret": secret, "now": now * 1000}

        given = headers["webhook-signature"]
        other = "whsec_" + base64.b64encode(b"x" * 32).decode()
        genuine = [case(), case(timestamp + 299), case(timestamp - 299), case(webhook_signature=f"v1,AAAA {given}")]
        false = [
            case(timestamp + 301), case(timestamp - 301), case(body=body + " "), case(secret=other),
            case(webhook_id="another"), case(webhook_timestamp=str(timestamp + 1)), case(webhook_signature=given[:-1]),
            case(webhook_signature=""), case(webhook_signature=given.replace("v1,", "v0,")), case(webhook_timestamp="soon"),
        ]  # fmt: skip
        cases = json.dumps(genuine + false)
        answers = self.tools.node.run(self.files, "try.mjs", {"CASES": cases}).json
        assert answers == [True] * len(genuine) + [False] * len(false), answers

    def attempts_are_bounded_over_restarts(self):
        self.db.rows("UPDATE webhook_deliveries SET state = 'failed' WHERE last_result IN ('302', 'ABORT_ERR')")
        for attempt in (2, 5):
            self.come_due()
            self.db.rows("UPDATE webhook_deliveries SET attempts = %s WHERE state = 'pending'", [attempt - 1])
            self.work()
            rows = self.state("/500")
            assert {row[1] for row in rows} == {attempt}
            assert {row[0] for row in rows} == {"pending" if attempt < 5 else "failed"}
            assert all(row[3] <= 1.2 * 2**attempt for row in rows), rows
        ids = {request["headers"]["webhook-id"] for request in self.receiver.got("/500")}
        assert len(ids) == 6 and len(self.receiver.got("/500")) == 18, "the id changes from attempt to attempt"
        assert self.db.value("SELECT count(*) FROM webhook_deliveries WHERE state = 'pending'") == 0

    def a_crash_loses_nothing(self):
        self.deliver("/hangs", body='{"crash":1}')
        before = len(self.receiver.got("/hangs"))
        settings = {"DATABASE_URL": self.db.url, "TIMEOUT_MS": 60_000, "CRASH": "yes"}
        assert self.tools.node.run(self.files, "worker.mjs", settings).returncode == -signal.SIGKILL
        assert len(self.receiver.got("/hangs")) == before + 1
        (row,) = [row for row in self.state("/hangs") if row[0] == "pending"]
        assert row[1] == 1 and 30 < row[3] <= 60, "nobody may take it before the claim ends"
        self.receiver.release.set()
        self.come_due()
        assert self.work() == 1
        assert [row[:2] for row in self.state("/hangs") if row[0] == "delivered"] == [("delivered", 2)]

    def two_workers_do_not_double(self):
        self.deliver("/202", copies=20)
        connections = [self.db.connect() for _ in range(2)]
        claimed = []
        for connection in connections:  # the second while the first has not committed
            connection.execute("SET lock_timeout = '2s'")
            connection.execute("PREPARE claim (int, int) AS " + self.files["claim.sql"])
            claimed += [row[0] for row in connection.execute("EXECUTE claim (10, 5)").fetchall()]
        assert len(claimed) == len(set(claimed)) == 20, "two workers have claimed the same"
        for connection in connections:
            connection.commit()
            assert connection.execute("EXECUTE claim (10, 5)").fetchall() == [], "what is under way is taken again"
            connection.commit()
        # One that was claimed five times and never reported is given up.
        self.db.rows("UPDATE webhook_deliveries SET attempts = 5, next_attempt_at = now() WHERE state = 'pending'")
        assert connections[0].execute("EXECUTE claim (10, 5)").fetchall() == []
        connections[0].commit()
        assert {row[:2] for row in self.state("/202")} == {("failed", 5)}


def no_inner_address_is_reached(files, tools, receiver):
    """Held against Python's own tables of what is global."""
    networks = (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 ::1/128 ::/128 ::ffff:0:0/96 "
        "::ffff:10.0.0.0/104 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/32 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 "
        "fec0::/10 3fff::/20 ff00::/8 224.0.0.0/4 255.255.255.255/32"
    )
    edges = [network[at] for network in map(ipaddress.ip_network, networks.split()) for at in (0, -1)]
    addresses = [str(edge) for edge in edges] + ["::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::7f00:1", "localhost", "", "10.0.0"]
    public = "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 172.32.0.1 192.169.0.0 223.255.255.255 2606:4700::1111".split()
    dice = random.Random(20261123)
    anything = [str(ipaddress.IPv4Address(dice.getrandbits(32))) for _ in range(400)]
    anything += [str(ipaddress.IPv6Address((0x2000 << 112) + dice.getrandbits(124))) for _ in range(200)]
    good = ["https://example.com/hook", "https://example.com:8443/", "https://8.8.8.8/", "https://[2606:4700::1111]/"]
    bad = [
        "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "https://user:pass@example.com/",
        "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://017700000001/", "https://127.1/",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://169.254.169.254/latest/",
    ]  # fmt: skip
    names = [["8.8.8.8"], ["8.8.8.8", "10.0.0.7"], ["::1"], ["::ffff:169.254.169.254"], []]
    cases = {"addresses": addresses + public + anything, "urls": good + bad, "names": names, "port": receiver.server_port}
    answer = tools.node.run({**files, "try.mjs": GUARD}, "try.mjs", {"CASES": json.dumps(cases)}).json

    passed = [address for address, passes in zip(cases["addresses"], answer["addresses"], strict=True) if passes]
    assert passed[: len(public)] == public, passed
    assert all(ipaddress.ip_address(address).is_global for address in passed) and len(passed) > 400
    assert [url for url, passes in zip(good + bad, answer["urls"], strict=True) if passes] == good
    assert answer["names"] == ["8.8.8.8", False, False, False, False] and answer["single"] == "8.8.8.8"
    assert answer["tried"] == ["Refused"] * 3, answer["tried"]
    assert receiver.connections <= 1, "an inner address was connected to"
    expected = [[0.8 * wait, wait, 1.2 * wait] for wait in (2, 4, 8, 16, 32, 32)]
    assert all(abs(a - b) < 1e-9 for one, two in zip(answer["waits"], expected, strict=True) for a, b in zip(one, two)), answer
    assert answer["lied"] == "Refused" and not receiver.requests, "an inner address got a request"


FAULTS = [
    ("claim.sql", "FOR UPDATE SKIP LOCKED", "", "two workers send the same deliveries"),
    ("claim.sql", "interval '60 seconds'", "interval '0 seconds'", "a delivery is taken again while it is under way"),
    ("claim.sql", "AND attempts < $2", "AND $2::int > 0", "one that kills its worker is tried for ever"),
    ("sign.mjs", "${id}.${timestamp}.", "${id}.", "the time is not signed"),
    ("guard.mjs", "['169.254.0.0', 16], ", "", "the metadata service of the cloud"),
    ("guard.mjs", "&& GIVEN_OUT.check(address, 'ipv6')", "", "IPv6 has many ways inside"),
    ("guard.mjs", "for (const one of found) address(one.address)", "address(found[0].address)",
     "a name with one public and one inner address"),
    ("guard.mjs", "if (isIP(host)) address(host)", "", "for a literal address there is no look-up"),
    ("deliver.mjs", "guard.address(socket.remoteAddress)", "", "the connected address is not looked at"),
    ("deliver.mjs", "(0.8 + 0.4 * random())", "1", "all come back together"),
    ("deliver.mjs", ", signal: AbortSignal.timeout(timeoutMs)", "", "a receiver that hangs keeps the worker"),
    ("deliver.mjs", "if (error instanceof Refused || ", "if (", "what is refused is tried again"),
    ("verify.mjs", "if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds) return false", "", "a replay is taken"),
]  # fmt: skip
