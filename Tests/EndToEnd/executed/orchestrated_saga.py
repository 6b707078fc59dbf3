"""A saga that survives its workers, goes back in reverse, and asks for a person where it must."""

NEEDS = {"postgres", "node"}

WORLD = """
import pg from 'pg'
import { Refused } from './saga.mjs'
import { order } from './order.mjs'

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, options: '-c lock_timeout=3s' })
export const log = []
export const does = {}     // by action: what happens instead of it, or after it

// Idempotent participants; the payments are the page's.
const kept = new Map()
async function act(name, key, effect) {
  log.push(name)
  await does[name]?.(key)
  return effect()
}
export const kinds = { 'order.v1': order({
  stock: {
    reserve: (item, key) => act('reserve', key, () => { kept.set(key, 'reserved'); return { bin: 4 } }),
    release: key => act('release', key, () => { kept.set(key, 'released') }),
  },
  payments: {
    charge: (total, key) => act('charge', key, async () => {
      const { rows } = await pool.query('SELECT charge_once($1, $2) AS charged', [key, total])
      if (!rows[0].charged) throw new Refused('was taken back')
      await does['after charge']?.()
    }),
    refund: key => act('refund', key, () => pool.query('SELECT refund_once($1)', [key])),
  },
  shipping: { send: (address, key) => act('ship', key, () => kept.set(key, 'sent')) },
}) }
export const input = { item: 'pen', total: 30, address: 'here' }
"""

