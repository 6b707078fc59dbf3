"""A small sound house pack, and the same with one fault planted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

HEAD = """area: data
summary: A rule of the house, for tests.
guide: []
verdict: practice
sources: [guide-original]
checked: 2026-11-22
"""

SOUND: dict[str, str] = {
    "pack.yaml": "name: house\nversion: '1.2'\ntitle: House rules\n",
    "traits/shelf_count.md": f"""---
title: Shelves
{HEAD}kind: count
noun: shelves
bounds: 0..1,000
question: How many shelves are there?
why: Above {{@shelf-limit}} shelves a second room is needed.
typical: A dozen.
measure: Count them.
plausible: 5..50
order: 900
---
""",
    "traits/shelf_weight.md": f"""---
title: Weight of a shelf
{HEAD}kind: bytes
noun: on a shelf
bounds: 0..1 TB
question: How much lies on a shelf?
why: Heavy shelves need a wall.
typical: 10 GB.
measure: Weigh it.
plausible: 1 GB..20 GB
order: 910
---
""",
    "thresholds/shelf-limit.md": f"""---
title: Shelves that fit in a room
{HEAD}value: 40
unit: count
basis: planning-default
---
A room holds {{@shelf-limit}} shelves.
""",
    "decisions/shelving.md": f"""---
title: Shelving
{HEAD}question: How many rooms?
hit: first
rules:
  - {{then: second-room, when: "shelf_count > @shelf-limit"}}
  - {{then: one-room, when: otherwise}}
options:
  one-room: {{title: One room, effort: none}}
  second-room: {{title: A second room, effort: high}}
confirm: [plans-at-volume]
practices: [pool-sizing]
weight: 1
examples:
  - {{given: {{shelf_count: 39}}, expect: one-room}}
  - {{given: {{shelf_count: 40}}, expect: one-room, why: at the limit is still one room}}
  - {{given: {{shelf_count: 41}}, expect: second-room}}
---
## Why

Rooms are full at {{@shelf-limit}} shelves.

## one-room

* Good, because it is enough.

## second-room

* Bad, because it costs.
""",
    "practices/dust-weekly.md": f"""---
