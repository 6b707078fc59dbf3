"""What `kb export` writes for other tools, held against the formats that those tools document."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
import uuid
from pathlib import Path

import jsonschema
import pytest
import yaml

import packs
from rig import KNOWLEDGE, tree


# MARK: The formats

ID = {"type": "string", "pattern": "^[A-Za-z0-9_]{3,64}$"}
TITLE = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": r'^[^;%<>=*"\[\]{}$|~]+$'}
TEXT = {"type": "string", "minLength": 1, "maxLength": 2048}
RESOURCE = {
    "type": "object", "additionalProperties": False, "required": ["displayText"],
    "properties": {"displayText": TEXT, "url": {"type": "string", "pattern": "^https?://[!-~]+$"}},
}
# https://docs.aws.amazon.com/wellarchitected/latest/userguide/lenses-format-specification.html, in our own words; ids
# are held to the 64 characters of the API's types.
LENS = {
    "type": "object", "additionalProperties": False, "required": ["schemaVersion", "name", "description", "pillars"],
    "properties": {
        "schemaVersion": {"const": "2021-11-01"}, "name": TITLE, "description": TEXT,
        "pillars": {
            "type": "array", "minItems": 1, "maxItems": 10,
            "items": {
                "type": "object", "additionalProperties": False, "required": ["id", "name", "questions"],
                "properties": {
                    "id": ID, "name": TITLE,
                    "questions": {
                        "type": "array", "minItems": 1, "maxItems": 20,
                        "items": {
                            "type": "object", "additionalProperties": False,
                            "required": ["id", "title", "description", "choices", "riskRules"],
                            "properties": {
                                "id": ID, "title": TITLE, "description": TEXT, "helpfulResource": RESOURCE,
                                "choices": {
                                    "type": "array", "minItems": 1, "maxItems": 15,
                                    "items": {
                                        "type": "object", "additionalProperties": False, "required": ["id", "title"],
                                        "properties": {
                                            "id": ID, "title": TITLE, "helpfulResource": RESOURCE,
                                            "improvementPlan": RESOURCE,
                                            "additionalResources": {
                                                "type": "array", "maxItems": 2,
                                                "items": {
                                                    "type": "object", "additionalProperties": False,
                                                    "required": ["type", "content"],
                                                    "properties": {
                                                        "type": {"enum": ["HELPFUL_RESOURCE", "IMPROVEMENT_PLAN"]},
                                                        "content": {"type": "array", "maxItems": 5, "items": RESOURCE},
                                                    },
                                                },
                                            },
                                        },
                                        # An improvement plan is required for all but “None of these”.
                                        "if": {"not": {"properties": {"id": {"pattern": "_no$"}}}},
                                        "then": {"required": ["improvementPlan"]},
                                        "else": {"properties": {"title": {"const": "None of these"}}},
                                    },
                                },
                                "riskRules": {
                                    "type": "array", "minItems": 1, "maxItems": 3,
                                    "items": {
                                        "type": "object", "additionalProperties": False,
                                        "required": ["condition", "risk"],
                                        "properties": {
                                            "condition": {
                                                "type": "string",
                                                "pattern": r"^(default|[A-Za-z0-9_]+( && [A-Za-z0-9_]+)*)$",
                                            },
                                            "risk": {"enum": ["HIGH_RISK", "MEDIUM_RISK", "NO_RISK"]},
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}

ASCII = {"type": "string", "pattern": "^[ -~]+$"}


def named(*names: str, description: bool = False) -> dict:
    properties = {"name": {"enum": list(names)} if names else ASCII}
    if description:
        properties["description"] = ASCII
    return {
        "type": "array", "minItems": 1,
        "items": {"type": "object", "additionalProperties": False, "required": ["name"], "properties": properties},
    }


# checklists/checklist.schema.json of github.com/Azure/review-checklists, in our own words, closer where we promise more:
# its keys alone, ASCII, the names that its spreadsheet knows.
CHECKLIST = {
    "type": "object", "additionalProperties": False,
    "required": ["items", "categories", "waf", "status", "severities", "yesno", "metadata"],
    "properties": {
        "items": {
            "type": "array", "minItems": 1,
            "items": {
                "type": "object", "additionalProperties": False,
                "required": ["category", "subcategory", "text", "guid", "severity"],
                "properties": {
                    "category": ASCII, "subcategory": ASCII, "text": ASCII, "description": ASCII, "training": ASCII,
                    "service": ASCII,
                    "waf": {"enum": ["Reliability", "Security", "Cost", "Operations", "Performance"]},
                    "guid": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
                    "id": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
                    "severity": {"enum": ["High", "Medium", "Low"]},
                    "link": {"type": "string", "pattern": "^https?://[!-~]+$"},
                },
            },
        },
        "categories": named(), "waf": named("Reliability", "Security", "Cost", "Operations", "Performance"),
        "status": named("Not verified", "Open", "Fulfilled", "Not required", "N/A", description=True),
        "severities": named("High", "Medium", "Low"), "yesno": named("Yes", "No"),
        "metadata": {
            "type": "object", "additionalProperties": False, "required": ["name", "state", "timestamp"],
            "properties": {
                "name": ASCII, "state": {"enum": ["GA", "Preview"]},
                "timestamp": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
            },
        },
    },
}


# MARK: Lens and checklist


@pytest.fixture(scope="module")
def exported(shared) -> Path:
    folder = shared.folder / "exported"
    folder.mkdir()
    shared.ok(
        "kb", "export", folder / "all.sqlite", "--lens", folder / "lens.json", "--azure", folder / "azure.json"
    )
    assert set(tree(folder)) == {"all.sqlite", "lens.json", "azure.json"}
    return folder


def front_matter(folder: str) -> dict[str, dict]:
    """The shipped entries of a folder, read without the product's code."""
    found = {}
    for path in sorted((KNOWLEDGE / folder).glob("*.md")):
        _, head, _ = path.read_text().split("---\n", 2)
        found[path.stem] = yaml.safe_load(head)
    return found


