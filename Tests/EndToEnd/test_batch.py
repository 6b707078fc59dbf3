"""`decide --batch` against the independent reference, line by line."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from reference import AS_WRITTEN, CURRENT, NOT_APPLICABLE, evaluate, resolve
from rig import KNOWLEDGE, Plumbline, size
from vectors import dump, settle, vector

COUNT = size(3_000, 60_000)
CORE = {
    "service-shape", "load-balancing", "read-scaling", "write-scaling", "connection-pooling", "caching",
    "cache-strategy", "cache-health", "messaging", "api-versioning", "circuit-breaker",
}


def batch(plumbline: Plumbline, lines: list[str], *options: str, status: int = 0) -> list[dict]:
    path = plumbline.write("batch.jsonl", "".join(line + "\n" for line in lines))
    result = plumbline.run("decide", "--batch", path, *options, timeout=1800)
    assert result.status == status, result.err[-2000:]
    return result.lines


def compare(given: dict, answers: dict, mode: str, rng: random.Random) -> list[str]:
    """What is wrong with one line's decisions, in words."""
    wrong = []
    state = resolve(answers)
    expected = evaluate(answers, mode)
    missing = expected.keys() - given.keys()
    if missing:
        wrong.append(f"missing: {sorted(missing)}")
    for name in expected.keys() & given.keys():
        want, got = expected[name], given[name]
        if got.get("status") != want.status:
            wrong.append(f"{name}: {got} instead of {want.status} {sorted(want.possible)}")
        elif want.status == "decided":
            if got.get("outcome") != want.outcome:
                wrong.append(f"{name}: {got} instead of {want.outcome}")
        elif want.status == "undecided":
            possible, needs = got.get("possible", []), got.get("needs", [])
            if len(possible) != len(set(possible)) or set(possible) != want.possible:
                wrong.append(f"{name}: possible {possible} instead of {sorted(want.possible)}")
            if not needs or len(needs) != len(set(needs)) or not set(needs) <= want.open_traits:
                wrong.append(f"{name}: needs {needs}, where {sorted(want.open_traits)} are open")
            elif evaluate(settle(rng, answers, needs, state), mode)[name].status == "undecided":
                wrong.append(f"{name}: needs {needs} would not settle it")
            if got.get("outcome") is not None:
                wrong.append(f"{name}: undecided with outcome {got['outcome']}")
        elif got.get("outcome") not in (None, NOT_APPLICABLE):
            wrong.append(f"{name}: not applicable with outcome {got['outcome']}")
    return wrong


@pytest.mark.parametrize("mode, options", [(CURRENT, ()), (AS_WRITTEN, ("--as-written",))])
def test_agrees_with_the_reference(plumbline, mode, options):
    rng = random.Random(f"plumbline {mode}")
    vectors = [vector(rng) for _ in range(COUNT)]
    lines = [dump({"id": f"v{index}", "answers": answers}) for index, answers in enumerate(vectors)]
    results = batch(plumbline, lines, *options)
    assert [result["id"] for result in results] == [f"v{index}" for index in range(COUNT)]
    wrong = []
    for line, result, answers in zip(lines, results, vectors):
        assert "error" not in result, (line, result)
        wrong += [f"{problem}\n    {line}" for problem in compare(result["decisions"], answers, mode, rng)]
        assert len(wrong) < 10, "\n".join(wrong)
    assert not wrong, "\n".join(wrong)


def test_the_modes_differ_only_where_the_contract_says(plumbline):
    rng = random.Random(11)
    vectors = [vector(rng) for _ in range(size(500, 5_000))]
    lines = [dump({"id": index, "answers": answers}) for index, answers in enumerate(vectors)]
    # Those with two wordings, and those that read the outcome of one that has.
    pages = {path.stem: path.read_text() for path in (KNOWLEDGE / "decisions").glob("*.md")}
    rewritten = {name for name, text in pages.items() if "as-written:" in text} | {"messaging"}
    for _ in pages:
        rewritten |= {
            name for name, text in pages.items() if re.search(rf"\b({'|'.join(rewritten)}) is\b", text.split("options:")[0])
        }
    for today, written in zip(batch(plumbline, lines), batch(plumbline, lines, "--as-written")):
        changed = {name for name in today["decisions"] if today["decisions"][name] != written["decisions"][name]}
        assert changed & CORE <= {"service-shape", "cache-strategy", "messaging"}
        assert changed <= rewritten


