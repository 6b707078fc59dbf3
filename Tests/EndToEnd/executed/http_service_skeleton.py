"""What the page http-service-skeleton claims: each refusal in its form and order, counts in the histogram that agree
with what was sent, two kinds of health, and a shutdown that drops no request."""

from __future__ import annotations

import re
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from executed._http import ask, ask_all
from executed._knowledge import blocks_of

NEEDS = {"node"}
FILES = ("metrics.mjs", "app.mjs", "serve.mjs", "main.mjs")

# Stands for the database and the identity provider.
DOMAIN = """
import { setTimeout as sleep } from 'node:timers/promises'

let warm
export const warmUp = () => new Promise((resolve) => { warm = resolve })
const users = { 'token-ann': { id: 'ann', roles: ['orders:read'] }, 'token-ben': { id: 'ben', roles: ['orders:read'] },
  'token-cy': { id: 'cy', roles: [] } }
export const authenticate = async (token) => users[token]
export async function findOrder(id, user) {
  if (id === '13') throw new Error('password of db.internal is hunter2')
  if (id === '55') warm()
  if (id === '77') await sleep(2200)
  if (id === '2' && user.id !== 'ben') return undefined
  return Number(id) < 100 ? { id, status: 'paid', totalCents: 1250, cardHash: 'secret', userId: user.id } : undefined
}
"""


def scenario(blocks, tools):
    other = blocks_of("in-process-token-bucket")
    files = {name: blocks[name] for name in FILES}
    files |= {"domain.mjs": DOMAIN, "limits.mjs": other["limits.mjs"], "token-bucket.mjs": other["token-bucket.mjs"]}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        admin = probe.getsockname()[1]
    settings = {"ADMIN_PORT": admin, "NOTICE_MS": 1500, "HOST": "127.0.0.1"}
    with tools.node.start(files, "main.mjs", settings) as server:
        get = Client(server.url)
        assert get("/health/live").status == 200
        assert get("/health/ready").status == 503, "ready before it is warm"
        assert get("/v1/orders/55", "token-ann").status == 200
        assert get("/health/ready").status == 200

        refusals_have_their_form(get)
        the_limit_holds_for_a_user(get)
        assert get("/metrics").status == 404, "metrics for everybody"
        a_client_that_leaves_is_counted(server, admin)
        counts_agree(get, admin)
        it_ends_in_order(server, get)


class Client:
    """Asks, and remembers what it was answered, by the route's template."""

    def __init__(self, url: str):
        self.url = url
        self.seen = Counter()

    def __call__(self, path: str, token: str | None = None, note=True, **arguments):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = ask(self.url + path, headers=headers, **arguments)
        if note:
            known = re.sub(r"^/v1/orders/[^/]+$", "/v1/orders/:id", path)
            known = known if known in ("/v1/orders/:id", "/health/live", "/health/ready") else "none"
            self.seen[(known, str(answer.status))] += 1
        return answer


def until(condition):
    deadline = time.monotonic() + 3
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def refusals_have_their_form(get):
    answer = get("/v1/orders/1", "token-ann")
    assert (answer.status, answer.json) == (200, {"id": "1", "status": "paid", "total_cents": 1250})
    assert "X-Powered-By" not in answer.headers

    for token, why in ((None, ""), ("forged", ', error="invalid_token"')):
        answer = get("/v1/orders/1", token)
        assert answer.problem["status"] == 401
        assert answer.header("WWW-Authenticate") == f'Bearer realm="orders"{why}'
    assert get("/v1/orders/abc", "token-cy").problem["status"] == 403, "whether the input is valid is none of its business"
    for id in ("abc", "0", "-1", "1e3", "1;DROP", "9" * 19):
        problem = get(f"/v1/orders/{id}", "token-ann").problem
        assert problem["status"] == 400 and problem["errors"][0]["parameter"] == "id", id
    missing, other = (get(f"/v1/orders/{id}", "token-ann").problem for id in (500, 2))
    for problem in (missing, other):
        assert problem.pop("instance").startswith("urn:uuid:")
        assert problem["type"] == "/problems/order-not-found" and problem["status"] == 404
    assert missing == other, "what belongs to others can be told from what is not there"
    assert get("/v1/orders/2", "token-ben").status == 200
    assert get("/nowhere", "token-ann").problem["status"] == 404
    broken = get("/v1/orders/13", "token-ann")
    assert broken.problem["status"] == 500 and b"hunter2" not in broken.body
    assert get("/v1/orders/%E0%A4%A", "token-ann", note=False).problem["status"] == 400


