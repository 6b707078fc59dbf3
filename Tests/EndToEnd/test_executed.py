"""The code on the pages of patterns and runbooks runs, and does what its page says."""

from __future__ import annotations

import json
import textwrap
import time
import urllib.request

import pytest

from executed._crew import Crew
from executed.harness import (
    BROKEN_ELSE,
    Page,
    complaint_broken,
    complaint_fault,
    complaint_whole,
    read_page,
    read_pages,
    read_scenarios,
)
from executed.tools import Malformed, Misuse, Servers, Tools, missing
from rig import HERE, KNOWLEDGE

PAGES = {page.id: page for page in read_pages(KNOWLEDGE / "patterns", KNOWLEDGE / "runbooks")}
SCENARIOS = read_scenarios(HERE / "executed")
TRIED = {name: page for name, page in PAGES.items() if name in SCENARIOS and SCENARIOS[name].module}


@pytest.fixture(scope="session")
def servers():
    servers = Servers()
    yield servers
    servers.close()


def reasons(name: str) -> list[str]:
    """Why a page cannot be tried here: tools that are truly absent."""
    return list(filter(None, map(missing, sorted(SCENARIOS[name].needs))))


def ready(name: str):
    if found := reasons(name):
        pytest.skip("; ".join(found))


def holds(complaint: str | None):
    if complaint:
        pytest.fail(complaint, pytrace=False)


def test_every_page_with_marked_blocks_has_a_scenario_and_every_scenario_a_page():
    complaints = [text for page in PAGES.values() for text in page.complaints]
    complaints += [f"{name}: no Tests/EndToEnd/executed/{module(name)}" for name in PAGES if name not in SCENARIOS]
    complaints += [scenario.complaint for scenario in SCENARIOS.values() if scenario.complaint]
    complaints += [f"{SCENARIOS[name].path.name}: no page {name} with marked blocks" for name in SCENARIOS
                   if name not in PAGES]  # fmt: skip
    assert not complaints, "\n".join(complaints)


def module(name: str) -> str:
    return name.replace("-", "_") + ".py"


@pytest.fixture(scope="session")
def crew(request):
    """Has begun with everything that this session is going to ask for."""
    wanted = [item.callspec.params for item in request.session.items if "crew" in getattr(item, "fixturenames", ())]
    jobs = [(params["name"], params.get("block"), params.get("fault")) for params in wanted]
    crew = Crew(TRIED, SCENARIOS, [job for job in jobs if not reasons(job[0])])
    yield crew
    crew.close()


@pytest.mark.parametrize("name", TRIED)
def test_the_page_holds(name, crew):
    ready(name)
    holds(crew.complaint(name, None, None))


@pytest.mark.parametrize(
    "name, block",
    [pytest.param(name, block, id=f"{name}-{block}") for name, page in TRIED.items() for block in page.blocks],
)
def test_the_scenario_notices_a_broken_block(name, block, crew):
    ready(name)
    holds(crew.complaint(name, block, None))


@pytest.mark.parametrize(
    "name, fault",
    [
        pytest.param(name, fault, id=f"{name}-{fault[0]}-{number}")
        for name in TRIED
        for number, fault in enumerate(SCENARIOS[name].faults, 1)
    ],
)
def test_the_scenario_notices_a_defect_put_back(name, fault, crew):
    ready(name)
    holds(crew.complaint(name, None, fault))


# The harness itself, by a small page of its own.

PAGE = """
---
title: Adding
---
```python executed=add.py
def add(a, b):
    return a + b
```

* In a list, longer fences and no mark:

  ~~~~python executed=twice.py
  def twice(a):
      return add(a, a)
  ~~~~

```python
not for running
```
"""

SCENARIO = """
    NEEDS = set()

    def scenario(blocks, tools):
        names = {}
        try:
            exec(blocks["add.py"], names)
            exec(blocks["twice.py"], names)
        except SyntaxError as error:
            raise AssertionError(str(error))
        assert names["add"](2, 3) == 5
        assert names["twice"](4) == 8

    FAULTS = [("add.py", "a + b", "a - b", "it would subtract")]
"""


