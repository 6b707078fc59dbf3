"""`design`: the six files, the same bytes each time, sound HTML and Markdown, and hostile text that stays text."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

import pages
from rig import EXAMPLES, Plumbline, tree

FILES = {"design.md", "design.html", "checklist.md", "checklist.html", "decisions.json", "answers.yaml"}
DOCUMENTS = ("design", "checklist")

HOSTILE = """<script>alert(1)</script> <img src=x onerror=alert(2)> | `tick` ```fence``` ](javascript:alert(3)) \
[link](javascript:alert(4)) <!-- --> {{name}} {{{raw}}} %% --> end ]]> "quote" 'single' \\\\ &lt; &amp; *b* _i_ ~~s~~ \
\\u202Edesrever\\u202C \\u2066isolate\\u2069 \\u200Bzero https://example.org"""
# In double-quoted YAML, with a second line that looks like Markdown.
QUOTED = '"' + HOSTILE.replace('"', '\\"') + '"'
NOTE = QUOTED[:-1] + '\\n# Injected heading\\n\\n- [x] injected item\\n\\n```\\nopen fence\\n\\n| a | b |\\n|---|---|\\n"'


@pytest.fixture(scope="module")
def written(shared, tmp_path_factory) -> dict:
    """The documents of every example, by its name."""
    folders = {}
    for path in EXAMPLES:
        folder = tmp_path_factory.mktemp(path.stem) / "architecture"
        shared.ok("design", path, "--out", folder)
        folders[path.stem] = folder
    return folders


@pytest.fixture
def folder(written, example):
    return written[example.stem]


@pytest.fixture(scope="module")
def browser():
    with pages.chromium() as session:
        yield session


def test_there_are_examples():
    assert len(EXAMPLES) >= 4


def test_the_files(folder):
    assert FILES <= {path.name for path in folder.iterdir()}


def test_the_same_bytes(plumbline, folder, example):
    """In another place, time zone, language and folder."""
    for environment, cwd in (
        ({}, None),
        ({"TZ": "Asia/Kolkata", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}, None),
        ({"TZ": "America/St_Johns", "LANG": None, "TERM": "dumb"}, plumbline.home),
    ):
        out = plumbline.folder / f"again-{len(list(plumbline.folder.iterdir()))}"
        plumbline.ok("design", example, "--out", out, env=environment, cwd=cwd)
        assert tree(out) == tree(folder)


def test_dates_come_from_the_answers_or_the_epoch(plumbline):
    dated = plumbline.answers({"qps": "5"}, "dated.yaml", date="2024-02-29")
    plumbline.ok("design", dated, "--out", "dated", env={"SOURCE_DATE_EPOCH": "1000000000"})
    assert "2024-02-29" in (plumbline.folder / "dated/design.md").read_text()
    assert "2001-09-09" not in (plumbline.folder / "dated/design.md").read_text()
    plumbline.ok("design", plumbline.answers({"qps": "5"}), "--out", "epoch", env={"SOURCE_DATE_EPOCH": "1000000000"})
    assert "2001-09-09" in (plumbline.folder / "epoch/design.md").read_text()


def test_decisions_agree_with_decide(plumbline, folder, example):
    saved = json.loads((folder / "decisions.json").read_text(), parse_float=Decimal)
    assert saved["decisions"] == plumbline.decide(example)["decisions"]
    again = plumbline.decide(folder / "answers.yaml")
    assert again["decisions"] == saved["decisions"] and again["answers"] == saved["answers"]


def test_html_is_valid(written):
    assert pages.html_errors([folder / f"{name}.html" for folder in written.values() for name in DOCUMENTS]) == []


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_html_is_accessible_and_quiet(browser, folder, name, scheme, width):
    seen = pages.look(browser, folder / f"{name}.html", scheme=scheme, width=width)
    assert seen["violations"] == []
    assert seen["console"] == []
    assert seen["foreign"] == []
    assert seen["width"] <= width, "the page scrolls sideways"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_html_stands_alone(folder, name):
    page = pages.Page((folder / f"{name}.html").read_text())
    assert page.named("html")[0].get("lang")
    assert "viewport" in [meta.get("name") for meta in page.named("meta")]
    assert len(page.ids) == len(set(page.ids))
    assert not page.named("link", "iframe", "object", "embed", "base")
    for element in page.named("script", "img"):
        assert element.get("src", "data:").startswith("data:")
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.ids, f"dead anchor {link}"
    pages.expect_text_only(page)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_markdown_headings(folder, name):
    markdown = (folder / f"{name}.md").read_text()
    pages.expect_same_headings(markdown)
    assert pages.dead_anchors(markdown) == []
    levels = [level for level, _ in pages.Page(pages.render(markdown)).headings]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), "a heading level is skipped"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_html_has_the_markdowns_headings(folder, name):
    markdown = pages.Page(pages.render((folder / f"{name}.md").read_text())).headings
    html = pages.Page((folder / f"{name}.html").read_text()).headings
    assert [text.split() for _, text in markdown] == [text.split() for _, text in html]