def test_agrees_with_decide(plumbline):
    """The same answers give the same decisions one by one."""
    rng = random.Random(5)
    vectors = [vector(rng) for _ in range(size(15, 200))]
    lines = [dump({"id": index, "answers": answers}) for index, answers in enumerate(vectors)]

    def typed(value) -> str:
        if value is None:
            return "unknown"
        if isinstance(value, list) and value and isinstance(value[0], Decimal):
            return f"{value[0]:f}..{value[1]:f}"
        return format(value, "f") if isinstance(value, Decimal) else dump(value)

    for answers, result in zip(vectors, batch(plumbline, lines)):
        decisions = plumbline.decide({name: typed(value) for name, value in answers.items()})["by_id"]
        for name, short in result["decisions"].items():
            for key, value in short.items():
                assert decisions[name][key] == value, (name, answers)


BAD_LINES = [
    # what is wrong, the line, its id in the answer (None or "bad" where the line cannot be read), a word of the error
    ("malformed JSON", '{"id":"bad","answers":{"qps":1200', None, ""),
    ("nothing but text", "qps 1200", None, ""),
    ("a list", '["qps", 1200]', None, "object"),
    ("a number", "12", None, "object"),
    ("two values", '{"id":"bad","answers":{}} {"id":"worse","answers":{}}', None, ""),
    ("no answers", '{"id":"bad"}', "bad", "answers"),
    ("answers as a list", '{"id":"bad","answers":[]}', "bad", "answers"),
    ("an unknown key", '{"id":"bad","anwsers":{}}', "bad", "answers"),
    ("an unknown trait", '{"id":"bad","answers":{"read_ration":0.5}}', "bad", "read_ratio"),
    ("out of bounds above", '{"id":"bad","answers":{"read_ratio":1.5}}', "bad", "read_ratio"),
    ("out of bounds below", '{"id":"bad","answers":{"qps":-1}}', "bad", "qps"),
    ("a count out of bounds", '{"id":"bad","answers":{"team_size":0}}', "bad", "team_size"),
    ("a range out of bounds", '{"id":"bad","answers":{"read_ratio":[0.5,1.5]}}', "bad", "read_ratio"),
    ("a reversed range", '{"id":"bad","answers":{"qps":[200,100]}}', "bad", "qps"),
    ("a range of one end", '{"id":"bad","answers":{"qps":[200]}}', "bad", "qps"),
    ("a range of three ends", '{"id":"bad","answers":{"qps":[1,2,3]}}', "bad", "qps"),
    ("a range with an open end", '{"id":"bad","answers":{"qps":[1,null]}}', "bad", "qps"),
    ("a fraction of a person", '{"id":"bad","answers":{"team_size":6.5}}', "bad", "team_size"),
    ("a fraction in a range", '{"id":"bad","answers":{"team_size":[6,7.5]}}', "bad", "team_size"),
    ("text for a number", '{"id":"bad","answers":{"qps":"many"}}', "bad", "qps"),
    ("true for a number", '{"id":"bad","answers":{"qps":true}}', "bad", "qps"),
    ("a number for a flag", '{"id":"bad","answers":{"has_cache":1}}', "bad", "has_cache"),
    ("an unknown choice", '{"id":"bad","answers":{"database_engine":"postgres"}}', "bad", "postgresql"),
    ("an unknown member", '{"id":"bad","answers":{"message_needs":["prioritty"]}}', "bad", "priority"),
    ("text for a set", '{"id":"bad","answers":{"message_needs":7}}', "bad", "message_needs"),
    ("a duplicate trait", '{"id":"bad","answers":{"qps":1,"qps":2}}', None, "qps"),
    ("a number without end", '{"id":"bad","answers":{"qps":1e999}}', None, ""),
    ("NaN", '{"id":"bad","answers":{"qps":NaN}}', None, ""),
    ("invalid UTF-8", b'{"id":"bad","answers":{"\xff":1}}', None, ""),
    ("no id, and bad", '{"answers":{"qps":-1}}', None, "qps"),
]  # fmt: skip


