"""What the page expand-migrate-contract claims, tried while the old and the new release write."""

import random
import threading
import time

NEEDS = {"postgres"}

ROWS = 12_000
SCHEMA = f"""
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total_cents integer NOT NULL);
INSERT INTO orders (total_cents) SELECT n FROM generate_series(1, {ROWS}) n;
"""

OLD = (
    "INSERT INTO orders (total_cents) VALUES (%(cents)s)",
    "UPDATE orders SET total_cents = %(cents)s WHERE id = %(id)s",
    "SELECT total_cents FROM orders WHERE id = %(id)s",
)
NEW = (
    "INSERT INTO orders (total) VALUES (%(cents)s / 100.0)",
    "UPDATE orders SET total = %(cents)s / 100.0 WHERE id = %(id)s",
    "SELECT total FROM orders WHERE id = %(id)s",
)


class Release(threading.Thread):
    """One release of the application: writes and reads without a break, and remembers the slowest statement."""

    def __init__(self, db, statements, seed):
        super().__init__(daemon=True)
        self.connection = db.connect(autocommit=True)
        self.statements, self.random = statements, random.Random(seed)
        self.error, self.slowest, self.count, self.going = None, 0.0, 0, True
        self.start()

    def run(self):
        try:
            while self.going:
                values = {"cents": self.random.randint(0, 10**6), "id": self.random.randint(1, ROWS)}
                began = time.monotonic()
                self.connection.execute(self.statements[self.count % 3], values)
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.count += 1
                time.sleep(0.002)
        except Exception as error:
            self.error = error

    def stop(self):
        self.going = False
        self.join(20)
        assert self.error is None, f"a release in service failed: {self.error}"
        assert self.count > 3, "it did nothing"
        return self.slowest

    def goes_on(self):
        """Waits until it has done more than the statement that it may be stuck in."""
        goal, deadline = self.count + 3, time.monotonic() + 5
        while self.count < goal and time.monotonic() < deadline and self.error is None:
            time.sleep(0.005)
        assert self.count >= goal, f"a release in service stands still: {self.error}"


def held_up(db, step, statement):
    """Runs a step while another transaction is open on the table: it must give up, and soon."""
    with db.connect() as blocker:
        blocker.execute(statement)
        end = threading.Timer(3, blocker.close)  # for a step that would wait without a bound
        end.start()
        done = db.psql("-v", "ON_ERROR_STOP=1", "-f", "-", stdin=step)
        end.cancel()
        if not blocker.closed:
            blocker.rollback()
    assert done.returncode != 0 and "lock timeout" in done.stderr, f"did not give up: {done.stderr}"


def one(db, block):
    return db.psql("-At", "-f", "-", stdin=block).ok().stdout.strip()


def scenario(blocks, tools):
    db = tools.postgres.database()
    db.run(SCHEMA)
    in_service = []
    try:
        migrate(blocks, db, in_service)
    finally:
        for release in in_service:
            release.going = False
        for release in in_service:
            release.join(10)


