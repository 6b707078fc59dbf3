"""What the page hash-sharding claims, tried with two shards and writers that do not stop."""

NEEDS = {"postgres", "node"}

DRIVER = """
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { bucketOf, rebalance } from './shards.mjs'
import { ShardRouter, moveBucket } from './router.mjs'

// How many keys change their server when the fifth one comes.
const names = (n) => Array.from({ length: n }, (_, i) => `shard${i + 1}`)
const keys = Array.from({ length: 4000 }, (_, i) => i + 1)
const moved = (before, after) => keys.filter((key) => before(key) !== after(key)).length / keys.length
const by = (map) => (key) => map[bucketOf(key)]
const hash = (text) => createHash('sha256').update(text).digest().readUInt32BE(0)
const modulo = (n) => (key) => hash(`${key}`) % n
const rendezvous = (n) => (key) => names(n).map((shard) => [hash(`${shard} ${key}`), shard])
  .reduce((best, each) => (each[0] > best[0] ? each : best))[1]
const sizes = (map, shards) => shards.map((shard) => map.filter((each) => each === shard).length)
const between = (value, low, high) =>
  assert.ok(low <= value && value <= high, `${value} is not within ${low} and ${high}`)

const four = rebalance([], names(4)), five = rebalance(four, names(5)), three = rebalance(five, names(3))
assert.deepEqual(sizes(four, names(4)), [256, 256, 256, 256])
assert.deepEqual(sizes(five, names(5)).sort(), [204, 205, 205, 205, 205])
assert.deepEqual(sizes(three, names(3)).sort(), [341, 341, 342])
// No more buckets move than the new shard has to hold, or the lost ones held.
assert.equal(five.filter((shard, bucket) => shard !== four[bucket]).length, sizes(five, ['shard5'])[0])
const homeless = five.filter((shard) => !names(3).includes(shard)).length
assert.equal(three.filter((shard, bucket) => shard !== five[bucket]).length, homeless)
assert.deepEqual(rebalance(five, names(5)), five)
between(moved(modulo(4), modulo(5)), 0.77, 0.83)
between(moved(rendezvous(4), rendezvous(5)), 0.17, 0.23)
between(moved(by(four), by(five)), 0.17, 0.23)
// The spread over four shards is even, though the keys are consecutive.
const counted = names(4).map((shard) => keys.filter((key) => by(four)(key) === shard).length)
between(Math.max(...counted) / Math.min(...counted), 1, 1.2)

const open = (url, refuse) => {
  const pool = new pg.Pool({ connectionString: url, max: 8 })
  const crash = () => Promise.reject(new Error('crash'))
  return {
    query: (sql, values) => (refuse?.(sql) ? crash() : pool.query(sql, values)),
    withClient: async (label, work) => {
      const client = await pool.connect()
      const query = (sql, values) => (refuse?.(sql) ? crash() : client.query(sql, values))
      try { return await work({ query }) } finally { client.release() }
    },
  }
}
const at = (schema) => `${process.env.URL}?options=${encodeURIComponent(`-c search_path=${schema}`)}`
const shards = new Map([['one', open(at('one'))], ['two', open(at('two'))]])
const world = { directory: open(at('directory')), shards }
const map = rebalance([], ['one', 'two'])
await world.directory.query(
  'INSERT INTO bucket_map SELECT n - 1, shard FROM unnest($1::text[]) WITH ORDINALITY AS m (shard, n)', [map])
for (const [name, shard] of world.shards) {
  const owned = map.flatMap((each, bucket) => (each === name ? [bucket] : []))
  await shard.query('INSERT INTO owned_buckets SELECT unnest($1::int[])', [owned])
}
// The database and the program agree on the bucket.
const { rows: agreed } = await shards.get('one').query('SELECT bucket_of(n) AS bucket FROM generate_series(1, 500) n')
assert.deepEqual(agreed.map((row) => row.bucket), keys.slice(0, 500).map(bucketOf))
const router = new ShardRouter(world)
const where = async (tenant) =>
  (await world.directory.query('SELECT shard FROM bucket_map WHERE bucket = $1', [bucketOf(tenant)])).rows[0].shard
const INSERT = 'INSERT INTO orders (tenant_id, total) VALUES ($1, $2)'
const add = (tenant, total) => router.write(tenant, async (client) =>
  (await client.query(INSERT + ' RETURNING id', [tenant, total])).rows[0].id)
const sum = (tenant, pause = 0) => router.read(tenant, async (client) => {
  await sleep(pause)
  const { rows } = await client.query('SELECT coalesce(sum(total), 0) AS n FROM orders WHERE tenant_id = $1', [tenant])
  return +rows[0].n
})
const bump = (tenant, id, pause = 0) => router.write(tenant, async (client) => {
  await sleep(pause)
  const { rowCount } = await client.query(
    'UPDATE orders SET total = total + 1 WHERE tenant_id = $1 AND id = $2', [tenant, id])
  assert.equal(rowCount, 1, 'an update found nothing to change')
})
const count = async (shard, tenant) =>
  +(await world.shards.get(shard).query('SELECT count(*) FROM orders WHERE tenant_id = $1', [tenant])).rows[0].count

// Orders of different shards never have the same number.
const tenants = Array.from({ length: 40 }, (_, i) => i + 1)
const ids = await Promise.all(tenants.map((tenant) => add(tenant, 1)))
assert.equal(new Set(ids).size, 40)
const all = 'SELECT count(*)::int FROM orders'
const counts = await router.everywhere(async (client) => (await client.query(all)).rows[0].count)
assert.ok(Math.min(...counts) > 5 && counts[0] + counts[1] === 40, JSON.stringify(counts))

const tenant = tenants[0], [id] = ids, home = await where(tenant), away = home === 'one' ? 'two' : 'one'
const move = (from, to, there = world) => moveBucket(there, bucketOf(tenant), from, to)

// A write that is in the bucket is waited for.
const write = bump(tenant, id, 150)
await sleep(30)
await Promise.all([move(home, away), write])
const state = async () => [await count(home, tenant), await count(away, tenant), await sum(tenant), await where(tenant)]
assert.deepEqual(await state(), [0, 1, 2, away])
// A read that has begun reads to its end.
const read = sum(tenant, 150)
await sleep(30)
await Promise.all([move(away, home), read])
assert.equal(await read, 2)

// With traffic that does not stop, nothing is lost, doubled or refused.
let going = true, added = 0, bumped = 0
const until = async (work) => { while (going) await work() }
const traffic = Promise.all([
  until(async () => { await add(tenant, 1); added++ }),
  until(async () => { await bump(tenant, id); bumped++ }),
  until(async () => {
    const floor = 2 + added + bumped
    assert.ok(await sum(tenant) >= floor, 'a read missed a write')
  }),
])
for (const [from, to] of [[home, away], [away, home]]) {
  const [adds, bumps] = [added, bumped]
  while (added < adds + 3 || bumped < bumps + 3) await sleep(2)
  await move(from, to)
}
going = false
await traffic
assert.deepEqual(await state(), [added + 1, 0, 2 + added + bumped, home])
let total = 2 + added + bumped

// Who goes round the router meets the shard's own fence.
await assert.rejects(world.shards.get(away).query(INSERT, [tenant, 1]), { code: '23503' })

// A crash after the copy: the old owner goes on, and the copy that was left is replaced.
const broken = open(at(home), (sql) => sql.startsWith('DELETE FROM owned'))
const dies = { ...world, shards: new Map(world.shards).set(home, broken) }
await assert.rejects(move(home, away, dies), /crash/)
await bump(tenant, id)
assert.equal(await where(tenant), home)
await assert.rejects(move(home, 'three'), /on its way/)         // a second copy would make two owners
await move(home, away)
assert.equal(await sum(tenant), ++total)

// A crash before the map changes: a write waits until the move is called again, and is not lost.
const unmapped = { ...world, directory: open(at('directory'), (sql) => sql.includes('SET shard')) }
await assert.rejects(move(away, home, unmapped), /crash/)
const late = bump(tenant, id)
await sleep(50)
await move(away, home)
await late
assert.equal(await sum(tenant), ++total)
console.log('done')
process.exit()
"""


