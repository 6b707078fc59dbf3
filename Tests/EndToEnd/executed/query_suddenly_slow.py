"""What the page query-suddenly-slow claims, tried: each fault is planted, found by the page's words, and mended."""

import threading
import time
from contextlib import contextmanager

import psycopg

NEEDS = {"postgres"}

ORDERS = """
    DROP TABLE IF EXISTS orders;
    CREATE TABLE orders (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int NOT NULL, status text NOT NULL, note text
    ) WITH (autovacuum_enabled = false);
"""


def scenario(blocks, tools):
    db = tools.postgres.database()
    db.rows("CREATE EXTENSION pg_stat_statements; CREATE ROLE app LOGIN;")

    def here(name, *replacements):
        """The block with the names of this system in the place of the page's."""
        text = blocks[name].replace("DATABASE shop", f"DATABASE {db.name}")
        for old, new in replacements:
            assert old in text, f"{name} does not hold {old!r}\n{text}"
            text = text.replace(old, str(new))
        return text

    first_look(db, here)
    lock_contention(db, here)
    missing_index(db, here)
    stale_statistics(db, here)
    stale_generic_plan(db, here)
    bloat(db, here)


def first_look(db, here):
    db.rows(ORDERS + "INSERT INTO orders (customer_id, status) SELECT i, 'cancelled' FROM generate_series(1, 9) i;")

    assert db.rows(here("preloaded.sql")) == [(True, True)]

    session = db.connect(autocommit=True)
    session.execute("SELECT pg_sleep(0.01)")
    session.execute(here("before.sql"))
    for _ in range(2):
        session.execute("SELECT pg_sleep(0.02)")
    worst = session.execute(here("since.sql")).fetchone()
    assert worst[1] == 2 and worst[3] >= 20 and worst[4] == 1 and "pg_sleep" in worst[6], worst

    # The plan of a slow statement comes with the parameters it really had, to new connections only, and ends again.
    def logged():
        said = []
        with db.connect(autocommit=True, options="-c client_min_messages=log") as connection:
            connection.add_notice_handler(lambda notice: said.append(notice.message_primary))
            connection.execute("SELECT count(*) FROM orders WHERE status = %s", ["cancelled"])
        return "\n".join(said)

    db.rows(here("auto-explain-on.sql", ("500ms", "0")))
    assert "Seq Scan on orders" in logged()
    db.rows(here("auto-explain-off.sql"))
    assert logged() == ""
    assert db.rows("SELECT setconfig FROM pg_db_role_setting") == [], "something of it is left"

    # EXPLAIN (ANALYZE) really deletes, and the rollback brings the rows back.
    plan = db.run(here("explain-safely.sql"))
    assert "rows=9" in plan.partition("actual time")[2], plan
    assert db.value("SELECT count(*) FROM orders") == 9
    counted(db, lambda: db.value("SELECT n_tup_del FROM pg_stat_user_tables WHERE relname = 'orders'") == 9)


