"""`ask --from-database`: what a live PostgreSQL tells is shown with its query, confirmed, and kept without the password."""

from __future__ import annotations

import re
import sys
import threading
import time
from contextlib import contextmanager
from decimal import Decimal

import pytest
import yaml

from conversation import REVIEW, Conversation, reply, squeezed
from executed import tools as executed
from rig import Plumbline, tree

if sys.platform != "linux":
    pytest.skip("starts a server of its own", allow_module_level=True)


@pytest.fixture(scope="module")
def database():
    reason = executed.missing("postgres")
    if reason:
        pytest.skip(reason)
    servers = executed.Servers()
    try:
        with executed.Tools(servers, {"postgres"}) as tools:
            database = tools.postgres.database()
            database.run(
                """
                CREATE EXTENSION pg_stat_statements;
                CREATE TABLE orders (id bigint PRIMARY KEY, note text NOT NULL);
                INSERT INTO orders SELECT n, repeat('x', 40) FROM generate_series(1, 5000) n;
                ANALYZE orders;
                """
            )
            yield database
    finally:
        servers.close()


@contextmanager
def load(database, reads: int = 80, writes: int = 20):
    """Four reads for each write, a hundred statements a second or as near as the machine comes."""
    over = threading.Event()

    def run():
        with database.connect(autocommit=True) as connection:
            while not over.is_set():
                started = time.monotonic()
                for number in range((reads + writes) // 10):
                    if number % 5 == 4:
                        connection.execute("UPDATE orders SET note = note WHERE id = %s", (number,))
                    else:
                        connection.execute("SELECT note FROM orders WHERE id = %s", (number,))
                over.wait(max(0, 0.1 - (time.monotonic() - started)))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def password(database) -> str:
    return re.search(r"//[^:/@]*:([^@]*)@", database.url)[1]


def test_without_questions(plumbline, database):
    with load(database):
        result = plumbline.ok(
            "ask", "--no-input", "--from-database", database.url, "--sample", "3", "--set", "db_connections=40",
            "--out", "architecture",
        )  # fmt: skip
    saved = yaml.load((plumbline.folder / "architecture/answers.yaml").read_text(), yaml.BaseLoader)
    answers = plumbline.decide(plumbline.folder / "architecture/answers.yaml")["answers"]
    assert Decimal("0.75") <= answers["read_ratio"]["low"] <= Decimal("0.85")
    assert 4900 <= answers["largest_table_rows"]["low"] <= 5100
    assert answers["database_engine"]["value"] == "postgresql"
    size = database.value("SELECT pg_database_size(current_database())")
    assert abs(answers["data_size"]["low"] - size) < size / 5
    # A person's own figure wins, and has no measurement's note.
    assert answers["db_connections"]["low"] == 40 and "db_connections" not in saved["notes"]
    for trait in ("read_ratio", "data_size", "write_qps"):
        assert saved["notes"][trait].startswith("measured: "), trait
        assert trait in result.err
    assert "pg_database_size(current_database())" in result.err
    assert "measured: " in (plumbline.folder / "architecture/design.md").read_text()
    everything = result.out + result.err + "".join(map(str, tree(plumbline.home).values()))
    assert password(database) not in everything


def test_each_value_is_confirmed(plumbline, database):
    with load(database), Conversation(
        plumbline, "--accessible", "--from-database", database.url, "--sample", "2"
    ) as talk:
        talk.child.timeout = 40
        assert talk.topic(talk.prompt()) == "system"
        shown = talk.ask("Orders")
        confirmed = []
        while "Measured: " in squeezed(shown):
            topic = talk.topic(shown)
            assert "Query: " in squeezed(shown) and "Enter takes" in squeezed(shown), shown
            confirmed.append(topic)
            # One is known better.
            shown = talk.ask("2 TB # after the import" if topic == "data_size" else "")
        assert {"read_ratio", "data_size", "largest_table_rows", "database_engine", "write_qps"} <= set(confirmed)
        while (topic := talk.topic(shown)) != REVIEW:
            shown = talk.ask(reply(topic)[0])
        assert "measured" in shown
        talk.say("")
        assert talk.end()[0] == 0
    saved = yaml.load((plumbline.folder / "architecture/answers.yaml").read_text(), yaml.BaseLoader)
    assert saved["answers"]["data_size"] == "2 TB" and saved["notes"]["data_size"] == "after the import"
    assert saved["notes"]["largest_table_rows"].startswith("measured: ")
    assert password(database) not in talk.shown


def test_measured_values_outlive_an_interruption(plumbline, database):
    with load(database), Conversation(
        plumbline, "--accessible", "--from-database", database.url, "--sample", "2"
    ) as talk:
        talk.child.timeout = 40
        talk.prompt()
        first = talk.topic(talk.ask("Orders"))
        talk.child.sendintr()
        assert talk.end()[0] == 130
    assert password(database) not in "".join(map(str, tree(plumbline.home).values()))
    with Conversation(plumbline, "--resume", "--accessible") as talk:
        shown = talk.prompt()
        assert talk.topic(shown) == first and "Measured: " in squeezed(shown)
        talk.child.sendintr()
        talk.end()


def test_it_only_reads(plumbline, database):
    before = database.rows("SELECT * FROM orders ORDER BY id LIMIT 3")
    database.run("CREATE ROLE looker LOGIN; GRANT CONNECT ON DATABASE " + database.name + " TO looker;")
    plumbline.ok(
        "ask", "--no-input", "--from-database", database.url_for("looker"), "--sample", "2", "--out", "looked"
    )  # fmt: skip
    assert database.rows("SELECT * FROM orders ORDER BY id LIMIT 3") == before
    assert (plumbline.folder / "looked/design.md").exists()


@pytest.mark.parametrize(
    "arguments, status, words",
    [
        (("--from-database", "mysql://x"), 2, "--from-database"),
        (("--from-database", "postgresql://u:hush-hush@127.0.0.1:1/x"), 3, "did not answer"),
        (("--from-database", "postgresql://u@127.0.0.1:1/x", "--sample", "0"), 2, "--sample"),
        (("--from-database", "postgresql://u@127.0.0.1:1/x", "--resume"), 2, "--resume"),
    ],
)
def test_what_cannot_be_measured(plumbline: Plumbline, arguments, status, words):
    result = plumbline.run("ask", "--no-input", *arguments)
    assert (result.status, result.out) == (status, ""), result.err
    assert words in result.err and "hush-hush" not in result.err
    assert tree(plumbline.folder) == {}