TRY = """
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { advance, Refused, start } from './saga.mjs'
import { does, input, kinds, log, pool } from './world.mjs'

const quick = { attempts: 3, baseMs: 1, capMs: 2 }
const saga = async id => (await pool.query('SELECT * FROM sagas WHERE id = $1', [id])).rows[0]
const leaseOver = id => pool.query("UPDATE sagas SET due_at = now() WHERE id = $1", [id])
const charged = async id => (await pool.query(
  "SELECT coalesce(sum(amount), 0)::int AS n FROM charges WHERE state = 'charged' AND key LIKE $1",
  [`${id}/%`])).rows[0].n
const resume = id => pool.query(process.env.RESUME.replace(":'saga'", `'${id}'`))
async function begin() {
  log.length = 0
  for (const name of Object.keys(does)) delete does[name]
  const id = randomUUID()
  await start(pool, id, 'order.v1', input)
  return id
}
async function run(id, from = pool) {
  for (let turn = 0; turn < 60; turn += 1) {
    await leaseOver(id)
    const became = await advance(from, kinds, quick)
    if (became === null || became === 'completed' || became === 'undone' || became === 'parked') return became
  }
  assert.fail(`no end: ${log.join(' ')}`)
}
const times = (count, error) => () => { if (count-- > 0) throw error }

// Straight on.
let id = await begin()
await start(pool, id, 'order.v1', { other: true })
assert.equal(await run(id), 'completed')
assert.deepEqual(log, ['reserve', 'charge', 'ship'])
assert.equal(await charged(id), 30)
assert.deepEqual((await saga(id)).results, { reserve: { bin: 4 }, charge: null, ship: (await saga(id)).results.ship })
assert.equal(await advance(pool, kinds), null)

// Refused: what is complete is taken back in reverse, and not the refused step.
for (const [step, expected] of [
  ['reserve', ['reserve']],
  ['charge', ['reserve', 'charge', 'release']],
  ['ship', ['reserve', 'charge', 'ship', 'refund', 'release']],
]) {
  id = await begin()
  does[step] = () => { throw new Refused('no') }
  assert.equal(await run(id), 'undone')
  assert.deepEqual(log, expected)
  assert.equal(await charged(id), 0)
}

// Faults that pass: again, with the same key, without doubling.
id = await begin()
const keys = new Set()
does['after charge'] = times(2, new Error('connection lost'))
does.charge = key => { keys.add(key) }
assert.equal(await run(id), 'completed')
assert.deepEqual(log, ['reserve', 'charge', 'charge', 'charge', 'ship'])
assert.equal(keys.size, 1)
assert.equal(await charged(id), 30)

// Silence: the step itself is taken back, too, and a late charge is refused.
id = await begin()
does.charge = times(9, new Error('no answer'))
assert.equal(await run(id), 'undone')
assert.deepEqual(log, ['reserve', 'charge', 'charge', 'charge', 'refund', 'release'])
assert.equal((await pool.query('SELECT charge_once($1, 30) AS charged', [`${id}/charge`])).rows[0].charged, false)
assert.equal(await charged(id), 0)
id = await begin()
does['after charge'] = times(9, new Error('no answer'))
assert.equal(await run(id), 'undone')
assert.equal(await charged(id), 0)

// Silence where there is no way back, and a way back that fails: a person.
id = await begin()
does.ship = times(3, new Error('no answer'))
assert.equal(await run(id), 'parked')
assert.equal(await charged(id), 30)
assert.equal((await saga(id)).error, 'no answer')
await leaseOver(id)
assert.equal(await advance(pool, kinds, quick), null)
await resume(id)
assert.equal(await run(id), 'completed')
assert.deepEqual(log, ['reserve', 'charge', 'ship', 'ship', 'ship', 'ship'])

id = await begin()
does.ship = () => { throw new Refused('no') }
does.refund = times(3, new Refused('closed account'))
assert.equal(await run(id), 'parked')
assert.deepEqual(log, ['reserve', 'charge', 'ship', 'refund', 'refund', 'refund'])
assert.equal((await saga(id)).state, 'backward')
await resume(id)
assert.equal(await run(id), 'undone')
assert.deepEqual(log.slice(6), ['refund', 'release'])
assert.equal(await charged(id), 0)

// A worker dies at any step, before the note: the step is made again, nothing doubles, the end is the same.
for (const refuses of [false, true]) {
  for (let dies = 1; dies <= (refuses ? 5 : 3); dies += 1) {
    id = await begin()
    if (refuses) does.ship = () => { throw new Refused('no') }
    let notes = 0
    const dying = { query: (text, values) => {
      if (text.startsWith('UPDATE sagas SET state') && (notes += 1) === dies) throw new Error('killed')
      return pool.query(text, values)
    } }
    await assert.rejects(run(id, dying), /killed/)
    assert.equal(await advance(pool, kinds, quick), null, 'not before the lease is over')
    assert.equal(await run(id), refuses ? 'undone' : 'completed')
    assert.equal(await charged(id), refuses ? 0 : 30)
    const once = refuses ? ['reserve', 'charge', 'ship', 'refund', 'release'] : ['reserve', 'charge', 'ship']
    once.splice(dies, 0, once[dies - 1])
    assert.deepEqual(log, once)
  }
}

// A worker that was away cannot write.
id = await begin()
let go
const away = new Promise(resolve => { go = resolve })
let began
const inside = new Promise(resolve => { began = resolve })
does.charge = async () => { began(); await away; delete does.charge; throw new Refused('from long ago') }
await advance(pool, kinds)
const slow = advance(pool, kinds)
await inside
delete does.charge
assert.equal(await run(id), 'completed')
go()
assert.equal(await slow, 'lost')
assert.equal((await saga(id)).state, 'completed')

// Several workers: each step once.
log.length = 0
const ids = Array.from({ length: 20 }, () => randomUUID())
for (const one of ids) await start(pool, one, 'order.v1', input)
await Promise.all([1, 2, 3, 4].map(async () => { while (await advance(pool, kinds) !== null); }))
assert.equal(log.length, 60)
const { rowCount: ended } = await pool.query("SELECT FROM sagas WHERE state = 'completed' AND id = ANY ($1)", [ids])
assert.equal(ended, 20)

// One that another worker is about to take is passed over, and not waited for.
id = await begin()
const other = await pool.connect()
await other.query('BEGIN')
await other.query('SELECT FROM sagas WHERE id = $1 FOR UPDATE', [id])
assert.equal(await advance(pool, kinds), null)
await other.query('COMMIT')
other.release()
assert.equal(await run(id), 'completed')

// A kind that this worker does not know is left to others.
await start(pool, randomUUID(), 'order.v2', input)
assert.equal(await advance(pool, kinds), null)

// The deadline of a step lies within its lease.
id = await begin()
const patient = { 'order.v1': [{ name: 'wait', run: ({ signal }) => new Promise((_, reject) => {
  signal.addEventListener('abort', () => reject(signal.reason))
  setTimeout(() => reject(new Error('no deadline')), 2500).unref()
}), undo() {} }] }
assert.equal(await advance(pool, patient, { leaseMs: 200 }), 'again')
assert.match((await saga(id)).error, /aborted/)
await pool.end()
console.log('all hold')
"""

# Dies by SIGKILL after the charge has been made and before that is written down.
WORKER = """
import { advance } from './saga.mjs'
import { does, kinds, pool } from './world.mjs'
if (process.env.DIES) does['after charge'] = () => process.kill(process.pid, 'SIGKILL')
while (await advance(pool, kinds, { attempts: 3 }) !== null);
await pool.end()
"""


