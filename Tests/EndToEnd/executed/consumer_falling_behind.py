"""What the page consumer-falling-behind claims, tried on a queue in a table and on a Redis stream."""

import datetime
import shlex

NEEDS = {"postgres", "redis"}

SCHEMA = """
    CREATE TABLE jobs (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, subject text NOT NULL, payload text,
      created_at timestamptz NOT NULL DEFAULT now(), finished_at timestamptz, attempts int NOT NULL DEFAULT 0,
      last_error text
    );
    CREATE TABLE parked_jobs (LIKE jobs, reason text NOT NULL, parked_at timestamptz NOT NULL);
"""


def scenario(blocks, tools):
    db = tools.postgres.database()
    db.run(SCHEMA)
    trend(blocks, db)
    poison(blocks, db)
    batches(blocks, db)
    backlog(blocks, db)
    stream(blocks, tools.redis)


def fill(db, kind, count, age="0", finished="NULL", subject="'a'"):
    db.rows(
        f"INSERT INTO jobs (kind, subject, created_at, finished_at) SELECT '{kind}', {subject}, now() - interval '{age}',"
        f" {finished} FROM generate_series(1, {count}) AS i"
    )


def trend(blocks, db):
    # 20 a minute arrive and 30 a minute are finished: 1,000 waiting are worked off in 100 minutes.
    fill(db, "mail", 900, "2 hours")
    fill(db, "mail", 50, "3 hours", "now() - interval '1 minute'")
    fill(db, "mail", 100, "1 minute", "now()")
    fill(db, "mail", 100, "4 minutes")
    fill(db, "old", 70, "1 day", "now() - interval '20 hours'")
    waiting, oldest, arrive, finish, ends = db.rows(blocks["lag.sql"])[0]
    assert (waiting, float(arrive), float(finish)) == (1000, 40.0, 30.0) and ends is None, (waiting, arrive, finish, ends)
    assert datetime.timedelta(hours=2) <= oldest < datetime.timedelta(hours=2, minutes=1), oldest
    fill(db, "mail", 100, "10 minutes", "now()")
    waiting, _, arrive, finish, ends = db.rows(blocks["lag.sql"])[0]
    assert float(finish) == 50.0 and ends == datetime.timedelta(minutes=100), (finish, ends)

    fill(db, "import", 30, subject="'customer-7'")
    rows = db.rows(blocks["by-key.sql"])
    assert [row[:3] for row in rows] == [("mail", "a", 1000), ("import", "customer-7", 30)], rows
    db.rows("TRUNCATE jobs")


def poison(blocks, db):
    fill(db, "mail", 3)
    ids = [row[0] for row in db.rows("UPDATE jobs SET attempts = id % 3 * 3, last_error = 'no such user' RETURNING id")]
    worst = db.value("SELECT id FROM jobs ORDER BY attempts DESC")
    assert [row[0] for row in db.rows(blocks["stuck.sql"])] == [
        row[0] for row in db.rows("SELECT id FROM jobs WHERE attempts >= 3 ORDER BY attempts DESC")
    ]
    set_aside = blocks["set-aside.sql"].replace("4711", str(worst))
    # Somebody works on it at this moment: nothing is moved, and nobody waits.
    holder = db.connect()
    holder.execute("SELECT FROM jobs WHERE id = %s FOR UPDATE", [worst])
    assert "INSERT 0 0" in db.run("SET statement_timeout = '2s';" + set_aside)
    holder.rollback()
    assert "INSERT 0 1" in db.run(set_aside)
    assert db.rows("SELECT id, reason, last_error FROM parked_jobs") == [(worst, "poison", "no such user")]
    assert db.value("SELECT count(*) FROM jobs") == len(ids) - 1
    db.rows("TRUNCATE jobs, parked_jobs")


def batches(blocks, db):
    fill(db, "mail", 250)
    one, two = db.connect(), db.connect()
    taken = [sorted(row[0] for row in connection.execute(blocks["claim-batch.sql"])) for connection in (one, two)]
    assert [len(batch) for batch in taken] == [100, 100] and not set(taken[0]) & set(taken[1])
    assert taken[0] + taken[1] == [row[0] for row in db.rows("SELECT id FROM jobs ORDER BY id LIMIT 200")]
    # The first one's work fails: its hundred wait again.
    one.rollback()
    two.commit()
    assert db.value("SELECT count(*) FROM jobs WHERE finished_at IS NULL") == 150
    assert sorted(row[0] for row in one.execute(blocks["claim-batch.sql"])) == taken[0]
    one.commit()
    db.rows("TRUNCATE jobs")


