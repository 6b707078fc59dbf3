"""The queries that docs/store.md shows run, and its table names every table and column."""

from __future__ import annotations

import re
import sqlite3

from rig import KNOWLEDGE

DOC = (KNOWLEDGE.parent / "docs/store.md").read_text()


def test_the_documented_queries_run(plumbline):
    plumbline.ok("kb", "export", "k.sqlite")
    database = sqlite3.connect(plumbline.folder / "k.sqlite")
    [block] = re.findall(r"```sql\n(.*?)```", DOC, re.DOTALL)
    queries = [query for query in block.split(";") if query.strip()]
    assert len(queries) >= 5
    for query in queries:
        assert database.execute(query).fetchall(), query


def test_every_table_and_column_is_documented(plumbline):
    plumbline.ok("kb", "export", "k.sqlite")
    database = sqlite3.connect(plumbline.folder / "k.sqlite")
    rows = {}
    for line in DOC.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 5 and cells[1].startswith("`"):
            for table in re.findall(r"`(\w+)`", cells[1]):
                rows[table] = set(re.findall(r"`(\w+)`", cells[3]))
    names = [
        name
        for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        if not name.startswith(("sqlite_", "entry_text_"))
    ]
    assert set(names) == set(rows)
    for name in names:
        columns = {row[1] for row in database.execute(f"PRAGMA table_info({name})")}
        assert columns <= rows[name], (name, columns - rows[name])
