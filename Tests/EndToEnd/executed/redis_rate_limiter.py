"""What the page redis-rate-limiter claims: exactly the limit passes over two instances, in any stretch of a window;
rejected calls do not count; users do not share, and strangers do by address; a store that is down or hangs."""

from __future__ import annotations

import re
import time

from executed._http import ask, ask_all
from executed._knowledge import threshold

NEEDS = {"redis", "node"}
FILES = ("admit.lua", "policies.mjs", "limiter.mjs", "server.mjs")


def scenario(blocks, tools):
    files = {name: blocks[name] for name in FILES}
    the_script_slides(blocks["admit.lua"], tools.redis)

    patient = {"REDIS_URL": tools.redis.url, "STORE_TIMEOUT_MS": 5000}
    with (
        tools.node.start(files, "server.mjs", patient) as one,
        tools.node.start(files, "server.mjs", {**patient, "TRUSTED_PROXIES": "loopback"}) as two,
    ):
        exactly_the_limit_passes_over_two_instances(one, two)
        refused_by_one_limit_is_counted_by_none(one)
        strangers_share_an_address(one, two)
    used = int(tools.redis.cli("MEMORY", "USAGE", "limit:{user:ann}:default"))
    assert used < 4000, f"a full window of 100 takes {used} bytes"

    own = tools.redis.server()
    with tools.node.start(files, "server.mjs", {"REDIS_URL": own.url}) as server:
        the_store_fails(server, own)


def the_script_slides(script: str, redis):
    """A minute with requests of chosen ages, written by hand: nobody has to wait for it."""

    def admit(*ages, limit=3, times=1):
        redis.flush()
        now = int("".join(part.zfill(6) for part in redis.cli("TIME").split()))
        for age in ages:
            redis.cli("ZADD", "w", now - age * 1_000_000, f"aged {age}")
        answers = [redis.eval(script, ["w"], [f"now {n}", limit, 60_000]).splitlines() for n in range(times)]
        return [(int(admitted), round(int(wait) / 10_000) * 10, int(left)) for admitted, wait, left in answers]

    assert admit(times=5) == [(1, 0, 2), (1, 0, 1), (1, 0, 0), (0, 60, 0), (0, 60, 0)]
    # What is older than a minute is over, what is younger is not, wherever a minute of the clock begins.
    assert admit(61, 50.1, 40.1, times=3) == [(1, 0, 0), (0, 10, 0), (0, 10, 0)]
    assert int(redis.cli("ZCARD", "w")) == 3, "rejected requests are kept"
    assert 0 < int(redis.cli("PTTL", "w")) <= 60_000
    # Under a limit that was lowered meanwhile, all but one of them have to end first.
    assert admit(50.1, 30.1, 10.1, limit=1) == [(0, 50, 0)]


def exactly_the_limit_passes_over_two_instances(one, two):
    limit = threshold("rate-limit-default")
    requests = [
        {"url": f"{(one, two)[n % 2].url}/orders", "headers": {"Authorization": f"Bearer user-{('ann', 'ben')[n % 8 == 0]}"}}
        for n in range(160)
    ]
    answers = ask_all(requests)
    ann = [answer for n, answer in enumerate(answers) if n % 8]
    ben = [answer for n, answer in enumerate(answers) if n % 8 == 0]
    passed = [answer for answer in ann if answer.status == 200]
    refused = [answer for answer in ann if answer.status == 429]
    assert (len(passed), len(refused)) == (limit, 140 - limit)
    assert {answer.status for answer in ben} == {200}, "another caller is affected"
    left = sorted(int(re.search(r'"default";r=(\d+)', answer.header("RateLimit"))[1]) for answer in passed)
    assert left == list(range(limit)), "two requests took the same place"
    for answer in refused:
        assert answer.problem["title"] == "Too Many Requests"
        assert 1 <= int(answer.header("Retry-After") or 0) <= 60
        assert answer.header("RateLimit-Policy") == f'"default";q={limit};w=60'
        found = re.fullmatch(r'"default";r=0;t=(\d+)', answer.header("RateLimit"))
        assert found and int(found[1]) <= int(answer.header("Retry-After")), answer.header("RateLimit")


