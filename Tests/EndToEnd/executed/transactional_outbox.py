"""Nothing lost, nothing skipped, each aggregate in order, with two relays and with ones that die."""

NEEDS = {"postgres", "node"}

TRY = """
import assert from 'node:assert/strict'
import pg from 'pg'
import { relay } from './relay.mjs'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, options: '-c lock_timeout=3s' })
const gate = () => { let open; const passed = new Promise(resolve => { open = resolve }); return { open, passed } }
const add = (aggregate, version) => pool.query(
  "INSERT INTO outbox (aggregate, version, type, data) VALUES ($1, $2, 'test.v1', '{}')", [aggregate, version])
const waiting = async () =>
  (await pool.query('SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL')).rows[0].n
const fresh = () => pool.query("TRUNCATE outbox; UPDATE relay_lanes SET served_at = '-infinity'")
async function drain(publish) {
  for (;;) {
    const sent = await relay(pool, publish).catch(error => { if (error.errors) return 0; throw error })
    if (sent === null || await waiting() === 0) return
  }
}
function inOrder(events) {
  const last = new Map()
  for (const { aggregate, version } of events) {
    assert.equal(Number(version), (last.get(aggregate) ?? 0) + 1, `${aggregate} after ${last.get(aggregate)}`)
    last.set(aggregate, Number(version))
  }
}

// Nothing to do.
assert.equal(await relay(pool, async () => assert.fail()), null)

// While one relay is at work, another takes other lanes and none of its aggregates, and waits for nothing.
for (let number = 0; number < 40; number += 1) for (const version of [1, 2, 3]) await add(`order/${number}`, version)
const slow = gate(), begun = gate()
const bySlow = [], byQuick = []
const held = relay(pool, async event => { bySlow.push(event); begun.open(); await slow.passed })
await begun.passed
for (let pass = 0; pass < 7; pass += 1) await relay(pool, async event => byQuick.push(event))
assert.equal(await relay(pool, async event => byQuick.push(event)), null)
const [first] = bySlow
assert.ok(byQuick.length > 0)
assert.ok(byQuick.every(event => event.aggregate !== first.aggregate))
slow.open()
await held
assert.equal(await waiting(), 0)
const all = [...bySlow, ...byQuick]
assert.equal(new Set(all.map(event => event.event_id)).size, 120)
assert.equal(all.length, 120)
inOrder(bySlow)
inOrder(byQuick)

// Four relays at once.
await fresh()
for (let version = 1; version <= 10; version += 1) for (let n = 0; n < 30; n += 1) await add(`order/${n}`, version)
const together = []
const running = new Set()
await Promise.all([1, 2, 3, 4].map(() => drain(async event => {
  assert.ok(!running.has(event.aggregate), 'one aggregate with two relays')
  running.add(event.aggregate)
  await new Promise(resolve => setImmediate(resolve))
  running.delete(event.aggregate)
  together.push(event)
})))
assert.equal(together.length, 300)
inOrder(together)

// One event fails: its aggregate waits, the others do not, what was sent is marked.
await fresh()
const inLane = (await pool.query(`
  SELECT 'a/' || n AS name FROM generate_series(1, 500) n
  WHERE hashtext('a/' || n) & 7 = 3 ORDER BY n LIMIT 10`)).rows.map(row => row.name)
const [bad, good] = inLane
await add(good, 1); await add(bad, 1); await add(bad, 2); await add(good, 2)
const sent = []
let down = true
const picky = async event => {
  if (down && event.aggregate === bad && event.version === '1') throw new Error('too large')
  sent.push(event)
}
await assert.rejects(relay(pool, picky), /1 events not sent, 2 sent/)
assert.deepEqual(sent.map(event => event.aggregate), [good, good])
assert.equal(await waiting(), 2)
down = false
assert.equal(await relay(pool, picky), 2)
inOrder(sent)

// The broker is away: a pass gives up soon.
for (const name of inLane.slice(2)) await add(name, 1)
let tried = 0
await assert.rejects(relay(pool, async () => { tried += 1; throw new Error('away') }), AggregateError)
assert.equal(tried, 3)
await drain(async () => {})

// A batch is bounded.
await fresh()
for (let version = 1; version <= 5; version += 1) await add('order/1', version)
const few = []
assert.equal(await relay(pool, async event => few.push(event), { batch: 2 }), 2)
assert.equal(await waiting(), 3)
await drain(async event => few.push(event))
inOrder(few)

// A late commit is late, and not lost.
await fresh()
const late = await pool.connect()
await late.query('BEGIN')
await late.query("INSERT INTO outbox (aggregate, version, type, data) VALUES ('late/1', 1, 'test.v1', '{}')")
await add('early/1', 1)
const order = []
await drain(async event => order.push(event.aggregate))
await late.query('COMMIT')
late.release()
await drain(async event => order.push(event.aggregate))
assert.deepEqual(order, ['early/1', 'late/1'])
await pool.end()
console.log('all hold')
"""