def migrate(blocks, db, in_service):
    old = Release(db, OLD, 1)
    in_service.append(old)

    # One transaction that has read the table is enough to hold the step up. It gives up and leaves nothing.
    held_up(db, blocks["1-expand.sql"], "SELECT count(*) FROM orders")
    assert columns(db) == {"id": True, "total_cents": True}
    old.goes_on()
    db.run(blocks["1-expand.sql"])
    new = Release(db, NEW, 2)  # from here on both releases are in service
    in_service.append(new)

    # A locked row stops the backfill; what was committed stays, and the next call goes on from there.
    quick = blocks["2-backfill.sql"].replace(
        "CALL backfill_orders_total();", "CALL backfill_orders_total(pause => '0');"
    )
    held_up(db, quick, "UPDATE orders SET total_cents = total_cents WHERE id = 7000")
    assert db.rows("SELECT last_id, done_at FROM backfills") == [(5000, None)]
    db.run(quick)
    assert db.value("SELECT done_at IS NOT NULL AND last_id >= %s FROM backfills", [ROWS]) is True
    largest = db.value("SELECT max(n) FROM (SELECT count(*) AS n FROM orders GROUP BY xmin::text) AS transactions")
    assert 1000 < largest <= 5000, f"{largest} rows in one transaction"

    # Whichever column is written, the other follows.
    db.run("UPDATE orders SET total_cents = 501 WHERE id = 1; UPDATE orders SET total = 6.02 WHERE id = 2")
    assert db.rows("SELECT total::text, total_cents FROM orders WHERE id < 3 ORDER BY id") == [
        ("5.01", 501),
        ("6.02", 602),
    ]
    assert one(db, blocks["3-verify.sql"]) == "0"

    db.run(blocks["4-promise.sql"])
    assert db.rows("SELECT convalidated FROM pg_constraint WHERE conname = 'orders_total_given'") == [(False,)]
    with db.connect() as proving:  # writes go on while the proof is under way
        proving.execute(blocks["5-prove.sql"])
        old.goes_on()
        new.goes_on()
        proving.commit()
    done = db.psql(
        "-v", "ON_ERROR_STOP=1", "-f", "-", stdin="SET client_min_messages = debug1;" + blocks["6-not-null.sql"]
    )
    assert "sufficient to prove that it does not contain nulls" in done.ok().stderr, (
        "SET NOT NULL reads the whole table"
    )
    assert columns(db) == {"id": True, "total_cents": True, "total": True}
    assert db.rows("SELECT conname FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'c'") == []
    assert one(db, blocks["3-verify.sql"]) == "0"

    slowest = [old.stop()]  # the old release is gone: now its column may go
    db.run(blocks["7-detach.sql"])
    new.goes_on()
    # Back: the trigger again, then the rows that were written without it.
    trigger = "BEGIN;" + blocks["1-expand.sql"].split("numeric(12,2);")[1]
    db.run(trigger + "UPDATE orders SET total_cents = total * 100 WHERE total_cents IS DISTINCT FROM total * 100")
    assert one(db, blocks["3-verify.sql"]) == "0"
    new.goes_on()
    db.run(blocks["7-detach.sql"])
    db.run(blocks["8-contract.sql"])
    new.goes_on()
    slowest.append(new.stop())
    assert columns(db) == {"id": True, "total": True}
    assert max(slowest) < 3, f"a statement of a release took {max(slowest):.1f} s"


def columns(db):
    """Names, and whether they are NOT NULL."""
    return dict(
        db.rows("""SELECT attname, attnotnull FROM pg_attribute
                           WHERE attrelid = 'orders'::regclass AND attnum > 0 AND NOT attisdropped""")
    )


LOCK_TIMEOUT = "SET lock_timeout = '500ms';"

FAULTS = [
    ("1-expand.sql", "SET LOCAL lock_timeout = '500ms';", "", "it would wait, and everyone else behind it"),
    (
        "1-expand.sql",
        "NEW.total IS NOT DISTINCT FROM OLD.total",
        "NEW.total = OLD.total",
        "the old release could not change a row that is not filled yet",
    ),
    ("1-expand.sql", "UPDATE OF total, total_cents", "UPDATE OF total", "the old release's updates would be lost"),
    ("2-backfill.sql", "DEFAULT 5000", "DEFAULT 500000", "all rows in one transaction"),
    ("2-backfill.sql", "COMMIT; ", "", "all batches in one transaction"),
    ("2-backfill.sql", LOCK_TIMEOUT, "", "a batch would wait, and hold its other rows"),
    ("2-backfill.sql", "UPDATE backfills SET last_id = upto WHERE name = 'orders.total';", "", "it would begin anew"),
    ("4-promise.sql", " NOT VALID", "", "the table would be read under the strongest lock"),
    (
        "5-prove.sql",
        "ALTER TABLE orders VALIDATE CONSTRAINT orders_total_given;",
        "",
        "SET NOT NULL would read the table",
    ),
    (
        "7-detach.sql",
        "ALTER TABLE orders ALTER COLUMN total_cents DROP NOT NULL;",
        "",
        "the new release could not insert",
    ),
]