def test_the_lens_is_in_the_format(exported):
    text = (exported / "lens.json").read_text()
    assert len(text) <= 500_000
    lens = json.loads(text)
    jsonschema.validate(lens, LENS)
    questions = [question for pillar in lens["pillars"] for question in pillar["questions"]]
    ids = [pillar["id"] for pillar in lens["pillars"]] + [question["id"] for question in questions]
    ids += [choice["id"] for question in questions for choice in question["choices"]]
    assert len(set(ids)) == len(ids)
    for question in questions:
        choices = [choice["id"] for choice in question["choices"]]
        assert [id for id in choices if id.endswith("_no")] == choices[-1:]
        rules = question["riskRules"]
        assert [rule["condition"] for rule in rules].index("default") == len(rules) - 1
        assert len({rule["risk"] for rule in rules}) == len(rules)
        for rule in rules[:-1]:
            assert set(rule["condition"].split(" && ")) <= set(choices[:-1])


def test_the_lens_holds_each_practice_and_check_once(exported):
    lens = json.loads((exported / "lens.json").read_text())
    choices = [c for p in lens["pillars"] for q in p["questions"] for c in q["choices"]]
    ids = [choice["id"] for choice in choices]
    entries = {**front_matter("practices"), **front_matter("checks")}
    for id, entry in entries.items():
        assert ids.count(id.replace("-", "_")) == 1, id
        [choice] = [choice for choice in choices if choice["id"] == id.replace("-", "_")]
        assert ("A must." in choice["helpfulResource"]["displayText"]) == (entry["level"] == "must")
        assert choice["helpfulResource"]["displayText"].endswith(f"plumbline kb show {id}")
    decisions = front_matter("decisions")
    questions = [q["id"] for p in lens["pillars"] for q in p["questions"]]
    for id in decisions:
        assert questions.count("decide_" + id.replace("-", "_")) == 1
    nothing_else = len(entries) + len(decisions) + len(questions)
    assert len(choices) == nothing_else
    shown = json.dumps(lens)
    assert not re.search(r"\{[@=]|\]\(|not known|Optional\(", shown)


