"""`kb check --stale`: what is due to be checked again."""

from __future__ import annotations

import pytest
import yaml

import packs
from rig import KNOWLEDGE, Plumbline

STALE = {
    **packs.SOUND,
    "sources.yaml": """old-page:
  title: An old page
  url: https://example.org/old
  checked: 2026-01-05
  evidence: unverified
""",
    "practices/dust-weekly.md": packs.SOUND["practices/dust-weekly.md"]
    .replace("sources: [guide-original]", "sources: [old-page]").replace("checked: 2026-11-22", "checked: 2026-01-04"),
}


def stale(plumbline: Plumbline, days: int, *options, **more):
    return plumbline.run("kb", "check", "--stale", str(days), "--pack", "house", *options, **more)


def test_stale_facts(plumbline):
    packs.write(plumbline.folder / "house", STALE)
    clock = {"SOURCE_DATE_EPOCH": "1798761600"}  # 2027-01-01
    result = stale(plumbline, 361, env=clock)
    assert result.status == 1
    lines = result.out.splitlines()
    number = STALE["practices/dust-weekly.md"].splitlines().index("checked: 2026-01-04") + 1
    assert lines[0] == f"house/practices/dust-weekly.md:{number}:10: practice dust-weekly was checked 2026-01-04, 362 days ago"
    assert lines[1] == (
        "house/sources.yaml:1:1: unverified source old-page was checked 2026-01-05, 361 days ago: https://example.org/old"
    )
    assert " 2 due by 2027-01-01" in lines[2] and "old-page" in lines[3]
    assert len(stale(plumbline, 362, env=clock).out.splitlines()) == 3
    none = stale(plumbline, 363, env=clock)
    assert none.status == 0 and "nothing due" in none.out
    # The day may be given, and the shipped facts are due one day.
    later = stale(plumbline, 0, "--today", "2030-01-01", "--format", "json")
    assert later.status == 1
    data = later.json
    assert (data["today"], data["days"], data["findings"]) == ("2030-01-01", 0, [])
    ages = [fact["days"] for fact in data["due"]]
    assert ages == sorted(ages, reverse=True) and data["due"][0]["id"] == "dust-weekly"
    assert data["due"][1] == {
        "id": "old-page", "kind": "source", "title": "An old page", "checked": "2026-01-05", "days": 1457,
        "evidence": "unverified", "url": "https://example.org/old", "file": "house/sources.yaml", "line": 1,
    }
    listed = {fact["id"] for fact in data["due"]}
    assert {path.stem for path in KNOWLEDGE.glob("*/*.md")} | set(yaml.safe_load((KNOWLEDGE / "sources.yaml").read_text())) <= listed
    assert "old-page" in data["unverified"]


def test_stale_facts_of_a_database(plumbline):
    packs.write(plumbline.folder / "house", STALE)
    plumbline.ok("kb", "export", "k.sqlite", "--pack", "house")
    result = plumbline.run("kb", "check", "--stale", "361", "--today", "2027-01-01", "--knowledge", "k.sqlite")
    assert result.status == 1
    assert result.out.startswith("practice dust-weekly was checked 2026-01-04, 362 days ago\nunverified source old-page ")


@pytest.mark.parametrize("options", [("--stale", "x"), ("--stale=-1",), ("--stale", "1.5"), ("--today", "2026-01-01"), ("--stale", "1", "--today", "2026-02-30")])
def test_stale_facts_by_what_is_no_day(shared, options):
    result = shared.run("kb", "check", *options)
    assert (result.status, result.out) == (2, "")


@pytest.mark.parametrize("checked", ["2026-02-30", "2026", "yesterday"])
def test_a_source_without_a_date_is_found(plumbline, checked):
    files = {**STALE, "sources.yaml": STALE["sources.yaml"].replace("2026-01-05", checked)}
    packs.write(plumbline.folder / "house", files)
    for options in ((), ("--stale", "100000")):
        result = plumbline.run("kb", "check", "--pack", "house", *options)
        assert result.status == 1 and "house/sources.yaml:1:1: checked of the source old-page is no date" in result.out
