"""The knowledge base: clean as shipped, each planted fault found, coverage, search, export, packs."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

import packs
from reference import READS, TRAITS
from rig import EXAMPLES, ROOT, Plumbline, Result, need, tree

PLACE = re.compile(r"^(?P<file>[^\s:]+(?: [^\s:]+)*?):(?P<line>\d+):(?P<column>\d+): (?P<text>.*)$", re.MULTILINE)


@pytest.fixture
def house(plumbline: Plumbline) -> Path:
    return packs.write(plumbline.folder / "house", packs.SOUND)


def findings(result: Result, file: str) -> list[tuple[int, str]]:
    """The lines and texts of what was found in a file."""
    found = PLACE.finditer(result.out + result.err)
    return [(int(match["line"]), match["text"]) for match in found if match["file"].endswith(file)]


# MARK: As shipped


def test_the_shipped_knowledge_is_clean(shared):
    shared.ok("kb", "check")
    shared.ok("kb", "test")
    assert shared.ok("kb", "check", "--format", "json").json.get("findings", []) == []


def test_coverage(shared):
    data = shared.ok("kb", "coverage", "--format", "json").json
    assert len(data["statements"]) == 63
    assert len({statement["id"] for statement in data["statements"]}) == 63
    assert len(data["atoms"]) == 116
    listed = {entry["id"] for entry in entries(shared)}
    for row in data["statements"] + data["atoms"]:
        assert set(row["entries"]) <= listed, row
    covered = {row["id"]: row["entries"] for row in data["statements"]}
    assert "service-shape" in covered["SD-1"]
    for section in ("ST", "SV"):
        for id, encoded in covered.items():
            if id.startswith(section):
                assert encoded, id


def entries(plumbline: Plumbline) -> list[dict]:
    data = plumbline.ok("kb", "list", "--format", "json").json
    return data["entries"] if isinstance(data, dict) else data


def test_every_core_name_is_there(shared):
    ids = {entry["id"] for entry in entries(shared)}
    assert set(TRAITS) | set(READS) <= ids
    assert len(ids) == len(entries(shared))


def test_every_file_is_an_entry(shared):
    files = {path.stem for path in (ROOT / "knowledge").glob("*/*.md")}
    assert {entry["id"] for entry in entries(shared)} == files


@pytest.mark.parametrize("id", ["read-scaling", "postgres-read-qps", "read_ratio", "plans-at-volume"])
def test_show(shared, id):
    text = shared.ok("kb", "show", id).out
    assert id in text and not re.search(r"\{@|nil\b|Optional\(", text)
    assert id in shared.ok("kb", "show", id, "--format", "json").out


def test_show_of_what_is_not_there(shared):
    result = shared.run("kb", "show", "read-scalling")
    assert (result.status, result.out) == (2, "")
    assert "read-scaling" in result.err


def test_search(shared):
    for words, id in ((("replicas",), "read-scaling"), (("connection", "pool"), "connection-pooling"), (("shard",), "write-scaling")):
        assert id in shared.ok("kb", "search", *words).out
    for odd in ('"', "*", "AND OR", "a:b", "(", "NEAR(", "-", "'; DROP TABLE entry; --", "é", "\u202e"):
        assert shared.run("kb", "search", "--", odd).status == 0, odd


# MARK: Packs


def test_a_sound_pack(plumbline, house):
    plumbline.ok("kb", "check", "--pack", house)
    plumbline.ok("kb", "test", "--pack", house)
    data = plumbline.decide({"shelf_count": "41"}, "--pack", house)
    assert data["by_id"]["shelving"]["outcome"] == "second-room"
    assert "dust-weekly" in {practice["id"] for practice in data["practices"]}
    assert "house" in data["knowledge"]["version"]
    assert data["knowledge"]["hash"] != plumbline.decide({})["knowledge"]["hash"]


@pytest.mark.parametrize("plant", packs.PLANTS, ids=lambda plant: plant.name)
def test_a_planted_fault_is_found(plumbline, plant):
    sound = packs.SOUND[plant.file]
    assert plant.old in sound
    text = sound.replace(plant.old, plant.new, 1)
    folder = packs.write(plumbline.folder / "house", {**packs.SOUND, plant.file: text, **plant.more})
    result = plumbline.run("kb", "check", "--pack", folder)
    assert result.status == 1, result.err + result.out
    found = findings(result, plant.file)
    assert found, f"nothing found in {plant.file}:\n{result.out}{result.err}"
    lines = text.splitlines()
    assert all(1 <= line <= len(lines) for line, _ in found), found
    if plant.line:
        wanted = [number for number, line in enumerate(lines, 1) if plant.line in line]
        assert {line for line, _ in found} & set(wanted), (found, wanted)
    said = " ".join(text for _, text in found)
    assert all(word in said for word in plant.words), said
    # A pack that is not sound is not evaluated with either.
    sheet = plumbline.answers({"shelf_count": "41"})
    used = plumbline.run("decide", sheet, "--pack", folder)
    assert (used.status, used.out) == (2, "")
    assert findings(used, plant.file)


@pytest.mark.parametrize("name", packs.DUPLICATES)
def test_a_duplicate_id_is_found(plumbline, name):
    files = packs.DUPLICATES[name]
    folder = packs.write(plumbline.folder / "house", {**packs.SOUND, **files})
    result = plumbline.run("kb", "check", "--pack", folder)
    assert result.status == 1
    ids = [Path(file).stem for file in files]
    assert PLACE.search(result.out + result.err) and all(id in result.out + result.err for id in ids)


def test_the_same_id_in_two_packs(plumbline, house):
    second = packs.write(plumbline.folder / "second", {**packs.SOUND, "pack.yaml": "name: second\nversion: '1'\ntitle: Second\n"})
    result = plumbline.run("kb", "check", "--pack", house, "--pack", second)
    assert result.status == 1 and "shelf-limit" in result.out + result.err


def test_kb_test_runs_the_examples(plumbline):
    plant = next(plant for plant in packs.PLANTS if plant.name == "example that contradicts its rule")
    text = packs.SOUND[plant.file].replace(plant.old, plant.new)
    folder = packs.write(plumbline.folder / "house", {**packs.SOUND, plant.file: text})
    result = plumbline.run("kb", "test", "--pack", folder)
    assert result.status == 1
    [line] = [number for number, line in enumerate(text.splitlines(), 1) if plant.line in line]
    assert line in [found for found, _ in findings(result, plant.file)]
    assert "second-room" in result.out + result.err


def test_an_override_changes_the_given_keys(plumbline):
    folder = packs.write(
        plumbline.folder / "house",
        {
            "pack.yaml": packs.SOUND["pack.yaml"],
            "thresholds/postgres-read-qps.md": "---\noverride: true\nvalue: 2k/s\n---\n",
            "decisions/caching.md": "---\noverride: true\ntitle: Whether to cache\n---\n",
        },
    )
    result = plumbline.run("kb", "check", "--pack", folder)
    # Examples of the guide's that the house's figure contradicts are named, and nothing else.
    assert result.status in (0, 1)
    assert all("example" in text for text in [match["text"] for match in PLACE.finditer(result.out)])
    shown, before = (plumbline.ok("kb", "show", "postgres-read-qps", *options).out for options in (("--pack", folder), ()))
    assert "2,000/s" in shown and "10,000/s" in before
    body = before.strip().splitlines()[-3]
    assert body.split()[0] in shown
    assert "Whether to cache" in plumbline.ok("kb", "show", "caching", "--pack", folder).out


@pytest.mark.parametrize("what", ["none", "empty", "a file", "without pack.yaml", "with a broken pack.yaml"])
def test_a_pack_that_is_none(plumbline, what):
    folder = plumbline.folder / "pack"
    if what == "a file":
        folder.write_text("pack\n")
    elif what != "none":
        folder.mkdir()
    if what == "without pack.yaml":
        packs.write(folder, {packs.THRESHOLD: packs.SOUND[packs.THRESHOLD]})
    if what == "with a broken pack.yaml":
        packs.write(folder, {"pack.yaml": "name: [house\n"})
    for command in (("kb", "check"), ("decide", plumbline.answers({"qps": "1"}))):
        result = plumbline.run(*command, "--pack", folder)
        assert result.status in ((3,) if what == "none" else (1, 2)), result.err
        assert "pack" in result.err + result.out


# MARK: Export


@pytest.fixture(scope="module")
def exported(shared) -> Path:
    path = shared.folder / "knowledge.sqlite"
    shared.ok("kb", "export", path)
    return path


def query(path: Path, sql: str) -> list[dict]:
    done = subprocess.run([need("sqlite3"), "-json", str(path), sql], capture_output=True, text=True, check=True)
    return json.loads(done.stdout or "[]")


def test_export_is_a_sound_database(exported):
    assert query(exported, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert query(exported, "PRAGMA foreign_key_check") == []
    assert query(exported, "PRAGMA user_version")[0]["user_version"] > 0
    tables = query(exported, "PRAGMA table_list")
    ours = [t for t in tables if t["type"] == "table" and t["schema"] == "main" and not t["name"].startswith("sqlite_")]
    virtual = {t["name"] for t in tables if t["type"] == "virtual"}
    assert virtual, "full text search is missing"
    assert len(ours) >= 6
    for table in ours:
        assert table["strict"] == 1, table["name"]
    assert any(query(exported, f"PRAGMA foreign_key_list('{table['name']}')") for table in ours)


def test_export_is_worth_querying(exported):
    done = subprocess.run([need("sqlite3"), exported, ".dump"], capture_output=True, check=True)
    text = done.stdout.decode("utf-8", "replace")
    for id in ("read-scaling", "postgres-read-qps", "read_ratio", "read_qps <= @postgres-read-qps"):
        assert id in text


def test_export_repeats_itself(shared, exported):
    other = shared.folder / "again.sqlite"
    shared.ok("kb", "export", other)
    dump = [subprocess.run([need("sqlite3"), path, ".dump"], capture_output=True, check=True).stdout for path in (exported, other)]
    assert dump[0] == dump[1]


@pytest.mark.parametrize("options", [(), ("--as-written",)])
def test_the_same_decisions_under_the_export(shared, exported, example, options):
    shipped = shared.decide(example, *options)
    assert shared.decide(example, *options, "--knowledge", exported) == shipped


def test_the_same_decisions_under_an_exported_pack(plumbline, house):
    sheet = plumbline.answers({"shelf_count": "41"})
    path = plumbline.folder / "house.sqlite"
    plumbline.ok("kb", "export", path, "--pack", house)
    assert plumbline.decide(sheet, "--knowledge", path) == plumbline.decide(sheet, "--pack", house)


@pytest.mark.parametrize("what", ["none", "empty", "text", "foreign", "truncated", "a folder"])
def test_a_knowledge_file_that_is_none(plumbline, exported, what):
    path = plumbline.folder / "other.sqlite"
    if what == "foreign":
        subprocess.run([need("sqlite3"), path, "CREATE TABLE entry (id TEXT)"], check=True)
    elif what == "a folder":
        path.mkdir()
    elif what != "none":
        path.write_bytes({"empty": b"", "text": b"words\n", "truncated": exported.read_bytes()[:9000]}[what])
    before = tree(plumbline.folder)
    result = plumbline.run("decide", EXAMPLES[0], "--knowledge", path)
    assert result.status == (3 if what == "none" else 2) or (what == "a folder" and result.status == 3), result.err
    assert result.out == "" and "other.sqlite" in result.err
    assert tree(plumbline.folder) == before


def test_export_into_what_cannot_be_written(plumbline):
    plumbline.write("file", "taken\n")
    result = plumbline.run("kb", "export", plumbline.folder / "file/below.sqlite")
    assert (result.status, result.out) == (3, "")
    assert tree(plumbline.folder) == {"file": b"taken\n"}