def scenario(blocks, tools):
    # Three schemas stand for the directory and two shards.
    db = tools.postgres.database()
    second = blocks["shard.sql"].replace("START WITH 1 ", "START WITH 2 ")
    for schema, script in (("directory", blocks["directory.sql"]), ("one", blocks["shard.sql"]), ("two", second)):
        db.run(f"CREATE SCHEMA {schema}; SET search_path = {schema};\n{script}")
    files = {name: blocks[name] for name in ("shards.mjs", "router.mjs")}
    done = tools.node.run({**files, "driver.mjs": DRIVER}, "driver.mjs", {"URL": db.url}, timeout=60)
    assert done.ok().stdout == "done\n", done.stdout


FAULTS = [
    ("shards.mjs", "readUInt32BE(0) % BUCKETS", "readUInt32BE(4) % BUCKETS", "program and database would disagree"),
    ("shards.mjs", "return left > 0 ? map[bucket] : undefined", "return undefined", "every bucket would move"),
    ("shard.sql", "INCREMENT BY 256", "INCREMENT BY 1", "numbers of two shards would meet"),
    ("shard.sql", "STORED REFERENCES owned_buckets", "STORED", "rows could land on the wrong shard"),
    ("router.mjs", " FOR KEY SHARE", "", "a write could go to a bucket that is leaving"),
    ("router.mjs", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN", "a read could miss what is leaving"),
    ("router.mjs", "this.#map = new Map()\n", "\n", "a router would never learn of a move"),
    (
        "router.mjs",
        "await target.query('DELETE FROM orders WHERE bucket = $1', [bucket])",
        "",
        "what a crash left would be in the way",
    ),
    (
        "router.mjs",
        "if (!rowCount) return",
        "",
        "a move could not be finished after a crash, and would take the rows with it",
    ),
    ("router.mjs", " AND coalesce(moving_to, $3) = $3", "", "a move that was broken off could be followed by another"),
]