@contextmanager
def blocked(db, sql, **options):
    """A session that runs `sql` and waits for a lock; gives its pid and what became of it."""
    connection = db.connect(autocommit=True, **options)
    end = {}

    def work():
        try:
            connection.execute(sql)
        except psycopg.Error as error:
            end["error"] = error.sqlstate

    thread = threading.Thread(target=work)
    thread.start()
    pid = connection.info.backend_pid
    until(lambda: db.value("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [pid]))
    try:
        yield pid, end
    finally:
        db.rows("SELECT pg_terminate_backend(%s)", [pid])
        thread.join()


def counted(db, true):
    """What a session did is counted when it goes idle for a while, or is told to."""

    def now():
        db.rows("SELECT pg_stat_force_next_flush()")
        return true()

    until(now)


def until(true):
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline, "nothing came of it"
        time.sleep(0.005)


def lock_contention(db, here):
    db.rows(ORDERS + "INSERT INTO orders (customer_id, status) VALUES (1, 'open');")
    holder = db.connect(options="-c application_name=report")
    holder.execute("UPDATE orders SET note = 'x'")
    idle = holder.info.backend_pid
    with blocked(db, "ALTER TABLE orders ADD COLUMN paid_at timestamptz") as (change, _):
        with blocked(db, "SELECT count(*) FROM orders") as (reader, _):
            # The first look shows that both wait, and for whom.
            seen = {row[0]: (row[1], row[2], row[6]) for row in db.rows(here("activity.sql"))}
            assert seen[change] == ("active", "Lock", [idle]) and seen[reader] == ("active", "Lock", [change]), seen
            assert seen[idle][0] == "idle in transaction" and seen[idle][2] == [], seen
            # Who ends the chain stands on top, and only those who wait are listed.
            rows = db.rows(here("blockers.sql"))
            assert [row[0] for row in rows] == [change, reader], rows
            assert rows[0][1:3] == ("AccessExclusiveLock", "orders") and rows[1][1] == "AccessShareLock", rows
            assert rows[0][5:7] == (idle, "idle in transaction") and rows[0][8] == "report" and rows[0][10] == [], rows
            assert rows[1][5] == change and rows[1][10] == [idle], rows
            # The schema change in the queue is cancelled, and the reads go on.
            db.rows(here("cancel.sql", ("4711", change)))
            until(lambda: db.value("SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", [reader]) != "Lock")
        assert db.value("SELECT state FROM pg_stat_activity WHERE pid = %s", [change]) == "idle", "the session is gone"

    # A cancel says true and does nothing to a session that is idle in transaction; its end frees the lock.
    with blocked(db, "UPDATE orders SET note = 'y'") as (writer, end):
        assert db.rows(here("blockers.sql"))[0][1:3] == ("ShareLock", "transactionid")
        assert db.rows(here("cancel.sql", ("4711", idle))) == [(True,)]
        assert db.value("SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", [writer]) == "Lock"
        db.rows(here("terminate.sql", ("4711", idle)))
        until(lambda: db.value("SELECT note FROM orders") == "y")
        assert end == {}
    assert db.rows("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [idle]) == []

    # A running statement is cancelled; the session lives.
    busy = db.connect(autocommit=True)
    said = {}

    def work():
        try:
            busy.execute("SELECT pg_sleep(30)")
        except psycopg.errors.QueryCanceled as error:
            said["state"] = error.sqlstate

    thread = threading.Thread(target=work)
    thread.start()
    pid = busy.info.backend_pid
    until(lambda: db.value("SELECT wait_event FROM pg_stat_activity WHERE pid = %s", [pid]) == "PgSleep")
    db.rows(here("cancel.sql", ("4711", pid)))
    thread.join()
    assert said == {"state": "57014"}
    assert busy.execute("SELECT 1").fetchone() == (1,)


def missing_index(db, here):
    db.rows(
        ORDERS + "INSERT INTO orders (customer_id, status, note) SELECT 1000 + i % 5000, 'open', repeat('x', 50)"
        " FROM generate_series(1, 20000) i;"
    )
    db.rows("ANALYZE orders")
    plan = db.run(here("plan.sql"))
    assert "Seq Scan on orders" in plan and "Rows Removed by Filter: 19996" in plan, plan
    # The making of the primary key was a scan as well, of no rows.
    def most_scanned():
        name, scans, rows, *_ = db.rows(here("seq-scans.sql"))[0]
        return name == "orders" and scans * rows == 20000

    counted(db, most_scanned)

    # A unique build fails on the duplicates and leaves an index that serves nobody.
    db.run("CREATE UNIQUE INDEX CONCURRENTLY orders_customer ON orders (customer_id)", ok=False)
    assert db.rows(here("invalid-indexes.sql").replace("::regclass", "::regclass::text")) == [
        ("orders_customer", "orders")
    ]
    db.rows(here("drop-index.sql"))
    assert db.rows(here("invalid-indexes.sql")) == []

    # While it is built, writers go on, and it waits for the transactions before it.
    older = db.connect()
    older.execute("INSERT INTO orders (customer_id, status) VALUES (4711, 'open')")
    failures = []

    def build():
        try:
            db.run(here("build-index.sql"))
        except AssertionError as failure:
            failures.append(failure)

    thread = threading.Thread(target=build)
    thread.start()
    waits = "SELECT count(*) FROM pg_stat_activity WHERE query ~ '^CREATE INDEX' AND wait_event_type = 'Lock'"
    try:
        until(lambda: failures or db.value(waits))
        if not failures:
            db.run("SET lock_timeout = '300ms'; INSERT INTO orders (customer_id, status) VALUES (4711, 'open');")
    finally:
        older.commit()
        thread.join()
    if failures:
        raise failures[0]
    db.rows("ANALYZE orders")
    plan = db.run(here("plan.sql"))
    assert "orders_customer" in plan and "Seq Scan" not in plan and "Rows Removed" not in plan, plan


def stale_statistics(db, here):
    db.rows(ORDERS + "CREATE INDEX orders_status ON orders (status); ANALYZE orders;")
    db.rows("INSERT INTO orders (customer_id, status) SELECT 1, 'done' FROM generate_series(1, 500)")
    # What a session did is counted later, and must not count as done since ANALYZE.
    db.rows("SELECT pg_stat_force_next_flush()")
    db.rows("ANALYZE orders")
    db.rows("INSERT INTO orders (customer_id, status) SELECT i, 'open' FROM generate_series(1, 20000) i;")

    def estimate():
        return db.value("EXPLAIN (FORMAT json) SELECT * FROM orders WHERE status = 'open'")[0]["Plan"]["Plan Rows"]

    assert estimate() < 2000
    counted(db, lambda: db.rows(here("last-analyzed.sql"))[0][:3:2] == ("orders", 20000))
    assert db.rows(here("last-analyzed.sql"))[0][3] is not None
    db.rows(here("analyze.sql"))
    assert 18000 < estimate() < 22000
    counted(db, lambda: db.rows(here("last-analyzed.sql"))[0][2] == 0)


def stale_generic_plan(db, here):
    db.rows(
        ORDERS + "INSERT INTO orders (customer_id, status, note) SELECT i, CASE WHEN i > 19900 THEN 'open' ELSE 'done'"
        " END, repeat('x', 40) FROM generate_series(1, 20000) i; CREATE INDEX orders_status ON orders (status);"
        " ANALYZE orders; GRANT SELECT ON orders TO app;"
    )
    query = "SELECT id, note FROM orders WHERE status = $1 ORDER BY id LIMIT 20"

    def plan(session):
        return "\n".join(row[0] for row in session.execute("EXPLAIN EXECUTE list('open')"))

    def application():
        """Five times the common value, as the application's connections have done long since."""
        session = db.connect(user="app", autocommit=True)
        session.execute(f"PREPARE list(text) AS {query}")
        for _ in range(6):
            session.execute("EXECUTE list('done')")
        return session

    session = application()
    assert "orders_pkey" in plan(session) and "$1" in plan(session), plan(session)
    # Neither of these ends it.
    db.rows("ANALYZE orders")
    session.execute("DISCARD PLANS")
    assert "$1" in plan(session)
    # The page's comparison shows two plans, without executing either.
    before = db.value("SELECT sum(seq_scan + idx_scan) FROM pg_stat_user_tables WHERE relname = 'orders'")
    shown = db.run(here("both-plans.sql"))
    generic, _, custom = shown.partition("SET\n")[2].partition("SET\n")
    assert "orders_pkey" in generic and "$1" in generic, shown
    assert "orders_status" in custom and "'open'" in custom, shown
    assert db.value("SELECT sum(seq_scan + idx_scan) FROM pg_stat_user_tables WHERE relname = 'orders'") == before
    # The setting reaches new sessions.
    db.rows(here("custom-plans.sql"))
    assert "$1" in plan(session)
    new = plan(application())
    assert "orders_status" in new and "$1" not in new, new


def bloat(db, here):
    db.rows(
        ORDERS + "INSERT INTO orders (customer_id, status, note) SELECT i, 'open', repeat('x', 100)"
        " FROM generate_series(1, 20000) i"
    )
    db.rows("VACUUM ANALYZE orders")
    reader = db.connect()
    reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    reader.execute("SELECT 1 FROM orders LIMIT 1")
    for _ in range(2):
        db.rows("SELECT txid_current()")
    later = db.connect()
    later.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    later.execute("SELECT 1")
    db.rows("DELETE FROM orders WHERE id % 10 <> 0;")

    counted(db, lambda: db.rows(here("dead-rows.sql"))[0][:3:2] == ("orders", 18000))

    def size(what="orders"):
        return db.value("SELECT pg_relation_size(%s::regclass)", [what])

    def vacuum():
        arguments = ("-v", "ON_ERROR_STOP=1", "-c", "SET lock_timeout = '2s'", "-c", here("vacuum.sql"))
        return db.psql(*arguments).ok().stderr

    # Something still needs the old versions: it is found, and until it ends vacuum can do nothing.
    held = db.rows(here("held-back.sql"))
    assert held[0][:2] == ("session", str(reader.info.backend_pid)) and held[0][3].startswith("idle in"), held
    assert "18000 are dead but not yet removable" in vacuum()
    full = size()
    share = db.run(here("free-space.sql")).splitlines()[-3].split("|")
    assert int(share[1]) > 50, share
    reader.close()
    later.close()
    until(lambda: not db.value("SELECT count(*) FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()"))

    # VACUUM makes the space reusable and the table no smaller.
    assert "18000 removed" in vacuum()
    assert size() == full
    share = db.run(here("free-space.sql")).splitlines()[-3].split("|")
    assert int(share[1]) == 0 and int(share[2]) > 50, share
    db.rows(
        "INSERT INTO orders (customer_id, status, note) SELECT i, 'open', repeat('x', 100)"
        " FROM generate_series(1, 9000) i"
    )
    assert size() == full, "the space was not used again"
    db.rows("DELETE FROM orders WHERE id > 20000")
    db.rows("VACUUM orders")

    index = size("orders_pkey")
    db.rows(here("reindex.sql"))
    assert size("orders_pkey") < index / 2
    db.rows(here("rewrite.sql"))
    assert size() < full / 2
    assert db.value("SELECT count(*) FROM orders") == 2000
    db.rows(here("autovacuum.sql"))
    assert "autovacuum_vacuum_scale_factor=0.02" in db.value(
        "SELECT reloptions FROM pg_class WHERE oid = 'orders'::regclass"
    )


FAULTS = [
    ("activity.sql", "pg_blocking_pids(pid)", "ARRAY[]::int[]", "nobody would be named"),
    ("since.sql", "s.calls - coalesce(b.calls, 0) AS calls", "s.calls AS calls", "what was long before would count"),
    ("explain-safely.sql", "ROLLBACK", "COMMIT", "looking at the plan would delete"),
    ("auto-explain-off.sql", "RESET session_preload_libraries", "SET session_preload_libraries = auto_explain",
     "the log would go on filling"),
    ("blockers.sql", " AND NOT l.granted", "", "locks that are held would be listed as waited for"),
    ("blockers.sql", "ORDER BY cardinality(pg_blocking_pids(b.pid))", "ORDER BY -cardinality(pg_blocking_pids(b.pid))",
     "the end of the chain would not stand on top"),
    ("cancel.sql", "pg_cancel_backend", "pg_terminate_backend", "the session would end with its statement"),
    ("terminate.sql", "pg_terminate_backend", "pg_cancel_backend", "a cancel does not end an idle transaction"),
    ("build-index.sql", "CONCURRENTLY ", "", "writers would wait for the build"),
    ("build-index.sql", "(customer_id)", "(status)", "it would not serve the query"),
    ("analyze.sql", "ANALYZE", "VACUUM", "a plain vacuum gathers no statistics"),
    ("custom-plans.sql", "force_custom_plan", "auto", "the generic plan would stay"),
    ("held-back.sql", "DESC", "ASC", "the oldest would stand last"),
    ("vacuum.sql", "VERBOSE", "FULL, VERBOSE", "it would rewrite the table, with nobody able to read it"),
    ("rewrite.sql", "FULL, ", "", "the table would stay as large as it is"),
]  # fmt: skip