title: Dust weekly
{HEAD}applies: shelving is second-room
reason: Dust settles.
level: should
checks: [plans-at-volume]
---
A cloth will do.
""",
}

DECISION, THRESHOLD, TRAIT = "decisions/shelving.md", "thresholds/shelf-limit.md", "traits/shelf_count.md"
RULES = SOUND[DECISION].split("rules:\n")[1].split("options:")[0]


@dataclass
class Plant:
    """A fault: what to replace in which file, on what line it then stands, and words that the finding must have."""

    name: str
    file: str
    old: str
    new: str
    #: Text of the line that the finding points at; None for anywhere in the file.
    line: str | None = None
    words: tuple[str, ...] = ()
    more: dict[str, str] = field(default_factory=dict)


def rules(*lines: str, hit: str = "unique") -> str:
    return f"hit: {hit}\nrules:\n" + "".join(f"  - {line}\n" for line in lines)


OLD_RULES = "hit: first\nrules:\n" + RULES

PLANTS = [
    Plant("misspelt trait", DECISION, "shelf_count > @", "shelf_cuont > @", "shelf_cuont", ("shelf_cuont", "shelf_count")),
    Plant("misspelt threshold", DECISION, "> @shelf-limit", "> @shelf-limmit", "@shelf-limmit", ("shelf-limit",)),
    Plant("misspelt option", DECISION, "{then: second-room", "{then: secnd-room", "secnd-room", ("second-room",)),
    Plant("misspelt outcome", "practices/dust-weekly.md", "is second-room", "is secnd-room", "secnd-room"),
    Plant("wrong unit of a trait", DECISION, "shelf_count > @", "shelf_weight > @", "shelf_weight >"),
    Plant("wrong unit of a literal", DECISION, "> @shelf-limit", "> 40 GB", "40 GB"),
    Plant("wrong unit of a threshold", THRESHOLD, "unit: count", "unit: furlongs", "unit: furlongs", ("furlongs",)),
    Plant("value that does not fit its unit", THRESHOLD, "value: 40", "value: 40 GB", "value: 40 GB"),
    Plant(
        "overlap under unique", DECISION, OLD_RULES,
        rules('{then: second-room, when: "shelf_count > @shelf-limit"}', '{then: one-room, when: "shelf_count < 50"}'),
    ),
    Plant(
        "gap under unique", DECISION, OLD_RULES,
        rules('{then: second-room, when: "shelf_count > @shelf-limit"}', '{then: one-room, when: "shelf_count < @shelf-limit"}'),
    ),
    Plant(
        "gap under first", DECISION, OLD_RULES,
        rules(
            '{then: second-room, when: "shelf_count > @shelf-limit"}', '{then: one-room, when: "shelf_count < 30"}',
            hit="first",
        ),
    ),
    Plant(
        "unreachable rule", DECISION, OLD_RULES,
        rules(
            '{then: second-room, when: "shelf_count > @shelf-limit"}', '{then: one-room, when: "shelf_count <= @shelf-limit"}',
            "{then: second-room, when: otherwise}", hit="first",
        ),
        "second-room, when: otherwise",
    ),
    Plant(
        "rule that an earlier one always takes", DECISION, OLD_RULES,
        rules(
            '{then: second-room, when: "shelf_count > @shelf-limit"}', '{then: second-room, when: "shelf_count > 100"}',
            "{then: one-room, when: otherwise}", hit="first",
        ),
        "shelf_count > 100",
    ),
    Plant("condition that is always true", DECISION, '"shelf_count > @shelf-limit"', '"shelf_count >= 0"', "shelf_count >= 0"),
    Plant("condition that is always false", DECISION, '"shelf_count > @shelf-limit"', '"shelf_count > 1000"', "shelf_count > 1000"),
    Plant("applicability that is always true", DECISION, "hit: first\n", "hit: first\napplies: shelf_count <= 1000\n", "applies:"),
    Plant("broken condition", DECISION, "> @shelf-limit", "> > @shelf-limit", "> > @"),
    Plant("threshold without source", THRESHOLD, "sources: [guide-original]\n", "sources: []\n"),
    Plant("threshold without unit", THRESHOLD, "unit: count\n", ""),
    Plant("threshold without date", THRESHOLD, "checked: 2026-11-22\n", ""),
    Plant("threshold without value", THRESHOLD, "value: 40\n", ""),
    Plant("example that contradicts its rule", DECISION, "{shelf_count: 41}, expect: second-room", "{shelf_count: 41}, expect: one-room", "{shelf_count: 41}"),
    Plant("example at the threshold that contradicts", DECISION, "{shelf_count: 40}, expect: one-room", "{shelf_count: 40}, expect: second-room", "{shelf_count: 40}"),
    Plant("example out of bounds", DECISION, "{shelf_count: 41}", "{shelf_count: 4100}", "4100"),
    Plant("no example above the threshold", DECISION, "  - {given: {shelf_count: 41}, expect: second-room}\n", ""),
    Plant("no example at the threshold", DECISION, "  - {given: {shelf_count: 40}, expect: one-room, why: at the limit is still one room}\n", ""),
    Plant("no example below the threshold", DECISION, "  - {given: {shelf_count: 39}, expect: one-room}\n", ""),
    Plant("dangling source", THRESHOLD, "sources: [guide-original]", "sources: [guide-orginal]", "guide-orginal", ("guide-original",)),
    Plant("dangling check", DECISION, "confirm: [plans-at-volume]", "confirm: [plans-at-volum]", "plans-at-volum]", ("plans-at-volume",)),
    Plant("dangling practice", DECISION, "practices: [pool-sizing]", "practices: [pool-size]", "pool-size]"),
    Plant("dangling guide number", THRESHOLD, "guide: []", "guide: [ST-99]", "ST-99"),
    Plant("dangling link in prose", THRESHOLD, "A room holds", "See [this](entry:no-such-entry). A room holds", "no-such-entry"),
    Plant("dangling threshold in prose", THRESHOLD, "A room holds {@shelf-limit}", "A room holds {@shelf-limmit}", "shelf-limmit"),
    Plant("duplicate key", THRESHOLD, "value: 40\n", "value: 40\nvalue: 41\n", "value: 41"),
    Plant("unknown key", THRESHOLD, "value: 40\n", "value: 40\nvalu: 41\n", "valu: 41"),
    Plant("unknown kind of trait", TRAIT, "kind: count", "kind: counter", "kind: counter", ("count",)),
    Plant("bounds that run backwards", TRAIT, "bounds: 0..1,000", "bounds: 1,000..0", "bounds: 1,000..0"),
    Plant("missing section of an option", DECISION, "## second-room\n", "## another-room\n"),
    Plant("broken front matter", THRESHOLD, "value: 40", "value: [40", None),
    Plant("no front matter", THRESHOLD, SOUND[THRESHOLD], "Just words.\n"),
    Plant("unknown area", THRESHOLD, "area: data", "area: dates", "area: dates"),
    Plant("override of nothing", THRESHOLD, "value: 40", "override: true\nvalue: 40"),
]  # fmt: skip

DUPLICATES = {
    "id of the guide's": {"thresholds/postgres-read-qps.md": SOUND[THRESHOLD]},
    "id of another kind": {"practices/shelf-limit.md": SOUND["practices/dust-weekly.md"]},
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