@pytest.fixture
def trial(tmp_path, servers):
    """Writes a page and its scenario; gives a function that returns every complaint."""

    def complaints(changes: dict[str, str] | None = None, page: str = PAGE) -> dict[str, str]:
        path = tmp_path / "adding-up.md"
        path.write_text(page)
        (tmp_path / "executed").mkdir(exist_ok=True)
        text = textwrap.dedent(SCENARIO)
        for right, wrong in (changes or {}).items():
            assert right in text
            text = text.replace(right, wrong)
        (tmp_path / "executed/adding_up.py").write_text(text)
        read = read_page(path)
        scenario = read_scenarios(tmp_path / "executed")["adding-up"]
        found = {"page": "; ".join(read.complaints), "module": scenario.complaint}
        if scenario.module:
            try:
                found["whole"] = complaint_whole(read, scenario, servers)
            except AssertionError as failure:
                found["whole"] = f"fails: {failure}"
            for block in read.blocks:
                found[block] = complaint_broken(read, scenario, servers, block)
            for fault in scenario.faults:
                found["fault"] = complaint_fault(read, scenario, servers, fault)
        return {name: text for name, text in found.items() if text}

    return complaints


def test_harness_passes_what_is_right(trial, tmp_path):
    assert trial() == {}
    page: Page = read_page(tmp_path / "adding-up.md")
    assert list(page.blocks) == ["add.py", "twice.py"]
    assert page.blocks["twice.py"] == "def twice(a):\n    return add(a, a)\n"


def test_harness_reports_a_block_that_no_scenario_uses(trial):
    found = trial({'exec(blocks["twice.py"], names)': "pass", 'assert names["twice"](4) == 8': "pass"})
    assert found == {
        "whole": "the scenario does not use twice.py",
        "twice.py": "the scenario passes with twice.py broken",
    }


def test_harness_reports_a_scenario_that_passes_with_a_broken_block(trial):
    found = trial({"raise AssertionError(str(error))": "return"})
    assert found == {name: f"the scenario passes with {name} broken" for name in ("add.py", "twice.py")}


def test_harness_reports_a_defect_that_nobody_notices(trial):
    found = trial({"(2, 3) == 5": "(2, 0) == 2", "(4) == 8": "(0) == 0"})
    assert found == {
        "fault": "the scenario passes with add.py in which 'a + b' is 'a - b', although it would subtract"
    }


def test_harness_reports_a_failure_that_is_not_the_claims(trial):
    found = trial({"== 5": "== 5 or undefined", '"a - b"': '"None"'})
    assert found == {"fault": "the scenario fails by a mistake of its own: NameError: name 'undefined' is not defined"}


def test_harness_reports_a_defect_whose_text_is_not_there(trial):
    assert trial({'"a + b", "a - b"': '"b + a", "a - b"'}) == {
        "fault": "FAULTS replaces a text that add.py does not hold: 'b + a'"
    }


def test_harness_reports_a_claim_that_does_not_hold(trial):
    assert trial({"== 8": "== 9"})["whole"].startswith("fails: ")


def test_harness_reports_a_tool_that_is_not_declared(trial):
    with pytest.raises(Misuse, match="'redis' is not in NEEDS"):
        trial({"names = {}": "names = {}; tools.redis"})


def test_harness_reports_a_module_that_cannot_be_read(trial):
    assert trial({"NEEDS = set()": "NEEDS = {'oracle'}"}) == {
        "module": "adding_up.py: AssertionError: NEEDS holds oracle"
    }


@pytest.mark.parametrize(
    "info, complaint",
    [
        ("python executed=add.py", "adding-up.md:17: add.py stands there twice"),
        ("python executed=", "adding-up.md:17: 'executed=' is not executed=NAME with a file's name"),
        ("python executed=a/b.py", "adding-up.md:17: 'executed=a/b.py' is not executed=NAME with a file's name"),
        ("python executed", "adding-up.md:17: 'executed' is not executed=NAME with a file's name"),
        ("executed=more.py", "adding-up.md:17: the mark stands in the place of the language"),
    ],
)
def test_harness_reports_a_mark_that_is_wrong(trial, info, complaint):
    assert trial(page=PAGE.replace("```python\nnot", f"```{info}\nnot"))["page"] == complaint


# What the tools promise to a scenario.


@pytest.fixture
def tools(servers, request):
    """Tools for one run, of the kind that the test's parameter names."""

    def make(*needs: str) -> Tools:
        for need in needs:
            if reason := missing(need):
                pytest.skip(reason)
        made = Tools(servers, needs)
        request.addfinalizer(lambda: made.__exit__(None, None, None))
        return made

    return make


def test_postgres_is_fresh_for_each_run(tools):
    for _ in range(2):
        with tools("postgres") as made:
            db = made.postgres.database()
            db.run("CREATE TABLE t (n int); CREATE ROLE app LOGIN; GRANT SELECT ON t TO app; INSERT INTO t VALUES (1);")
            db.run("ALTER SYSTEM SET work_mem = '1MB'")
            assert "permission denied" in db.run("INSERT INTO t VALUES (2)", user="app", ok=False)
            assert db.value("SELECT count(*) FROM t") == 1
            assert db.rows("SELECT n, 'a' FROM t WHERE n = %s", [1]) == [(1, "a")]
            one, two = db.connect(), db.connect(user="app", autocommit=True)
            one.execute("DELETE FROM t")
            assert two.execute("SELECT count(*) FROM t").fetchone() == (1,)
            assert db.psql("-At", "-c", "SHOW shared_preload_libraries").stdout == "pg_stat_statements\n"
            with pytest.raises(Malformed):
                db.run("SELECT 1 1;")
            with pytest.raises(AssertionError, match="succeeded, and must not"):
                db.run("SELECT 1", ok=False)


