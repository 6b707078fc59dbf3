"""Decision records: as other tools read them, over a change of answers, across branches."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from rig import EXAMPLES, Plumbline, need, tree

CHECKOUT = next(path for path in EXAMPLES if path.stem == "checkout")
CHANGED = ("--set", "db_connections=50", "--set", "async_work=no")

# Markdownlint as MADR's own repository configures it for records: its .markdownlint.yml.
MADR_LINT = """[global]
disable = ["MD013", "MD024"]

[MD026]
punctuation = ".,;:!?"
"""

# https://github.com/joshrotenberg/adrs/blob/main/schema/json-adr/v1.json, in our own words.
TEXTS = {"type": "array", "items": {"type": "string"}}
ADR = {
    "type": "object", "additionalProperties": False, "required": ["number", "title", "status", "date"],
    "properties": {
        "number": {"type": "integer", "minimum": 1}, "title": {"type": "string", "minLength": 1},
        "status": {"type": "string"}, "date": {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "deciders": TEXTS, "consulted": TEXTS, "informed": TEXTS, "tags": TEXTS, "context": {"type": "string"},
        "decision_drivers": TEXTS, "decision": {"type": "string"}, "consequences": TEXTS,
        "confirmation": {"type": "string"}, "path": {"type": "string"},
        "custom_sections": {"type": "object", "additionalProperties": {"type": "string"}},
        "considered_options": {
            "type": "array",
            "items": {
                "type": "object", "additionalProperties": False, "required": ["name"],
                "properties": {
                    "name": {"type": "string", "minLength": 1}, "description": {"type": "string"},
                    "pros": TEXTS, "cons": TEXTS,
                },
            },
        },
        "links": {
            "type": "array",
            "items": {
                "type": "object", "additionalProperties": False, "required": ["type", "target"],
                "properties": {
                    "type": {"type": "string"}, "target": {"type": "integer", "minimum": 1},
                    "description": {"type": "string"},
                },
            },
        },
    },
}
JSON_ADR = {
    "type": "object", "additionalProperties": False, "required": ["version", "adrs"],
    "properties": {
        "$schema": {"type": "string"}, "version": {"const": "1.0.0"}, "generated_at": {"type": "string"},
        "tool": {
            "type": "object", "additionalProperties": False, "required": ["name", "version"],
            "properties": {"name": {"type": "string"}, "version": {"type": "string"}},
        },
        "repository": {
            "type": "object", "additionalProperties": False,
            "properties": {"name": {"type": "string"}, "adr_directory": {"type": "string"}},
        },
        "adrs": {"type": "array", "items": ADR},
    },
}


def records(folder: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode() for path in sorted(folder.glob("[0-9]*.md"))}


def headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def rumdl(folder: Path, config: Path) -> subprocess.CompletedProcess:
    tool = Path(sys.executable).with_name("rumdl")
    config.write_text(MADR_LINT)
    return subprocess.run(
        [tool, "check", "--no-cache", "--config", config, folder], capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def madr(plumbline: Plumbline) -> Path:
    plumbline.ok("design", CHECKOUT, "--out", "out")
    return plumbline.folder / "out/decisions"


# MARK: What is written


def test_madr_headings_and_front_matter(madr):
    texts = records(madr)
    assert len(texts) > 5
    for name, text in texts.items():
        assert re.fullmatch(r"[0-9]{4}-[a-z0-9-]+\.md", name)
        _, front, body = text.split("---\n", 2)
        data = yaml.safe_load(front)
        keys = ["status", "date", "decision-makers", "consulted", "informed"]
        assert list(data) == [key for key in keys if key in data] and data["status"] == "accepted"
        assert re.search(r"^date: [0-9]{4}-[0-9]{2}-[0-9]{2}$", front, re.M)
        found = [heading for heading in headings(body) if heading.count("#") <= 2]
        assert re.match(r"# [^0-9]", found[0])
        assert found[1:] == [
            "## Context and Problem Statement", "## Decision Drivers", "## Considered Options", "## Decision Outcome",
            "## Pros and Cons of the Options", "## More Information",
        ]
        outcome = body.split("## Decision Outcome\n")[1].split("## Pros")[0]
        chosen = re.match(r'\nChosen option: "(.+?)", because (.+)\.\n', outcome)
        assert chosen, name
        options = re.findall(r"^\* (.+)$", body.split("## Considered Options")[1].split("##")[0], re.M)
        assert chosen[1] in options
        pros = body.split("## Pros and Cons of the Options")[1].split("## More Information")[0]
        assert len(re.findall(r"^### ", pros, re.M)) == len(options)
        for bullet in re.findall(r"^\* (\w+), because", outcome + pros, re.M):
            assert bullet in {"Good", "Neutral", "Bad"}
        assert re.search(r"\n<!-- plumbline:record [a-z0-9-]+ [a-z0-9-]+ [0-9a-f]{16} -->\n$", text)


@pytest.mark.parametrize("layout", ["madr", "nygard"])
def test_markdownlint_with_madrs_configuration(plumbline, example, layout):
    plumbline.ok("design", example, "--out", "out", "--adr-format", layout, "--propose")
    done = rumdl(plumbline.folder / "out/decisions", plumbline.folder / "rumdl.toml")
    assert done.returncode == 0, done.stdout + done.stderr
    # The linter is awake.
    plumbline.write("bad/0001-x.md", "# X\n## Y\n*  z\n")
    assert rumdl(plumbline.folder / "bad", plumbline.folder / "rumdl.toml").returncode == 1


@pytest.mark.parametrize("layout", ["madr", "nygard"])
def test_the_same_answers_change_nothing(plumbline, layout):
    plumbline.ok("design", CHECKOUT, "--out", "out", "--adr-format", layout)
    before = tree(plumbline.folder / "out")
    plumbline.ok("design", CHECKOUT, "--out", "out", "--check")
    plumbline.ok("design", CHECKOUT, "--out", "out")
    assert tree(plumbline.folder / "out") == before


@pytest.mark.parametrize("layout", ["madr", "nygard"])
def test_changed_answers_supersede(plumbline, layout):
    out = plumbline.folder / "out/decisions"
    plumbline.ok("design", CHECKOUT, "--out", "out", "--adr-format", layout)
    before = records(out)
    plan = plumbline.run("design", CHECKOUT, "--out", "out", "--check", *CHANGED)
    assert plan.status == 1 and "would be new" in plan.out and records(out) == before
    plumbline.ok("design", CHECKOUT, "--out", "out", *CHANGED)
    after = records(out)
    assert set(before) < set(after)
    [old] = [name for name in before if "pooling" in name]
    [new] = [name for name in after if "pooling" in name and name not in before]
    if layout == "madr":
        assert after[old] == before[old].replace("status: accepted", f"status: superseded by ADR-{new[:4]}")
        assert re.search(rf"^\* Supersedes \[ADR-{old[:4]}: .+\]\({re.escape(old)}\)$", after[new], re.M)
    else:
        link = rf"^Superceded by \[{int(new[:4])}\. .+\]\({re.escape(new)}\)$"
        assert re.search(link, after[old], re.M) and re.sub(link, "Accepted", after[old], flags=re.M) == before[old]
        assert re.search(rf"^Supercedes \[{int(old[:4])}\. .+\]\({re.escape(old)}\)$", after[new], re.M)
    [broker] = [name for name in before if "broker" in name]
    word = "status: deprecated" if layout == "madr" else "\nDeprecated\n"
    assert word in after[broker]
    touched = {name for name in before if before[name] != after[name]}
    assert {old, broker} <= touched
    for name in touched:
        lines = list(zip(before[name].split("\n"), after[name].split("\n"), strict=True))
        assert sum(a != b for a, b in lines) == 1
    assert plumbline.run("records", "check", "--dir", out).status == 0
    listed = plumbline.ok("records", "list", "--dir", out, "--answers", CHECKOUT, "--format", "json").json["records"]
    assert {row["file"] for row in listed} == set(after)
    assert [row["holds"] for row in listed if row["file"] == new] == [False]


def test_options(plumbline):
    plumbline.ok("design", CHECKOUT, "--out", "none", "--no-records")
    assert not (plumbline.folder / "none/decisions").exists()
    plumbline.ok("design", CHECKOUT, "--out", "out", "--records", "elsewhere")
    assert not (plumbline.folder / "out/decisions").exists() and records(plumbline.folder / "elsewhere")
    assert plumbline.run("design", CHECKOUT, "--no-records", "--adr-format", "madr").status == 2
    assert plumbline.run("design", CHECKOUT, "--adr-format", "word").status == 2
    plumbline.write("file", "x")
    refused = plumbline.run("design", CHECKOUT, "--out", "fresh", "--records", "file")
    assert refused.status == 3 and "this is a file" in refused.err and not (plumbline.folder / "fresh").exists()


def test_ask_writes_the_same(plumbline, madr):
    plumbline.ok("ask", "--no-input", "--answers", CHECKOUT, "--out", "asked")
    assert records(plumbline.folder / "asked/decisions") == records(madr)


# MARK: Other tools


def adr(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [need("adr"), *arguments], cwd=folder, capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin"}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_adr_tools_reads_the_folder(plumbline):
    root = plumbline.folder / "repository"
    root.mkdir()
    adr(root, "init", "doc/architecture")
    foreign = tree(root)
    assert (root / ".adr-dir").read_text().strip() == "doc/architecture"
    plumbline.ok("design", CHECKOUT, "--out", "out", "--records", "repository")
    plumbline.ok("design", CHECKOUT, "--out", "out", "--records", "repository", *CHANGED, "--set", "qps=60k")
    folder = root / "doc/architecture"
    # adr-tools' own record stays, and its layout is taken over.
    assert {name: text for name, text in tree(root).items() if name in foreign} == foreign
    texts = records(folder)
    assert len(texts) > 10 and sorted(int(name[:4]) for name in texts) == list(range(1, len(texts) + 1))
    assert adr(root, "list").split() == [f"doc/architecture/{name}" for name in texts]
    toc = adr(root, "generate", "toc")
    for name, text in texts.items():
        title = text.splitlines()[0].removeprefix("# ")
        assert title.startswith(f"{int(name[:4])}. ") and f"* [{title}]({name})" in toc
    graph = adr(root, "generate", "graph")
    for name, text in texts.items():
        for old in re.findall(r"^Supercedes \[.+\]\(([0-9]+)-.+\)$", text, re.M):
            assert f'_{int(name[:4])} -> _{int(old)} [label="Supercedes"' in graph
    assert graph.count("Supercedes") >= 2
    # What adr-tools adds afterwards fits in turn.
    adr(root, "new", "Use something else")
    assert plumbline.run("records", "check", "--root", root).status == 0


def test_a_madr_folder_of_others(plumbline):
    root = plumbline.folder / "repository"
    theirs = {
        "docs/decisions/0000-use-markdown-any-decision-records.md": "---\nstatus: accepted\r\n---\n# Use Markdown Any Decision Records\n\n## Decision Outcome\n\nYes.\n",
        "docs/decisions/0007-use-postgresql.md": "---\nstatus: \"accepted\"\n---\n# Use PostgreSQL\n\n## Decision Outcome\n\nYes.",
        "docs/decisions/adr-template.md": "# {short title}\n",
        "docs/decisions/notes.txt": "\xff",
    }
    for name, text in theirs.items():
        plumbline.write(f"repository/{name}", text.encode("latin-1"))
    (root / ".git").mkdir()
    before = tree(root)
    plumbline.ok("design", CHECKOUT, "--out", "out", "--records", "repository")
    after = tree(root)
    assert {name: after[name] for name in before} == before
    assert min(int(Path(name).name[:4]) for name in set(after) - set(before)) == 8


def test_json_adr(plumbline, madr):
    plumbline.ok("design", CHECKOUT, "--out", "out", *CHANGED)
    result = plumbline.ok("records", "export", "--json-adr", "--dir", madr)
    data = json.loads(result.out)
    jsonschema.validate(data, JSON_ADR, format_checker=jsonschema.FormatChecker())
    assert {adr["path"] for adr in data["adrs"]} == set(records(madr))
    by_number = {adr["number"]: adr for adr in data["adrs"]}
    links = [(adr["number"], link) for adr in data["adrs"] for link in adr.get("links", [])]
    assert links
    for number, link in links:
        back = {"supersedes": "superseded-by", "superseded-by": "supersedes"}[link["type"]]
        assert {"type": back, "target": number} in by_number[link["target"]]["links"]
    plumbline.ok("records", "export", "--json-adr", "--dir", madr, "--out", "adrs.json")
    assert (plumbline.folder / "adrs.json").read_text() == result.out
    assert plumbline.run("records", "export", "--dir", madr).status == 2


# MARK: status and check


def test_status_changes_one_line(plumbline, madr):
    before = records(madr)
    name = sorted(before)[2]
    for word in ("rejected", "proposed", "deprecated", "accepted"):
        plumbline.ok("records", "status", name[:4], word, "--dir", madr)
        assert records(madr) == {**before, name: before[name].replace("status: accepted", f"status: {word}")}
    assert plumbline.run("records", "status", "3", "acepted", "--dir", madr).err.count("did you mean accepted?") == 1
    missing = plumbline.run("records", "status", "99", "accepted", "--dir", madr)
    assert missing.status == 2 and "no record 99" in missing.err
    assert records(madr) == before


def test_check_names_place_and_remedy(plumbline):
    plumbline.write("adr/0001-a.md", "---\nstatus: superseded by ADR-0002\n---\n# A\n")
    plumbline.write("adr/0002-b.md", "---\nstatus: acepted\ndate: yesterday\n---\n# B\n\nSee [it](0009-z.md).\n")
    plumbline.write("adr/0002-c.md", "# C\n")
    found = plumbline.run("records", "check", "--dir", "adr", "--format", "json")
    assert found.status == 1
    at = {(item["rule"], item["file"], item["line"], item["column"]) for item in found.json["findings"]}
    assert at == {
        ("no-link-back", "adr/0001-a.md", 2, 1), ("unknown-status", "adr/0002-b.md", 2, 1),
        ("bad-date", "adr/0002-b.md", 3, 7), ("broken-link", "adr/0002-b.md", 7, 10),
        ("duplicate-number", "adr/0002-c.md", 1, 1),
    }
    text = plumbline.run("records", "check", "--dir", "adr")
    assert text.status == 1 and "adr/0002-b.md:2:1: unknown-status:" in text.out and "did you mean accepted?" in text.out
    nowhere = plumbline.run("records", "check")
    assert nowhere.status == 3 and "--dir" in nowhere.err
    plumbline.write("evil/.adr-dir", "../..\n")
    assert plumbline.run("records", "check", "--root", "evil").status == 2


# MARK: Branches


class Repository:
    def __init__(self, plumbline: Plumbline):
        self.root = plumbline.folder / "repository"
        self.root.mkdir()
        self.env = {**plumbline.env, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        self("init", "-q", "-b", "main")

    def __call__(self, *arguments: str) -> str:
        who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            [need("git"), *who, *arguments], cwd=self.root, env=self.env, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def commit(self, message: str):
        self("add", "-A")
        self("commit", "-q", "-m", message)


@pytest.fixture
def branches(plumbline):
    """Two branches that each took the next number, merged without a conflict."""
    repository = Repository(plumbline)
    folder = repository.root / "architecture/decisions"
    plumbline.ok("design", CHECKOUT, "--out", "architecture", cwd=repository.root)
    repository.commit("Decide")
    last = max(int(name[:4]) for name in records(folder))
    repository("checkout", "-q", "-b", "theirs")
    theirs = folder / f"{last + 1:04}-use-rust.md"
    theirs.write_text("---\nstatus: accepted\n---\n\n# Use Rust\n\n## Decision Outcome\n\nYes.\n")
    repository.commit("Use Rust")
    repository("checkout", "-q", "main")
    repository("checkout", "-q", "-b", "ours")
    return repository, folder, last, theirs.name


def test_numbers_of_another_branch_are_not_taken(plumbline, branches):
    repository, folder, last, _ = branches
    before = set(records(folder))
    plumbline.ok(
        "design", CHECKOUT, "--out", "architecture", "--against", "theirs", *CHANGED, cwd=repository.root
    )
    new = sorted(set(records(folder)) - before)
    assert new and int(new[0][:4]) == last + 2


def test_renumber_mends_a_collision(plumbline, branches):
    repository, folder, last, theirs = branches
    before = records(folder)
    plumbline.ok("design", CHECKOUT, "--out", "architecture", *CHANGED, cwd=repository.root)
    [old] = [name for name in before if "pooling-database" in name]
    [ours] = [name for name in records(folder) if "pooling-database" in name and name not in before]
    (folder / "README.md").write_text(f"See [the pool]({ours}) and ADR-{ours[:4]}.\n")
    repository.commit("Decide anew")
    repository("merge", "-q", "--no-edit", "theirs")
    taken = plumbline.run("records", "check", cwd=repository.root)
    assert taken.status == 1 and "duplicate-number" in taken.out

    planned = plumbline.run("records", "renumber", "--against", "theirs", "--check", cwd=repository.root)
    assert planned.status == 1 and ours in records(folder)
    plumbline.ok("records", "renumber", "--against", "theirs", cwd=repository.root)
    after = records(folder)
    numbers = [int(name[:4]) for name in after]
    assert len(set(numbers)) == len(numbers) and theirs in after and ours not in after
    [moved] = [name for name in after if name[5:] == ours[5:]]
    assert f"superseded by ADR-{moved[:4]}" in after[old] and f"]({old})" in after[moved]
    assert f"[the pool]({moved})" in (folder / "README.md").read_text()
    assert after[theirs].endswith("# Use Rust\n\n## Decision Outcome\n\nYes.\n")
    assert plumbline.run("records", "check", cwd=repository.root).status == 0
    plumbline.ok("records", "renumber", "--against", "theirs", cwd=repository.root)
    assert records(folder) == after
    plumbline.ok("design", CHECKOUT, "--out", "architecture", *CHANGED, cwd=repository.root)
    assert records(folder) == after


def test_one_record_gets_the_next_number(plumbline, madr):
    before = records(madr)
    name = sorted(before)[0]
    plumbline.ok("records", "renumber", name, "--dir", madr)
    after = records(madr)
    assert set(after) == set(before) - {name} | {f"{len(before) + 1:04}{name[4:]}"}


def test_a_shallow_clone_and_an_unknown_revision(plumbline, branches):
    repository, folder, last, _ = branches
    shallow = plumbline.folder / "shallow"
    subprocess.run(
        [need("git"), "clone", "-q", "--depth", "1", "--branch", "theirs", f"file://{repository.root}", str(shallow)],
        env=repository.env, check=True, timeout=60,
    )
    before = set(records(shallow / "architecture/decisions"))
    plumbline.ok(
        "design", CHECKOUT, "--out", "architecture", "--against", "origin/theirs", *CHANGED, cwd=shallow
    )
    assert min(int(name[:4]) for name in set(records(shallow / "architecture/decisions")) - before) == last + 2
    state = tree(shallow / "architecture")
    unknown = plumbline.run("design", CHECKOUT, "--out", "architecture", "--against", "thiers", cwd=shallow)
    assert unknown.status == 2 and "did you mean theirs?" in unknown.err and tree(shallow / "architecture") == state
    for bad in ("--upload-pack=x", "a b", ""):
        assert plumbline.run("records", "renumber", f"--against={bad}", cwd=shallow).status == 2
    outside = plumbline.run("design", CHECKOUT, "--out", "out", "--against", "main")
    assert outside.status == 3 and "no git repository" in outside.err and not (plumbline.folder / "out").exists()
    # A folder that only the other branch has.
    plumbline.ok(
        "design", CHECKOUT, "--out", "x", "--records", "new/adr", "--against", "HEAD", cwd=shallow
    )
    assert "0001-" in sorted(records(shallow / "new/adr"))[0]