def test_the_checklist_is_in_the_format(exported):
    data = (exported / "azure.json").read_bytes()
    assert data.isascii()
    checklist = json.loads(data)
    jsonschema.validate(checklist, CHECKLIST)
    items = checklist["items"]
    assert len({item["guid"] for item in items}) == len({item["id"] for item in items}) == len(items)
    assert {item["category"] for item in items} == {category["name"] for category in checklist["categories"]}
    assert [item["id"] for item in items] == sorted(item["id"] for item in items)
    assert not re.search(r"\{[@=]|\]\(|not known|Optional\(", data.decode())


def test_the_checklist_holds_each_entry_once(exported):
    items = {item["guid"]: item for item in json.loads((exported / "azure.json").read_text())["items"]}
    sources = yaml.safe_load((KNOWLEDGE / "sources.yaml").read_text())
    entries = {**front_matter("decisions"), **front_matter("practices"), **front_matter("checks")}
    assert len(items) == len(entries)
    for id, entry in entries.items():
        item = items[str(uuid.uuid5(uuid.NAMESPACE_URL, f"plumbline:{id}"))]
        if "level" in entry:
            assert item["severity"] == {"must": "High", "should": "Medium"}[entry["level"]]
        addresses = [sources[source]["url"] for source in entry["sources"] if "url" in sources[source]]
        assert item.get("link") == (addresses[0] if addresses else None)
        assert item["description"].endswith(f"plumbline kb show {id}")


def test_exports_repeat_themselves(shared, exported):
    for option, name in (("--lens", "lens.json"), ("--azure", "azure.json")):
        before = (exported / name).read_bytes()
        assert shared.ok("kb", "export", option, "-").out.encode() == before
        clock = {"SOURCE_DATE_EPOCH": "0", "TZ": "Asia/Tokyo", "LANG": "tr_TR.UTF-8"}
        assert shared.ok("kb", "export", option, "-", env=clock).out.encode() == before
        # An earlier one is replaced.
        shared.ok("kb", "export", option, exported / name)
        assert (exported / name).read_bytes() == before
        # The same from the exported database.
        database = ("--knowledge", exported / "all.sqlite")
        assert shared.ok("kb", "export", option, "-", *database).out.encode() == before
    assert set(tree(exported)) == {"all.sqlite", "lens.json", "azure.json"}


def test_packs_are_exported(plumbline):
    folder = packs.write(plumbline.folder / "house", packs.SOUND)
    lens = json.loads(plumbline.ok("kb", "export", "--lens", "-", "--pack", folder).out)
    jsonschema.validate(lens, LENS)
    assert "House rules" in lens["name"] and "House rules" in lens["description"]
    assert "dust_weekly" in {c["id"] for p in lens["pillars"] for q in p["questions"] for c in q["choices"]}
    assert "decide_shelving" in {q["id"] for p in lens["pillars"] for q in p["questions"]}
    checklist = json.loads(plumbline.ok("kb", "export", "--azure", "-", "--pack", folder).out)
    jsonschema.validate(checklist, CHECKLIST)
    assert str(uuid.uuid5(uuid.NAMESPACE_URL, "plumbline:dust-weekly")) in {i["guid"] for i in checklist["items"]}


def test_an_export_of_text_from_anywhere(plumbline):
    """Titles with what a lens forbids, ids that end as “None of these” does, scripts without Latin letters."""
    entry = packs.SOUND["practices/dust-weekly.md"]
    named = re.sub("^title: .*$", 'title: "Dust; 80% of *all* <b>shelves</b> = “done” – 掃除 🙂"', entry, flags=re.M)
    files = {f"practices/{id}.md": named for id in ("yes-or-no", "x", "long-" * 30 + "id", "data-practices", "caching-decided")}
    folder = packs.write(plumbline.folder / "house", {**packs.SOUND, **files})
    lens = json.loads(plumbline.ok("kb", "export", "--lens", "-", "--pack", folder).out)
    jsonschema.validate(lens, LENS)
    titles = [c["title"] for p in lens["pillars"] for q in p["questions"] for c in q["choices"]]
    assert titles.count("Dust, 80 percent of all (b)shelves(/b) equal to “done” – 掃除 🙂") == 5
    out = plumbline.ok("kb", "export", "--azure", "-", "--pack", folder).out
    assert out.isascii()
    jsonschema.validate(json.loads(out), CHECKLIST)