# Sends to a table, which stands for the broker, and dies after the third event.
DIES = """
import pg from 'pg'
import { relay } from './relay.mjs'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const broker = new pg.Pool({ connectionString: process.env.DATABASE_URL })
let sent = 0
for (;;) {
  const done = await relay(pool, async event => {
    await broker.query('INSERT INTO broker (event_id, aggregate, version) VALUES ($1, $2, $3)',
      [event.event_id, event.aggregate, event.version])
    sent += 1
    if (sent === Number(process.env.DIES_AFTER)) process.kill(process.pid, 'SIGKILL')
  })
  if (done === null) break
}
await pool.end()
await broker.end()
"""

ORDERS = """
CREATE TABLE orders (
  id bigint PRIMARY KEY, status text NOT NULL, version bigint NOT NULL DEFAULT 0, total int NOT NULL
);
INSERT INTO orders SELECT n, 'placed', 0, n FROM generate_series(1, 5) n;
"""


def scenario(blocks, tools):
    db = tools.postgres.database()
    db.run(blocks["schema.sql"])
    db.run(ORDERS)

    def pay(order: int) -> str:
        return blocks["change.sql"].replace(":order", str(order))

    # The change and its event come together, or neither does.
    db.run(pay(1))
    db.run(pay(1))
    assert db.rows("SELECT aggregate, version, type, data FROM outbox") == [
        ("order/1", 1, "shop.order.paid.v1", {"order": 1, "total": 1})
    ]
    with db.connect() as connection:
        connection.execute(pay(2))
        connection.rollback()
    assert db.value("SELECT status FROM orders WHERE id = 2") == "placed"
    assert db.value("SELECT count(*) FROM outbox") == 1
    db.run("TRUNCATE outbox")

    files = {"relay.mjs": blocks["relay.mjs"], "try.mjs": TRY, "dies.mjs": DIES}
    env = {"DATABASE_URL": db.url}
    assert tools.node.run(files, "try.mjs", env).ok().stdout == "all hold\n"

    # A relay dies after it has sent three: they are sent again, none is lost, the order holds.
    db.run("TRUNCATE outbox; CREATE TABLE broker (n serial, event_id uuid, aggregate text, version bigint)")
    db.run("""
        INSERT INTO outbox (aggregate, version, type, data)
        SELECT 'order/7', n, 'test.v1', '{}' FROM generate_series(1, 6) n
    """)
    assert tools.node.run(files, "dies.mjs", {**env, "DIES_AFTER": "3"}).returncode < 0
    assert db.value("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 6, "marked before it was committed"
    tools.node.run(files, "dies.mjs", env).ok()
    assert [version for (version,) in db.rows("SELECT version FROM broker ORDER BY n")] == [1, 2, 3, 1, 2, 3, 4, 5, 6]
    assert db.value("SELECT count(DISTINCT event_id) FROM broker") == 6, "a resend has the event's own id"

    # What waits is found by the partial index, however much was sent before; pruning goes by age, in batches.
    db.run("""
        TRUNCATE outbox;
        INSERT INTO outbox (aggregate, version, type, data, published_at)
        SELECT 'o/' || n, 1, 'test.v1', '{}', now() - n * interval '1 minute' FROM generate_series(1, 12000) n;
        INSERT INTO outbox (aggregate, version, type, data)
        SELECT 'o/' || n, 2, 'test.v1', '{}' FROM generate_series(1, 50) n;
        ANALYZE outbox;
    """)
    plan = db.run("EXPLAIN SELECT * FROM outbox WHERE lane = 3 AND published_at IS NULL ORDER BY seq LIMIT 100")
    assert "outbox_unpublished" in plan, plan
    assert db.value("SELECT pg_relation_size('outbox_unpublished')") <= 32768
    plan = db.run("EXPLAIN " + blocks["prune.sql"])
    assert "outbox_published" in plan, plan
    old = "SELECT count(*) FROM outbox WHERE published_at < now() - interval '3 days'"
    left = [db.value(old)]
    for _ in range(3):
        db.run(blocks["prune.sql"])
        left.append(db.value(old))
    assert left[0] > 7000 and left[1] == left[0] - 5000 and left[2:] == [0, 0], left
    assert db.value("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 50
    assert db.value("SELECT count(*) FROM outbox") > 4000

    the_log(db, blocks)


def the_log(db, blocks):
    """Reading by a position: late commits are waited for, and the order of an aggregate is its version's."""
    db.run("TRUNCATE outbox; UPDATE orders SET status = 'placed', version = 0")
    db.run(blocks["log.sql"])
    seen = []

    def read(at_most=100):
        position = seen[-1][:2] if seen else ("0", 0)
        columns = "tx::text, seq, aggregate, version"
        rows = db.rows(f"SELECT {columns} FROM outbox_after(%s::xid8, %s, %s)", [*position, at_most])
        seen.extend(rows)
        return [row[2] for row in rows]

    insert = "INSERT INTO outbox (aggregate, version, type, data) VALUES ('{}', 1, 'test.v1', '{{}}')"
    late = db.connect()
    late.execute(insert.format("late"))
    db.run(insert.format("early"))
    assert read() == [], "stops at the transaction that is still running"
    late.commit()
    assert read() == ["late", "early"]
    assert read() == []
    # A position in `seq` alone would have gone past it.
    late.execute(insert.format("late 2"))
    db.run(insert.format("early 2"))
    last = db.value("SELECT max(seq) FROM outbox")
    late.commit()
    assert db.rows("SELECT aggregate FROM outbox WHERE seq > %s", [last]) == []
    assert read(1) == ["late 2"] and read(1) == ["early 2"], "positions within a batch"

    # Rolled back: nothing, and nobody waits for it.
    late.execute(insert.format("never"))
    late.rollback()
    assert read() == []

    # A transaction that wrote elsewhere first and changed the order last.
    db.run("CREATE TABLE elsewhere (n int)")
    slow = db.connect()
    slow.execute("INSERT INTO elsewhere VALUES (1)")
    change = """
        UPDATE orders SET version = version + 1 WHERE id = 3;
        INSERT INTO outbox (aggregate, version, type, data)
        SELECT 'order/3', version, 'test.v1', '{}' FROM orders WHERE id = 3
    """
    db.run(change)
    slow.execute(change)
    slow.commit()
    read()
    assert [version for *_, name, version in seen if name == "order/3"] == [2, 1], "the log is not in order"
    assert db.rows("SELECT version FROM outbox WHERE aggregate = 'order/3' ORDER BY seq") == [(1,), (2,)]


FAULTS = [
    ("relay.mjs", "FOR UPDATE SKIP LOCKED", "", "two relays would send the same events"),
    ("relay.mjs", "FOR UPDATE SKIP LOCKED", "FOR UPDATE", "a second relay would wait for the first"),
    ("relay.mjs", "if (failed.has(event.aggregate)) continue", "", "an aggregate would go on after a gap"),
    ("relay.mjs", "if (failed.size >= giveUpAfter) break", "", "a pass would try everything at a broker that is away"),
    ("relay.mjs", "await client.query('BEGIN')", "", "the lane would be free while it is served"),
    ("relay.mjs", "ORDER BY seq LIMIT $2", "ORDER BY seq DESC LIMIT $2", "aggregates would be out of order"),
    ("schema.sql", "hashtext(aggregate) & 7", "version & 7", "an aggregate would lie in two lanes"),
    (
        "schema.sql",
        "ON outbox (lane, seq) WHERE published_at IS NULL",
        "ON outbox (lane, seq)",
        "the index would hold everything ever sent",
    ),
    ("change.sql", "AND status = 'placed'", "", "a repeated request would be a second event"),
    ("log.sql", "AND tx < pg_snapshot_xmin(pg_current_snapshot())", "", "late commits would be skipped"),
    ("log.sql", "ORDER BY tx, seq", "ORDER BY seq, tx", "a batch's end would skip what it leaves out"),
    ("prune.sql", "WHERE published_at < now() - interval '3 days'", "", "what waits would be deleted"),
]
