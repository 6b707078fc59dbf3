"""`plumbline compare`: two files, two knowledge bases, packs and what-if."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from packs import write
from rig import KNOWLEDGE, Plumbline

BUSY = {"qps": "2.5k", "read_ratio": "90%"}

PACK = {
    "pack.yaml": "name: house\nversion: '1.0'\ntitle: House rules\n",
    "thresholds/postgres-read-qps.md": "---\noverride: true\nvalue: 2k/s\n---\n",
}


def by_id(data: dict) -> dict:
    return {decision["id"]: decision for decision in data["decisions"]}


def compare(plumbline: Plumbline, *arguments) -> dict:
    return plumbline.ok("compare", *arguments, "--format", "json").json


@pytest.fixture
def pack(tmp_path) -> Path:
    return write(tmp_path / "house", PACK)


@pytest.fixture
def older(tmp_path, plumbline, pack) -> Path:
    """Knowledge with another figure, exported."""
    database = tmp_path / "older.sqlite"
    plumbline.ok("kb", "export", database, "--pack", pack)
    return database


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A copy of the knowledge with another figure, and examples to match."""
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    threshold = folder / "thresholds/pooler-connections.md"
    text = threshold.read_text()
    assert re.search(r"^value: 200$", text, re.M)
    threshold.write_text(re.sub(r"^value: 200$", "value: 199", text, flags=re.M))
    for decision in (folder / "decisions").glob("*.md"):
        text = decision.read_text()
        if "@pooler-connections" in text:
            decision.write_text(re.sub(r"db_connections: (20[01])\b", lambda m: f"db_connections: {int(m[1]) - 1}", text))
    return folder


def test_a_file_with_itself_differs_in_nothing(plumbline, example):
    data = compare(plumbline, example, example)
    for key in ("decisions", "headroom", "answers", "supersede", "notes"):
        assert data[key] == [], key
    assert data["checks"] == {"new": [], "gone": []}
    assert "no decision differs" in plumbline.ok("compare", example, example).out


def test_two_files(plumbline):
    a = plumbline.answers({**BUSY, "team_size": "5"}, "a.yaml", system="A")
    b = plumbline.answers({**BUSY, "qps": "40k", "team_size": "6"}, "b.yaml", system="B")
    data = compare(plumbline, a, b)
    scaling = by_id(data)["read-scaling"]
    assert scaling["before"]["outcome"] == "single-node"
    assert scaling["after"]["outcome"] == "read-replicas"
    assert [answer["trait"] for answer in scaling["cause"]["answers"]] == ["qps"]
    assert scaling["cause"]["answers"][0]["before"] == {"low": 2500, "high": 2500, "unit": "1/s", "origin": "answered"}
    assert scaling["cause"]["knowledge"] == [] and not scaling["cause"]["combination"]
    assert {answer["trait"]: answer["effect"] for answer in data["answers"]} == {"qps": True, "team_size": False}
    assert "read-your-writes-test" in {check["id"] for check in data["checks"]["new"]}
    assert {"decision": "read-scaling", "before": "single-node", "after": "read-replicas"} in data[
        "supersede"
    ]
    text = plumbline.ok("compare", a, b).out
    assert "read-scaling: single-node → read-replicas\n  by qps 2,500/s → 40,000/s" in text


def test_what_if_agrees_with_deciding(plumbline):
    a = plumbline.answers(BUSY, "a.yaml")
    data = by_id(compare(plumbline, a, "--set", "qps=40k", "--set", "message_rate=20k", "--set", "async_work=yes"))
    before = plumbline.decide(a)["by_id"]
    after = plumbline.decide(a, "--set", "qps=40k", "--set", "message_rate=20k", "--set", "async_work=yes")["by_id"]
    differing = {
        id for id in before if any(before[id][key] != after[id][key] for key in ("status", "outcome", "possible"))
    }
    assert differing and set(data) == differing
    # What is named does it alone.
    for id, change in data.items():
        named = [f"{answer['trait']}={'yes' if answer['after'].get('value') else answer['after'].get('low')}"
                 for answer in change["cause"]["answers"]]
        alone = plumbline.decide(a, *(word for text in named for word in ("--set", text)))["by_id"][id]
        assert (alone["status"], alone["outcome"]) == (change["after"]["status"], change["after"]["outcome"]), id


