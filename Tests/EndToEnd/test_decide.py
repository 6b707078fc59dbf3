"""`decide` and `explain`: the shape that the contract fixes, flips that flip, and how failure looks."""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, Decimal

import jsonschema
import pytest

from reference import AS_WRITTEN, CURRENT, NOT_APPLICABLE, READS, TRAITS, evaluate
from rig import EXAMPLES, tree

CHECKOUT = """system: Checkout
date: 2026-11-22
people: {decision-makers: [Ana], consulted: [Bo], informed: []}
answers:
  team_size: 6
  qps: 2.5k
  read_ratio: 85%
  data_size: 800 GB
  message_rate: 500..2k
  cache_hit_rate: unknown
notes:
  qps: peak minute of last year, from the load balancer
"""

NUMBER = {"type": "number"}
TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": TEXT}


def record(required: dict, **optional) -> dict:
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def records(required: dict, **optional) -> dict:
    return {"type": "array", "items": record(required, **optional)}


APPLIED = records({"id": TEXT, "guide": TEXTS})
ORIGIN = {"enum": ["answered", "default", "derived", "unknown"]}
SCHEMA = record(
    {
        "system": {"type": ["string", "null"]},
        "knowledge": record({"version": TEXT, "hash": TEXT}),
        "mode": {"enum": [CURRENT, AS_WRITTEN]},
        "answers": {
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    record({"low": NUMBER, "high": NUMBER, "unit": TEXT, "origin": ORIGIN}),
                    record({"value": {"type": ["boolean", "string", "array", "null"]}, "origin": ORIGIN}),
                ]
            },
        },
        "decisions": records(
            {
                "id": TEXT,
                "status": {"enum": ["decided", "undecided", NOT_APPLICABLE]},
                "because": records(
                    {"condition": TEXT, "truth": {"enum": ["true", "false", "unknown"]}, "reading": TEXT}
                ),
                "rejected": records({"option": TEXT, "reading": TEXT}),
                "headroom": records(
                    {
                        "trait": TEXT,
                        "value": NUMBER,
                        "threshold": TEXT,
                        "at": NUMBER,
                        "factor": {"type": ["number", "null"]},
                    }
                ),
                "flips": records({"trait": TEXT, "to": {}, "outcome": TEXT}),
                "possible": TEXTS,
                "needs": TEXTS,
                "guide": TEXTS,
                "sources": TEXTS,
            },
            outcome={"type": ["string", "null"]},
            rule={"type": ["string", "integer", "null"]},
        ),
        "practices": APPLIED,
        "checks": APPLIED,
    }
)

#: Answers besides the examples: at thresholds, with ranges and unknowns.
VARIED = {
    "small": dict(
        team_size="4", production_services="1", qps="40", read_ratio="9:1", data_size="20 GB", db_connections="20",
        identical_query_rate="10", has_cache="no", async_work="yes", message_rate="5", message_size="2 KB",
        message_needs="[simple-job]", api_audience="[internal]", downstream_reliability="reliable", cacheable_share="0",
    ),
    "large": dict(
        team_size="60", production_services="12", qps="80k", queries_per_request="3", read_ratio="97%",
        data_size="9 TB", db_connections="900", identical_query_rate="20k", has_cache="yes", cache_hit_rate="92%",
        cache_priority="read-freshness", async_work="yes", message_rate="45k", message_size="1 MiB",
        message_needs="[streaming, replay]", api_audience="[public, internal]", downstream_reliability="unreliable",
        cacheable_share="60%",
    ),
    "at-the-thresholds": dict(
        team_size="10", production_services="2", qps="50000", read_ratio="80%", read_qps="10000", write_qps="5000",
        data_size="5 TB", db_connections="200", identical_query_rate="100", has_cache="yes", cache_hit_rate="80%",
        async_work="yes", message_rate="10000", message_size="1048576", message_needs="[]", api_audience="[partner]",
        downstream_reliability="none", cacheable_share="0",
    ),
    "ranges": dict(
        team_size="4..8", production_services="3..5", qps="1k..3k", read_ratio="70%..90%", data_size="1 TB..2 TB",
        db_connections="50..150", identical_query_rate="10..90", has_cache="yes", cache_hit_rate="85%..95%",
        async_work="yes", message_rate="100..900", message_size="10 KB..100 KB", message_needs="[routing]",
        api_audience="[public]", downstream_reliability="unreliable", cacheable_share="10%..20%",
    ),
    "mostly-unknown": dict(qps="600", read_ratio="unknown", data_size="unknown", has_cache="unknown"),
    "nothing-known": {},
}  # fmt: skip