def test_postgres_servers_keep_their_settings_and_come_back(tools):
    server = tools("postgres").postgres.server(wal_level="logical", log_lock_waits=True)
    db = server.database()
    db.run("CREATE TABLE t (n int)")
    assert (db.value("SHOW wal_level"), db.value("SHOW log_lock_waits")) == ("logical", "on")
    server.kill()
    with pytest.raises(AssertionError):
        db.run("SELECT 1")
    server.start()
    assert "0" in db.run("SELECT count(*) FROM t")


def test_postgres_has_standbys_that_lag_at_will(tools):
    primary = tools("postgres").postgres.server()
    db = primary.database()
    standby = primary.standby()
    copy = standby.of(db)
    db.run("CREATE TABLE t (n int)")
    end = db.value("SELECT pg_current_wal_lsn()")
    deadline = time.monotonic() + 20
    while not copy.value("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [end]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert copy.value("SELECT count(*) FROM t") == 0
    assert "read-only" in copy.run("INSERT INTO t VALUES (1)", ok=False)
    copy.run("SELECT pg_wal_replay_pause()")
    db.run("INSERT INTO t VALUES (1)")
    assert (db.value("SELECT count(*) FROM t"), copy.value("SELECT count(*) FROM t")) == (1, 0)
    with pytest.raises(Misuse):
        standby.database()


def test_redis_tells_errors_from_answers(tools):
    redis = tools("redis").redis
    assert redis.cli("SET", "k", "v", "NX", "PX", 1000) == "OK"
    assert redis.eval("return redis.call('GET', KEYS[1]) .. ARGV[1]", ["k"], ["!"]) == "v!"
    assert "WRONGTYPE" in redis.cli("LPUSH", "k", 1, ok=False)
    with pytest.raises(AssertionError, match="WRONGTYPE"):
        redis.cli("LPUSH", "k", 1)
    with pytest.raises(Malformed):
        redis.eval("return (")
    other = redis.server()
    assert other.cli("EXISTS", "k") == "0" and other.port != redis.port
    assert tools("redis").redis.cli("EXISTS", "k") == "0"


def test_node_has_its_libraries_both_ways(tools):
    node = tools("node").node
    program = """
        const express = require('express'), pg = require('pg'), redis = require('redis')
        const app = express()
        const answer = [typeof pg.Pool, typeof redis.createClient, process.env.WORD]
        app.get('/', (request, response) => response.json(answer))
        app.listen(process.env.PORT, '127.0.0.1')
    """
    with node.start({"main.js": program}, "main.js", {"WORD": "said"}) as running:
        with urllib.request.urlopen(running.url) as answer:
            assert json.load(answer) == ["function", "function", "said"]
    assert running.returncode is not None
    module = "import pg from 'pg'; import { n } from './n.mjs'; console.log(JSON.stringify([typeof pg.Pool, n]))"
    files = {"main.mjs": module, "n.mjs": "export const n = 1"}
    assert node.run(files, "main.mjs").json == ["function", 1]
    with pytest.raises(Malformed):
        node.run({"main.js": "const = 1"}, "main.js").ok()
    with pytest.raises(AssertionError, match="status 3"):
        with node.start({"main.js": "process.exit(3)"}, "main.js"):
            pass


def test_swift_compiles_files_together(tools):
    swift = tools("swift").swift
    files = {"Answer.swift": "struct Answer { let value = 42 }", "try.swift": "print(Answer().value)"}
    assert swift.run(files, main="try.swift").stdout == "42\n"
    with pytest.raises(Malformed, match="never used"):
        swift.run({"main.swift": "func f() { let a = 1 }"})


def test_hcl_gives_plain_values(tools):
    text = 'resource "kind" "name" {\n  size = 2 # a comment\n  text = "a-${var.b}"\n  inner {\n    on = true\n  }\n}\n'
    expected = {"resource": [{"kind": {"name": {"size": 2, "text": "a-${var.b}", "inner": [{"on": True}]}}}]}
    assert tools("hcl").hcl.parse(text) == expected
    with pytest.raises(Malformed):
        tools("hcl").hcl.parse(BROKEN_ELSE)