def test_a_pack_on_the_second_side(plumbline, pack):
    a = plumbline.answers(BUSY, "a.yaml")
    data = compare(plumbline, a, "--with-pack", pack)
    assert data["before"]["knowledge"]["hash"] != data["after"]["knowledge"]["hash"]
    (cause,) = by_id(data)["read-scaling"]["cause"]["knowledge"]
    assert cause["kind"] == "threshold" and cause["id"] == "postgres-read-qps"
    assert cause["values"] == [10000, 2000] and cause["unit"] == "1/s"
    assert cause["pack_before"] is None and cause["pack_after"] == "house"
    assert "the threshold postgres-read-qps 10,000/s → 2,000/s (pack house)" in plumbline.ok(
        "compare", a, "--with-pack", pack
    ).out
    # On both sides it makes no difference.
    assert compare(plumbline, a, a, "--pack", pack)["decisions"] == []


def test_older_knowledge_against_the_shipped(plumbline, older):
    a = plumbline.answers(BUSY, "a.yaml")
    data = compare(plumbline, a, "--knowledge", older)
    scaling = by_id(data)["read-scaling"]
    assert scaling["before"]["outcome"] == "read-replicas" and scaling["after"]["outcome"] == "single-node"
    (cause,) = scaling["cause"]["knowledge"]
    assert (cause["kind"], cause["id"], cause["values"]) == ("threshold", "postgres-read-qps", [2000, 10000])
    assert (cause["pack_before"], cause["pack_after"]) == ("house", None)
    # Twice: one for each side; with two files and one: both.
    assert compare(plumbline, a, "--knowledge", older, "--knowledge", older)["decisions"] == []
    assert compare(plumbline, a, a, "--knowledge", older)["decisions"] == []


def test_a_folder_of_knowledge_against_the_shipped(plumbline, checkout):
    a = plumbline.answers({"db_connections": "200"}, "a.yaml")
    data = by_id(compare(plumbline, a, "--knowledge", checkout))["connection-pooling"]
    assert (data["before"]["outcome"], data["after"]["outcome"]) == ("pgbouncer", "in-app-pool")
    assert [(entry["id"], entry["values"]) for entry in data["cause"]["knowledge"]] == [("pooler-connections", [199, 200])]


def test_an_answer_and_the_knowledge_together(plumbline, pack):
    a = plumbline.answers({**BUSY, "qps": "1k"}, "a.yaml")
    cause = by_id(compare(plumbline, a, "--with-pack", pack, "--set", "qps=4k"))["read-scaling"]["cause"]
    assert [answer["trait"] for answer in cause["answers"]] == ["qps"]
    assert [entry["id"] for entry in cause["knowledge"]] == ["postgres-read-qps"]
    assert cause["combination"]


def test_the_mode(plumbline):
    a = plumbline.answers({"production_services": "3", "team_size": "4"}, "a.yaml")
    (cause,) = by_id(compare(plumbline, a, "--with-as-written"))["service-shape"]["cause"]["knowledge"]
    assert cause["kind"] == "mode" and cause["before"][0] == "current" and cause["after"][0] == "as-written"
    assert any("team_size" in line for line in cause["before"])


def test_the_knowledge_that_a_file_was_made_with(plumbline, older):
    a = plumbline.answers(BUSY, "a.yaml")
    plumbline.ok("design", a, "--out", "old", "--knowledge", older)
    data = compare(plumbline, "old/answers.yaml", "--set", "qps=3k")
    assert any("was made with knowledge" in note for note in data["notes"])
    assert data["before"]["made_with"]["hash"] != data["before"]["knowledge"]["hash"]
    plumbline.ok("design", a, "--out", "new")
    assert compare(plumbline, "new/answers.yaml", "--set", "qps=3k")["notes"] == []