@pytest.fixture(params=[*VARIED, *[path.stem for path in EXAMPLES]])
def sheet(request, plumbline):
    """The path of an answers file."""
    if request.param in VARIED:
        return plumbline.answers(VARIED[request.param])
    return next(path for path in EXAMPLES if path.stem == request.param)


def typed(value) -> str:
    """A value of `flips.to` as `--set` takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(value) + "]"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def test_the_shape(plumbline, sheet):
    for options in ((), ("--as-written",)):
        data = plumbline.decide(sheet, *options)
        jsonschema.validate(plain(data), SCHEMA)
        assert data["mode"] == (AS_WRITTEN if options else CURRENT)
        assert set(evaluate({})) <= set(data["by_id"])
        assert set(TRAITS) <= set(data["answers"])
        for decision in data["decisions"]:
            possible = decision["possible"]
            assert possible == sorted(set(possible))
            if decision["status"] == "decided":
                assert possible == [decision["outcome"]] and not decision["needs"]
                rejected = [item["option"] for item in decision["rejected"]]
                assert decision["outcome"] not in rejected and len(set(rejected)) == len(rejected)
                assert decision["because"]
            elif decision["status"] == "undecided":
                assert len(possible) > 1 and decision["needs"] and decision.get("outcome") is None


def plain(value):
    """Decimals as the floats that jsonschema knows."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def test_the_contracts_example(plumbline):
    data = plumbline.decide(plumbline.write("checkout.yaml", CHECKOUT))
    assert data["system"] == "Checkout"
    assert data["answers"]["qps"] == {"low": 2500, "high": 2500, "unit": "1/s", "origin": "answered"}
    assert data["answers"]["message_rate"] == {"low": 500, "high": 2000, "unit": "1/s", "origin": "answered"}
    assert data["answers"]["read_qps"] == {"low": 2125, "high": 2125, "unit": "1/s", "origin": "derived"}
    assert data["answers"]["cache_hit_rate"]["origin"] == "unknown"
    assert data["answers"]["queries_per_request"]["origin"] == "default"
    assert data["answers"]["cache_priority"] == {"value": "balanced", "origin": "default"}
    reads = data["by_id"]["read-scaling"]
    assert (reads["status"], reads["outcome"]) == ("decided", "single-node")
    [because] = [reason for reason in reads["because"] if reason["truth"] == "true"]
    assert because["condition"] == "read_qps <= @postgres-read-qps"
    assert because["reading"] == "2,125/s is at most 10,000/s"
    [room] = [room for room in reads["headroom"] if room["threshold"] == "postgres-read-qps"]
    assert (room["trait"], room["value"], room["at"]) == ("read_qps", 2125, 10_000)
    assert abs(room["factor"] - Decimal("4.7")) < Decimal("0.01")
    assert {"trait": "qps", "to": 11765, "outcome": "read-replicas"} in reads["flips"]
    assert reads["possible"] == ["single-node"] and reads["needs"] == []
    assert any(number.startswith("ST-1") for number in reads["guide"])


def test_flips_really_flip(plumbline, sheet):
    for options in ((), ("--as-written",)):
        data = plumbline.decide(sheet, *options)
        seen = 0
        for decision in data["decisions"]:
            for flip in decision["flips"]:
                seen += 1
                changed = plumbline.decide(sheet, *options, "--set", f"{flip['trait']}={typed(flip['to'])}")
                after = changed["by_id"][decision["id"]]
                reached = after["outcome"] if after["status"] == "decided" else after["status"]
                assert reached == flip["outcome"], (decision["id"], flip, after)
                assert reached != decision.get("outcome"), (decision["id"], flip)
        assert seen or not any(decision["status"] == "decided" for decision in data["decisions"])


def test_flips_are_the_smallest(plumbline):
    """Half-way to a flip the outcome is still the old one."""
    for name in ("small", "large"):
        sheet = plumbline.answers(VARIED[name], f"{name}.yaml")
        data = plumbline.decide(sheet)
        for decision in data["decisions"]:
            for flip in decision["flips"]:
                now = data["answers"][flip["trait"]]
                if "low" not in now or now["low"] != now["high"]:
                    continue
                between = (Decimal(now["low"]) + Decimal(flip["to"])) / 2
                if now["unit"] in ("count", "bytes"):
                    between = between.to_integral_value(ROUND_DOWN)
                # A flip is rounded outward to whole units, or to three digits.
                digits = Decimal(flip["to"]).adjusted() - 2
                if between == flip["to"] or abs(between - flip["to"]) < Decimal(10) ** digits:
                    continue
                half = plumbline.decide(sheet, "--set", f"{flip['trait']}={between:f}")["by_id"][decision["id"]]
                assert half.get("outcome") == decision["outcome"], (decision["id"], flip, between)


