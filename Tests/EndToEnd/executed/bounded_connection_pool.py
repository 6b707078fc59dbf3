"""What the page bounded-connection-pool claims, tried."""

NEEDS = {"postgres", "node"}

DRIVER = """
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool } from './pool.mjs'
import { poolSize } from './pool-size.mjs'

const lines = []
const seen = (event) => lines.filter((line) => line.event === event)
const settings = { connectionString: process.env.URL, log: (event, fields) => lines.push({ event, ...fields }) }

// Unless told otherwise, a wait is bounded by five seconds.
assert.equal(createPool(settings).pool.options.connectionTimeoutMillis, 5000)

const db = createPool({ ...settings, max: 2 })
const pidOf = async (client) => (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid

// Never more connections than the bound, and each one returned, errors or not. The first waits for the second, which is
// else opened too late where the machine is busy.
let active = 0, most = 0
const results = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => db.withClient('burst', async (client) => {
  most = Math.max(most, ++active)
  for (let turns = 0; most < 2 && turns < 1000; turns++) await sleep(5)
  try { await client.query(n % 3 ? 'SELECT 1' : 'SELECT nonsense') } finally { active-- }
})))
assert.equal(most, 2)
assert.equal(results.filter((result) => result.status === 'rejected').length, 10)
assert.deepEqual([db.pool.totalCount, db.pool.idleCount, db.pool.waitingCount], [2, 2, 0])

// Losing an idle connection is logged, and the next query gets a new one.
await db.withClient('kill', async (client) => {
  const victim = await db.withClient('victim', pidOf)
  await client.query('SELECT pg_terminate_backend($1)', [victim])
  while (db.pool.totalCount > 1) await sleep(5)
})
assert.equal(seen('idle connection lost').length, 1)

// Losing one that is checked out between two statements fails that work alone.
await assert.rejects(db.withClient('struck', async (client) => {
  const pid = await pidOf(client)
  await db.withClient('kill', (other) => other.query('SELECT pg_terminate_backend($1)', [pid]))
  await sleep(50)
  await client.query('SELECT 1')
}))
assert.equal((await db.withClient('after', (client) => client.query('SELECT 1 AS one'))).rows[0].one, 1)
assert.deepEqual([db.pool.totalCount, db.pool.idleCount], [1, 1])

// A pool that is used up says no after the bounded wait, and forgets the request.
const tight = createPool({ ...settings, max: 2, connectionTimeoutMillis: 400, slowMs: 100 })
while (tight.pool.idleCount < 2) await Promise.allSettled([1, 2].map(() => tight.pool.query('SELECT 1')))
lines.length = 0
const holders = [0, 1].map(() => tight.withClient('report', () => sleep(600)))
await sleep(20)
const began = performance.now()
const refused = assert.rejects(tight.withClient('checkout', () => assert.fail('no connection was free')), /timeout/)
  .then(() => performance.now() - began)
// The one who comes a little later waits less than the bound, gets one, and is logged as slow.
await sleep(300)
await tight.withClient('late', (client) => client.query('SELECT 1'))
await Promise.all(holders)
const waited = await refused
assert.ok(waited > 350 && waited < 1500, `waited ${waited}`)
assert.equal(seen('no connection')[0].label, 'checkout')
assert.equal(tight.pool.waitingCount, 0)
const slow = seen('waited for a connection').find((line) => line.label === 'late')
assert.ok(slow?.waitedMs > 100, 'the slow wait is not in the log')
// Holding is reported twice: while it lasts, for those that are never returned, and at the end with the whole time.
for (const event of ['connection is still held', 'connection was held']) {
  const held = seen(event).filter((line) => line.label === 'report')
  assert.equal(held.length, 2, event)
  assert.ok(held.every((line) => line.heldMs >= (event.endsWith('was held') ? 590 : 100)), JSON.stringify(held))
}
await tight.end()

// A transaction that fails leaves nothing behind, and the connection is clean.
await db.transaction('create', (client) => client.query('CREATE TABLE t (n int)'))
await assert.rejects(db.transaction('fail', async (client) => {
  await client.query('INSERT INTO t VALUES (1)')
  throw new Error('business rule')
}), /business rule/)
await db.transaction('insert', (client) => client.query('INSERT INTO t VALUES (2)'))
assert.deepEqual((await db.pool.query('SELECT n FROM t')).rows, [{ n: 2 }])
await db.end()

assert.equal(poolSize({ cores: 8, instances: 4 }), 4)                                  // 17 over 4
assert.equal(poolSize({ cores: 8, instances: 1 }), 17)
assert.equal(poolSize({ cores: 32, instances: 4, maxConnections: 100 }), 12)           // 97 over 4, twice
assert.throws(() => poolSize({ cores: 4, instances: 10 }), RangeError)                 // fewer than one each
assert.throws(() => poolSize({ cores: 64, instances: 60 }), RangeError)                // more than the server allows
console.log('done')
"""


def scenario(blocks, tools):
    db = tools.postgres.database()
    files = {name: blocks[name] for name in ("pool.mjs", "pool-size.mjs")}
    done = tools.node.run({**files, "driver.mjs": DRIVER}, "driver.mjs", {"URL": db.url})
    assert done.returncode == 0 and "done" in done.stdout, done.stderr

    db.run(blocks["role.sql"])
    settings = db.run(
        "SHOW statement_timeout; SHOW lock_timeout; SHOW idle_in_transaction_session_timeout", user="shop_app"
    )
    assert [line.strip() for line in settings.splitlines() if line.strip().endswith("s")] == ["10s", "3s", "15s"]


FAULTS = [
    ("pool.mjs", "pool.on('error'", "pool.once('never'", "an idle connection that fails would end the process"),
    ("pool.mjs", "log('idle connection lost', { error: error.message })", "process.exit(1)", "the original's handler"),
    ("pool.mjs", "client.on('error', onError)", "", "a lost connection between two statements ends the process"),
    ("pool.mjs", "client.release(lost)", "if (!lost) client.release()", "a lost connection keeps its place for ever"),
    ("pool.mjs", "connectionTimeoutMillis: 5000,", "", "a wait without end"),
    ("pool.mjs", "if (got - asked > slowMs)", "if (false)", "slow waits are not logged"),
    (
        "pool.mjs",
        "await client.query('ROLLBACK')",
        "await Promise.resolve()",
        "a broken transaction goes back to the pool",
    ),
    ("pool-size.mjs", "2 * cores + disks ", "10 * cores ", "more connections than the database can use"),
]
