"""What the page query-tuning claims, read off the plans."""

NEEDS = {"postgres"}

ROWS = 60_000
SCHEMA = f"""
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL, status text NOT NULL,
    placed_at timestamptz NOT NULL, total numeric(12,2) NOT NULL, note text NOT NULL)
    WITH (autovacuum_enabled = off);
INSERT INTO orders (customer_id, status, placed_at, total, note)
    SELECT CASE WHEN n % 20 = 0 THEN 42 ELSE n % 500 END, CASE WHEN n % 10 = 1 THEN 'cancelled' ELSE 'paid' END,
           timestamptz '2026-06-01 00:00+00' - n * interval '10 min', n % 100, repeat('x', 60)
    FROM generate_series(1, {ROWS}) n;
"""


def plan(db, query):
    """Every node of the measured plan."""

    def nodes(node):
        yield node
        for child in node.get("Plans", ()):
            yield from nodes(child)

    return list(nodes(db.value("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query)[0]["Plan"]))


def read(nodes):
    """Rows that the scans read, returned or not, and pages that the whole touched."""
    rows = sum((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
               for node in nodes if "Scan" in node["Node Type"])  # fmt: skip
    return rows, nodes[0]["Shared Hit Blocks"] + nodes[0]["Shared Read Blocks"]


def kinds(nodes):
    return {node["Node Type"] for node in nodes}


def scenario(blocks, tools):
    db = tools.postgres.database()
    db.run(SCHEMA)
    before_answer = db.rows(blocks["query.sql"])
    assert len(before_answer) == 20

    text = db.run(blocks["explain.sql"])
    assert "Seq Scan" in text and "Rows Removed by Filter" in text and "Buffers:" in text, text
    before = plan(db, blocks["query.sql"])
    rows, pages = read(before)
    assert "Seq Scan" in kinds(before) and rows == ROWS, (kinds(before), rows)

    db.run(blocks["index.sql"])
    after = plan(db, blocks["query.sql"])
    rows_after, pages_after = read(after)
    assert kinds(after) == {"Limit", "Index Only Scan"}, kinds(after)
    assert rows_after == 20 and pages_after * 50 < pages, (rows_after, pages_after, pages)
    assert [node["Heap Fetches"] for node in after if "Heap Fetches" in node] == [0]
    assert db.rows(blocks["query.sql"]) == before_answer

    # A page in the middle: as little by key, all that is skipped by OFFSET, and the same rows.
    offset = db.value("""SELECT count(*) FROM orders WHERE customer_id = 42 AND status = 'paid'
                         AND (placed_at, id) >= ('2026-03-01 00:00+00', 9000000)""")
    assert offset > 500
    by_key = plan(db, blocks["next-page.sql"])
    assert kinds(by_key) == {"Limit", "Index Only Scan"} and read(by_key)[0] == 20, by_key
    by_offset = blocks["query.sql"].replace("LIMIT 20;", f"OFFSET {offset} LIMIT 20")
    assert read(plan(db, by_offset))[0] == offset + 20
    assert db.rows(blocks["next-page.sql"]) == db.rows(by_offset)

    # The index alone answers only while the pages are known to be visible to all.
    db.run("UPDATE orders SET note = 'y' WHERE customer_id = 42 AND placed_at > '2026-05-20'")
    assert sum(node.get("Heap Fetches", 0) for node in plan(db, blocks["query.sql"])) >= 20
    # Few dead rows alone would leave the index as it is, and the pages unmarked.
    db.run("VACUUM (INDEX_CLEANUP ON) orders")
    assert sum(node.get("Heap Fetches", 0) for node in plan(db, blocks["query.sql"])) == 0

    # What the index costs: an update of a column that it merely returns is no longer heap-only.
    assert hot_share(db, "note = 'z'") > 0.5
    assert hot_share(db, "total = total + 1") == 0

    # Measuring a write executes it, and the transaction takes it back.
    count = db.value("SELECT count(*) FROM orders")
    text = db.run(blocks["explain-write.sql"])
    assert "Delete on orders" in text and "actual time" in text, text
    assert db.value("SELECT count(*) FROM orders") == count


def hot_share(db, change):
    """The share of heap-only updates among a few that have room on their page."""
    db.run(
        "DROP TABLE IF EXISTS small; CREATE TABLE small (LIKE orders INCLUDING INDEXES) WITH (fillfactor = 50);"
        "INSERT INTO small SELECT * FROM orders LIMIT 100"
    )
    with db.connect(autocommit=True) as session:
        session.execute(f"UPDATE small SET {change}")
        session.execute("SELECT pg_stat_force_next_flush()")
        [(hot, all_)] = session.execute(
            "SELECT n_tup_hot_upd, n_tup_upd FROM pg_stat_user_tables WHERE relname = 'small'"
        )
    assert all_ == 100
    return hot / all_


FAULTS = [
    ("index.sql", " INCLUDE (total)", "", "each row would be fetched from the table"),
    ("index.sql", "status, placed_at DESC, id DESC", "status", "all of the customer's rows would be sorted"),
    ("index.sql", "VACUUM orders;", "", "the index could not answer alone"),
    (
        "next-page.sql",
        "AND (placed_at, id) <",
        "AND NOT (placed_at, id) >=",
        "a condition that no index can start from",
    ),
    ("explain-write.sql", "ROLLBACK", "COMMIT", "measuring would delete"),
    ("explain.sql", "ANALYZE, BUFFERS", "BUFFERS", "estimates only"),
]
