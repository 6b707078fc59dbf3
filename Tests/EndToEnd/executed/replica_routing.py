"""What the page replica-routing claims, tried with a real standby."""

NEEDS = {"postgres", "node"}

DRIVER = """
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Router } from './router.mjs'

const pool = (url) => new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 5000 })
const primary = pool(process.env.PRIMARY), replica = pool(process.env.REPLICA)
const gone = pool('postgresql://postgres@127.0.0.1:1/none')
for (const each of [primary, replica]) each.on('error', () => {})

const route = (options) => new Router({ primary, replicas: [replica], ...options })
const look = async (client) =>
  (await client.query('SELECT pg_is_in_recovery() AS replica, (SELECT max(n) FROM t) AS n')).rows[0]
const ask = async (router, need, session = {}) => {
  const { replica, n } = await router.read(need, session, look)
  return `${replica ? 'replica' : 'primary'} ${n}`
}
const put = (router, session, n) => router.write(session, (client) => client.query('INSERT INTO t VALUES ($1)', [n]))
const beat = () => primary.query(process.env.HEARTBEAT)
const until = async (pool, sql) => { while (!(await pool.query(sql)).rows[0].yes) await sleep(5) }
// From here on the standby replays everything but commits.
const delay = async (time) => {
  await replica.query(`ALTER SYSTEM SET recovery_min_apply_delay = '${time}'`)
  await replica.query('SELECT pg_reload_conf()')
  await until(replica, `SELECT current_setting('recovery_min_apply_delay') = '${time}' AS yes`).catch(() => {})
}

const router = route({ waitMs: 100, maxLagMs: 60_000 })
const me = {}, other = {}
await primary.query('CREATE TABLE t (n int)')
await beat()
await put(router, me, 1)

// A replica that has caught up serves all but the latest.
const patient = route({ waitMs: 10_000, maxLagMs: 60_000 })
assert.equal(await ask(patient, 'own', me), 'replica 1')
assert.equal(await ask(router, 'recent', me), 'replica 1')
assert.equal(await ask(router, 'latest', me), 'primary 1')

// One that has not: who wrote sees the write on the primary, and who did not may see the old state.
await delay('1h')
await sleep(20)
await put(router, me, 2)
await until(replica, `SELECT pg_last_wal_replay_lsn() > '${me.lsn}'::pg_lsn - 200 AS yes`)
assert.equal(await ask(router, 'own', me), 'primary 2')
assert.equal(await ask(router, 'own', other), 'replica 1')
assert.equal(await ask(router, 'recent', me), 'replica 1')
assert.equal(await ask(router, 'latest', other), 'primary 2')

// The session's mark never goes back.
const mark = me.lsn
me.lsn = 'F/0'
await put(router, me, 2)
assert.equal(me.lsn, 'F/0')
me.lsn = mark

// A replica that arrives while the read waits is used.
const waiting = ask(patient, 'own', me)
await sleep(50)
await delay('0')
assert.equal(await waiting, 'replica 2')

// A read that writes fails in the same way wherever it goes.
for (const need of ['latest', 'recent'])
  await assert.rejects(router.read(need, me, (client) => client.query('INSERT INTO t VALUES (9)')), { code: '25006' })
// A mistake of the read's own is not tried again elsewhere; a read cancelled for the sake of replay is.
let tries = 0
const nonsense = (client) => { tries++; return client.query('SELECT nonsense') }
await assert.rejects(router.read('recent', me, nonsense), { code: '42703' })
assert.equal(tries, 1)
assert.equal(await router.read('recent', me, async (client) => {
  if ((await look(client)).replica) throw Object.assign(new Error('conflict with recovery'), { code: '40001' })
  return 'primary'
}), 'primary')
// A replica that cannot be reached, or is lost in the middle, costs the read nothing but the try.
assert.equal(await ask(route({ replicas: [gone] }), 'recent', me), 'primary 2')
assert.equal(await router.read('recent', me, async (client) => {
  if (!(await look(client)).replica) return 'primary'
  const { rows: [{ pid }] } = await client.query('SELECT pg_backend_pid() AS pid')
  await replica.query('SELECT pg_terminate_backend($1)', [pid])
  await sleep(50)
  await look(client)
}), 'primary')

// A replica cut off from the primary believes itself current; the heartbeat knows better.
await beat()
await replica.query(`ALTER SYSTEM SET primary_conninfo = ''`)
await replica.query('SELECT pg_reload_conf()')
await until(replica, 'SELECT count(*) = 0 AS yes FROM pg_stat_wal_receiver')
await put(router, {}, 3)
await until(replica, 'SELECT pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AS yes')
await sleep(150)
assert.equal(await ask(route({ maxLagMs: 150 }), 'recent', other), 'primary 3')
assert.equal(await ask(route({ maxLagMs: 60_000 }), 'recent', other), 'replica 2')
await assert.rejects(router.read('GET', me, look), TypeError)
console.log('done')
process.exit()
"""


def scenario(blocks, tools):
    server = tools.postgres.server()
    db = server.database()
    copy = server.standby().of(db)
    done = tools.node.run(
        {"router.mjs": blocks["router.mjs"], "driver.mjs": DRIVER}, "driver.mjs",
        {"PRIMARY": db.url, "REPLICA": copy.url, "HEARTBEAT": blocks["heartbeat.sql"]}, timeout=60,
    )  # fmt: skip
    assert done.ok().stdout == "done\n", done.stdout


FAULTS = [
    (
        "router.mjs",
        """      const result = await transaction(client, 'BEGIN', work)
      // Only now: the position must lie behind the commit, not behind the last statement.
      const { rows: [{ lsn }] } = await client.query('SELECT pg_current_wal_insert_lsn() AS lsn')
""",
        """      let lsn
      const result = await transaction(client, 'BEGIN', async (client) => {
        const result = await work(client)
        lsn = (await client.query('SELECT pg_current_wal_insert_lsn() AS lsn')).rows[0].lsn
        return result
      })
""",
        "a position before the commit is reached without the commit",
    ),
    ("router.mjs", "await ask(REPLAYED, session.lsn)", "true", "a session would miss its own write"),
    (
        "router.mjs",
        "bool_and(clock_timestamp() - at < make_interval(secs => $1))",
        "bool_and($1::float > 0)",
        "a replica that was cut off would pass for current",
    ),
    ("router.mjs", "'BEGIN READ ONLY'", "'BEGIN'", "a read that writes would pass on the primary"),
    ("router.mjs", "client.on('error', note)", "", "a lost connection would end the process"),
    ("router.mjs", " && error.code !== '40001'", "", "a read cancelled by replay would fail"),
]
