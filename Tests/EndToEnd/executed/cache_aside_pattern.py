"""What the page cache-aside-pattern claims, tried with two instances of a service."""

NEEDS = {"postgres", "redis", "node"}

SCHEMA = """
CREATE EXTENSION pg_stat_statements;
CREATE TABLE products (id bigint PRIMARY KEY, name text NOT NULL, price numeric(12,2) NOT NULL);
INSERT INTO products SELECT n, 'name ' || n, n FROM generate_series(1, 300) n;
"""

DRIVER = """
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { connect } from './connect.mjs'
import { products } from './products.mjs'

const { URL, REDIS } = process.env
const quiet = () => {}
const all = (n, work) => Promise.all(Array.from({ length: n }, (_, i) => work(i)))
const ready = async (client) => { while (!client.isReady) await sleep(5); return client }

// A pool whose reads can be held between the database's answer and the caller, and made to fail.
const pool = new pg.Pool({ connectionString: URL, max: 10 })
let gate, fail, loads = 0
const slow = { query: async (sql, values) => {
  if (sql.startsWith('SELECT')) loads++
  if (fail) throw new Error('database')
  const result = await pool.query(sql, values)
  if (gate && sql.startsWith('SELECT')) await gate
  return result
} }
const redis = await ready(connect(REDIS, quiet)), other = await ready(connect(REDIS, quiet))
const relaxed = { patienceMs: 5000, leaseMs: 8000 }     // a busy machine is not a dead Redis
const one = products(slow, redis, relaxed), two = products(slow, other, relaxed)
const stored = async (id) => JSON.parse(await redis.get(`{product:v1:${id}}`))
const loaded = async (work) => { const before = loads; const result = await work(); return [loads - before, result] }

// A hundred misses at once, over two instances: one query.
gate = sleep(100)
const [queries, answers] = await loaded(() => all(100, (n) => (n % 2 ? one : two).get(1)))
gate = undefined
assert.equal(queries, 1)
assert.ok(answers.every((product) => product.name === 'name 1'))
const { rows: [{ calls }] } = await pool.query(`SELECT sum(calls)::int AS calls FROM pg_stat_statements
  WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND query LIKE 'SELECT id, name, price%'`)
assert.equal(calls, 1)
assert.deepEqual(await loaded(() => two.get(1)), [0, answers[0]])

// What is not there is remembered too, for a shorter time.
assert.deepEqual(await loaded(async () => { await one.get(999); return two.get(999) }), [1, null])
assert.ok(await redis.pTTL('{product:v1:999}') <= 36_000)

// Lifetimes are spread over 240 to 360 seconds, and no lease is left behind.
await all(200, (n) => one.get(n + 50))
const lives = await all(200, (n) => redis.pTTL(`{product:v1:${n + 50}}`))
const [shortest, longest] = [Math.min(...lives), Math.max(...lives)]
assert.ok(shortest > 230_000 && longest <= 360_000, `${shortest} to ${longest}`)
assert.ok(longest - shortest > 60_000, 'they would expire together')
assert.deepEqual(await redis.keys('*lease'), [])

// A reader has loaded the old value when a writer commits and invalidates. The old value is not stored afterwards,
// and whoever asks after the write sees the write, in this instance and in the other.
for (const writer of [one, two]) {
  await writer.rename(2, 'old')
  let open
  gate = new Promise((resolve) => { open = resolve })
  setTimeout(open, 1000)                                // for a reader that would wait for the flight before
  const early = one.get(2)
  while ((await redis.exists('{product:v1:2}:lease')) === 0) await sleep(2)
  await sleep(30)
  gate = undefined
  assert.equal(await writer.rename(2, 'new'), true)
  assert.equal((await writer.get(2)).name, 'new')
  open()
  assert.equal((await early).name, 'old')
  assert.equal((await stored(2)).name, 'new')
  assert.equal((await one.get(2)).name, 'new')
}
// The same with nobody asking in between: nothing is stored at all.
await one.rename(3, 'old')
let open
gate = new Promise((resolve) => { open = resolve })
const early = one.get(3)
while ((await redis.exists('{product:v1:3}:lease')) === 0) await sleep(2)
await sleep(30)
gate = undefined
await two.rename(3, 'new')
open()
await early
assert.equal(await stored(3), null)
assert.equal((await two.get(3)).name, 'new')

// A load that fails fails its callers, and the next one may try at once.
fail = true
const failures = await Promise.allSettled([one.get(4), one.get(4)])
assert.ok(failures.every((each) => each.reason?.message === 'database'))
fail = false
let began = performance.now()
assert.equal((await two.get(4)).name, 'name 4')
assert.ok(performance.now() - began < 1500, 'waited for a lease that nobody held')

// A loader that died: its lease ends, and the next one loads.
await redis.set('{product:v1:5}:lease', 'dead', { PX: 150 })
assert.equal((await one.get(5)).name, 'name 5')
assert.equal((await stored(5)).name, 'name 5')

// Redis hangs: the database answers after a short patience. A write says that it could not invalidate.
const hasty = products(slow, other, { patienceMs: 50 })
await redis.sendCommand(['CLIENT', 'PAUSE', '1000', 'ALL'])
began = performance.now()
const [asked, product] = await loaded(() => hasty.get(1))
assert.deepEqual([asked, product.name], [1, 'name 1'])
assert.equal(await hasty.rename(6, 'renamed'), false)
assert.ok(performance.now() - began < 900, 'waited for a Redis that hangs')
await ready(other)
await redis.ping()

// A connection that is lost comes back by itself.
const lost = new Promise((resolve) => other.once('reconnecting', resolve))
await redis.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
await lost
assert.equal((await hasty.get(9)).name, 'name 9')
await ready(other)
assert.equal((await two.get(9)).name, 'name 9')
assert.equal((await stored(9)).name, 'name 9')

// Redis is not there at all.
const without = products(slow, connect('redis://127.0.0.1:1', quiet), {})
assert.equal((await without.get(7)).name, 'name 7')
await sleep(100)
gate = sleep(50)
assert.equal((await loaded(() => all(20, () => without.get(8))))[0], 1)
console.log('done')
process.exit()
"""