def refused_by_one_limit_is_counted_by_none(one):
    headers = {"Authorization": "Bearer user-cy"}
    writes, expensive = threshold("rate-limit-write"), threshold("rate-limit-expensive")
    statuses = [ask(f"{one.url}/orders", "POST", headers=headers).status for _ in range(writes + 6)]
    assert statuses == [201] * writes + [429] * 6
    statuses = [ask(f"{one.url}/export", headers=headers).status for _ in range(expensive + 3)]
    assert statuses == [200] * expensive + [429] * 3
    left = threshold("rate-limit-default") - writes - expensive - 1
    assert ask(f"{one.url}/orders", headers=headers).header("RateLimit") == f'"default";r={left}'


def strangers_share_an_address(one, two):
    most = threshold("rate-limit-address")

    def left(server, address):
        answer = ask(f"{server.url}/orders", headers={"X-Forwarded-For": address})
        found = re.fullmatch(r'"address";r=(\d+)', answer.header("RateLimit"))
        assert found, answer.header("RateLimit")
        return most - int(found[1])

    assert [left(one, f"203.0.113.{n}") for n in (1, 2, 3)] == [1, 2, 3], "a forged address counts anew"
    # Behind a proxy that is trusted.
    assert [left(two, address) for address in ("203.0.113.7", "::ffff:203.0.113.7", "203.0.113.8")] == [1, 2, 1]
    same = ("2001:db8:1:2::1", "2001:0DB8:1:2:ffff::9", "2001:db8:1:2:3:4:5:6")
    assert [left(two, address) for address in same] == [1, 2, 3]
    assert left(two, "2001:db8:1:3::1") == left(two, "2001:db8::1") == 1


def the_store_fails(server, store):
    headers = {"Authorization": "Bearer user-ann"}

    def go(path):
        return ask(f"{server.url}{path}", headers=headers, timeout=2.5)

    deadline = time.monotonic() + 5
    while not go("/export").header("RateLimit") and time.monotonic() < deadline:
        time.sleep(0.05)
    store.cli("CLIENT", "PAUSE", 60_000, "ALL")
    for what in ("hangs", "is gone"):
        began = time.monotonic()
        assert go("/orders").status == 200, f"the store {what}, and the service with it"
        refused = go("/export")
        assert refused.problem["status"] == 503 and refused.header("Retry-After"), f"the store {what}"
        assert time.monotonic() - began < 2, f"the store {what}"
        store.kill()


FAULTS = [
    ("admit.lua", "if used >= limit then", "if used > limit then", "one more than the limit passes"),
    ("admit.lua", "redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)", "", "what has expired still counts"),
    ("admit.lua", "local used =", "redis.call('ZADD', key, now, ARGV[1]) local used =", "rejected requests count"),
    ("admit.lua", "key, used - limit, used - limit,", "key, 0, 0,", "the wait is too short after the limit was lowered"),
    ("limiter.mjs", "request.user ? `user:${request.user.id}` : ", "", "users behind one address share"),
    ("limiter.mjs", ".slice(0, 4)", "", "an IPv6 customer has 2^64 allowances"),
    ("limiter.mjs", ".set('Retry-After', String(retryAfter))", "", "clients guess when to come back"),
    ("limiter.mjs", "await within(timeoutMs, admit(", "await (async (x) => x)(admit(", "a store that hangs stops the service"),
    ("limiter.mjs", "policy.storeDown === 'pass'", "policy", "expensive operations are free while the store is down"),
    ("server.mjs", "process.env.TRUSTED_PROXIES ?? false", "true", "callers choose their address"),
]