def backlog(blocks, db):
    fill(db, "stock-level", 40, "3 hours", subject="'item-' || i % 4")
    fill(db, "stock-level", 4, "2 hours", subject="'item-' || i % 4")
    fill(db, "stock-level", 4, "10 minutes", subject="'new-' || i % 2")
    fill(db, "payment", 20, "3 hours")
    # One that a worker holds, and one that is done.
    held, done = (row[0] for row in db.rows("SELECT id FROM jobs WHERE kind = 'stock-level' ORDER BY id LIMIT 2"))
    db.rows(f"UPDATE jobs SET finished_at = now() WHERE id = {done}")
    holder = db.connect()
    holder.execute("SELECT FROM jobs WHERE id = %s FOR UPDATE", [held])
    before = db.rows("SELECT id, kind, subject, created_at, finished_at FROM jobs ORDER BY id")

    assert "INSERT 0 38" in db.run("SET statement_timeout = '2s';" + blocks["park.sql"])
    left = db.rows("SELECT kind, subject, count(*) FROM jobs WHERE finished_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2")
    extra = db.value("SELECT subject FROM jobs WHERE id = %s", [held])
    assert left == [("payment", "a", 20)] + [
        ("stock-level", f"item-{number}", 2 if extra == f"item-{number}" else 1) for number in range(4)
    ] + [("stock-level", "new-0", 2), ("stock-level", "new-1", 2)], left
    newest = db.rows("SELECT max(id) FROM jobs WHERE kind = 'stock-level' GROUP BY subject ORDER BY 1")
    assert [row[0] for row in newest] == sorted(
        {row[2]: row[0] for row in before if row[1] == "stock-level"}.values()
    ), "the newest of a subject went"
    assert db.value("SELECT count(*) FROM parked_jobs WHERE reason = 'superseded' AND kind = 'stock-level'") == 38
    holder.rollback()

    # All of it comes back as it was; what was set aside for another reason stays there.
    db.rows("INSERT INTO parked_jobs SELECT -1, 'mail', 'a', '', now(), NULL, 9, '', 'poison', now()")
    db.run(blocks["replay.sql"])
    assert db.rows("SELECT id, kind, subject, created_at, finished_at FROM jobs ORDER BY id") == before
    assert db.rows("SELECT id FROM parked_jobs") == [(-1,)]


def stream(blocks, redis):
    def run(name, *replacements):
        text = blocks[name]
        for old, new in replacements:
            assert old in text, f"{name} does not hold {old!r}"
            text = text.replace(old, new)
        return [redis.cli(*shlex.split(line)) for line in text.splitlines() if line.strip()]

    def fields(text):
        words = text.split("\n")
        return dict(zip(words[::2], words[1::2]))

    redis.cli("XGROUP", "CREATE", "orders", "mailer", "$", "MKSTREAM")
    for number in range(10):
        redis.cli("XADD", "orders", f"{1000 + number}-0", "n", number)
    redis.cli("XREADGROUP", "GROUP", "mailer", "dead", "COUNT", 4, "STREAMS", "orders", ">")
    redis.cli("XACK", "orders", "mailer", "1000-0")
    groups, pending, consumers = run("lag.redis")
    group = fields(groups)
    assert (group["lag"], group["pending"], group["consumers"]) == ("6", "3", "1"), groups
    assert pending.split("\n")[:3] == ["3", "1001-0", "1003-0"], pending
    assert fields(consumers)["name"] == "dead" and fields(consumers)["pending"] == "3" and "idle" in fields(consumers)

    # Nothing has been idle for a minute.
    assert run("stuck.redis") == [""]
    assert "1001-0" not in run("take-over.redis")[0]
    stuck = run("stuck.redis", ("IDLE 60000", "IDLE 0"))[0].split("\n")
    assert stuck[:2] == ["1001-0", "dead"] and stuck[3::4] == ["1", "1", "1"], stuck
    taken = run("take-over.redis", ("60000", "0"))[0]
    assert all(f"{id}-0" in taken for id in (1001, 1002, 1003)) and "1004-0" not in taken, taken
    stuck = run("stuck.redis", ("IDLE 60000", "IDLE 0"))[0].split("\n")
    assert stuck[1::4] == ["rescue"] * 3 and stuck[3::4] == ["2", "2", "2"], stuck


FAULTS = [
    ("lag.sql", "min(created_at) FILTER (WHERE finished_at IS NULL)", "min(created_at)",
     "the oldest would be one that is long finished"),
    ("lag.sql", "waiting / (finish - arrive)", "waiting / finish", "what arrives meanwhile would be forgotten"),
    ("lag.sql", "CASE WHEN finish > arrive THEN ", "CASE WHEN finish <> arrive THEN ",
     "it would promise an end that never comes"),
    ("set-aside.sql", " FOR UPDATE SKIP LOCKED", "", "it would wait for whoever works on the message"),
    ("claim-batch.sql", "SKIP LOCKED", "NOWAIT", "a second worker would fail instead of taking the next hundred"),
    ("claim-batch.sql", "  ORDER BY id\n", "  ORDER BY id DESC\n", "the oldest would wait longest"),
    ("park.sql", "AND newer.id > old.id", "AND newer.id <> old.id", "the newest would be parked, too"),
    ("park.sql", "newer.subject = old.subject AND ", "", "another subject's event would count as a newer one"),
    ("park.sql", " AND old.created_at < now() - :'older_than'::interval", "", "what is not old would be parked"),
    ("park.sql", "old.kind = :'kind'", "true", "payments would be parked"),
    ("park.sql", " AND old.kind = :'kind'", "", "payments would be parked"),
    ("park.sql", "FOR UPDATE OF old SKIP LOCKED", "", "it would wait for a worker"),
    ("replay.sql", "WHERE reason = 'superseded' ", "", "what was set aside for another reason would come back"),
    ("stuck.sql", "attempts >= 3", "attempts >= 0", "messages that never failed would be listed"),
    ("take-over.redis", "60000", "0", "messages that are just being worked on would be taken"),
]  # fmt: skip