def test_links_between_files_resolve(folder):
    for path in folder.glob("*.md"):
        for link in pages.Page(pages.render(path.read_text())).links:
            if not re.match(r"#|[a-z]+:", link):
                assert (folder / link.split("#")[0]).exists(), (path.name, link)


@pytest.mark.parametrize("name", ["design.md", "design.html", "checklist.md", "checklist.html", "answers.yaml"])
def test_nothing_shows_through(folder, name):
    text = (folder / name).read_text()
    shown = pages.Page(text).text if name.endswith(".html") else text
    for slip in (r"\bnil\b", r"\{\{", r"\}\}", r"Optional\(", r"\{[@=]", r"\bentry:", r"\bNaN\b", r"\binf\b", r"<null>"):
        assert not re.search(slip, shown), (name, slip)
    assert text.endswith("\n") and "\r" not in text
    assert not re.search(r"[ \t]+$", shown, re.MULTILINE) or name.endswith(".html")


def test_all_steps_of_the_protocol(folder):
    for name in ("checklist.md", "design.md"):
        text = (folder / name).read_text()
        for step in range(1, 7):
            assert f"SV-{step}" in text, (name, step)
    assert len(re.findall(r"^\s*- \[ \] ", (folder / "checklist.md").read_text(), re.MULTILINE)) >= 6


def test_every_decision_is_explained(plumbline, folder, example):
    text = (folder / "design.md").read_text()
    data = plumbline.decide(example)
    for decision in data["decisions"]:
        assert decision["id"] in text, decision["id"]
        if decision["status"] == "undecided":
            assert all(trait in text for trait in decision["needs"])