def the_limit_holds_for_a_user(get):
    statuses = Counter()
    for answer in ask_all([{"url": f"{get.url}/v1/orders/{n + 3}", "headers": {"Authorization": "Bearer token-cy"}}
                           for n in range(30)]):  # fmt: skip
        get.seen[("/v1/orders/:id", str(answer.status))] += 1
        statuses[answer.status] += 1
        if answer.status == 429:
            assert answer.problem and answer.header("Retry-After")
    assert statuses[403] + statuses[429] == 30 and 4 <= statuses[429] <= 11, statuses
    assert get("/v1/orders/1", "token-ben").status == 200, "another user is affected"


def a_client_that_leaves_is_counted(server, admin):
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(b"GET /v1/orders/77 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-ben\r\n\r\n")
        time.sleep(0.1)
    until(lambda: 'status="aborted"' in ask(f"http://127.0.0.1:{admin}/metrics").body.decode())


def counts_agree(get, admin):
    answer = ask(f"http://127.0.0.1:{admin}/metrics")
    assert answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
    text = answer.body.decode()
    name = "http_server_request_duration_seconds"
    assert text.startswith(f"# HELP {name} ") and f"\n# TYPE {name} histogram\n" in text and text.endswith("\n")
    series: dict[tuple, dict] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        kind, labels, value = re.fullmatch(rf"{name}_(bucket|sum|count)\{{(.*)\}} (\S+)", line).groups()
        found = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        one = series.setdefault((found["route"], found["status"], found["method"]), {"buckets": []})
        if kind == "bucket":
            one["buckets"].append((float(found["le"]), int(value)))
        else:
            one[kind] = float(value)
    counted = Counter()
    for (route, status, method), one in series.items():
        assert method == "GET"
        bounds, numbers = zip(*one["buckets"], strict=True)
        assert list(bounds) == sorted(bounds) and bounds[-1] == float("inf") and 0.2 in bounds
        assert list(numbers) == sorted(numbers) and numbers[-1] == one["count"], "buckets are not cumulative"
        assert one["sum"] < 5 * one["count"], "not in seconds"
        counted[(route, status)] += int(one["count"])
    assert counted.pop(("/v1/orders/:id", "aborted"), 0) == 1, sorted(counted)
    slow = dict(series[("/v1/orders/:id", "aborted", "GET")]["buckets"])
    assert slow[0.025] == 0 and slow[10] == 1
    assert counted.pop(("none", "400"), 1) == 1
    assert counted == get.seen, (counted, get.seen)


def it_ends_in_order(server, get):
    with ThreadPoolExecutor(2) as threads:
        running = threads.submit(get, "/v1/orders/77", "token-ben")
        time.sleep(0.15)
        ending = threads.submit(server.stop)
        time.sleep(0.15)
        assert get("/health/ready").status == 503, "still ready while it ends"
        assert get("/health/live").status == 200
        late = get("/v1/orders/1", "token-ben")
        assert late.status == 200 and late.header("Connection") == "close", "refused before the balancer could notice"
        assert running.result().status == 200, "a running request was cut off"
        assert ending.result() == 0, server.output


FAULTS = [
    ("metrics.mjs", "if (seconds <= bound)", "if (seconds <= bound && !(seconds <= BOUNDS[i - 1]))",
     "buckets are not cumulative"),
    ("app.mjs", "(performance.now() - began) / 1000", "performance.now() - began", "milliseconds"),
    ("app.mjs", "request.route?.path ?? 'none'", "request.path", "a series for each id"),
    ("app.mjs", "response.once('close'", "response.once('finish'", "clients that leave are not seen"),
    ("app.mjs", "{ 'WWW-Authenticate': `Bearer realm=\"orders\"${why}` }", "{}", "401 without a challenge"),
    ("app.mjs", "title: STATUS_CODES[status]", "title: error.message", "the message of an error goes out"),
    ("app.mjs", "const { id, status, totalCents } = order", "return response.json(order); const { id, status, totalCents } = order",
     "the stored object goes out"),
    ("app.mjs", "signedIn, limit, role('orders:read')", "signedIn, role('orders:read'), limit", "refusals are not limited"),
    ("serve.mjs", "await sleep(noticeMs)", "", "connections are refused before the balancer notices"),
    ("serve.mjs", "const closed = new Promise((resolve) => server.close(resolve))", "process.exit(0)",
     "running requests are cut off"),
    ("main.mjs", "request.user.id)", "request.ip)", "all users behind one address share a limit"),
    ("main.mjs", "const state = { ready: false,", "const state = { ready: true,", "ready before it is warm"),
]  # fmt: skip