def test_every_numeric_decision_of_known_traits_names_a_flip(plumbline):
    data = plumbline.decide(VARIED["small"])
    for name in ("load-balancing", "read-scaling", "write-scaling", "connection-pooling", "caching", "messaging"):
        assert data["by_id"][name]["flips"], name


def test_headroom_is_threshold_over_value(plumbline, sheet):
    data = plumbline.decide(sheet)
    for decision in data["decisions"]:
        for room in decision["headroom"]:
            state = data["answers"][room["trait"]]
            assert room["value"] in (state["low"], state["high"]), (decision["id"], room)
            if room["value"] == 0:
                assert room["factor"] is None
            else:
                assert abs(room["factor"] - Decimal(room["at"]) / room["value"]) <= Decimal("0.05"), room


def test_headroom_at_zero_is_null(plumbline):
    rooms = plumbline.decide({"identical_query_rate": "0"})["by_id"]["caching"]["headroom"]
    assert [room["factor"] for room in rooms] == [None]


@pytest.mark.parametrize(
    "answers",
    [
        {"qps": "100k", "read_ratio": "95%", "data_size": "1 GB"},
        {"qps": "100,000", "read_ratio": "0.95", "data_size": "5 TB"},
        {"qps": "50k", "queries_per_request": "2", "read_ratio": "19:1", "data_size": "0"},
    ],
)
def test_decimal_equality(plumbline, answers):
    data = plumbline.decide(answers)
    assert data["answers"]["write_qps"]["low"] == data["answers"]["write_qps"]["high"] == 5_000
    assert data["by_id"]["write-scaling"]["outcome"] == "single-primary"
    more = plumbline.decide({**answers, "queries_per_request": "2.0001"})
    assert more["by_id"]["write-scaling"]["outcome"] == "shard"


def test_given_loads_win_and_a_disagreement_is_a_warning(plumbline):
    sheet = plumbline.answers({"qps": "1000", "read_ratio": "50%", "read_qps": "20000", "write_qps": "10"})
    result = plumbline.ok("decide", sheet, "--format", "json")
    decisions = {decision["id"]: decision for decision in result.json["decisions"]}
    assert decisions["read-scaling"]["outcome"] == "optimize-and-cache"
    assert "read_qps" in result.err + result.out and re.search("(?i)disagree|does not|differ|warning", result.err)


def test_read_ratio_from_both_loads(plumbline):
    data = plumbline.decide({"read_qps": "40000", "write_qps": "10000"})
    assert data["answers"]["read_ratio"] == {"low": Decimal("0.8"), "high": Decimal("0.8"), "unit": "share", "origin": "derived"}
    assert data["by_id"]["read-scaling"]["outcome"] == "optimize-and-cache"


def test_unknown_overrides_a_default(plumbline):
    known = plumbline.decide({"has_cache": "yes"})["by_id"]["cache-strategy"]
    assert (known["status"], known["outcome"]) == ("decided", "cache-aside")
    open_ = plumbline.decide({"has_cache": "yes", "cache_priority": "unknown"})["by_id"]["cache-strategy"]
    assert open_["possible"] == ["cache-aside", "write-through"] and open_["needs"] == ["cache_priority"]


def test_another_engine_keeps_the_outcomes_and_adds_a_caution(plumbline):
    answers = {"db_connections": "500"}
    postgresql = plumbline.decide(answers)["by_id"]["connection-pooling"]
    mysql = plumbline.decide({**answers, "database_engine": "mysql"})["by_id"]["connection-pooling"]
    assert mysql["outcome"] == postgresql["outcome"] == "pgbouncer"


def test_as_written(plumbline):
    answers = {
        "production_services": "2", "team_size": "3", "has_cache": "yes", "cache_priority": "write-latency",
        "async_work": "yes", "message_rate": "1", "message_needs": "[]", "message_size": "256 KiB",
    }  # fmt: skip
    today, written = plumbline.decide(answers)["by_id"], plumbline.decide(answers, "--as-written")["by_id"]
    changed = {name: (today[name]["outcome"], written[name]["outcome"])
               for name in READS if today[name].get("outcome") != written[name].get("outcome")}  # fmt: skip
    assert changed == {
        "service-shape": ("modular-monolith", "microservices"),
        "cache-strategy": ("cache-aside", "write-through"),
        "messaging": ("sqs", "sqs-claim-check"),
    }