def test_bad_lines_are_answered_in_place(plumbline):
    good = b'{"id":"good","answers":{"qps":1200}}'
    lines: list[bytes] = []
    for _, line, _, _ in BAD_LINES:
        lines += [good, line if isinstance(line, bytes) else line.encode()]
    path = plumbline.write("batch.jsonl", b"\n".join(lines) + b"\n")
    result = plumbline.run("decide", "--batch", path)
    assert result.status == 1
    assert len(result.lines) == len(lines)
    for index, answer in enumerate(result.lines):
        if index % 2 == 0:
            assert answer["id"] == "good"
            assert answer["decisions"]["load-balancing"] == {"status": "decided", "outcome": "load-balanced"}
            continue
        what, _, id, word = BAD_LINES[index // 2]
        assert set(answer) == {"id", "line", "error"}, what
        assert answer["line"] == index + 1, what
        assert answer["error"].strip() and word in answer["error"], (what, answer)
        assert answer["id"] == id or (id is None and b'"id"' in lines[index] and answer["id"] == "bad"), what


def test_a_line_without_id_keeps_its_place(plumbline):
    lines = ['{"id":"a","answers":{}}', '{"answers":{"qps":1200}}', '{"id":"c","answers":{}}']
    path = plumbline.write("batch.jsonl", "\n".join(lines))
    answers = plumbline.run("decide", "--batch", path).lines
    assert [answer["id"] for answer in answers] == ["a", None, "c"]


def test_ids_come_back_as_they_were(plumbline):
    ids = ["", "ü \"quoted\" \\ \u2028", "x" * 500, "v1", "v1"]
    lines = [json.dumps({"id": id, "answers": {}}) for id in ids]
    assert [answer["id"] for answer in batch(plumbline, lines)] == ids


def test_reads_standard_input(plumbline):
    line = '{"id":"v1","answers":{"qps":1200,"read_ratio":0.85}}\n'
    result = plumbline.ok("decide", "--batch", "-", stdin=line)
    [answer] = result.lines
    assert answer["decisions"]["read-scaling"] == {"status": "decided", "outcome": "single-node"}
    caching = answer["decisions"]["caching"]
    assert caching["status"] == "undecided"
    assert sorted(caching["possible"]) == ["none", "redis"]
    assert caching["needs"] == ["identical_query_rate"]


def test_line_ends_and_a_byte_order_mark(plumbline):
    line = '{"id":"v1","answers":{}}'
    for text in (line, line + "\n", line + "\r\n", "\ufeff" + line + "\n"):
        assert [answer["id"] for answer in plumbline.ok("decide", "--batch", "-", stdin=text).lines] == ["v1"]
    assert plumbline.ok("decide", "--batch", "-", stdin="").out == ""


def test_a_missing_file(plumbline):
    result = plumbline.run("decide", "--batch", plumbline.folder / "none.jsonl")
    assert (result.status, result.out) == (3, "")
    assert "none.jsonl" in result.err


def test_a_closed_pipe_ends_quietly(plumbline):
    lines = "".join(f'{{"id":{index},"answers":{{}}}}\n' for index in range(5_000))
    path = plumbline.write("batch.jsonl", lines)
    done = subprocess.run(
        ["/bin/sh", "-c", '"$1" decide --batch "$2" | head -n 1', "sh", plumbline.executable, path],
        capture_output=True, env=plumbline.env, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout)["id"] in (0, "0")
    assert b"Fatal" not in done.stderr and b"crash" not in done.stderr.lower()


def peak_memory(plumbline: Plumbline, count: int) -> int:
    """The most memory that a batch of so many lines was seen to hold, in KiB."""
    rng = random.Random(3)
    variety = [dump(vector(rng)) for _ in range(200)]
    path = plumbline.write(
        f"{count}.jsonl", "".join(f'{{"id":"v{n}","answers":{variety[n % 200]}}}\n' for n in range(count))
    )
    peak = 0
    with open(plumbline.folder / "out.jsonl", "wb") as out:
        process = subprocess.Popen(
            [plumbline.executable, "decide", "--batch", path], stdout=out, env=plumbline.env, cwd=plumbline.folder
        )
        # Not ru_maxrss: that begins with what the test runner itself held before the program was loaded.
        while process.poll() is None:
            loaded = Path(f"/proc/{process.pid}/cmdline").read_bytes().startswith(str(plumbline.executable).encode())
            found = re.search(r"^VmHWM:\s*(\d+) kB$", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
            if loaded and found:
                peak = int(found[1])
            time.sleep(0.002)
    assert process.returncode == 0
    assert sum(1 for _ in open(plumbline.folder / "out.jsonl")) == count
    return peak


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_stays_constant(plumbline):
    peak_memory(plumbline, 10)  # compiles the knowledge, if nobody did yet
    small, large = peak_memory(plumbline, 2_000), peak_memory(plumbline, size(40_000, 400_000))
    assert large < small * 1.1 + 4_096, f"{small} KiB for 2,000 lines, {large} KiB for many more"
