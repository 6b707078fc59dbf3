"""What the page connection-pool-exhausted claims, tried: leaks, slow holders and a full server, found and ended."""

import json
import threading
import time

import psycopg

NEEDS = {"postgres", "node"}


def scenario(blocks, tools):
    db = tools.postgres.database()
    db.run("CREATE ROLE app LOGIN; CREATE TABLE jobs (id int); GRANT ALL ON jobs TO app;")

    def here(name, *replacements):
        """The block with the names of this system in the place of the page's."""
        text = blocks[name].replace("DATABASE shop", f"DATABASE {db.name}")
        for old, new in replacements:
            assert old in text, f"{name} does not hold {old!r}\n{text}"
            text = text.replace(old, str(new))
        return text

    leaks(db, here)
    slow_holders(db, here)
    wrapper(blocks, tools, db)
    small = tools.postgres.server(max_connections=12, superuser_reserved_connections=2).database()
    small.run("CREATE ROLE app LOGIN")
    too_many_clients(small, here)


def until(true):
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline, "nothing came of it"
        time.sleep(0.01)


def application(db, name="shop-api", **options):
    connection = db.connect(user="app", application_name=name, **options)
    connection.pid = connection.info.backend_pid
    return connection


def alive(db, *connections):
    pids = [connection.pid for connection in connections]
    return db.value("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY (%s)", [pids])


def end_all(db):
    ours = "FROM pg_stat_activity WHERE usename = 'app'"
    db.rows(f"SELECT pg_terminate_backend(pid) {ours}")
    until(lambda: db.value(f"SELECT count(*) {ours}") == 0)


def leaks(db, here):
    leaked, aborted, other = application(db), application(db), application(db, "billing")
    honest = application(db, autocommit=True)
    honest.execute("SELECT 1")
    leaked.execute("INSERT INTO jobs VALUES (1)")
    other.execute("SELECT 2")
    try:
        aborted.execute("SELECT 1 / 0")
    except psycopg.Error:
        pass
    holders = {(row[1], row[3]): row[4] for row in db.rows(here("holders.sql"))}
    assert holders["shop-api", "idle in transaction"] == holders["shop-api", "idle in transaction (aborted)"] == 1
    assert holders["shop-api", "idle"] == holders["billing", "idle in transaction"] == 1, holders

    # Nobody has been idle for ten seconds yet.
    assert db.rows(here("leak.sql")) == []
    time.sleep(0.3)
    found = {row[0]: row for row in db.rows(here("leak.sql", ("10 seconds", "0.2 seconds")))}
    assert set(found) == {leaked.pid, aborted.pid, other.pid}, found
    assert "INSERT INTO jobs" in found[leaked.pid][7] and "aborted" in found[aborted.pid][4], found

    # One is ended; its work is rolled back, and its client learns it with the next statement.
    db.run(here("end-one.sql", ("4711", aborted.pid)))
    until(lambda: not alive(db, aborted))
    # All of one application, and nobody else: nobody is that old yet.
    db.run(here("end-leaked.sql"))
    assert alive(db, leaked, other) == 2
    db.run(here("end-leaked.sql", ("1 minute", "0.2 seconds")))
    until(lambda: not alive(db, leaked))
    assert alive(db, honest, other) == 2, "somebody else was ended, too"
    try:
        leaked.execute("SELECT 1")
    except psycopg.Error:
        pass
    else:
        raise AssertionError("the client did not notice")
    assert db.value("SELECT count(*) FROM jobs") == 0

    # The timeout ends new sessions that leak, and leaves those alone that are just idle.
    db.run(here("idle-timeout.sql", ("60s", "200ms")))
    leaked, honest = application(db), application(db, autocommit=True)
    leaked.execute("INSERT INTO jobs VALUES (2)")
    honest.execute("SELECT 1")
    until(lambda: not alive(db, leaked))
    assert alive(db, honest, other) == 2
    db.run(f"ALTER DATABASE {db.name} RESET idle_in_transaction_session_timeout")
    end_all(db)


def slow_holders(db, here):
    sessions = [application(db, autocommit=True) for _ in range(4)]

    def work(connection):
        try:
            connection.execute("SELECT pg_sleep(20) AS slow")
        except psycopg.Error:
            pass

    threads = [threading.Thread(target=work, args=[connection]) for connection in sessions]
    for thread in threads:
        thread.start()
    until(lambda: [row[0] for row in db.rows(here("active.sql"))] == [4])
    assert "AS slow" in db.rows(here("active.sql"))[0][3]
    db.rows("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")
    for thread in threads:
        thread.join()
    # The bound holds for new sessions of that role, and for nobody else.
    db.run(here("statement-timeout.sql", ("'5s'", "'100ms'")))
    try:
        application(db).execute("SELECT pg_sleep(5)")
    except psycopg.errors.QueryCanceled:
        pass
    else:
        raise AssertionError("the statement was not ended")
    db.rows("SELECT pg_sleep(0.2)")
    db.run("ALTER ROLE app RESET statement_timeout")
    end_all(db)


