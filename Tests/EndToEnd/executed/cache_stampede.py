"""What the page cache-stampede claims, tried: one rebuild for each key, the old value for the others, spread expiry."""

import shlex
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg

NEEDS = {"postgres", "redis"}

KEYS = ["{product:42}", "{product:42}:lock"]
CALLERS = 12


def scenario(blocks, tools):
    redis = tools.redis
    first_look(blocks, tools)
    single_rebuild(blocks, redis)
    spread(blocks, redis)


def commands(text):
    return [shlex.split(line) for line in text.splitlines() if line.strip()]


def first_look(blocks, tools):
    redis = tools.redis
    redis.cli("SET", "here", 1, "EX", 100)
    redis.cli("GET", "here")
    redis.cli("GET", "gone")
    said = "\n".join(redis.cli(*command) for command in commands(blocks["info.redis"]))
    info = dict(line.strip().split(":", 1) for line in said.splitlines() if ":" in line)
    for field in ("keyspace_hits", "keyspace_misses"):
        assert int(info[field]) >= 1, info
    assert {"expired_keys", "evicted_keys", "uptime_in_seconds", "maxmemory"} <= set(info), info
    assert info["db0"].startswith("keys=1,expires=1,avg_ttl="), info["db0"]

    for command in commands(blocks["pin.redis"]):
        redis.cli(*command)
    assert 3590 < int(redis.cli("TTL", "product:42")) <= 3600

    # The database sees the same statement from many callers.
    db = tools.postgres.database()
    sessions = [db.connect(autocommit=True) for _ in range(5)]

    def ask(session, sql):
        try:
            session.execute(sql)
        except psycopg.Error:
            pass

    threads = [threading.Thread(target=ask, args=[session, "SELECT pg_sleep(20) AS product"]) for session in sessions[1:]]
    threads.append(threading.Thread(target=ask, args=[sessions[0], "SELECT pg_sleep(20) AS other"]))
    for thread in threads:
        thread.start()
    try:
        deadline = time.monotonic() + 5
        while True:
            rows = db.rows(blocks["same-statements.sql"])
            if [row[0] for row in rows] == [4, 1]:
                break
            assert time.monotonic() < deadline, rows
            time.sleep(0.01)
        assert "AS product" in rows[0][2], rows
    finally:
        db.rows("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query ~ 'pg_sleep' AND pid <> pg_backend_pid()")
        for thread in threads:
            thread.join()


def single_rebuild(blocks, redis):
    def look(token):
        return redis.eval(blocks["look.lua"], KEYS, [token, 20000]).split("\n")

    def store(token, value):
        return redis.eval(blocks["store.lua"], KEYS, [token, value, 60000, 120000])

    def everybody():
        with ThreadPoolExecutor(CALLERS) as pool:
            return list(pool.map(lambda number: look(f"caller-{number}"), range(CALLERS)))

    def expire(key):
        redis.cli("PEXPIRE", key, 1)
        time.sleep(0.01)

    # A purged key: exactly one rebuilds, and the others wait instead of going to the database.
    answers = everybody()
    states = [answer[0] for answer in answers]
    assert states.count("rebuild") == 1 and states.count("wait") == CALLERS - 1, states
    leader = f"caller-{states.index('rebuild')}"
    # Only the leader's value is taken.
    assert store("somebody", "wrong") == "0"
    assert look("x")[0] == "wait"
    assert store(leader, "first") == "1"
    assert [answer[0] for answer in everybody()] == ["fresh"] * CALLERS
    assert look("x") == ["fresh", "first"]
    assert 110000 < int(redis.cli("PTTL", KEYS[0])) <= 120000
    ahead = int(redis.cli("HGET", KEYS[0], "soft")) - time.time() * 1000
    assert 50000 < ahead <= 60000, ahead

    # After the soft lifetime the old value is served by all, while one rebuilds.
    redis.cli("HINCRBY", KEYS[0], "soft", -60000)
    answers = everybody()
    states = [answer[0] for answer in answers]
    assert states.count("rebuild") == 1 and states.count("stale") == CALLERS - 1, states
    assert {answer[1] for answer in answers} == {"first"}, answers

    # The leader fails: its lock expires, another one leads, and what the first brings too late is refused.
    late = f"caller-{states.index('rebuild')}"
    assert 10000 < int(redis.cli("PTTL", KEYS[1])) <= 20000
    expire(KEYS[1])
    assert look("second") == ["rebuild", "first"]
    assert store(late, "late") == "0"
    assert store("second", "newer") == "1"
    assert look("x") == ["fresh", "newer"]

    # An empty result is known, too, and the hard lifetime ends an entry.
    redis.cli("DEL", *KEYS)
    assert look("a")[0] == "rebuild" and store("a", "") == "1"
    assert look("b") == ["fresh", ""]
    expire(KEYS[0])
    assert look("b")[0] == "rebuild"
    redis.cli("DEL", *KEYS)


def spread(blocks, redis):
    keys = [f"page:{number}" for number in range(200)]
    fill = "for _, key in ipairs(KEYS) do redis.call('SET', key, 'v', 'PX', ARGV[1]) end"
    redis.eval(fill, keys, [300000])
    redis.cli("SET", "page:for-ever", "v")
    assert redis.eval(blocks["respread.lua"], [*keys, "page:for-ever", "page:gone"], ["0.2", "7"]) == "200"
    left = "local out = {} for i, key in ipairs(KEYS) do out[i] = redis.call('PTTL', key) end return out"
    lifetimes = [int(word) for word in redis.eval(left, keys).split()]
    assert 238000 <= min(lifetimes) < 250000 and 350000 < max(lifetimes) <= 360000, (min(lifetimes), max(lifetimes))
    # No tenth of the span has more than a fifth of the keys.
    tenths = [sum(240000 + 12000 * i <= value + 2000 < 252000 + 12000 * i for value in lifetimes) for i in range(10)]
    assert max(tenths) < 40, tenths
    assert redis.cli("TTL", "page:for-ever") == "-1" and redis.cli("EXISTS", "page:gone") == "0"


FAULTS = [
    ("look.lua", ", 'NX'", "", "every caller would rebuild"),
    ("look.lua", "entry[1] and 'stale' or 'wait'", "'wait'", "nobody would get the old value"),
    ("look.lua", "entry[1] and now < tonumber(entry[2])", "entry[1]", "nothing would ever be rebuilt"),
    ("look.lua", ", 'PX', ARGV[2]", "", "a leader that dies would hold the lock for ever"),
    ("store.lua", "redis.call('GET', KEYS[2]) ~= ARGV[1]", "false", "whoever comes late would overwrite what is newer"),
    ("store.lua", "redis.call('PEXPIRE', KEYS[1], ARGV[4])\n", "", "the entry would stay for ever"),
    ("store.lua", "redis.call('DEL', KEYS[2])\n", "", "the next rebuild would wait for the old lock"),
    ("respread.lua", "2 * math.random() - 1", "1", "they would still expire together"),
    ("respread.lua", "left > 0", "true", "a key without an expiry would get one"),
    ("pin.redis", " EX 3600", "", "the key would stay for ever"),
]
