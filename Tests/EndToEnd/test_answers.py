"""Answers files: each bad one gives one positioned error and leaves everything alone; good ones are read as typed."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
import yaml

from reference import TRAITS
from rig import HERE, Plumbline, Result, tree

BAD = HERE / "bad-answers"

#: file, where the error is (line:column, line, or * for anywhere), a word of its text
TEXTS = [row.split("\t") for row in (BAD / "expected.tsv").read_text().splitlines()]

GOOD = "system: Checkout\nanswers:\n  team_size: 6\n"

#: What an editor would not let one save, so made here.
BYTES = {
    "utf-16-le": (b"\xff\xfe" + GOOD.encode("utf-16-le"), "1", "UTF-8"),
    "utf-16-be": (b"\xfe\xff" + GOOD.encode("utf-16-be"), "1", "UTF-8"),
    "utf-16-without-a-mark": (GOOD.encode("utf-16-le"), "1", ""),
    "latin-1": (GOOD.replace("Checkout", "Caf\u00e9").encode("latin-1"), "1:12", "UTF-8"),
    "cut-off-character": (GOOD.encode() + b"notes:\n  team_size: \xe2\x82", "5", "UTF-8"),
    "overlong-utf-8": (b"system: \xc0\xaf\n" + GOOD[17:].encode(), "1:9", "UTF-8"),
    "surrogate": (b"system: \xed\xa0\x80\n" + GOOD[17:].encode(), "1:9", "UTF-8"),
    "nul": (GOOD.encode() + b"  qps: 1\x002\n", "4", ""),
    "escape-character": (GOOD.encode() + b"  qps: \x1b[31m12\n", "4", ""),
    "delete-character": (b"system: Check\x7fout\n" + GOOD[17:].encode(), "1", ""),
    "elf": (b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 40, "1", ""),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(reversed(range(256))) * 40, "1", ""),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(200), "3:1", ""),
    "zeros": (bytes(4096), "1:1", ""),
    "huge": (b"#" * 30_000_000 + b"\n" + GOOD.encode(), "*", ""),
}


def problems(result: Result, name: str) -> list[tuple[str, str]]:
    """The positioned errors: line and column, text."""
    found = re.findall(rf"^(?:error: )?(?:\S*/)?{re.escape(name)}:(\d+):(\d+): (.*)$", result.err, re.MULTILINE)
    return [(f"{line}:{column}", text) for line, column, text in found]


def expect_one_problem(plumbline: Plumbline, name: str, at: str, word: str) -> None:
    before = tree(plumbline.folder)
    for arguments in (
        ("decide", name),
        ("decide", name, "--format", "json"),
        ("design", name, "--out", "architecture"),
        ("ask", "--answers", name, "--no-input", "--out", "architecture"),
        ("explain", name, "caching"),
    ):
        result = plumbline.run(*arguments)
        assert (result.status, result.out) == (2, ""), (arguments, result.err)
        [(where, text)] = problems(result, name) or pytest.fail(f"no position in: {result.err}")
        assert at == "*" or where == at or where.split(":")[0] == at, f"at {where}, expected at {at}: {text}"
        assert word in result.err, result.err
        assert len(result.err) < 1_000 and "\x1b" not in result.err
        assert not re.search(r"Fatal|Swift\.|Error\(|Optional\(|YamlError|DecodingError", result.err), result.err
        # The folder for documents was there and had other people's files in it.
        assert tree(plumbline.folder) == before


@pytest.mark.parametrize("name, at, word", TEXTS, ids=[row[0] for row in TEXTS])
def test_bad_text(plumbline, name, at, word):
    plumbline.write("architecture/design.md", "written by a person\n")
    plumbline.write(f"{name}.yaml", (BAD / f"{name}.yaml").read_bytes())
    expect_one_problem(plumbline, f"{name}.yaml", at, word)


@pytest.mark.parametrize("name", BYTES)
def test_bad_bytes(plumbline, name):
    data, at, word = BYTES[name]
    plumbline.write("architecture/design.md", "written by a person\n")
    plumbline.write(f"{name}.yaml", data)
    expect_one_problem(plumbline, f"{name}.yaml", at, word)


def test_there_are_enough_kinds_and_none_is_forgotten():
    assert len(TEXTS) + len(BYTES) >= 40
    assert {path.stem for path in BAD.glob("*.yaml")} == {row[0] for row in TEXTS}


def test_each_of_several_mistakes_is_named_once(plumbline):
    plumbline.answers({"qps": "5 GB", "team_size": "6.5", "read_ration": "85%", "data_size": "1 TB"}, "bad.yaml")
    result = plumbline.run("decide", "bad.yaml")
    assert (result.status, result.out) == (2, "")
    assert [where for where, _ in problems(result, "bad.yaml")] == ["2:8", "3:14", "4:3"]


def test_bad_standard_input(plumbline):
    result = plumbline.run("decide", "-", stdin="answers:\n  qps: 5 GB\n")
    assert (result.status, result.out) == (2, "")
    assert ":2:8: " in result.err


KIB = 1024
GOOD_FORMS = [
    # trait, as typed, low, high (or None if equal)
    ("team_size", "6", 6, None),
    ("team_size", "12k", 12_000, None),
    ("team_size", "010", 10, None),
    ("team_size", "'6'", 6, None),
    ("team_size", '"6"', 6, None),
    ("largest_table_rows", "1.5M", 1_500_000, None),
    ("largest_table_rows", "12,000", 12_000, None),
    ("largest_table_rows", "12_000", 12_000, None),
    ("largest_table_rows", "1,234,567", 1_234_567, None),
    ("largest_table_rows", "2.0", 2, None),
    ("largest_table_rows", "1k..2M", 1_000, 2_000_000),
    ("qps", "2.5k", 2_500, None),
    ("qps", "2k/s", 2_000, None),
    ("qps", "2500/s", 2_500, None),
    ("qps", "60/min", 1, None),
    ("qps", "100/min", Decimal(100) / 60, None),
    ("qps", "8.64M/day", 100, None),
    ("qps", "3600/h", 1, None),
    ("qps", "500..2k", 500, 2_000),
    ("qps", "500 .. 2k", 500, 2_000),
    ("qps", "500..500", 500, None),
    ("qps", "0.1..0.3", Decimal("0.1"), Decimal("0.3")),
    ("qps", "0", 0, None),
    ("qps", "10M", 10_000_000, None),
    ("qps", "0.1", Decimal("0.1"), None),
    ("identical_query_rate", "100", 100, None),
    ("identical_query_rate", "100/min", 100, None),
    ("identical_query_rate", "2/s", 120, None),
    ("read_ratio", "85%", Decimal("0.85"), None),
    ("read_ratio", "0.85", Decimal("0.85"), None),
    ("read_ratio", ".85", Decimal("0.85"), None),
    ("read_ratio", "4:1", Decimal("0.8"), None),
    ("read_ratio", "19:1", Decimal("0.95"), None),
    ("read_ratio", "1", 1, None),
    ("read_ratio", "100%", 1, None),
    ("read_ratio", "80%..90%", Decimal("0.8"), Decimal("0.9")),
    ("read_ratio", "0.8..90%", Decimal("0.8"), Decimal("0.9")),
    ("read_ratio", "80..90%", Decimal("0.8"), Decimal("0.9")),
    ("availability_target", "99.95%", Decimal("0.9995"), None),
    ("data_size", "256 KB", 256_000, None),
    ("data_size", "256 KiB", 256 * KIB, None),
    ("data_size", "256KiB", 256 * KIB, None),
    ("data_size", "1.5 TB", 1_500_000_000_000, None),
    ("data_size", "1 TiB", KIB**4, None),
    ("data_size", "2 PiB", 2 * KIB**5, None),
    ("data_size", "10 PB", 10**16, None),
    ("data_size", "800 GB", 800_000_000_000, None),
    ("data_size", "100..200 GB", 100_000_000_000, 200_000_000_000),
    ("data_size", "500 MB..1 GB", 500_000_000, 1_000_000_000),
    ("message_size", "1048576", 1_048_576, None),
    ("queries_per_request", "1.5", Decimal("1.5"), None),
    ("qps_growth", "30%", Decimal("0.3"), None),
    ("qps_growth", "-10%", Decimal("-0.1"), None),
    ("qps_growth", "0.3", Decimal("0.3"), None),
]  # fmt: skip


@pytest.mark.parametrize("trait, text, low, high", GOOD_FORMS, ids=[f"{row[0]}={row[1]}" for row in GOOD_FORMS])
def test_good_forms(plumbline, trait, text, low, high):
    state = plumbline.decide({trait: text})["answers"][trait]
    assert state["origin"] == "answered"
    for got, want in ((state["low"], low), (state["high"], low if high is None else high)):
        exact = Decimal(want).quantize(Decimal(1)) if Decimal(want) == Decimal(want).to_integral() else Decimal(want)
        assert got == exact or abs(Decimal(got) - exact) < Decimal("1e-20"), (state, want)


@pytest.mark.parametrize(
    "trait, text, value",
    [
        ("has_cache", "true", True),
        ("has_cache", "yes", True),
        ("has_cache", "false", False),
        ("has_cache", "no", False),
        ("database_engine", "mysql", "mysql"),
        ("message_needs", "[routing, fan-out]", ["fan-out", "routing"]),
        ("message_needs", "[]", []),
        ("message_needs", "\n    - routing\n    - fan-out", ["fan-out", "routing"]),
        ("api_audience", "[public]", ["public"]),
    ],
)
def test_good_words(plumbline, trait, text, value):
    state = plumbline.decide({trait: text})["answers"][trait]
    assert state["origin"] == "answered"
    assert (sorted(state["value"]) if isinstance(value, list) else state["value"]) == value


@pytest.mark.parametrize("trait", TRAITS)
def test_every_trait_may_be_unknown(plumbline, trait):
    state = plumbline.decide({trait: "unknown"})["answers"][trait]
    if trait not in ("read_qps", "write_qps"):
        assert state["origin"] == "unknown"


@pytest.mark.parametrize(
    "change",
    {
        "byte order mark": lambda text: "\ufeff" + text,
        "carriage returns": lambda text: text.replace("\n", "\r\n"),
        "no last line feed": lambda text: text.rstrip("\n"),
        "comments": lambda text: "# head\n" + text.replace("qps: 2.5k", "qps: 2.5k   # peak") + "# tail\n",
        "a document mark": lambda text: "---\n" + text,
        "flow style": lambda _: '{"answers": {"qps": "2.5k", "read_ratio": "85%"}}',
        "trailing space": lambda text: text.replace("\n", "  \n"),
    }.items(),
    ids=lambda change: change[0],
)
def test_good_bytes(plumbline, change):
    text = "answers:\n  qps: 2.5k\n  read_ratio: 85%\n"
    plain = plumbline.decide(plumbline.write("plain.yaml", text))
    changed = plumbline.decide(plumbline.write("changed.yaml", change[1](text)))
    assert changed["decisions"] == plain["decisions"]
    assert changed["answers"] == plain["answers"]


def test_no_answers_at_all(plumbline):
    statuses = {decision["status"] for decision in plumbline.decide({})["decisions"]}
    assert "undecided" in statuses


def test_what_was_understood_is_echoed(plumbline):
    text = plumbline.ok("decide", plumbline.answers({"qps": "8.64M/day", "data_size": "256 KiB"})).out
    assert "100/s" in text and "256 KiB" in text


def test_template(plumbline):
    template = plumbline.ok("answers", "init").out
    for trait in TRAITS:
        assert re.search(rf"^\s*#?\s*{trait}:", template, re.MULTILINE), trait
    plumbline.ok("decide", plumbline.write("template.yaml", template))
    # Every line that is commented out may be switched on.
    for line in template.split("#notes:")[0].splitlines():
        match = re.match(r"^\s*#\s*([a-z_]+): *(\S.*)$", line)
        if match and match[1] in TRAITS:
            plumbline.ok("decide", plumbline.answers({match[1]: match[2]}))


def test_schema(plumbline, example):
    import jsonschema

    schema = json.loads(plumbline.ok("answers", "schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(yaml.load(example.read_text(), yaml.BaseLoader))
    for bad in ({}, {"answers": {"qsp": "5"}}, {"answers": {"database_engine": "postgres"}}, {"anwsers": {}}):
        assert not validator.is_valid(bad), bad
