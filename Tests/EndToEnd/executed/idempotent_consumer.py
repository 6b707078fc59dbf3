"""One effect for each event: repeated, at once, after a crash, after a failure, and beyond the memory."""

NEEDS = {"postgres", "node"}

TRY = """
import assert from 'node:assert/strict'
import pg from 'pg'
import { handle, TooOld } from './consumer.mjs'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const event = (id, changes = {}) => ({ source: '/shop', id, time: new Date().toISOString(), amount: 5, ...changes })
const pay = (client, { amount }) => client.query('UPDATE accounts SET balance = balance + $1', [amount])
const balance = async () => (await pool.query('SELECT balance FROM accounts')).rows[0].balance
const gate = () => { let open; const passed = new Promise(resolve => { open = resolve }); return { open, passed } }
// Until another connection waits for a lock.
async function somebodyWaits() {
  for (;;) {
    const { rows } = await pool.query(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    if (rows[0].n > 0) return
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

// In sequence; another consumer; another source with the same id.
assert.equal(await handle(pool, 'billing', event('1'), pay), 'applied')
assert.equal(await handle(pool, 'billing', event('1'), pay), 'repeat')
assert.equal(await balance(), 5)
assert.equal(await handle(pool, 'points', event('1'), pay), 'applied')
assert.equal(await handle(pool, 'billing', event('1', { source: '/other' }), pay), 'applied')
assert.equal(await balance(), 15)

// The effect fails: nothing is marked, and the next delivery applies it.
await assert.rejects(handle(pool, 'billing', event('2'), async (client, it) => {
  await pay(client, it)
  throw new Error('no')
}), /no/)
assert.equal(await balance(), 15)
assert.equal(await handle(pool, 'billing', event('2'), pay), 'applied')
assert.equal(await balance(), 20)

// Two deliveries at once: the second waits for the first, and follows its fate.
for (const [id, fails, second] of [['3', false, 'repeat'], ['4', true, 'applied']]) {
  const paid = gate(), end = gate()
  const before = await balance()
  const first = handle(pool, 'billing', event(id), async (client, it) => {
    await pay(client, it)
    paid.open()
    await end.passed
    if (fails) throw new Error('no')
  })
  first.catch(() => {})
  await paid.passed
  const other = handle(pool, 'billing', event(id), pay)
  await somebodyWaits()
  end.open()
  assert.equal(await other, second)
  await (fails ? assert.rejects(first) : first)
  assert.equal(await balance(), before + 5)
}

// Forty deliveries of eight events.
const before = await balance()
const results = await Promise.all(
  Array.from({ length: 40 }, (_, number) => handle(pool, 'billing', event(`many-${number % 8}`), pay)))
assert.equal(results.filter(result => result === 'applied').length, 8)
assert.equal(await balance(), before + 40)

// Older than the memory.
const days = count => new Date(Date.now() - count * 24 * 60 * 60 * 1000).toISOString()
await assert.rejects(handle(pool, 'billing', event('old', { time: days(28.1) }), pay), TooOld)
assert.equal(await handle(pool, 'billing', event('old', { time: days(27.9) }), pay), 'applied')
await pool.end()
console.log('all hold')
"""

DIES = """
import pg from 'pg'
import { handle } from './consumer.mjs'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const pay = async (client, { amount }) => {
  await client.query('UPDATE accounts SET balance = balance + $1', [amount])
  if (process.env.DIES === 'in the effect') process.kill(process.pid, 'SIGKILL')
}
const event = { source: '/shop', id: 'crash', time: new Date().toISOString(), amount: 100 }
const result = await handle(pool, 'billing', event, pay)
if (process.env.DIES === 'before the acknowledgement') process.kill(process.pid, 'SIGKILL')
console.log(result)
await pool.end()
"""