def test_generated_parts_are_marked_in_markdown_only(folder):
    text = (folder / "design.md").read_text()
    marks = re.findall(r"^<!-- plumbline:(begin|end) ([a-z0-9-]+)(?: [0-9a-f]+)? -->$", text, re.MULTILINE)
    assert [kind for kind, _ in marks] == ["begin", "end"] * (len(marks) // 2)
    begun = [name for kind, name in marks if kind == "begin"]
    assert begun == [name for kind, name in marks if kind == "end"] and len(begun) == len(set(begun)) > 10
    assert "plumbline:begin" not in (folder / "design.html").read_text()


def test_the_design_can_be_read(folder):
    """What a reviewer reads in a sitting; the full trace is a document of its own depth."""
    assert len(re.sub(r"^<!-- plumbline:.*\n", "", (folder / "design.md").read_text(), flags=re.MULTILINE)) < 45_000


def test_the_diagram(folder):
    assert "```mermaid" in (folder / "design.md").read_text()
    assert pages.Page((folder / "design.html").read_text()).named("svg")


def test_the_load_test_figure_is_computed(plumbline):
    plumbline.ok("design", plumbline.answers({"qps": "2.5k"}), "--out", "out")
    assert "25,000" in (plumbline.folder / "out/checklist.md").read_text()


def test_an_override_is_named(plumbline):
    plumbline.write("house/pack.yaml", "name: house\nversion: '1.2'\ntitle: House rules\n")
    plumbline.write("house/thresholds/postgres-read-qps.md", "---\noverride: true\nvalue: 2k/s\n---\n")
    sheet = plumbline.answers({"qps": "2.5k", "read_ratio": "85%"})
    plumbline.ok("design", sheet, "--out", "out", "--pack", "house")
    for name in ("design.md", "design.html"):
        text = (plumbline.folder / "out" / name).read_text()
        assert "house" in text.lower() and "2,000/s" in text
    assert plumbline.decide(sheet, "--pack", "house")["by_id"]["read-scaling"]["outcome"] == "read-replicas"


# MARK: Checking and failing


def test_check_writes_nothing(plumbline, example):
    missing = plumbline.run("design", example, "--out", "architecture", "--check")
    assert missing.status == 1 and tree(plumbline.folder) == {}
    plumbline.ok("design", example, "--out", "architecture")
    before = tree(plumbline.folder)
    plumbline.ok("design", example, "--out", "architecture", "--check")
    changed = plumbline.run("design", EXAMPLES[0] if example != EXAMPLES[0] else EXAMPLES[1], "--out", "architecture", "--check")
    assert changed.status == 1 and "design.md" in changed.out
    assert tree(plumbline.folder) == before


def test_out_that_cannot_be_written(plumbline, example):
    plumbline.write("taken", "a file\n")
    before = tree(plumbline.folder)
    for out in ("taken", "taken/below"):
        result = plumbline.run("design", example, "--out", out)
        assert (result.status, result.out) == (3, "") and "taken" in result.err
        assert tree(plumbline.folder) == before


def test_other_files_are_left_alone(plumbline, example):
    plumbline.write("architecture/notes.txt", "a person's\n")
    plumbline.ok("design", example, "--out", "architecture")
    assert (plumbline.folder / "architecture/notes.txt").read_text() == "a person's\n"


# MARK: Hostile text


@pytest.fixture
def hostile(plumbline: Plumbline):
    """The documents of the same answers under a tame and a hostile name, with hostile notes and people."""

    def write(name: str, system: str, note: str, person: str):
        text = (
            f"system: {system}\ndate: 2026-11-22\npeople: {{decision-makers: [{person}]}}\n"
            f"answers:\n  qps: 2.5k\n  read_ratio: 85%\n  message_rate: 500..2k\nnotes:\n  qps: {note}\n"
        )
        plumbline.ok("design", plumbline.write(f"{name}.yaml", text), "--out", name)
        return plumbline.folder / name

    return write("tame", "Tame", "a note", "Ana"), write("hostile", QUOTED, NOTE, QUOTED)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_hostile_text_stays_text(hostile, name):
    tame, wild = hostile
    for rendered in (
        lambda folder: pages.Page(pages.render((folder / f"{name}.md").read_text(), "--unsafe")),
        lambda folder: pages.Page((folder / f"{name}.html").read_text()),
    ):
        calm, page = rendered(tame), rendered(wild)
        pages.expect_text_only(page)
        assert [level for level, _ in page.headings] == [level for level, _ in calm.headings]
        for tag in ("script", "img", "iframe", "table", "pre", "svg", "input", "del", "style"):
            assert len(page.named(tag)) == len(calm.named(tag)), tag
        assert "<script>alert(1)</script>" in page.text, "the name was cut"
    for source in ((wild / f"{name}.md").read_text(), (wild / f"{name}.html").read_text()):
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", source), "text can be turned around by hidden characters"
    pages.expect_same_headings((wild / f"{name}.md").read_text())


def test_hostile_text_stays_inside_the_diagram(hostile):
    tame, wild = hostile

    def diagrams(folder):
        return re.findall(r"^```mermaid\n(.*?)^```$", (folder / "design.md").read_text(), re.MULTILINE | re.DOTALL)

    assert len(diagrams(wild)) == len(diagrams(tame)) > 0
    for calm, rough in zip(diagrams(tame), diagrams(wild)):
        assert len(calm.splitlines()) == len(rough.splitlines())
        assert "<script" not in rough and "<img" not in rough


def test_hostile_pages_are_valid_and_silent(hostile, browser):
    _, wild = hostile
    assert pages.html_errors([wild / f"{name}.html" for name in DOCUMENTS]) == []
    for name in DOCUMENTS:
        seen = pages.look(browser, wild / f"{name}.html", scheme="light", width=360)
        assert seen["violations"] == [] and seen["console"] == [] and seen["foreign"] == []
        assert seen["width"] <= 360


def test_hostile_answers_come_back(hostile, plumbline):
    _, wild = hostile
    plumbline.ok("decide", wild / "answers.yaml")


def test_wide_and_long_names(plumbline):
    for number, name in enumerate(("支払いサービス", "👩‍👩‍👧‍👦 Familie", "Á" * 300, "- dash", "# hash", "1. one", "---", "0")):
        sheet = plumbline.write("a.yaml", f"system: {json.dumps(name, ensure_ascii=False)}\nanswers:\n  qps: 5\n")
        out = plumbline.folder / f"out-{number}"
        plumbline.ok("design", sheet, "--out", out)
        pages.expect_same_headings((out / "design.md").read_text())
    assert pages.html_errors(sorted(plumbline.folder.glob("out-*/design.html"))) == []


def test_every_document_names_what_a_pack_changed(plumbline):
    plumbline.write("pack/pack.yaml", "name: house\nversion: 1.2\ntitle: House\n")
    plumbline.write("pack/thresholds/postgres-read-qps.md", "---\noverride: true\nvalue: 4k/s\n---\n")
    plumbline.ok("design", EXAMPLES[0], "--pack", "pack", "--out", "out")
    files = tree(plumbline.folder / "out")
    for name in ("design.md", "design.html", "checklist.md", "checklist.html", "decisions.json"):
        text = files[name].decode()
        assert "house" in text and "postgres-read-qps" in text, name
    assert "4,000/s" in files["design.md"].decode()
    for arguments in (("decide",), ("decide", "--format", "json")):
        assert "postgres-read-qps" in plumbline.ok(arguments[0], EXAMPLES[0], *arguments[1:], "--pack", "pack").out
    plain = plumbline.ok("design", EXAMPLES[0], "--out", "plain")
    assert plain and b"House rules" not in tree(plumbline.folder / "plain")["design.md"]