# MARK: Files


@pytest.mark.parametrize("arguments", [(), ("--lens", ""), ("--lens", "-", "--azure", "-"), ("a", "--lens", "a"), ("a", "b")])
def test_an_export_that_names_no_file_or_one_twice(plumbline, arguments):
    result = plumbline.run("kb", "export", *arguments)
    assert (result.status, result.out) == (2, "") and "kb export" in result.err
    assert tree(plumbline.folder) == {}


@pytest.mark.parametrize("option", [(), ("--lens",), ("--azure",)], ids=["database", "lens", "azure"])
@pytest.mark.parametrize("what", ["text", "json", "other", "a folder", "a link"])
def test_an_export_leaves_other_files_alone(plumbline, exported, option, what):
    path = plumbline.folder / "there"
    if what == "a folder":
        path.mkdir()
    elif what == "a link":
        plumbline.write("mine", "words\n")
        path.symlink_to("mine")
    elif what == "other":
        other = {(): "lens.json", ("--lens",): "azure.json", ("--azure",): "all.sqlite"}[option]
        path.write_bytes((exported / other).read_bytes())
    else:
        path.write_text({"text": "words\n", "json": '{"schemaVersion": "2021-11-01", "description": "mine", "items": []}\n'}[what])
    before = tree(plumbline.folder)
    # Nor is anything written beside it, or to where there would be room.
    more = ("--azure", "free.json") if option == ("--lens",) else ("--lens", "free.json")
    result = plumbline.run("kb", "export", *option, "there", *more)
    assert (result.status, result.out) == (3 if what == "a folder" else 2, ""), result.err
    assert "there: " in result.err
    assert tree(plumbline.folder) == before


def test_an_export_through_a_link(plumbline):
    plumbline.ok("kb", "export", "--lens", "real.json")
    (plumbline.folder / "link.json").symlink_to("real.json")
    (plumbline.folder / "real.json").write_text((plumbline.folder / "real.json").read_text().replace("A must.", "Hm."))
    plumbline.ok("kb", "export", "--lens", "link.json")
    assert (plumbline.folder / "link.json").is_symlink()
    assert "A must." in (plumbline.folder / "real.json").read_text()


def test_an_export_into_what_cannot_be_written(plumbline):
    plumbline.write("file", "taken\n")
    for option in ("--lens", "--azure"):
        result = plumbline.run("kb", "export", "first.sqlite", option, "file/below.json")
        assert (result.status, result.out) == (3, ""), result.err
        assert tree(plumbline.folder) == {"file": b"taken\n"}
    full = plumbline.run("kb", "export", "--lens", "-", prefix=("sh", "-c", 'exec "$@" >/dev/full', "sh"))
    assert full.status == 3 and "standard output" in full.err
    limited = plumbline.run("kb", "export", "--lens", "l.json", prefix=("sh", "-c", 'ulimit -f 8; exec "$@"', "sh"))
    assert limited.status == 3, limited.err
    assert tree(plumbline.folder) == {"file": b"taken\n"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_export_that_is_interrupted_leaves_nothing(plumbline, number):
    """Whenever it is told to end, there is the whole file or none, and nothing beside it."""
    plumbline.ok("kb", "list")
    for delay in range(0, 60, 6):
        process = subprocess.Popen(
            [plumbline.executable, "kb", "export", "k.sqlite", "--lens", "l.json"],
            cwd=plumbline.folder, env=plumbline.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        time.sleep(delay / 1000)
        process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode in (0, 128 + number, -number)
        assert set(tree(plumbline.folder)) <= {"k.sqlite", "l.json"}
        for name in tree(plumbline.folder):
            (plumbline.folder / name).unlink()
