"""The examples: the real ones rest on named sources alone, and docs/examples.md says what the rules say today."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from rig import ALL_EXAMPLES, ROOT

INVENTED = {"checkout", "existing-mysql", "internal-jobs", "public-read-api"}
REAL = [path for path in ALL_EXAMPLES if path.stem not in INVENTED]
PAGE = (ROOT / "docs" / "examples.md").read_text()

each = pytest.mark.parametrize("path", ALL_EXAMPLES, ids=lambda path: path.stem)
each_real = pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)


def header(path: Path) -> str:
    """The comment at the top, without its number signs, on one line."""
    lines = []
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").strip())
    return " ".join(lines)


def content(path: Path) -> dict:
    """The file with every scalar as it was typed."""
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)


@pytest.fixture(scope="module")
def decided(shared) -> dict[str, dict]:
    """What `decide` says of each example, with what it writes on standard error, by name."""
    found = {}
    for path in ALL_EXAMPLES:
        result = shared.ok("decide", path, "--format", "json")
        found[path.stem] = {**result.json, "stderr": result.err}
    return found


def test_there_are_enough():
    assert len(REAL) >= 10
    assert INVENTED <= {path.stem for path in ALL_EXAMPLES}


@each
def test_it_reads_without_a_warning(decided, path):
    assert decided[path.stem]["stderr"] == ""
    assert decided[path.stem]["warnings"] == []


@each
def test_its_documents_are_written(shared, tmp_path, path):
    shared.ok("design", path, "--out", tmp_path / "out")
    written = {file.name: file.read_text() for file in (tmp_path / "out").iterdir() if file.is_file()}
    assert {"design.md", "design.html", "checklist.md", "checklist.html", "decisions.json", "answers.yaml"} <= set(written)
    assert all(text.strip() for text in written.values())


@pytest.mark.parametrize("name", sorted(INVENTED))
def test_an_invented_one_says_so_first(name):
    assert header(ROOT / "examples" / f"{name}.yaml").startswith("Invented, ")


@each_real
def test_a_real_one_names_its_sources(path):
    text = header(path)
    assert "Invented" not in text
    assert re.search(r"Sources, checked \d{4}-\d{2}-\d{2}:", text)
    # Each source: title and publisher, when it was published, how it was checked, where it is.
    sources = re.split(r"(?:^|\s)\d\. (?=[A-Z])", text.split("Sources, checked", 1)[1])[1:]
    assert sources
    for source in sources:
        assert re.search(r"https?://\S+$", source.strip()), source
        assert re.search(r"\b(19|20)\d\d\b|undated", source), source
        assert re.search(r"Read in|Second-hand|Unverified", source), source
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", content(path)["date"])


@each_real
def test_every_answer_says_where_it_comes_from(path):
    data = content(path)
    without = [
        trait for trait, value in data["answers"].items() if value != "unknown" and not data["notes"].get(trait, "").strip()
    ]
    assert without == []
    assert set(data["notes"]) <= set(data["answers"])


@each_real
def test_a_note_names_a_source_of_the_file(path):
    """A number in a note such as "Source 3" has to be in the list."""
    numbers = {int(number) for number in re.findall(r"(?:^|\s)(\d)\. (?=[A-Z])", header(path))}
    for trait, note in content(path)["notes"].items():
        named = {int(n) for run in re.findall(r"[Ss]ources? (\d(?:(?:, | and )\d)*)", note) for n in re.findall(r"\d", run)}
        assert named <= numbers, trait


@each_real
def test_no_planning_default_stands_in_for_a_fact(decided, path):
    defaults = [trait for trait, answer in decided[path.stem]["answers"].items() if answer["origin"] == "default"]
    assert defaults == []


# The page


def rows() -> list[dict[str, str]]:
    table = PAGE.split("## The comparison", 1)[1].split("\n## ", 1)[0]
    found = []
    for line in table.splitlines():
        if line.startswith("| ["):
            system, decision, says, did, verdict, why = [cell.strip() for cell in line.strip("|").split("|")]
            link = re.fullmatch(r"\[[^\]]+\]\(\.\./examples/([a-z0-9-]+)\.yaml\)", system)
            assert link, system
            found.append(
                {"example": link[1], "decision": decision.strip("`"), "says": says, "did": did, "verdict": verdict, "why": why}
            )
    return found


def codes(cell: str) -> list[str]:
    return re.findall(r"`([a-z0-9-]+)`", cell)


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['example']}:{row['decision']}")
def test_a_row_says_what_the_rules_say(decided, row):
    decision = next(found for found in decided[row["example"]]["decisions"] if found["id"] == row["decision"])
    open_ = row["says"].startswith("open: ")
    assert decision["status"] == ("undecided" if open_ else "decided")
    assert sorted(codes(row["says"])) == sorted(decision["possible"])
    # What was done begins with the outcome that it is, if it is one.
    done = None if row["did"].startswith("none of these") else codes(row["did"])[0]
    fits = done in decision["possible"]
    assert row["verdict"] == (("open, among" if fits else "open, differs") if open_ else ("agrees" if fits else "differs"))
    if "differs" in row["verdict"]:
        assert row["why"].startswith("**"), "who is right?"


def test_each_pair_is_there_once():
    pairs = Counter((row["example"], row["decision"]) for row in rows())
    assert [pair for pair, times in pairs.items() if times > 1] == []


def test_every_real_example_is_compared():
    assert {row["example"] for row in rows()} == {path.stem for path in REAL}


def test_the_summary_counts_the_rows():
    def count(*verdicts: str, api: bool | None = None) -> int:
        return sum(
            row["verdict"] in verdicts and (api is None or api == (row["decision"] == "api-versioning")) for row in rows()
        )

    words = dict(enumerate("zero one two three four five six seven eight nine ten eleven twelve".split()))
    settled = ("agrees", "differs")
    summary = " ".join(PAGE.split("## The comparison", 1)[1].split("| System", 1)[0].split())
    assert (
        f"Of {count(*settled)} decisions that the published figures settle, {count('agrees')} agree with what was done and "
        f"{count('differs')} differ."
    ) in summary
    assert (
        f"{words[count(*settled, api=True)].capitalize()} of the {count(*settled)} are about the version of an API, where "
        f"{count('agrees', api=True)} agree; of the other {words[count(*settled, api=False)]}, "
        f"{count('agrees', api=False)} agree."
    ) in summary
    assert (
        f"Of {count('open, among', 'open, differs')} that stay open, what was done is among the outcomes still possible in "
        f"{count('open, among')}, and is none of them in {count('open, differs')}."
    ) in summary


def test_the_page_counts_the_examples():
    words = {10: "Ten", 11: "Eleven", 12: "Twelve", 13: "Thirteen", 14: "Fourteen"}
    assert f"**{words[len(REAL)]} real systems**" in PAGE
    for name in INVENTED:
        assert f"../examples/{name}.yaml" in PAGE
