"""What the locks keep apart, what they do not, and what the fence does about it."""

import re
import time

NEEDS = {"postgres", "redis", "node"}

TRY = """
import assert from 'node:assert/strict'
import redis from 'redis'
import { withLock } from './lock.mjs'

const client = redis.createClient({ url: process.env.REDIS_URL })
await client.connect()
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))
const standStill = ms => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

// One holder at a time; the lock has a lifetime, and is free afterwards.
let inside = 0, most = 0
const results = await Promise.all(Array.from({ length: 10 }, () => withLock(client, 'job', 5000, async () => {
  most = Math.max(most, inside += 1)
  await pause(20)
  const left = await client.pTTL('job')
  inside -= 1
  return left
})))
assert.equal(most, 1)
assert.equal(results.filter(({ held }) => held).length, 1)
const { result: left } = results.find(({ held }) => held)
assert.ok(left > 0 && left <= 5000, `lifetime ${left}`)
assert.equal(await client.get('job'), null)
await assert.rejects(withLock(client, 'job', 5000, async () => { throw new Error('failed') }), /failed/)
assert.equal(await client.get('job'), null)

// It is renewed while the work goes on.
await withLock(client, 'long', 400, async signal => {
  const token = await client.get('long')
  for (let turn = 0; turn < 6; turn += 1) {
    await pause(100)
    assert.equal(await client.get('long'), token)
    assert.equal(signal.aborted, false)
  }
})

// A pause longer than the lifetime: another takes the lock, keeps it, and the signal tells.
const { result: told } = await withLock(client, 'paused', 200, async signal => {
  standStill(400)
  assert.equal(await client.set('paused', 'another', { NX: true, PX: 100000 }), 'OK')
  await pause(150)
  return signal.aborted
})
assert.equal(told, true)
assert.equal(await client.get('paused'), 'another', 'released the lock of another')
assert.ok(await client.pTTL('paused') > 50000, 'renewed the lock of another')

// Taken away: the signal tells at the next renewal, long before the lifetime ends.
await withLock(client, 'taken', 1200, async signal => {
  await client.set('taken', 'another', { PX: 100000 })
  const began = performance.now()
  while (!signal.aborted) {
    assert.ok(performance.now() - began < 1000, 'not told')
    await pause(10)
  }
})
assert.ok(await client.pTTL('taken') > 50000, 'renewed the lock of another')

// No answer to renewals: the lifetime counts, from the question.
const silent = { set: async () => { await pause(400); return 'OK' }, eval: async () => { throw new Error('away') } }
const asked = performance.now()
await withLock(silent, 'silent', 600, signal => new Promise(resolve => signal.addEventListener('abort', resolve)))
const lasted = performance.now() - asked
assert.ok(lasted > 590 && lasted < 900, `lasted ${lasted}`)
silent.set = async () => { standStill(50); return 'OK' }
await withLock(silent, 'silent', 40, async signal => assert.ok(signal.aborted, 'an answer after the lifetime'))

await client.quit()
console.log('all hold')
"""


def scenario(blocks, tools):
    db = tools.postgres.database()
    advisory(db, blocks["advisory.sql"])

    redis = tools.redis
    release, renew = blocks["release.lua"], blocks["renew.lua"]
    redis.cli("SET", "lock", "mine", "PX", 60000)
    assert redis.eval(renew, ["lock"], ["another", 1]) == "0" and redis.eval(release, ["lock"], ["another"]) == "0"
    assert redis.cli("GET", "lock") == "mine" and int(redis.cli("PTTL", "lock")) > 30000
    assert redis.eval(renew, ["lock"], ["mine", 90000]) == "1" and int(redis.cli("PTTL", "lock")) > 60000
    assert redis.eval(release, ["lock"], ["mine"]) == "1" and redis.cli("EXISTS", "lock") == "0"
    assert redis.eval(renew, ["lock"], ["mine", 1000]) == "0", "what has ended is not brought back"

    files = {name: blocks[name] for name in ("release.lua", "renew.lua", "lock.mjs")}
    done = tools.node.run({**files, "try.mjs": TRY}, "try.mjs", {"REDIS_URL": redis.url})
    assert done.ok().stdout == "all hold\n"

    db.run(blocks["fence.sql"])
    db.run("INSERT INTO ledgers (id) VALUES ('main')")
    failover(db, redis)


