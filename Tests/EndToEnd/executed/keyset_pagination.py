"""What the page keyset-pagination claims: pages complete and disjoint while others write, a cursor that cannot be forged
or carried elsewhere, and a deep page that costs what the first one costs."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import urlencode

from executed._http import ask
from executed._knowledge import threshold

NEEDS = {"postgres", "node"}
FILES = ("schema.sql", "first-page.sql", "next-page.sql", "cursor.mjs", "orders.mjs", "server.mjs")


def scenario(blocks, tools):
    files = {name: blocks[name] for name in FILES}
    db = tools.postgres.database()
    db.run(files["schema.sql"])
    # 300 rows of customer 1: three at the very same time each, groups 40 microseconds apart. The others are noise.
    db.run("""
        INSERT INTO orders (customer_id, created_at, total_cents)
        SELECT 1, timestamptz '2026-03-01 12:00Z' + (n / 3) * interval '40 microseconds', n FROM generate_series(0, 299) n;
        INSERT INTO orders (customer_id, created_at, total_cents)
        SELECT 2 + n % 2, timestamptz '2026-03-01 12:00Z' + n * interval '7 milliseconds', n
        FROM generate_series(1, 16000) n;
        INSERT INTO orders (customer_id, total_cents) SELECT 51, 1 FROM generate_series(1, 240);
        ANALYZE orders;
    """)
    with tools.node.start(files, "server.mjs", {"DATABASE_URL": db.url, "CURSOR_KEYS": "newer,older"}) as server:

        def page(customer=1, **query):
            return ask(f"{server.url}/orders?{urlencode(query)}", headers={"X-Customer": str(customer)})

        sizes_are_bounded(page)
        order = "ORDER BY created_at DESC, id DESC"
        before = [str(id) for (id,) in db.rows(f"SELECT id FROM orders WHERE customer_id = 1 {order}")]
        seen = walk_while_others_write(page, db)
        assert len(seen) == len(set(seen)), "a row came twice"
        stayed = {str(id) for (id,) in db.rows("SELECT id FROM orders WHERE customer_id = 1")}
        assert [id for id in seen if id in stayed and id in before] == [id for id in before if id in stayed]
        cursors_cannot_be_forged(page)

    # A key that is no longer the first still opens.
    settings = {"DATABASE_URL": db.url, "CURSOR_KEYS": "newest,newer"}
    with tools.node.start(files, "server.mjs", settings) as other:
        url = f"{other.url}/orders?{urlencode({'cursor': scenario.cursor})}"
        assert ask(url, headers={"X-Customer": "1"}).status == 200

    the_index_serves(db, files["first-page.sql"], "2, 21")
    the_index_serves(db, files["next-page.sql"], "2, 21, '2026-03-01 12:01Z', 8000")


def sizes_are_bounded(page):
    default, most = threshold("page-size-default"), threshold("page-size-maximum")
    assert len(page().json["items"]) == default
    assert [len(page(limit=n).json["items"]) for n in (1, most, most + 1, 10**8)] == [1, most, most, most]
    for wrong in ("0", "-1", "1e9", "2.5", "", "ten", "99999999999999999999"):
        assert page(limit=wrong).problem["status"] == 400, wrong
    last = page(customer=51, limit=100)
    while last.json["next_cursor"]:
        last = page(customer=51, limit=100, cursor=last.json["next_cursor"])
    assert len(last.json["items"]) == 40, "240 rows are two pages of 100 and one of 40"
    assert page(customer=99).json == {"items": [], "next_cursor": None}


def walk_while_others_write(page, db) -> list[str]:
    """Follows the cursor by nineteens; between two pages rows come at the head, and one of those already read goes."""
    seen, cursor = [], None
    while True:
        answer = page(limit=19, **({"cursor": cursor} if cursor else {})).json
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next_cursor"]
        if not cursor:
            return seen
        scenario.cursor = cursor
        db.rows("INSERT INTO orders (customer_id, created_at, total_cents) VALUES (1, now(), 0), (2, now(), 0)")
        db.rows("DELETE FROM orders WHERE id = %s", [seen[-1]])


def cursors_cannot_be_forged(page):
    cursor = page().json["next_cursor"]
    assert page(cursor=cursor).status == 200
    body, tag = cursor.split(".")
    position = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps([position[0], "1"]).encode()).decode().rstrip("=")
    attempts = [
        *(cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(0, len(cursor), 5)),
        f"{forged}.{tag}", f"{body}.", body, f".{tag}", "", "x", cursor + "A", f"{body}.{tag}.{tag}", "a" * 5000,
        base64.b64encode(json.dumps(position).encode()).decode(),
    ]  # fmt: skip
    for attempt in attempts:
        answer = page(cursor=attempt)
        assert answer.status == 400, attempt
        assert answer.problem["detail"]
    assert page(customer=2, cursor=cursor).status == 400, "a cursor of another customer"


def the_index_serves(db, statement: str, arguments: str):
    """Also where the plan is made without knowing the values, as a prepared statement's is."""
    types = "bigint, int" if arguments.count(",") == 1 else "bigint, int, timestamptz, bigint"
    for mode in ("force_custom_plan", "force_generic_plan"):
        (text,) = db.psql(
            "-At", "-c", f"SET plan_cache_mode = {mode}", "-c", f"PREPARE page ({types}) AS {statement}",
            "-c", f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE page ({arguments})",
        ).ok().stdout.split("PREPARE\n")[1:]  # fmt: skip
        plan = json.loads(text)[0]["Plan"]
        assert plan["Node Type"] == "Limit", text
        (scan,) = plan["Plans"]
        assert (scan["Node Type"], scan.get("Index Name")) == ("Index Scan", "orders_page"), text
        assert "Filter" not in scan and scan["Actual Rows"] == 21, text


FAULTS = [
    ("next-page.sql", "(created_at, id) < ($3::timestamptz, $4::bigint)",
     "created_at < $3::timestamptz AND $4::bigint > 0", "rows of the same time vanish over a page's border"),
    ("first-page.sql", "created_at::text AS", "created_at AS", "a Date keeps milliseconds, and rows come twice"),
    ("first-page.sql", "ORDER BY orders.created_at", "ORDER BY created_at", "the text is sorted, not the index walked"),
    ("schema.sql", "orders (customer_id, created_at DESC, id DESC)", "orders (created_at DESC, id DESC)",
     "rows of other customers are read and filtered"),
    ("cursor.mjs", "if (!keys.some((key) => same(tag(key, scope, body), given))) throw new CursorError('not one of ours')",
     "", "anybody can write a cursor"),
    ("cursor.mjs", "JSON.stringify([scope, body])", "body", "a cursor fits another customer"),
    ("orders.mjs", "rows.length > size", "rows.length === size", "the end is not seen"),
    ("orders.mjs", "Math.min(Number(text), PAGE_MAXIMUM)", "Number(text)", "a page has no bound"),
    ("server.mjs", "if (!isBadRequest(error)) return next(error)", "return next(error)", "a forged cursor gives 500"),
]  # fmt: skip
