"""What the page relational-schema claims, tried."""

import json

NEEDS = {"postgres"}

SHOP = """
INSERT INTO customers (email, name) VALUES ('Ada@example.org', 'Ada');
INSERT INTO products (sku, name, description, price, currency) VALUES
    ('CHAIR-1', 'Oak chair', 'A wooden chair with arms', 80, 'EUR'),
    ('CHAIR-2', 'Old chair', 'Wooden, broken leg', 8, 'EUR'),
    ('STEEL-1', 'Steel chair', 'Stacks well', 60, 'EUR');
INSERT INTO orders (customer_id, currency) SELECT id, 'EUR' FROM customers;
INSERT INTO order_lines (order_id, line_no, product_id, quantity, unit_price)
    SELECT o.id, 1, p.id, 2, p.price FROM orders o, products p WHERE p.sku = 'CHAIR-1';
"""

REFUSED = {  # a statement, and the SQLSTATE it must fail with
    "INSERT INTO customers (email, name) VALUES ('ADA@EXAMPLE.ORG', 'Another')": "23505",
    "INSERT INTO customers (email, name) VALUES ('no address', 'Bo')": "23514",
    "INSERT INTO customers (email, name) VALUES ('bo@example.org', ' ')": "23514",
    "INSERT INTO customers (email, name) VALUES (NULL, 'Bo')": "23502",
    "INSERT INTO customers (id, email, name) VALUES (7, 'bo@example.org', 'Bo')": "428C9",
    "UPDATE customers SET deleted_at = created_at - interval '1 day'": "23514",
    "UPDATE products SET price = -0.01": "23514",
    "UPDATE products SET price = 'NaN'": "23514",
    "UPDATE products SET price = 'Infinity'": "22003",
    "UPDATE products SET currency = 'euro'": "23514",
    "UPDATE orders SET status = 'lost'": "23514",
    "UPDATE orders SET status = 'paid'": "23514",
    "UPDATE orders SET customer_id = 4711": "23503",
    "UPDATE order_lines SET quantity = 0": "23514",
    "UPDATE order_lines SET quantity = NULL": "23502",
    "UPDATE order_lines SET unit_price = 'NaN'": "23514",
    "DELETE FROM customers": "23503",
    "DELETE FROM products": "23503",
}

# Foreign keys whose columns no index begins with.
UNINDEXED = """
SELECT c.conname FROM pg_constraint c WHERE c.contype = 'f' AND NOT EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indpred IS NULL AND i.indkey[0] = c.conkey[1])
"""


def scenario(blocks, tools):
    db = tools.postgres.database()
    db.run(blocks["schema.sql"])
    db.run(SHOP)

    with db.connect(autocommit=True) as session:
        for statement, state in REFUSED.items():
            try:
                session.execute(statement)
            except Exception as error:
                assert error.sqlstate == state, f"{statement}: {error.sqlstate} instead of {state}"
            else:
                raise AssertionError(f"accepted: {statement}")
    assert db.rows(UNINDEXED) == []
    assert db.value("UPDATE products SET price = 80.005 WHERE sku = 'CHAIR-1' RETURNING price::text") == "80.01"

    # The customer leaves and comes back; a third registration finds the address taken.
    assert "(1 row)" in db.run(blocks["leave-and-return.sql"])
    assert db.rows("SELECT name, deleted_at IS NULL FROM customers ORDER BY id") == [
        ("Ada", False),
        ("Ada again", True),
    ]
    again = blocks["leave-and-return.sql"].split(";", 1)[1]
    assert "(0 rows)" in db.run(again)
    # The order still belongs to the customer who left.
    assert db.value("SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id") == "Ada"

    # One point in time, whatever the zone it was written in.
    db.run("""UPDATE orders SET placed_at = '2026-03-29 12:00+02';
              SET timezone = 'America/New_York'; UPDATE orders SET paid_at = '2026-03-29 06:00'""")
    assert db.value("SELECT placed_at = paid_at FROM orders") is True

    # 'chairs' finds 'chair'; the broken one is left out.
    found = db.run(blocks["search.sql"])
    assert "Oak chair" in found and "Old chair" not in found and "Steel chair" not in found, found

    # What a partial index saves hangs on the share of rows that its predicate removes.
    db.run("""INSERT INTO orders (customer_id, currency, status, paid_at)
                  SELECT c.id, 'EUR', CASE WHEN n % 50 = 0 THEN 'placed' ELSE 'paid' END, now()
                  FROM customers c, generate_series(1, 20000) n WHERE c.deleted_at IS NULL;
              CREATE INDEX every_order ON orders (placed_at);
              CREATE INDEX most_orders ON orders (placed_at) WHERE status <> 'cancelled';
              REINDEX INDEX orders_open; ANALYZE orders""")
    size = dict(
        db.rows("""SELECT relname, pg_relation_size(oid) FROM pg_class
                           WHERE relname IN ('orders_open', 'every_order', 'most_orders')""")
    )
    assert size["orders_open"] * 5 < size["every_order"] == size["most_orders"], size
    with db.connect() as session:
        session.execute("DROP INDEX every_order, most_orders")
        [[text]] = session.execute("""EXPLAIN (FORMAT JSON) SELECT id FROM orders WHERE status = 'placed'
                                      ORDER BY placed_at LIMIT 10""").fetchall()
        assert '"orders_open"' in json.dumps(text), text
        session.execute("SET enable_seqscan = off")
        [[text]] = session.execute("EXPLAIN (FORMAT JSON) " + blocks["search.sql"]).fetchall()
        assert '"products_search"' in json.dumps(text), text


FAULTS = [
    ("schema.sql", "(lower(email)) WHERE deleted_at IS NULL;", "(lower(email));", "nobody who left could come back"),
    ("schema.sql", "ON customers (lower(email))", "ON customers (email)", "one address in two cases"),
    ("schema.sql", "price >= 0 AND price <> 'NaN'", "price >= 0", "a price that is not a number"),
    ("schema.sql", "CREATE INDEX order_lines_product ON order_lines (product_id);", "", "a foreign key without index"),
    ("schema.sql", "WHERE status = 'placed'", "WHERE status <> 'cancelled'", "a predicate that keeps nearly all rows"),
    ("schema.sql", "timestamptz", "timestamp", "times that hang on the session's zone"),
    ("schema.sql", "USING gin (search)", "(sku, name)", "text search without an index"),
    (
        "leave-and-return.sql",
        "ON CONFLICT (lower(email)) WHERE deleted_at IS NULL DO NOTHING",
        "",
        "a taken address would be an error",
    ),
]