def advisory(db, script):
    assert " t\n" in db.run(script)
    take = re.search(r"^SELECT pg_try_advisory.*$", script, re.M)[0]

    def takes(connection) -> bool:
        return connection.execute(take).fetchone()[0]

    one, two = db.connect(), db.connect()
    assert takes(one) and not takes(two)
    two.rollback()
    assert " f\n" in db.run(script)
    one.commit()
    assert takes(two), "ends with the transaction"
    two.rollback()

    # A holder that dies leaves neither the lock nor half of its work.
    db.run("CREATE TABLE invoices (n int)")
    assert takes(one)
    one.execute("INSERT INTO invoices VALUES (1)")
    db.value("SELECT pg_terminate_backend(%s, 5000)", [one.info.backend_pid])
    assert takes(two) and two.execute("SELECT count(*) FROM invoices").fetchone() == (0,)
    two.rollback()

    # Of a session: outlasts the transaction, and the session may take it again. Behind a pooler in transaction mode
    # the session is the server's connection, whoever's statements run there.
    pooled, other = db.connect(), db.connect()
    session = "SELECT pg_try_advisory_lock(7)"
    assert pooled.execute(session).fetchone() == (True,)
    pooled.commit()
    assert other.execute(session).fetchone() == (False,)
    other.rollback()
    assert pooled.execute(session).fetchone() == (True,), "the next client of that connection gets it, too"


def failover(db, redis):
    """The primary grants the lock and dies before the replica hears of it."""
    primary = redis_server = None
    primary = redis.server("--repl-diskless-sync-delay", 0)
    replica = redis.server("--replicaof", "127.0.0.1", primary.port)
    until = time.monotonic() + 20
    while "master_link_status:up" not in replica.cli("INFO", "replication"):
        assert time.monotonic() < until, "the replica does not follow"
        time.sleep(0.02)
    replica.cli("REPLICAOF", "127.0.0.1", 1)
    ask = ("SET", "lock", "{}", "NX", "PX", 60000)

    def takes(server, name) -> bool:
        return server.cli(*(name if word == "{}" else word for word in ask)) == "OK"

    assert takes(primary, "A")
    assert primary.cli("INCR", "fence") == "1"
    primary.kill()
    replica.cli("REPLICAOF", "NO", "ONE")
    assert takes(replica, "B"), "two holders"
    assert replica.cli("INCR", "fence") == "1", "a number from Redis is handed out twice"

    def enter():
        return db.rows("SELECT fence, balance FROM enter('main')")[0]

    def write(fence, balance) -> bool:
        return db.value("SELECT write_under(%s, 'main', %s)", [fence, balance])

    of_a, of_b = enter(), enter()
    assert of_a == (1, 0) and of_b == (2, 0)
    assert write(of_b[0], of_b[1] + 10)
    assert not write(of_a[0], of_a[1] + 100), "the late holder is refused"
    assert db.value("SELECT balance FROM ledgers") == 10

    # Also before the newer one has written: it may have read already.
    of_a = enter()
    of_b = enter()
    assert not write(of_a[0], 1)
    assert write(of_b[0], of_b[1] + 10) and write(of_b[0], of_b[1] + 20), "a holder may write more than once"
    assert db.value("SELECT balance FROM ledgers") == 30

    # At the same moment: one after the other.
    one, two = db.connect(), db.connect(autocommit=True)
    fence = one.execute("SELECT fence FROM enter('main')").fetchone()[0]
    one.commit()
    one.execute("SELECT fence FROM enter('main')")
    two.execute("SET lock_timeout = '50ms'")
    try:
        two.execute("SELECT write_under(%s, 'main', 0)", [fence])
        raise AssertionError("a write passes by one who enters")
    except Exception as error:
        assert getattr(error, "sqlstate", None) == "55P03", error
    one.commit()
    assert two.execute("SELECT write_under(%s, 'main', 0)", [fence]).fetchone() == (False,)


FAULTS = [
    ("release.lua", "redis.call('GET', KEYS[1]) == ARGV[1]", "true", "it would release another's lock"),
    ("renew.lua", "redis.call('GET', KEYS[1]) == ARGV[1]", "true", "it would renew another's lock"),
    ("lock.mjs", "NX: true, ", "", "two would hold it"),
    ("lock.mjs", ", PX: lifetimeMs", "", "a dead holder would keep it for ever"),
    ("lock.mjs", "renewed === 1 ? asked + lifetimeMs : 0", "asked + lifetimeMs", "the holder would not be told"),
    (
        "lock.mjs",
        "holdUntil(asked + lifetimeMs)",
        "holdUntil(performance.now() + lifetimeMs)",
        "it would count from the answer",
    ),
    ("lock.mjs", "if (rest <= 0) lose()\n    else", "", "work would begin under a lock that has ended"),
    (
        "lock.mjs",
        "await redis.eval(RELEASE",
        "false && await redis.eval(RELEASE",
        "the lock would stay for its lifetime",
    ),
    ("advisory.sql", "pg_try_advisory_xact_lock", "pg_try_advisory_lock", "the lock would outlast the transaction"),
    ("fence.sql", "AND ledgers.fence = $1", "", "the late holder would write"),
    ("fence.sql", "AND ledgers.fence = $1", "AND ledgers.fence >= $1", "the late holder would write"),
    ("fence.sql", "fence = ledgers.fence + 1", "fence = ledgers.fence", "two would have one number"),
]