def scenario(blocks, tools):
    db = tools.postgres.database()
    db.run(blocks["schema.sql"])
    db.run(blocks["participant.sql"])
    files = {name: blocks[name] for name in ("saga.mjs", "order.mjs")}
    files |= {"world.mjs": WORLD, "try.mjs": TRY, "worker.mjs": WORKER}
    env = {"DATABASE_URL": db.url, "RESUME": blocks["resume.sql"]}
    assert tools.node.run(files, "try.mjs", env).ok().stdout == "all hold\n"

    db.run("TRUNCATE sagas, charges")
    # Killed in the middle, for good; resumed by another process once the lease is over.
    def begin(number: int) -> str:
        saga = f"00000000-0000-0000-0000-{number:012}"
        db.run(f"""INSERT INTO sagas (id, kind, input) VALUES ('{saga}', 'order.v1', '{{"total": 30}}')""")
        return saga

    def end_lease():
        db.run("UPDATE sagas SET due_at = now() WHERE kind = 'order.v1'")

    saga = begin(1)
    assert tools.node.run(files, "worker.mjs", {**env, "DIES": "1"}).returncode < 0
    row = "SELECT state, step, attempts FROM sagas WHERE id = %s"
    assert db.rows(row, [saga]) == [("forward", 1, 1)]
    tools.node.run(files, "worker.mjs", env).ok()
    assert db.rows(row, [saga]) == [("forward", 1, 1)], "the lease is not over"
    end_lease()
    tools.node.run(files, "worker.mjs", env).ok()
    assert db.value("SELECT state FROM sagas WHERE id = %s", [saga]) == "completed"
    assert db.rows("SELECT amount, state FROM charges WHERE key = %s", [saga + "/charge"]) == [(30, "charged")]

    # A step that kills its worker each time comes to an end.
    saga = begin(2)
    for _ in range(3):
        assert tools.node.run(files, "worker.mjs", {**env, "DIES": "1"}).returncode < 0
        end_lease()
    tools.node.run(files, "worker.mjs", {**env, "DIES": "1"}).ok()
    assert db.value("SELECT state FROM sagas WHERE id = %s", [saga]) == "undone"
    assert db.value("SELECT state FROM charges WHERE key = %s", [saga + "/charge"]) == "refunded"

    # What is due is found by its index.
    db.run("""
        INSERT INTO sagas (id, kind, input, state)
        SELECT gen_random_uuid(), 'order.v1', '{}', 'completed' FROM generate_series(1, 5000);
        ANALYZE sagas;
    """)
    plan = db.run("""EXPLAIN SELECT id FROM sagas
        WHERE state IN ('forward', 'backward') AND parked_at IS NULL AND due_at <= now()
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED""")
    assert "sagas_due" in plan, plan


FAULTS = [
    ("saga.mjs", "attempts = attempts + 1, ", "", "a step that kills its worker would be tried for ever"),
    ("saga.mjs", "AND lease = $2", "AND $2::bigint > 0", "a worker that was away would overwrite what is newer"),
    ("saga.mjs", "FOR UPDATE SKIP LOCKED", "", "two workers would make the same step"),
    (
        "saga.mjs",
        "outcome === 'done') return back(step - 1)",
        "outcome === 'done') return back(-1)",
        "one step alone would be taken back",
    ),
    (
        "saga.mjs",
        "steps[step].undo) return back(step)",
        "steps[step].undo) return back(step - 1)",
        "what may have happened would not be taken back",
    ),
    (
        "saga.mjs",
        "outcome === 'refused' && state === 'forward'",
        "outcome !== 'done'",
        "a fault that passes would be taken for a refusal",
    ),
    ("saga.mjs", "return { park: true }", "return back(step - 1)", "a failed compensation would be passed over"),
    (
        "saga.mjs",
        "`${saga.id}/${step.name}`",
        "`${saga.id}/${step.name}/${saga.attempts}`",
        "each attempt would have a key of its own",
    ),
    ("saga.mjs", "leaseMs / 2", "leaseMs * 50", "a step would outlast its lease"),
    (
        "participant.sql",
        "VALUES ($1, 0, 'refunded') ON CONFLICT",
        "SELECT $1, 0, 'refunded' WHERE EXISTS (SELECT FROM charges WHERE charges.key = $1) ON CONFLICT",
        "a charge that comes after its refund would stand",
    ),
    ("resume.sql", "attempts = 0, ", "", "a parked saga would park again at once"),
]