def scenario(blocks, tools):
    db = tools.postgres.database()
    db.run(SCHEMA)
    files = {name: blocks[name] for name in ("cache.mjs", "connect.mjs", "products.mjs")}
    done = tools.node.run({**files, "driver.mjs": DRIVER}, "driver.mjs", {"URL": db.url, "REDIS": tools.redis.url},
                          timeout=60)  # fmt: skip
    assert done.ok().stdout == "done\n", done.stdout


FAULTS = [
    ("cache.mjs", "ARGV[1], 'NX', 'PX'", "ARGV[1], 'PX'", "each instance would load"),
    ("cache.mjs", "let flight = this.#flights.get(id)", "let flight", "without Redis each caller would ask by itself"),
    (
        "cache.mjs",
        "  if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end\n",
        "",
        "a value read before a write would be stored after it",
    ),
    (
        "cache.mjs",
        "this.#flights.delete(id)             //",
        "//",
        "a reader would join a flight from before its own write",
    ),
    ("cache.mjs", "redis.del(this.#keys(id))", "redis.del(this.#keys(id)[0])", "the lease would outlive the write"),
    ("cache.mjs", "(1 + this.jitter * (2 * Math.random() - 1))", "1", "all keys would expire together"),
    (
        "cache.mjs",
        "value === null ? this.absentMs : this.ttlMs",
        "this.ttlMs",
        "what is missing would be missing for long",
    ),
    ("cache.mjs", "await this.#run(RELEASE, id, token)", "", "a failed load would block the next"),
    (
        "cache.mjs",
        "Promise.race([command(this.redis), late])",
        "command(this.redis)",
        "a Redis that hangs would hang all",
    ),
    ("connect.mjs", "client.on('error'", "client.on('never'", "a connection that is lost would end the process"),
    ("products.mjs", "?? null", "?? {}", "what is missing would look like a product"),
]
