"""What the page request-validation claims: everything that is not listed is refused and named, what is accepted is stored
as it was typed, and neither a value nor a column can carry SQL."""

from __future__ import annotations

import json
from urllib.parse import quote

from executed._http import ask

NEEDS = {"postgres", "node"}
MAIN = """
import pg from 'pg'
import { createApp } from './customers.mjs'

createApp(new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 })).listen(process.env.PORT, '127.0.0.1')
"""
NAMES = ["Zoë", "O'Brien", "<script>alert(1)</script>", "Robert'); DROP TABLE customers;--", "100%_sure \\ & \"so\"", "ann"]


def scenario(blocks, tools):
    files = {name: blocks[name] for name in ("schema.mjs", "customers.mjs")}
    db = tools.postgres.database()
    db.run(blocks["schema.sql"])
    with tools.node.start({**files, "main.mjs": MAIN}, "main.mjs", {"DATABASE_URL": db.url}) as server:

        def post(body, **headers):
            return ask(f"{server.url}/customers", "POST", body, headers)

        def find(query=""):
            return ask(f"{server.url}/customers{query}")

        what_is_typed_is_stored(server, post, db)
        bodies_are_refused(post)
        bytes_are_refused(post)
        queries_are_bound(find)
    assert db.value("SELECT count(*) FROM customers") == len(NAMES) + 1
    assert db.value("SELECT bool_or(is_admin) FROM customers") is False
    # Also for those who do not pass the boundary.
    for values in ("'', 'a@b'", "repeat('x', 201), 'a@b'", "'x', repeat('y', 255)", "'x', 'ANN5@EXAMPLE.COM'"):
        assert "violates" in db.run(f"INSERT INTO customers (display_name, email) VALUES ({values})", ok=False)


def customer(**changes):
    return {"display_name": "Ann", "email": "ann@example.com", **changes}


def what_is_typed_is_stored(server, post, db):
    for n, name in enumerate(NAMES):
        answer = post(customer(display_name=name, email=f"ann{n}@example.com", birth_year=1990))
        assert answer.status == 201, answer.body
        assert db.value("SELECT display_name FROM customers WHERE id = %s", [answer.json["id"]]) == name
        card = ask(f"{server.url}{answer.header('Location')}/card").body.decode()
        for character in "<>\"'":
            assert character not in card.split("<p>")[1].removesuffix("</p>"), card
    assert post(customer(display_name="\U0001f600" * 200, email="emoji@example.com")).status == 201
    assert post(customer(email="Ann1@Example.com")).problem["status"] == 409


def bodies_are_refused(post):
    for body, pointer in [
        ({"email": "a@b"}, "#/display_name"),
        (customer(display_name=""), "#/display_name"),
        (customer(display_name="  "), "#/display_name"),
        (customer(display_name="x" * 201), "#/display_name"),
        (customer(display_name="a\0b"), "#/display_name"),
        (customer(display_name=["Ann"]), "#/display_name"),
        (customer(display_name=None), "#/display_name"),
        (customer(email="nobody"), "#/email"),
        (customer(birth_year="1990"), "#/birth_year"),
        (customer(birth_year=1990.5), "#/birth_year"),
        (customer(birth_year=True), "#/birth_year"),
        (customer(is_admin=True), "#/is_admin"),
        (customer(constructor=1), "#/constructor"),
        (customer(__proto__={"is_admin": True}), "#/__proto__"),
    ]:
        problem = post(body).problem
        assert problem["status"] == 400, (body, problem)
        assert [error["pointer"] for error in problem["errors"]] == [pointer], (body, problem)
    both = post({"display_name": "", "extra": 1}).problem["errors"]
    assert [error["pointer"] for error in both] == ["#/extra", "#/display_name", "#/email"], "not all at once"
    half = post('{"display_name": "a\\ud83d", "email": "a@b"}', **{"Content-Type": "application/json"})
    assert half.status == 400, "half a character"
    for body in ([], [customer()], "text", 5, None):
        assert post(json.dumps(body), **{"Content-Type": "application/json"}).status == 400, body


def bytes_are_refused(post):
    kind = {"Content-Type": "application/json"}
    assert post("{broken", **kind).problem["status"] == 400
    assert post(customer(display_name="x" * 10_300)).problem["status"] == 413
    assert post(json.dumps(customer()), **{"Content-Type": "text/plain"}).problem["status"] == 415
    assert post("a=b", **{"Content-Type": "application/x-www-form-urlencoded"}).status == 415
    assert post(b"\x1f\x8b\x08", **kind, **{"Content-Encoding": "gzip"}).status == 415


def queries_are_bound(find):
    names = [item["display_name"] for item in find().json["items"]]
    assert len(names) == len(NAMES) + 1
    assert [item["display_name"] for item in find("?sort=name&order=desc").json["items"]] == names[::-1]
    assert [item["display_name"] for item in find("?sort=newest&limit=2").json["items"]] == NAMES[:2]

    def found(q):
        answer = find(f"?q={quote(q)}")
        assert answer.status == 200, (q, answer.body)
        return [item["display_name"] for item in answer.json["items"]]

    assert found("ROBERT'); DROP") == [NAMES[3]]
    assert found("' OR '1'='1") == found("') > 0 OR true --") == []
    assert found("%") == found("_") == found("\\") == [NAMES[4]], "wildcards"
    for query, parameter in [
        ("sort=display_name", "sort"), ("sort=name%3B%20DROP%20TABLE%20customers--", "sort"), ("sort=constructor", "sort"),
        ("sort=(SELECT%201)", "sort"), ("order=asc%2C%20(SELECT%20pg_sleep(9))", "order"), ("order=ASC", "order"),
        ("sort=name&sort=newest", "sort"), ("q=a&q=b", "q"), ("q[x]=y", "q[x]"), ("limit=0", "limit"), ("limit=101", "limit"),
        ("limit=1%3B--", "limit"), ("limit=-1", "limit"), ("limit=1e2", "limit"), ("offset=5", "offset"), ("__proto__=1", "__proto__"),
    ]:  # fmt: skip
        problem = find(f"?{query}").problem
        assert problem["status"] == 400, query
        assert [error["parameter"] for error in problem["errors"]] == [parameter], (query, problem)


FAULTS = [
    ("schema.mjs", "!Object.hasOwn(schema, name)", "!schema[name]", "constructor is a known field"),
    ("schema.mjs", "!BROKEN.test(value)", "true", "a NUL is an error of the database"),
    ("schema.mjs", "[...value].length", "value.length", "an emoji counts twice"),
    ("schema.mjs", "must(Number.isInteger(value)", "value = Number(value)\n  must(Number.isInteger(value)", "text becomes a number"),
    ("customers.mjs", "limit: '10kb'", "limit: '1mb'", "a body has no bound"),
    ("customers.mjs", "position(lower($1) IN lower(display_name)) > 0", "display_name ILIKE '%' || $1 || '%'", "wildcards"),
    ("customers.mjs", "position(lower($1)", "position(lower('${q}' || left($1, 0))", "a value carries SQL"),
    ("customers.mjs", "<p>${html(rows[0].display_name)}", "<p>${rows[0].display_name}", "a name carries a script"),
    ("customers.mjs", "display_name: text({ min: 1, max: 200, pattern: /\\S/u })",
     "display_name: (value) => String(value).replace(/[<>']/g, '')", "sanitising spoils names"),
    ("schema.sql", "CREATE UNIQUE INDEX customers_email ON customers (lower(email));", "", "an address twice"),
]  # fmt: skip