def too_many_clients(db, here):
    # 12 slots, 2 reserved, one taken by whoever looks.
    assert db.rows(here("slots.sql")) == [(12, 2, 1, 9)]
    dashboards = [application(db, "dashboard", autocommit=True) for _ in range(6)]
    kept = [application(db, autocommit=True) for _ in range(3)]
    assert db.rows(here("slots.sql")) == [(12, 2, 10, 0)]
    error = db.run("SELECT 1", user="app", ok=False)
    assert "remaining connection slots are reserved" in error, error
    # The reserved slots let a superuser in; then the server refuses everybody.
    spare = [db.connect(), db.connect()]
    assert "too many clients already" in db.psql("-c", "SELECT 1").stderr
    for connection in spare:
        connection.close()
    until(lambda: db.rows(here("slots.sql"))[0][2] == 10)

    # Sessions of one application that are idle are ended, if they have been so for long.
    dashboards[0].execute("BEGIN")
    db.run(here("end-idle.sql"))
    assert alive(db, *dashboards) == 6
    time.sleep(0.15)
    db.run(here("end-idle.sql", ("5 minutes", "0.1 seconds")))
    until(lambda: alive(db, *dashboards) == 1)
    assert alive(db, dashboards[0], *kept) == 4, "a session with a transaction, or of somebody else, was ended"
    assert db.rows(here("slots.sql"))[0][3] == 5

    db.run(here("role-limit.sql", ("LIMIT 40", "LIMIT 4")))
    assert "too many connections for role" in db.run("SELECT 1", user="app", ok=False)
    db.run("ALTER ROLE app CONNECTION LIMIT -1")
    db.run("SELECT 1", user="app")


PROGRAM = """
const { pool, withClient } = require('./with-client.js');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
(async () => {
  const said = {};
  await withClient('quick', (client) => client.query('SELECT 1'));
  // One holds the only connection; the other gives up within the bound.
  const report = withClient('report', async (client) => { await client.query('SELECT 1'); await sleep(800); });
  await sleep(10);
  const asked = performance.now();
  await withClient('page', () => {}).catch((error) => { said.refused = error.message; });
  said.after = performance.now() - asked;
  await report;
  const short = withClient('short', () => sleep(200));
  await withClient('patient', (client) => client.query('SELECT 1'));
  await short;
  // Work that fails leaves no transaction behind.
  await withClient('fails', async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT 1 / 0');
  }).catch((error) => { said.failed = error.message; });
  said.next = await withClient('next', async (client) => (await client.query('SELECT 1 AS one')).rows[0].one)
    .catch((error) => error.message);
  said.waiting = pool.waitingCount;
  said.idle = pool.idleCount;
  console.log(JSON.stringify(said));
  await pool.end();
})();
"""


def wrapper(blocks, tools, db):
    env = {
        "PGHOST": db.host, "PGPORT": db.port, "PGUSER": "app", "PGDATABASE": db.name, "POOL_MAX": 1,
        "POOL_WAIT_MS": 500, "CHECKOUT_LOG_MS": 100,
    }  # fmt: skip
    files = {"with-client.js": blocks["with-client.js"], "main.js": PROGRAM}
    done = tools.node.run(files, "main.js", env)
    said = done.json
    assert "timeout" in said.get("refused", "") and 450 < said["after"] < 780, said
    assert said["failed"] == "division by zero" and said["next"] == 1, said
    assert said["waiting"] == 0 and said["idle"] == 1, said
    logged = [(line["event"], line["place"]) for line in map(json.loads, done.stderr.splitlines())]
    assert logged == [
        ("waited for a connection", "page"), ("held a connection", "report"),
        ("held a connection", "short"), ("waited for a connection", "patient"),
    ], logged  # fmt: skip


FAULTS = [
    ("leak.sql", "idle in transaction (aborted)", "idle", "a failed transaction would be missed, and idle ones listed"),
    ("leak.sql", "AND state_change < now() - interval '10 seconds'", "", "every short pause would be a leak"),
    ("end-leaked.sql", "application_name = 'shop-api' AND ", "", "it would end other services' transactions"),
    ("end-leaked.sql", "AND state LIKE 'idle in transaction%'\n", "", "it would end sessions that do no harm"),
    ("end-idle.sql", "state = 'idle'", "state LIKE 'idle%'", "it would end a session with an open transaction"),
    ("end-idle.sql", "application_name = 'dashboard'", "application_name <> ''", "it would end the services' sessions"),
    ("idle-timeout.sql", "idle_in_transaction_session_timeout", "idle_session_timeout",
     "it would end sessions that are just idle"),
    ("slots.sql", "backend_type = 'client backend'", "true", "the server's own processes would count as connections"),
    ("slots.sql", "- current_setting('superuser_reserved_connections')::int\n", "\n",
     "the reserved slots would be promised to applications"),
    ("with-client.js", "client.release(failed)", "client.release()", "the next would get a failed transaction"),
    ("with-client.js", "connectionTimeoutMillis: Number(process.env.POOL_WAIT_MS ?? 5000),", "",
     "a caller would wait for ever"),
    ("with-client.js", "const taken = performance.now()", "const taken = asked", "waiting would be logged as holding"),
    ("with-client.js", "    client.release(failed);  // true closes it: it may stand in a failed transaction\n", "",
     "the connection would leak"),
]  # fmt: skip
