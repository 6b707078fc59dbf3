"""What the page batch-loading claims: N keys are one query, a batch is bounded, values land at their keys, errors stay at
theirs, and nothing is shared between requests."""

from __future__ import annotations

from executed._knowledge import threshold

NEEDS = {"postgres", "node"}

TRIAL = """
import assert from 'node:assert/strict'
import pg from 'pg'
import { Loader } from './loader.mjs'
import { createLoaders, NotYours, withLoaders } from './loaders.mjs'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 })
let queries = [], atOnce = 0, most = 0, broken = () => false
const db = { async query(text, values) {
  queries.push(values[0].length)
  most = Math.max(most, ++atOnce)
  try {
    if (broken(values[0])) throw new Error('the connection was lost')
    return await pool.query(text, values)
  } finally { atOnce-- }
} }
const ann = { id: '1' }, ben = { id: '2' }
const range = (n, from = 1) => Array.from({ length: n }, (_, i) => from + i)
const counted = async (work) => { queries = []; most = 0; const result = await work(); return [result, queries] }

// Fifty look-ups by fifty resolvers that know nothing of each other, some of them a few promises later: one query.
const resolver = async (loaders, id) => { for (let n = id % 4; n > 0; n--) await null; return loaders.orders.load(id) }
const shuffled = range(50).sort((a, b) => (a * 7919) % 101 - (b * 7919) % 101)
let [rows, sizes] = await counted(() => { const loaders = createLoaders(db, ann); return Promise.all(shuffled.map((id) => resolver(loaders, id))) })
assert.deepEqual(sizes, [50])
assert.deepEqual(rows.map((row) => row.id), shuffled.map(String), 'values at other keys')

// A batch is bounded, and one follows the other.
const LIMIT = @limit
const loaders = createLoaders(db, ann);
[rows, sizes] = await counted(() => Promise.all(range(2 * LIMIT + 50).map((id) => loaders.orders.load(id))))
assert.deepEqual(sizes, [LIMIT, LIMIT, 50])
assert.equal(most, 1)
assert.deepEqual(rows.map((row) => Number(row.id)), range(2 * LIMIT + 50));

// The same key is fetched once in a request, in whatever type it comes; one that depends on another is a second batch.
[rows, sizes] = await counted(async () => {
  const again = createLoaders(db, ann)
  const first = await Promise.all([again.orders.load(7), again.orders.load('7'), again.orders.load(7n)])
  return [...first, await again.orders.load(7), await again.orders.load(8)]
})
assert.deepEqual(sizes, [1, 1])
assert.ok(rows[0] === rows[1] && rows[1] === rows[2] && rows[2] === rows[3]);

// Missing, foreign and failing keys each have their own outcome.
[rows, sizes] = await counted(() => createLoaders(db, ann).orders.loadMany([1, 999999, 301, 2, 1]))
assert.deepEqual(sizes, [4])
assert.deepEqual(rows.map(({ status, value, reason }) => status === 'rejected' ? reason.constructor : value && value.id),
  ['1', null, NotYours, '2', '1'])

// A lost connection costs its batch, not the others, and is not kept.
const shaky = createLoaders(db, ann)
broken = (ids) => ids.includes('150')
const outcome = await shaky.orders.loadMany(range(250))
assert.deepEqual(outcome.map(({ status }) => status === 'rejected'), range(250).map((id) => id > 100 && id <= 200))
broken = () => false
assert.equal((await shaky.orders.load(150)).id, '150', 'a failure is kept')

// Nothing is shared between two requests, and a write is seen after clear().
const requests = [ann, ben].map((user) => ({ user }))
for (const request of requests) withLoaders(db)(request, {}, () => {})
assert.equal((await requests[0].loaders.orders.load(5)).total_cents, '500')
await assert.rejects(requests[1].loaders.orders.load(5), NotYours)
await pool.query('UPDATE orders SET total_cents = 1 WHERE id = 5')
assert.equal((await requests[0].loaders.orders.load(5)).total_cents, '500')
assert.equal((await createLoaders(db, ann).orders.load(5)).total_cents, '1')
requests[0].loaders.orders.clear(5)
assert.equal((await requests[0].loaders.orders.load(5)).total_cents, '1')

await assert.rejects(new Loader(async (keys) => keys).load(1), TypeError)
assert.throws(() => new Loader(async () => new Map(), { maxBatch: 0 }), RangeError)
await pool.end()
"""


def scenario(blocks, tools):
    files = {name: blocks[name] for name in ("loader.mjs", "loaders.mjs")}
    db = tools.postgres.database()
    # 300 orders of customer 1 and 300 of customer 2, stored backwards, so that rows do not come back in order of keys.
    db.run("""
        CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, total_cents bigint NOT NULL);
        INSERT INTO orders SELECT n, CASE WHEN n <= 300 THEN 1 ELSE 2 END, n * 100 FROM generate_series(600, 1, -1) n;
    """)
    trial = TRIAL.replace("@limit", str(threshold("request-batch-items")))
    tools.node.run({**files, "trial.mjs": trial}, "trial.mjs", {"DATABASE_URL": db.url}).ok()


FAULTS = [
    ("loader.mjs", "if (known) return known", "", "the same key is fetched twice"),
    ("loader.mjs", "slice(at, at + this.#maxBatch)", "slice(at)", "batches overlap"),
    ("loader.mjs", "maxBatch = 100", "maxBatch = Infinity", "a batch has no bound"),
    ("loader.mjs", "promise.catch(() => this.#promises.delete(id))", "promise.catch(() => {})", "a failure is kept"),
    ("loader.mjs", "if (value instanceof Error) reject(value)", "if (value instanceof Error) throw value",
     "one key's error is everybody's"),
    ("loader.mjs", "setImmediate(() => this.#dispatch())", "this.#dispatch()", "nothing is collected"),
    ("loader.mjs", "const id = String(key)", "const id = key", "a number is not found among texts"),
    ("loader.mjs", "found.get(id) ?? null", "[...found.values()][batch.findIndex((one) => one.id === id)] ?? null",
     "values are matched by position"),
    ("loaders.mjs", "row.customer_id === user.id ? row : new NotYours(`order ${row.id}`)", "row", "others' orders are shown"),
]  # fmt: skip
