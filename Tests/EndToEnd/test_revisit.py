"""`plumbline revisit`: a folder of documents, and portfolios of many."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest
from packs import write
from rig import Plumbline, size, tree
from test_compare import PACK

FIGURES = {"qps": "2.5k", "read_ratio": "90%", "db_connections": "20"}


@pytest.fixture
def folder(plumbline) -> Path:
    """Documents of a system with room on all sides."""
    answers = plumbline.answers(FIGURES, "given.yaml", system="Shop", date="2026-11-22")
    plumbline.ok("design", answers, "--out", "docs")
    return plumbline.folder / "docs"


def revisit(plumbline: Plumbline, *arguments, status: int) -> dict:
    result = plumbline.run("revisit", *arguments, "--format", "json")
    assert result.status == status, result.err + result.out
    return result.json


def findings(data: dict, kind: str) -> dict:
    return {finding["decision"]: finding for finding in data["findings"] if finding["kind"] == kind}


def test_what_holds_exits_0(plumbline, folder):
    data = revisit(plumbline, folder, status=0)
    assert data["findings"] == [] and data["compared"] and data["new"] == []
    assert data["decisions"]["read-scaling"] == {"status": "decided", "outcome": "single-node"}
    assert "all decisions still hold" in plumbline.ok("revisit", folder).out


def test_measured_answers_replace_those_in_the_folder(plumbline, folder):
    measured = plumbline.answers({"qps": "40k"}, "measured.yaml")
    before = tree(folder)
    for arguments in (["--measured", measured], ["--set", "qps=40k"]):
        data = revisit(plumbline, folder, *arguments, status=1)
        scaling = findings(data, "changed")["read-scaling"]
        assert (scaling["before"], scaling["after"]) == ("single-node", "read-replicas")
        assert [answer["trait"] for answer in scaling["cause"]["answers"]] == ["qps"]
        assert scaling["reason"] == "qps 2,500/s → 40,000/s"
    assert tree(folder) == before


def test_answers_edited_since(plumbline, folder):
    path = folder / "answers.yaml"
    path.write_text(re.sub(r"  qps: \S+", "  qps: 40k", path.read_text()))
    assert findings(revisit(plumbline, folder, status=1), "changed")["read-scaling"]["after"] == "read-replicas"


def test_todays_knowledge(plumbline, folder, tmp_path):
    house = write(tmp_path / "house", PACK)
    data = revisit(plumbline, folder, "--pack", house, status=1)
    assert data["made_with"]["hash"] != data["knowledge"]["hash"]
    for decision in ("read-scaling", "read-routing"):
        reason = findings(data, "changed")[decision]["reason"]
        assert "postgres-read-qps 10,000/s → 2,000/s (pack house)" in reason


def test_the_mode_that_it_was_made_in(plumbline):
    answers = plumbline.answers({"production_services": "3", "team_size": "4"}, "w.yaml")
    plumbline.ok("design", answers, "--out", "written", "--as-written")
    data = revisit(plumbline, "written", status=0)
    assert data["mode"] == "as-written"


@pytest.mark.parametrize("factor, status", [("1.5", 0), ("5", 1)])
def test_headroom_under_the_factor(plumbline, folder, factor, status):
    data = revisit(plumbline, folder, "--headroom", factor, status=status)
    if status:
        found = findings(data, "headroom")["read-scaling"]["headroom"]
        assert found == {"trait": "read_qps", "value": 2250, "threshold": "postgres-read-qps", "at": 10000, "factor": found["factor"]}


def test_age(plumbline, folder):
    assert revisit(plumbline, folder, "--older", "30", "--today", "2026-12-22", status=0)["findings"] == []
    data = revisit(plumbline, folder, "--older", "30", "--today", "2026-12-23", status=1)
    assert [finding["kind"] for finding in data["findings"]] == ["old"]
    result = plumbline.run("revisit", folder, "--older", "30", env={"SOURCE_DATE_EPOCH": "1900000000"})
    assert result.status == 1 and "2030-03-17" in result.out


def test_without_decisions_json_it_is_evaluated_and_said(plumbline, folder):
    (folder / "decisions.json").unlink()
    data = revisit(plumbline, folder, status=0)
    assert not data["compared"]
    assert "no decisions.json" in plumbline.ok("revisit", folder).out


def test_what_is_not_there(plumbline, tmp_path):
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "none", tmp_path / "empty"):
        result = plumbline.run("revisit", path)
        assert result.status == 3 and result.out == ""
        result = plumbline.run("revisit", "--portfolio", path)
        assert result.status == 3 and result.out == ""
    assert "answers.yaml" in plumbline.run("revisit", tmp_path / "empty").err


@pytest.mark.parametrize(
    "text, place",
    [
        ('{\n "decisions": [oops]}', "decisions.json:2:16"),
        ('{"decisions": [{"id": "x"}]}', "decisions.json:decisions[0].status"),
        ("", "decisions.json:1:1"),
        ("[]", "decisions.json:1:1"),
    ],
)
def test_a_damaged_decisions_json(plumbline, folder, text, place):
    (folder / "decisions.json").write_text(text)
    result = plumbline.run("revisit", folder)
    assert result.status == 2 and place in result.err and result.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["docs", "--portfolio", "."], ["--portfolio", ".", "--set", "qps=3"], ["docs", "--out", "x"],
        ["docs", "--headroom", "1"], ["docs", "--older", "-1"], ["docs", "--today", "2026-11-22"],
        ["docs", "--older", "3", "--today", "22.11.2026"], ["--portfolio", ".", "--out", "x", "--format", "json"],
        ["docs", "--set", "qps=many"],
    ],
)  # fmt: skip
def test_bad_usage(plumbline, folder, arguments):
    result = plumbline.run("revisit", *arguments)
    assert result.status == 2 and result.err and result.out == ""


def test_hostile_names_stay_text(plumbline):
    name = '"<img src=x onerror=alert(1)> | [l](javascript:alert(1)) `x` \\u202E"'
    answers = plumbline.answers(FIGURES, "given.yaml", system=name)
    plumbline.ok("design", answers, "--out", "tree/a|<b>")
    shown = plumbline.run("revisit", "tree/a|<b>", "--set", "qps=40k", "--format", "markdown").out
    plumbline.run("revisit", "--portfolio", "tree", "--out", "out", "--headroom", "9")
    page = (plumbline.folder / "out/portfolio.html").read_text()
    table = (plumbline.folder / "out/portfolio.md").read_text()
    assert "<img" not in page and "<b>" not in page and "&lt;img" in page
    for text in (shown, table):
        assert "<img" not in text.replace("\\<img", "") and "[l](java" not in text and "\u202e" not in text
    row = next(line for line in table.splitlines() if "answers.yaml" in line)
    assert row.replace("\\|", "").count("|") == 8


# Portfolios


def systems(root: Path, count: int) -> list[str]:
    chance = random.Random(5)
    paths = []
    for number in range(count):
        path = root / f"team-{number % 37:02}/system-{number:05}/architecture"
        path.mkdir(parents=True)
        (path / "answers.yaml").write_text(
            f"system: System {number}\ndate: 2026-0{1 + number % 9}-11\nanswers:\n  qps: {chance.randint(1, 90_000)}\n"
            f"  read_ratio: {chance.randint(10, 99)}%\n  data_size: {chance.randint(1, 9000)} GB\n"
        )
        paths.append(str((path / "answers.yaml").relative_to(root)))
    return sorted(paths)


def test_a_portfolio_reads_what_it_should(plumbline, folder):
    root = plumbline.folder / "all"
    systems(root, 3)
    (root / "good").mkdir()
    for name in ("answers.yaml", "decisions.json"):
        (root / "good" / name).write_bytes((folder / name).read_bytes())
    for hidden in (".git", ".hidden/deep", "web/node_modules/pkg"):
        (root / hidden).mkdir(parents=True)
        (root / hidden / "answers.yaml").write_text("answers: {qps: 1}\n")
    (root / "broken").mkdir()
    (root / "broken/answers.yaml").write_text("answers: {qpz: 1}\n")
    (root / "damaged").mkdir()
    (root / "damaged/answers.yaml").write_text("answers: {qps: 1}\n")
    (root / "damaged/decisions.json").write_text("{")
    (root / "folder/answers.yaml").mkdir(parents=True)
    os.mkfifo(root / "web/answers.yaml")
    (root / "loop").symlink_to(root)
    (root / "good/up").symlink_to("..")
    result = plumbline.run("revisit", "--portfolio", root, "--format", "json")
    rows = {row["path"]: row for row in result.lines}
    assert result.status == 1
    assert [row["path"] for row in result.lines] == sorted(rows, key=lambda path: path.split("/"))
    errors = {path for path, row in rows.items() if "error" in row}
    assert errors == {"broken/answers.yaml", "damaged/answers.yaml", "folder/answers.yaml", "web/answers.yaml"}
    assert "did you mean qps" in rows["broken/answers.yaml"]["error"]
    assert not any("hidden" in path or "node_modules" in path or "loop" in path for path in rows)
    assert rows["good/answers.yaml"]["compared"] and rows["good/answers.yaml"]["system"] == "Shop"
    assert rows["good/answers.yaml"]["decisions"]["read-scaling"] == {"status": "decided", "outcome": "single-node"}
    assert len(rows) == 8
    text = plumbline.run("revisit", "--portfolio", root).out
    assert "8 systems:" in text and "4 could not be read" in text


def test_a_portfolio_without_findings_exits_0(plumbline, folder):
    assert plumbline.ok("revisit", "--portfolio", folder.parent).out.endswith("1 system: none with findings.\n")


def test_files_of_a_portfolio(plumbline, folder):
    result = plumbline.ok("revisit", "--portfolio", folder, "--out", "report/deep")
    out = plumbline.folder / "report/deep"
    first = tree(out)
    assert sorted(first) == ["portfolio.html", "portfolio.jsonl", "portfolio.md"]
    assert "1 system: none with findings" in result.out
    assert "<script" not in (out / "portfolio.html").read_text()
    plumbline.ok("revisit", "--portfolio", folder, "--out", "report/deep", env={"TZ": "Asia/Tokyo"})
    assert tree(out) == first
    (out / "portfolio.md").unlink()
    (out / "portfolio.md").mkdir()
    refused = plumbline.run("revisit", "--portfolio", folder, "--out", "report/deep")
    assert refused.status == 3 and "portfolio.md" in refused.err


def test_thousands_in_bounded_memory(plumbline, tmp_path):
    root = tmp_path / "many"
    count = size(2_000, 10_000)
    paths = systems(root, count)
    plumbline.ok("kb", "list")

    def peak(folder: Path) -> float:
        """Megabytes at the most, measured in a process of its own."""
        script = (
            "import resource, subprocess, sys\n"
            "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
        )
        done = subprocess.run(
            ["python3", "-c", script, str(plumbline.executable), "revisit", "--portfolio", str(folder), "--out", "out"],
            capture_output=True, text=True, env=plumbline.env, cwd=plumbline.folder, timeout=1800,
        )  # fmt: skip
        return float(done.stdout)

    few = peak(root / "team-00")
    many = peak(root)
    rows = [json.loads(line) for line in (plumbline.folder / "out/portfolio.jsonl").read_text().splitlines()]
    assert [row["path"] for row in rows] == paths
    assert (plumbline.folder / "out/portfolio.html").read_text().count("<tr>") == count + 1
    assert (plumbline.folder / "out/portfolio.md").read_text().count("\n| team-") == count
    assert many < few + 24, f"{few:.0f} MB for {count // 37} systems, {many:.0f} MB for {count}"
