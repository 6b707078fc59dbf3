"""`migration`: sizes from every source, the sequence of files, formats and exit statuses, and a live PostgreSQL."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from executed import tools as executed
from rig import Plumbline

FILES = {
    "001_orders.up.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, name text);\n",
    "001_orders.down.sql": "DROP TABLE orders;\n",
    "002_title.up.sql": "SET lock_timeout = '1s';\nALTER TABLE orders ADD COLUMN title text;\n",
    "002_title.down.sql": "SET lock_timeout = '1s';\nALTER TABLE orders DROP COLUMN title;\n",
    "003_fill.up.sql": "UPDATE orders SET title = name;\n",
    "003_fill.down.sql": "SELECT 1;\n",
}


@pytest.fixture
def plumbline(tmp_path, warm_cache):
    product = Plumbline(tmp_path / "home", cache=warm_cache)
    folder = product.folder / "migrations"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return product


def found(result, rule):
    return [finding for finding in result.json["findings"] if finding["rule"] == rule]


def test_sizes_are_believed_in_order_and_named(plumbline):
    (plumbline.folder / "answers.yaml").write_text(
        "answers:\n  largest_table_rows: 50M\n  database_version: 14\n  migrations:\n"
        "    - {name: 'orders: fill the title', operation: change-rows, table_rows: 3M}\n"
    )
    (plumbline.folder / "stats.csv").write_text("schema,table,rows,bytes,analyzed,server\npublic,orders,2000000,9,,130012\n")

    def rows(*options):
        result = plumbline.run("migration", "migrations", "--since", "1", "--format", "json", *options)
        (finding,) = found(result, "backfill-in-migration")
        return finding["rows"]["value"], finding["rows"]["origin"], finding["severity"], result.json["postgres"], result

    value, origin, severity, postgres, result = rows()
    assert (value, origin, severity, postgres) == (None, "not known", "note", 18)
    assert "cannot be told" in found(result, "backfill-in-migration")[0]["message"]
    assert rows("--set", "largest_table_rows=50M")[:3] == (50_000_000, "largest_table_rows in --set", "note")
    answers = rows("--answers", "answers.yaml")
    assert answers[:4] == (3_000_000, "migrations in answers.yaml", "warning", 14)
    assert answers[4].status == 1
    stats = rows("--answers", "answers.yaml", "--stats", "stats.csv")
    assert stats[:4] == (2_000_000, "stats.csv", "warning", 13)
    hand = rows("--stats", "stats.csv", "--rows", "orders=9M", "--postgres", "16")
    assert hand[:4] == (9_000_000, "--rows", "warning", 16)
    assert any("the first is used" in remark for remark in hand[4].json["remarks"])
    small = plumbline.run("migration", "migrations", "--since", "1", "--format", "json", "--rows", "orders=100k")
    assert not found(small, "backfill-in-migration")


def test_formats(plumbline):
    base = ["migration", "migrations", "--since", "001", "--rows", "orders=12M"]
    text = plumbline.run(*base)
    assert text.status == 1 and "1:1 warning backfill-in-migration" in text.out and "(--rows)" in text.out
    assert plumbline.run(*base, "--format", "markdown").out.startswith("## Migrations\n")
    github = plumbline.run(*base, "--format", "github").out
    assert "::warning file=migrations/003_fill.up.sql,line=1,col=1,title=backfill-in-migration::" in github
    gitlab = json.loads(plumbline.run(*base, "--format", "gitlab").out)
    assert {"description", "check_name", "fingerprint", "severity", "location"} == set(gitlab[0])
    assert plumbline.run(*base, "--format", "sarif").status == 1
    fix = plumbline.run(*base, "--fix")
    assert fix.status == 1
    assert "UPDATE orders SET title = name WHERE orders.id BETWEEN 1 AND 5000;" in fix.out
    for line in fix.out.splitlines():
        assert not re.search(r"\x1b", line)


@pytest.mark.parametrize(
    "arguments, status, words",
    [
        (["migrations", "--since", "9"], 2, "there is no such migration"),
        (["migrations", "--engine", "mysql"], 2, "gh-ost or pt-online-schema-change"),
        (["migrations", "--engine", "mysq"], 2, "did you mean mysql?"),
        (["migrations", "--set", "database_engine=other"], 2, "only PostgreSQL's dialect"),
        (["migrations", "--postgres", "9"], 2, "from 11 to 18"),
        (["migrations", "--rows", "orders"], 2, "expected table=rows"),
        (["migrations", "--rows", "orders=many"], 2, "orders=many"),
        (["migrations", "--stats", "migrations/001_orders.up.sql"], 2, "001_orders.up.sql:1:1"),
        (["migrations", "--stats", "nowhere.csv"], 3, "nowhere.csv"),
        (["nowhere"], 3, "nowhere"),
        (["migrations", "--base", "main"], 2, "belongs to no git repository"),
        (["migrations", "--database", "nonsense"], 2, "--database"),
        (["migrations", "--database", "postgresql://u:secret@127.0.0.1:1/x"], 3, "did not answer"),
        (["migrations", "--fix", "--format", "json"], 2, "--fix"),
        (["rules", "irreversible"], 2, "there is no rule"),
    ],
)
def test_what_cannot_be_done_says_why(plumbline, arguments, status, words):
    result = plumbline.run("migration", *arguments)
    assert result.status == status
    assert words in result.err and result.out == ""
    assert "secret" not in result.err


def test_only_what_a_branch_adds_is_judged(plumbline):
    def git(*arguments):
        subprocess.run(
            ["git", "-C", plumbline.folder, "-c", "user.name=A", "-c", "user.email=a@b.c", *arguments],
            check=True, capture_output=True,
        )

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "Begin")
    none = plumbline.run("migration", "migrations", "--base", "main", "--format", "json")
    assert none.status == 0 and none.json["judged"] == 0 and none.json["findings"] == []
    (plumbline.folder / "migrations/004_drop.up.sql").write_text("ALTER TABLE orders DROP COLUMN customer_id;\n")
    for commits in (False, True):
        if commits:
            git("checkout", "-q", "-b", "change")
            git("add", ".")
            git("commit", "-q", "-m", "Drop")
        some = plumbline.run("migration", "migrations", "--base", "main", "--format", "json")
        assert some.status == 1 and some.json["judged"] == 1
        assert {finding["file"] for finding in some.json["findings"]} == {"migrations/004_drop.up.sql"}
        assert found(some, "missing-down")


def test_rules_are_listed(plumbline):
    listed = plumbline.run("migration", "rules")
    assert listed.status == 0 and "irreversible-down " in listed.out
    assert "silence it" in plumbline.run("migration", "rules", "irreversible-down").out


@pytest.fixture(scope="module")
def database():
    if sys.platform != "linux":
        pytest.skip("starts a server of its own")
    reason = executed.missing("postgres")
    if reason:
        pytest.skip(reason)
    servers = executed.Servers()
    try:
        with executed.Tools(servers, {"postgres"}) as tools:
            database = tools.postgres.database()
            database.run(
                """
                CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, name text);
                INSERT INTO orders SELECT n, n % 7, 'x' FROM generate_series(1, 150000) n;
                CREATE TABLE events (id int, day int) PARTITION BY LIST (day);
                CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
                CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2);
                INSERT INTO events SELECT n, 1 + n % 2 FROM generate_series(1, 4000) n;
                CREATE TABLE empty (id int);
                ANALYZE;
                CREATE TABLE fresh (id int);
                INSERT INTO fresh SELECT generate_series(1, 700);
                """
            )
            # It fails, and leaves an invalid index behind.
            database.run("CREATE UNIQUE INDEX CONCURRENTLY orders_customer_idx ON orders (customer_id)", ok=False)
            yield database
    finally:
        servers.close()


def test_a_live_database_tells_sizes_version_and_invalid_indexes(plumbline, database):
    folder = plumbline.folder / "migrations"
    (folder / "004_index.up.sql").write_text(
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_customer_idx ON orders (customer_id);\n"
    )
    result = plumbline.run(
        "migration", "migrations", "--since", "1", "--format", "json", "--database", database.url
    )
    assert result.status == 1, result.err
    (finding,) = found(result, "backfill-in-migration")
    assert finding["rows"]["value"] == 150_000
    assert finding["rows"]["origin"].startswith("pg_class of the database ")
    assert found(result, "invalid-index-in-database")
    assert result.json["postgres"] == int(database.value("SHOW server_version_num")) // 10000
    assert "public.fresh was never analysed" in result.err


def test_the_query_gives_what_stats_reads(plumbline, database):
    query = plumbline.run("migration", "stats-query").out
    (folder := plumbline.folder / "stats").mkdir()
    for name, options in {"a.csv": ["--csv"], "b.txt": [], "c.txt": ["-At"]}.items():
        done = subprocess.run(
            ["psql", "-X", *options, "-f", "-", database.url], input=query, capture_output=True, text=True, check=True
        )
        (folder / name).write_text(done.stdout)
        assert re.search(r"events\W+4000\b", done.stdout) and re.search(r"fresh\W+-1\b", done.stdout)
        assert re.search(r"empty\W+0\b", done.stdout)
        result = plumbline.run("migration", "migrations", "--since", "1", "--format", "json", "--stats", folder / name)
        (finding,) = found(result, "backfill-in-migration")
        assert finding["rows"]["value"] == 150_000, name
