"""`kb new`: what it writes is named line by line until it is filled in, and nothing that is there is touched."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

import packs
from rig import KNOWLEDGE, tree

KINDS = {
    "trait": "traits", "threshold": "thresholds", "decision": "decisions", "practice": "practices", "check": "checks",
    "change": "changes", "pattern": "patterns", "runbook": "runbooks", "orientation": "orientation",
}

# What a person puts in, for each line that is left open.
ANSWERS = {
    "title": "A rule of the house", "area": "data", "summary": "Do what the house does.", "reason": "It has to be done.",
    "question": "What is to be done?", "why": "Something hangs on it.", "typical": "A few.", "measure": "Count them.",
    "kind": "count", "bounds": "0..100", "order": "900", "value": "40", "unit": "count", "basis": "planning-default",
    "weight": "1", "level": "must", "phase": "change", "evidence": "A list.", "family": "code",
    "symptom": "It is slow.", "minutes": "5",
}


def filled(text: str, kind: str) -> str:
    """The scaffold as a person would fill it in."""
    text = re.sub(r"^([a-z-]+):(  #.*)?$", lambda m: f"{m[1]}: {ANSWERS[m[1]]}" if m[1] in ANSWERS else m[0], text, flags=re.M)
    text = text.replace("title: , effort: }", "title: One way, effort: low}").replace("title: , ask: }", "title: A cause, ask: Is it?}")
    text = text.replace("when: }", 'when: "qps <= 10"}').replace("phrases: []", "phrases: [it is slow]")
    text = text.replace("- paths: []", "- paths: ['**/*.sql']")
    text = text.replace("examples: []", "examples:\n  - {given: {qps: 10}, expect: first-option}\n  - {given: {qps: 11}, expect: second-option}\n")
    if kind == "threshold":
        text = text.replace("sources: []", "sources: [guide-original]")
    return re.sub("<!-- to write: .*? -->", "it is so.", text)


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_entry(plumbline, kind):
    id = "new_one" if kind == "trait" else "new-one"
    clock = {"SOURCE_DATE_EPOCH": "1800000000"}  # 2027-01-15
    result = plumbline.ok("kb", "new", kind, id, "--pack", "house", env=clock)
    path = plumbline.folder / result.out.strip()
    assert result.out == f"house/{KINDS[kind]}/{id}.md\n"
    assert "a new pack" in result.err and "plumbline kb check --pack house" in result.err
    assert set(tree(plumbline.folder)) == {"house/pack.yaml", result.out.strip()}
    assert yaml.safe_load((plumbline.folder / "house/pack.yaml").read_text())["name"] == "house"
    text = path.read_text()
    head = yaml.safe_load(text.split("---\n", 2)[1])
    assert str(head["checked"]) == "2027-01-15" and head["verdict"] == "practice"

    check = plumbline.run("kb", "check", "--pack", "house", "--format", "json")
    assert check.status == 1
    found = check.json["findings"]
    assert {finding["file"] for finding in found} == {f"house/{KINDS[kind]}/{id}.md"}
    lines = {int(finding["line"]) for finding in found}
    assert len(lines) == len(found), "one finding for each place"
    empty = {
        number for number, line in enumerate(text.splitlines(), 1)
        if re.match(r"[a-z-]+:(  #|$)", line) and not re.match("rules|options|causes|bounds|signs", line)
    }
    assert empty and empty <= lines
    assert {number for number, line in enumerate(text.splitlines(), 1) if "<!-- to write" in line} <= lines

    path.write_text(filled(text, kind))
    done = plumbline.run("kb", "check", "--pack", "house")
    assert done.status == 0, done.out + done.err
    plumbline.ok("kb", "show", id, "--pack", "house")


def test_a_new_entry_in_a_pack_that_is_there(plumbline):
    folder = packs.write(plumbline.folder / "house", packs.SOUND)
    before = tree(folder)
    result = plumbline.ok("kb", "new", "practice", "sweep-daily", cwd=folder)
    assert result.out == "practices/sweep-daily.md\n" and "--pack ." in result.err and "a new pack" not in result.err
    assert {name: data for name, data in tree(folder).items() if name != "practices/sweep-daily.md"} == before


def test_a_new_entry_in_a_checkout(plumbline):
    checkout = plumbline.folder / "checkout"
    checkout.mkdir()
    subprocess.run(["cp", "-r", KNOWLEDGE, checkout / "knowledge"], check=True)
    result = plumbline.ok("kb", "new", "decision", "new-one", cwd=checkout)
    assert result.out == "knowledge/decisions/new-one.md\n" and "kb check --knowledge knowledge" in result.err
    path = checkout / "knowledge/decisions/new-one.md"
    assert plumbline.run("kb", "check", "--knowledge", "knowledge", cwd=checkout).status == 1
    path.write_text(filled(path.read_text(), "decision"))
    plumbline.ok("kb", "check", "--knowledge", "knowledge", cwd=checkout)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("decisoin", "x-y"), "decision"), (("", "x-y"), "kind"), (("decision", "X Y"), "kebab-case: x-y"),
        (("trait", "x-y"), "snake_case: x_y"), (("decision", ""), "id"), (("decision", "../x"), "id"),
        (("decision", "read-scaling"), "knowledge/decisions/read-scaling.md; .*override: true"),
        (("check", "read-scaling"), "knowledge/decisions/read-scaling.md"), (("trait", "qps"), "knowledge/traits/qps.md"),
        (("practice", "shelving"), "house/decisions/shelving.md"), (("decision", "shelving"), "house/decisions/shelving.md"),
    ],
)
def test_a_new_entry_that_is_refused(plumbline, arguments, words):
    packs.write(plumbline.folder / "house", packs.SOUND)
    before = tree(plumbline.folder)
    result = plumbline.run("kb", "new", *arguments, "--pack", "house")
    assert (result.status, result.out) == (2, ""), result.err
    assert re.search(words, result.err), result.err
    assert tree(plumbline.folder) == before


@pytest.mark.parametrize("what", ["nothing at hand", "a file", "other things", "read-only", "empty", "only dot files"])
def test_a_new_entry_in_a_folder_that_is_no_pack(plumbline, what):
    folder = plumbline.folder / "house"
    options = ("--pack", "house")
    status = 2
    if what == "nothing at hand":
        options = ()
    elif what == "a file":
        folder.write_text("words\n")
        status = 3
    elif what == "other things":
        packs.write(folder, {"notes.txt": "words\n"})
    elif what == "read-only":
        options, status = ("--pack", "/proc/house"), 3
    elif what == "empty":
        options = ("--pack", "")
    else:
        packs.write(folder, {".gitignore": "*.swp\n"})
        status = 0
    before = tree(plumbline.folder)
    result = plumbline.run("kb", "new", "practice", "sweep-daily", *options)
    assert result.status == status, result.err
    assert status == 0 or (result.out == "" and tree(plumbline.folder) == before)
    assert "--pack" in result.err or "house" in result.err