def test_a_question_that_older_knowledge_does_not_ask(plumbline, tmp_path):
    house = write(
        tmp_path / "asks",
        {
            "pack.yaml": "name: asks\nversion: '1'\ntitle: More\n",
            "traits/shelf_count.md": "---\ntitle: Shelves\narea: data\nsummary: Shelves.\nguide: []\nverdict: practice\n"
            "sources: [guide-original]\nchecked: 2026-11-22\nkind: count\nnoun: shelves\nbounds: 0..1,000\n"
            "question: How many shelves?\nwhy: A test.\ntypical: A dozen.\nmeasure: Count them.\nplausible: 5..50\n"
            "order: 900\n---\n",
        },
    )
    a = plumbline.answers({**BUSY, "shelf_count": "4"}, "a.yaml")
    data = compare(plumbline, a, "--with-pack", house)
    assert data["decisions"] == []
    assert any("does not ask for shelf_count" in note for note in data["notes"])


def test_headroom_by_the_factor(plumbline):
    a = plumbline.answers({"db_connections": "20"}, "a.yaml")
    found = [
        (line["decision"], line["change"], line["before"]["value"], line["after"]["value"])
        for line in compare(plumbline, a, "--set", "db_connections=150")["headroom"]
    ]
    assert ("connection-pooling", "shrank", 20, 150) in found
    assert compare(plumbline, a, "--set", "db_connections=150", "--factor", "10")["headroom"] == []


def test_hostile_names_stay_text(plumbline):
    name = '"<img src=x onerror=alert(1)> | [l](javascript:alert(1)) \\u202Eevil `x`"'
    a = plumbline.answers(BUSY, "a|<b>.yaml", system=name)
    out = plumbline.ok("compare", a, "--set", "qps=40k", "--format", "markdown").out
    assert "<img" not in out.replace("\\<img", "") and "[l](java" not in out and "\u202e" not in out
    assert plumbline.ok("compare", a, "--set", "qps=40k").out.count("\u202e") == 0


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["a.yaml"], "second file"),
        (["a.yaml", "--as-written", "--with-as-written"], "second file"),
        (["-", "-"], "Standard input"),
        (["a.yaml", "b.yaml", "--knowledge", "x", "--with-pack", "y"], "--with-pack"),
        (["a.yaml", "--set", "qpz=3"], "did you mean qps"),
        (["a.yaml", "--set", "qps=3", "--factor", "1"], "above 1"),
        (["a.yaml", "--set", "qps=3", "--format", "xml"], "xml"),
    ],
)
def test_bad_usage(plumbline, arguments, words):
    plumbline.answers(BUSY, "a.yaml")
    result = plumbline.run("compare", *arguments)
    assert result.status == 2 and words in result.err and result.out == ""


def test_what_is_not_there(plumbline):
    a = plumbline.answers(BUSY, "a.yaml")
    for arguments in ([a, "none.yaml"], [a, "--knowledge", "none.sqlite"], [a, "--with-pack", "none"]):
        result = plumbline.run("compare", *arguments)
        assert result.status == 3 and "none" in result.err and result.out == ""


def test_standard_input_and_the_same_bytes_again(plumbline):
    a = plumbline.answers(BUSY, "a.yaml")
    b = plumbline.answers({**BUSY, "qps": "40k"}, "b.yaml")
    piped = plumbline.ok("compare", a, "-", stdin=b.read_text(), **{}).out
    assert "read-scaling: single-node → read-replicas" in piped
    for form in ("text", "markdown", "json"):
        once = plumbline.ok("compare", a, b, "--format", form).out
        again = plumbline.ok("compare", a, b, "--format", form, env={"LANG": "de_DE.UTF-8", "TZ": "Asia/Tokyo"}).out
        assert once == again
    assert Decimal(str(compare(plumbline, a, b)["answers"][0]["after"]["low"])) == 40000