def scenario(blocks, tools):
    db = tools.postgres.database()
    db.run(blocks["schema.sql"])
    db.run("CREATE TABLE accounts (balance int NOT NULL); INSERT INTO accounts VALUES (0)")
    files = {"consumer.mjs": blocks["consumer.mjs"], "try.mjs": TRY, "dies.mjs": DIES}
    env = {"DATABASE_URL": db.url}
    assert tools.node.run(files, "try.mjs", env).ok().stdout == "all hold\n"

    before = db.value("SELECT balance FROM accounts")
    assert tools.node.run(files, "dies.mjs", {**env, "DIES": "in the effect"}).returncode < 0
    assert db.value("SELECT balance FROM accounts") == before
    assert tools.node.run(files, "dies.mjs", {**env, "DIES": "before the acknowledgement"}).returncode < 0
    assert db.value("SELECT balance FROM accounts") == before + 100
    assert tools.node.run(files, "dies.mjs", env).ok().stdout == "repeat\n"
    assert db.value("SELECT balance FROM accounts") == before + 100

    # Pruning: by age, in batches, by its index; what can still come back is kept.
    db.run("TRUNCATE handled_events")
    db.run("""
        INSERT INTO handled_events (consumer, source, event_id, handled_at)
        SELECT 'c', '/s', n, now() - interval '30 days' - n * interval '1 second' FROM generate_series(1, 6000) n;
        INSERT INTO handled_events (consumer, source, event_id, handled_at)
        SELECT 'c', '/s', 'new' || n, now() - interval '28 days' FROM generate_series(1, 20000) n;
        ANALYZE handled_events;
    """)
    plan = db.run("EXPLAIN " + blocks["prune.sql"])
    assert "handled_events_age" in plan, plan
    left = []
    for _ in range(3):
        db.run(blocks["prune.sql"])
        left.append(db.value("SELECT count(*) FROM handled_events WHERE handled_at < now() - interval '29 days'"))
    assert left == [1000, 0, 0], left
    assert db.value("SELECT min(event_id::int) IS NULL FROM handled_events WHERE event_id ~ '^[0-9]'") is True
    assert db.value("SELECT count(*) FROM handled_events") == 20000
    # "A few hundred bytes" a row.
    db.run("VACUUM FULL handled_events")
    assert 50 < db.value("SELECT pg_total_relation_size('handled_events') / 20000") < 400

    # A stricter isolation tells of the conflict instead of passing over it.
    first, second = db.connect(), db.connect()
    for connection in (first, second):
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT 1 FROM accounts")
    insert = "INSERT INTO handled_events (consumer, source, event_id) VALUES ('c', '/s', 'x') ON CONFLICT DO NOTHING"
    first.execute(insert)
    first.commit()
    try:
        second.execute(insert)
        raise AssertionError("REPEATABLE READ passes over a key it cannot see")
    except Exception as error:
        assert getattr(error, "sqlstate", None) == "40001", error

    db.run(blocks["latest.sql"])
    for version, address in ((2, "b"), (1, "a"), (2, "b again"), (3, "c"), (1, "a")):
        db.run(f"SELECT apply_address(7, {version}, '{address}')")
    assert db.rows("SELECT * FROM customer_addresses") == [(7, 3, "c")]


FAULTS = [
    ("schema.sql", "(consumer, source, event_id)", "(consumer, event_id)", "two sources may use the same id"),
    ("schema.sql", "(consumer, source, event_id)", "(source, event_id)", "the second consumer would miss the event"),
    ("consumer.mjs", "await client.query('BEGIN')", "", "key and effect would not be one transaction"),
    ("consumer.mjs", "if (rowCount === 1) await effect", "await effect", "a repeat would be applied"),
    ("consumer.mjs", "acceptDays * DAY_MS", "Infinity", "what is forgotten would be applied again"),
    ("consumer.mjs", "effect(client, event)", "effect(pool, event)", "the effect would be outside of the transaction"),
    ("prune.sql", "30 days", "7 days", "keys would be forgotten while their events can come back"),
    ("prune.sql", "LIMIT 5000", "", "one transaction would delete everything"),
    ("latest.sql", "WHERE kept.version < excluded.version", "", "a late-comer would win"),
]