def test_set(plumbline):
    sheet = plumbline.answers({"qps": "100"})
    data = plumbline.decide(
        sheet, "--set", "qps=60k", "--set", "cacheable_share=50%", "--set", "api_audience=[public, internal]",
        "--set", "has_cache=yes", "--set", "cache_hit_rate=unknown", "--set", "message_rate=500..2k",
    )  # fmt: skip
    assert data["by_id"]["load-balancing"]["outcome"] == "load-balanced-cdn"
    assert data["by_id"]["api-versioning"]["outcome"] == "url-prefix-and-header"
    assert sorted(data["answers"]["api_audience"]["value"]) == ["internal", "public"]
    assert data["answers"]["has_cache"]["value"] is True
    assert (data["answers"]["message_rate"]["low"], data["answers"]["message_rate"]["high"]) == (500, 2000)
    assert data["by_id"]["cache-health"]["status"] == "undecided"


@pytest.mark.parametrize(
    "setting, word",
    [
        ("read_ration=5%", "read_ratio"),
        ("qps=5 GB", "qps"),
        ("qps=200..100", "qps"),
        ("team_size=6.5", "team_size"),
        ("database_engine=postgres", "postgresql"),
        ("qps", "="),
        ("=5", ""),
    ],
)
def test_a_bad_setting(plumbline, setting, word):
    result = plumbline.run("decide", plumbline.answers({"qps": "1"}), "--set", setting)
    assert (result.status, result.out) == (2, "")
    assert word in result.err and result.err.strip()


def test_standard_input(plumbline):
    result = plumbline.ok("decide", "-", "--format", "json", stdin=CHECKOUT)
    assert result.json["system"] == "Checkout"


def test_text(plumbline, sheet):
    result = plumbline.ok("decide", sheet)
    assert "\x1b" not in result.out and "nil" not in result.out.split() and "Optional(" not in result.out
    for decision in plumbline.decide(sheet)["decisions"]:
        if decision["status"] == "decided":
            assert decision["id"] in result.out or decision["outcome"] in result.out


def test_explain(plumbline):
    sheet = plumbline.write("checkout.yaml", CHECKOUT)
    text = plumbline.ok("explain", sheet, "read-scaling").out
    for part in ("2,125/s", "10,000/s", "read-replicas", "4.7", "11,765"):
        assert part in text, part
    data = plumbline.ok("explain", sheet, "read-scaling", "--format", "json").json
    assert "single-node" in str(data)
    wrong = plumbline.run("explain", sheet, "read-scalling")
    assert (wrong.status, wrong.out) == (2, "")
    assert "read-scaling" in wrong.err


def test_practices_and_checks_carry_their_numbers(plumbline, sheet):
    data = plumbline.decide(sheet)
    steps = {number for check in data["checks"] for number in check["guide"] if number.startswith("SV-")}
    assert {f"SV-{n}" for n in range(1, 7)} <= {step.rstrip("abcde") for step in steps}
    assert any(number.startswith("RE-3") for practice in data["practices"] for number in practice["guide"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("decide",),
        ("decide", "a.yaml", "b.yaml", "c.yaml"),
        ("decide", "answers.yaml", "--nonsense"),
        ("decide", "answers.yaml", "--format", "xml"),
        ("nonsense",),
        ("explain", "answers.yaml"),
        ("design",),
        ("kb", "nonsense"),
    ],
    ids=" ".join,
)
def test_bad_usage(plumbline, arguments):
    plumbline.answers({"qps": "1"})
    before = tree(plumbline.folder)
    result = plumbline.run(*arguments)
    assert (result.status, result.out) == (2, "")
    assert result.err.strip()
    assert tree(plumbline.folder) == before


def test_what_is_not_there(plumbline):
    for arguments in (("decide", "none.yaml"), ("explain", "none.yaml", "caching"), ("design", "none.yaml", "--out", "x")):
        result = plumbline.run(*arguments)
        assert (result.status, result.out) == (3, ""), arguments
        assert "none.yaml" in result.err
    assert tree(plumbline.folder) == {}


def test_nothing_is_written(plumbline):
    sheet = plumbline.answers({"qps": "1"})
    before = tree(plumbline.folder)
    plumbline.ok("decide", sheet)
    plumbline.ok("explain", sheet, "caching")
    assert tree(plumbline.folder) == before


def test_help_and_version(plumbline):
    for arguments in (("--help",), ("decide", "--help"), ("kb", "--help")):
        assert "USAGE" in plumbline.ok(*arguments).out.upper()
    assert re.search(r"\d+\.\d+", plumbline.ok("--version").out)
