"""`schema`: its formats, exit status and messages; what it says of real schemas, held against PostgreSQL's catalogue."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

import pytest

import pages
from rig import ROOT, size

sys.path.append(str(ROOT / "bench"))
from sql import dump  # noqa: E402

CORPUS = ROOT / "../shared/corpora/sql/schemas"
SHOP = """\
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE bill (id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES person);
"""
CLEAN = SHOP + "CREATE INDEX ON bill (person_id);\n"
FORMATS = ["text", "json", "sarif", "markdown", "html", "mermaid", "svg"]
NAMES = [
    "a|b", "<script>alert(1)</script>", 'quo""te', "back`tick```", "new\nline", "\x1b[31mred", "\u202edesrever", "#x", "1. x",
    "]]>", "[a](javascript:b)", "x" * 63, "שלום", "&amp;", "-->", "{{x}}", "\\",
]  # fmt: skip


def hostile() -> str:
    sql = ""
    for number, name in enumerate(NAMES):
        sql += f'CREATE TABLE "{name}" ("{name}" int NOT NULL, other int, "{name[:60]}2" timestamp);\n'
        sql += f'CREATE UNIQUE INDEX "{name[:60]}i" ON "{name}" ("{name}");\n'
        if number:
            sql += f'ALTER TABLE "{name}" ADD FOREIGN KEY (other) REFERENCES "{NAMES[number - 1]}" ("{NAMES[number - 1]}");\n'
    return sql


# MARK: What it says


@pytest.mark.parametrize("name", sorted(path.name for path in CORPUS.glob("*.sql")) or ["none"])
def test_real_schemas(shared, name):
    if not (CORPUS / name).exists():
        pytest.skip("the corpora are not at hand")
    truth = json.loads((CORPUS / f"{name}.truth.json").read_text())
    data = shared.run("schema", CORPUS / name, "--format", "json").json
    for ours, theirs in {
        "tables": "tables", "columns": "columns", "indexes": "indexes", "foreign_keys": "foreign_keys",
        "tables_without_pk": "tables_without_pk", "fk_without_index": "fk_without_index_any_order",
    }.items():  # fmt: skip
        assert data["counts"][ours] == truth["counts"][theirs], ours
    columns = {
        table["name"]: [(c["name"], c["type"], c["not_null"]) for c in table["columns"]] for table in data["tables"]
    }
    assert columns == {
        table: [(c["name"], c["type"], c["not_null"]) for c in value["columns"]]
        for table, value in truth["tables"].items()
    }
    reported = [finding for finding in data["findings"] if finding["rule"] == "missing-primary-key"]
    assert {finding["table"] for finding in reported} == set(truth["tables_without_pk"])


def test_json_is_that_of_the_contract(shared):
    result = shared.run("schema", shared.write("shop.sql", SHOP), "--format", "json")
    assert result.status == 1
    data = result.json
    assert [table["name"] for table in data["tables"]] == ["public.bill", "public.person"]
    assert data["tables"][0]["foreign_keys"][0]["indexed"] is False
    assert [finding["rule"] for finding in data["findings"]] == ["unindexed-foreign-key"]
    assert data["findings"][0]["line"] == 2
    assert data["findings"][0]["remedy"] == "CREATE INDEX CONCURRENTLY ON bill (person_id);"


def test_several_files_folders_and_standard_input(shared):
    one = shared.write("parts/1_person.sql", SHOP.splitlines()[0])
    two = shared.write("parts/2_bill.sql", SHOP.splitlines()[1])
    counts = [
        shared.run("schema", *arguments, "--format", "json", **options).json["counts"]
        for arguments, options in (([one, two], {}), ([one.parent], {}), (["-"], {"stdin": SHOP}))
    ]
    assert counts[0]["tables"] == 2 and counts[0] == counts[1] == counts[2]


# MARK: Exit status and messages


@pytest.mark.parametrize(
    ("sql", "options", "status"),
    [
        (CLEAN, [], 0),
        (SHOP, [], 1),
        (SHOP, ["--fail-on", "never"], 0),
        ("CREATE TABLE t (id int PRIMARY KEY, a timestamp);", [], 1),
        ("CREATE TABLE t (id int PRIMARY KEY, a timestamp);", ["--fail-on", "error"], 0),
        ("CREATE TABLE t (id serial PRIMARY KEY);", [], 0),
        ("CREATE TABLE t (id serial PRIMARY KEY);", ["--fail-on", "note"], 1),
        ("CREATE TABLE t (id serial PRIMARY KEY);", ["--rows", "t=lots"], 2),
        ("CREATE TABLE t (id serial PRIMARY KEY);", ["--rows", "t=1500M", "--growth", "40%"], 1),
        ("CREATE TABLE t (id serial PRIMARY KEY);", ["--rows", "t=1k", "--growth", "40%", "--fail-on", "note"], 0),
        ("CREATE TABLE t (id serial PRIMARY KEY);", ["--rows", "t"], 2),
        ("CREATE TABLE t (id serial PRIMARY KEY);", ["--growth", "x"], 2),
        ("CREATE TABLE t (id serial PRIMARY KEY);", ["--format", "xml"], 2),
        ("CREATE TABLE `a` (`id` int AUTO_INCREMENT) ENGINE=InnoDB;", [], 2),
        ("this is prose", [], 2),
    ],
)
def test_exit_status(shared, sql, options, status):
    result = shared.run("schema", shared.write("t.sql", sql), *options)
    assert result.status == status, result.err
    assert bool(result.out) == (status < 2)
    assert bool(result.err) == (status == 2)


def test_no_file_is_3_and_no_argument_is_2(shared):
    missing = shared.run("schema", "missing.sql")
    assert missing.status == 3 and "missing.sql" in missing.err and missing.out == ""
    assert shared.run("schema").status == 2


def test_another_dialect_is_named(shared):
    result = shared.run("schema", "-", stdin="CREATE TABLE `a` (`id` int AUTO_INCREMENT) ENGINE=InnoDB;\n" * 500)
    assert result.err.count("\n") == 1 and "MySQL" in result.err


def test_what_is_not_followed_is_said_and_passed_over(shared):
    sql = "DO $$ BEGIN NULL; END $$;\n" * 25 + "CREATE TABEL x ();\n" + CLEAN
    result = shared.run("schema", "-", stdin=sql)
    assert result.status == 0
    lines = result.err.splitlines()
    assert len(lines) == 21 and lines[-1] == "not followed: and 6 more"
    assert "26 statements could not be parsed or followed" in result.out
    data = shared.run("schema", "-", "--format", "json", stdin=sql)
    assert data.err == "" and len(data.json["unfollowed"]) == 26


def test_answers_tell_when_keys_are_full(shared):
    answers = shared.answers({"largest_table_rows": "1B", "data_growth": "40%"})
    result = shared.run("schema", "-", "--answers", answers, stdin="CREATE TABLE t (id serial PRIMARY KEY);")
    assert result.status == 1
    said = " ".join(result.out.split())
    assert "if this is the largest table (largest_table_rows in " in said
    assert "1,000,000,000 rows and 40 % more a year fill it in about 2.3 years" in said


def test_an_allowed_finding_is_none(shared):
    sql = SHOP.replace("CREATE TABLE bill", "-- plumbline: allow unindexed-foreign-key because it is small\nCREATE TABLE bill")
    result = shared.run("schema", "-", stdin=sql)
    assert result.status == 0 and "it is small" in result.out


def test_out_writes_a_file(shared):
    result = shared.run("schema", "-", "--out", "report.md", "--format", "markdown", stdin=SHOP)
    assert result.status == 1 and result.out == ""
    assert (shared.folder / "report.md").read_text().startswith("# Schema\n")


def test_out_never_replaces_what_is_no_file(shared):
    """A pipe of our own stands for a device: it is written to and stays what it is."""
    pipe = shared.folder / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as reader:
        result = shared.run("schema", "-", "--out", pipe, stdin=CLEAN)
        assert reader.communicate(timeout=60)[0].endswith("No findings.\n")
    assert result.status == 0 and pipe.is_fifo()


# MARK: Formats


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_names_stay_text(shared, format):
    options = ["--tables"] if format == "text" else []
    result = shared.run("schema", "-", "--format", format, *options, stdin=hostile())
    assert result.status == 1
    again = shared.run("schema", "-", "--format", format, *options, stdin=hostile())
    assert again.out == result.out
    if format == "json":
        assert {table["name"] for table in result.json["tables"]} == {
            "public." + name.replace('""', '"') for name in NAMES
        }
        return
    if format == "sarif":
        assert len(result.json["runs"][0]["results"]) > len(NAMES)
        return
    for text in (result.out, result.err):
        assert not any(ord(c) < 32 and c != "\n" or ord(c) == 127 or c in "\u202e\u2028\u2029" for c in text)
    assert "<script>alert" not in result.out or format in ("text", "markdown")
    if format == "svg":
        assert ElementTree.fromstring(result.out).tag == "{http://www.w3.org/2000/svg}svg"


def test_the_page(shared):
    """Valid, accessible in light and dark and on a phone, and it fetches nothing."""
    paths = []
    for name, sql in (("hostile", hostile()), ("shop", SHOP)):
        path = shared.folder / f"{name}.html"
        shared.run("schema", "-", "--format", "html", "--out", path, stdin=sql)
        paths.append(path)
    assert pages.html_errors(paths) == []
    with pages.chromium() as browser:
        for path, scheme, width in zip(paths, ("dark", "light"), (320, 1200)):
            seen = pages.look(browser, path, scheme=scheme, width=width)
            assert seen["violations"] == [] and seen["console"] == [] and seen["foreign"] == [], seen
            assert seen["width"] <= width


def tables(statements: str, count: int) -> str:
    return "".join(statements.replace("#", str(number)) for number in range(count))


@pytest.mark.parametrize(
    "command",
    [["schema", "--fail-on", "never"], ["schema", "--fail-on", "never", "--format", "json"], ["migration"]],
    ids=["schema", "json", "migration"],
)
@pytest.mark.parametrize(
    "name, make",
    [
        ("as pg_dump writes it", lambda: dump(random.Random(1), size(8_000, 80_000))),
        ("tables without keys", lambda: tables("CREATE TABLE t# (id int, v text);\n", size(200_000, 2_000_000))),
        (
            "numbered tables",
            lambda: tables(
                "CREATE TABLE t# (id bigserial PRIMARY KEY, name text NOT NULL);\n", size(120_000, 1_200_000)
            ),
        ),
        (
            "indexes twice",
            lambda: tables(
                "CREATE TABLE t# (id int, a int, b text);\nCREATE INDEX i# ON t# (a);\nCREATE INDEX j# ON t# (b);\n"
                "CREATE INDEX k# ON t# (a);\nCREATE INDEX l# ON t# (b);\n",
                size(40_000, 400_000),
            ),
        ),
    ],
    ids=["dump", "tables", "keys", "indexes"],
)
def test_memory_is_at_most_twenty_times_the_input(shared, command, name, make):
    sql = make()
    path = shared.write(f"{name}.sql", sql)
    command = [shared.executable, *command, path]
    peak = 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=shared.env)
    # Not ru_maxrss: that begins with what the test runner itself held before the program was loaded.
    while process.poll() is None:
        status = open(f"/proc/{process.pid}/status").read()
        loaded = open(f"/proc/{process.pid}/cmdline", "rb").read().startswith(str(shared.executable).encode())
        found = re.search(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE)
        if loaded and found:
            peak = int(found[1]) * 1024
        time.sleep(0.002)
    assert process.returncode == 0
    assert len(sql) < peak <= 20 * len(sql)
