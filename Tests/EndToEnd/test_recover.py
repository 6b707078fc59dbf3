"""`recover`: the runbook for what somebody says, printed or walked through."""

from __future__ import annotations

import re
import signal
import sys
import time

import pytest
import yaml

from conversation import Conversation, squeezed
from rig import KNOWLEDGE, ROOT, Plumbline, tree

FIXTURES = ROOT / "Tests/RecoveryTests/Fixtures"
RUNBOOKS = {path.stem: path for path in sorted((KNOWLEDGE / "runbooks").glob("*.md"))}
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def front(name: str) -> dict:
    return yaml.load(RUNBOOKS[name].read_text().split("---\n")[1], yaml.BaseLoader)


def body(name: str) -> str:
    return RUNBOOKS[name].read_text().split("---\n", 2)[2]


def code(text: str) -> list[str]:
    return re.findall(r"(?ms)^```[^\n]*\n(.*?)^```$", text)


def said() -> list[tuple[str, str]]:
    lines = (FIXTURES / "said.tsv").read_text().splitlines()
    return [tuple(line.split("\t")[::-1]) for line in lines if not line.startswith("#")]


# MARK: Finding and printing


def test_without_words_it_lists_the_symptoms(shared: Plumbline):
    text = shared.ok("recover").out
    for name in RUNBOOKS:
        assert name in text and front(name)["symptom"] in squeezed(text)
    listed = shared.ok("recover", "--format", "json").json["runbooks"]
    assert [runbook["id"] for runbook in listed] == list(RUNBOOKS)
    assert all(runbook["symptom"] and runbook["title"] for runbook in listed)
    assert shared.ok("recover", "--format", "markdown").out.count("\n* `plumbline recover ") == len(RUNBOOKS)


def test_what_people_say_leads_to_the_runbook(shared: Plumbline):
    assert len(said()) >= 60
    wrong = []
    for words, name in said():
        found = shared.ok("recover", words, "--format", "json").json
        if found["matches"][0]["id"] != name or (found["runbook"] or found["matches"][0])["id"] != name:
            wrong.append((words, [match["id"] for match in found["matches"]]))
    assert wrong == []


def test_words_may_come_one_by_one_or_from_standard_input(shared: Plumbline):
    expected = shared.ok("recover", "out-of-memory-killed").out
    assert shared.ok("recover", "exit", "code", "137").out == expected
    pasted = "2026-11-23T03:12:07Z kernel: Out of memory: Killed process 4242 (node)\n"
    assert shared.ok("recover", "-", stdin=pasted).out == expected
    assert shared.run("recover", "-", stdin=b"\xff\xfe\x00").status == 2


@pytest.mark.parametrize("words", (FIXTURES / "unrelated.txt").read_text().splitlines())
def test_what_is_none_of_ours_is_not_claimed(shared: Plumbline, words):
    for format in ("text", "json"):
        result = shared.run("recover", words, "--format", format)
        assert (result.status, result.out) == (3, "")
        assert words in result.err and all(name in result.err for name in RUNBOOKS)


def test_two_that_are_near_are_both_named(shared: Plumbline):
    words = "consumer lag is growing and many cache misses"
    text = shared.ok("recover", words).out
    assert "cache-stampede" in text and "consumer-falling-behind" in text and "## " not in text
    found = shared.ok("recover", words, "--format", "json").json
    assert found["runbook"] is None and {"cache-stampede", "consumer-falling-behind"} <= {
        match["id"] for match in found["matches"]
    }


@pytest.mark.parametrize("name", RUNBOOKS)
def test_the_whole_page_is_printed(shared: Plumbline, name):
    text = shared.ok("recover", name).out
    assert shared.ok("recover", name, "--no-input").out == text
    assert code(text) == code(body(name)), "code is left exact"
    assert "executed=" not in text and "{@" not in text and "entry:" not in text and "\x1b" not in text
    for cause in front(name)["causes"].values():
        assert cause["title"] in text and cause["ask"] in squeezed(text)
    outside = re.sub(r"(?ms)^```.*?^```$", "", text)
    assert max(map(len, outside.splitlines())) <= 100
    headings = ["First look\n-", "Fix now\n", "None of these\n-", "Prevention\n-"]
    assert (places := [text.index("\n" + heading) for heading in headings]) == sorted(places)

    markdown = shared.ok("recover", name, "--format", "markdown").out
    assert code(markdown) == code(body(name)) and "{@" not in markdown
    found = shared.ok("recover", name, "--format", "json").json
    runbook = found["runbook"]
    assert [cause["id"] for cause in runbook["causes"]] == list(front(name)["causes"])
    parts = [runbook["first_look"], *(cause[key] for cause in runbook["causes"]
             for key in ("tell_it_apart", "fix_now", "fix_the_root_cause")),
             runbook["none_of_these"], runbook["prevention"]]  # fmt: skip
    assert all(parts) and all(part in markdown for part in parts)


def test_figures_follow_the_pack(plumbline: Plumbline):
    plumbline.write("house/pack.yaml", 'name: house\nversion: "1"\ntitle: House\n')
    plumbline.write("house/thresholds/pool-wait.md", "---\noverride: true\nvalue: 750 ms\n---\n")
    plumbline.write(
        "house/runbooks/printer-on-fire.md",
        """---
title: The printer is on fire
area: reliability
summary: Put it out.
verdict: practice
sources: [guide-original]
checked: 2026-11-23
symptom: Smoke comes out of the printer.
phrases: [the printer burns, smoke in the office]
causes:
  paper: {title: Paper, ask: Is it the paper?}
---
## Symptom

Smoke.

## First look

Look.

## paper

### Tell it apart

It smells.

### Fix now

Water.

### Fix the root cause

Less paper.

## None of these

Run.

## Prevention

Write less.
""",
    )
    house = ("--pack", plumbline.folder / "house")
    assert "A bounded wait (750 milliseconds)" in plumbline.ok("recover", "pool exhausted", *house).out
    assert "A bounded wait (5 seconds)" in plumbline.ok("recover", "pool exhausted").out
    assert "Less paper." in plumbline.ok("recover", "help, the printer is burning!", *house).out
    assert plumbline.run("recover", "help, the printer is burning!").status == 3

    exported = plumbline.folder / "house.sqlite"
    plumbline.ok("kb", "export", exported, *house)
    assert "Less paper." in plumbline.ok("recover", "smoke in the office", "--knowledge", exported).out


def test_bad_usage(shared: Plumbline):
    assert shared.run("recover", "slow", "--format", "yaml").status == 2
    assert shared.run("recover", "slow", "--knowledge", "nowhere.sqlite").status == 3
    help_text = squeezed(shared.ok("recover", "--help").out)
    assert "status 3" in help_text and "--no-input" in help_text and "--pack" in help_text


def test_words_that_could_steer_the_terminal(shared: Plumbline):
    result = shared.run("recover", "\x1b[2Jmake\x07 coffee\u202e")
    assert result.status == 3 and "\x1b" not in result.err and "\u202e" not in result.err
    assert shared.run("recover", "oom " * 30_000).status == 0


# MARK: The walk


@on_linux
def test_walk_to_a_cause(plumbline: Plumbline):
    with Conversation(plumbline, "timeout", "acquiring", "connection", "from", "pool", command="recover") as talk:
        start = talk.prompt()
        assert "The connection pool is exhausted" in start and "First look" in start
        assert [block.replace("\r\n", "\n") for block in code(start.replace("\r", ""))]
        assert "Fix now" not in start
        first = squeezed(talk.ask(""))
        assert "1 of 4: Connections are held and not used" in first and "(yes, no, skip, back, quit)" in first
        second = talk.ask("no")
        assert "2 of 4" in second and "Fix now" not in second
        fixes = squeezed(talk.ask("yes"))
        assert "Fix now" in fixes and "Fix the root cause" in fixes and "Prevention" in fixes
        assert "ALTER ROLE app SET statement_timeout = '5s';" in fixes and "Is it better?" in fixes
        talk.say("yes")
        status, _ = talk.end()
    assert status == 0
    assert tree(plumbline.state) == {}


@on_linux
@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"NO_COLOR": "1"}, {"NO_COLOR": None, "TERM": "xterm-256color"}])
def test_walk_rules_all_out(plumbline: Plumbline, env):
    with Conversation(plumbline, "consumer-falling-behind", command="recover", env=env, size=(30, 50)) as talk:
        talk.prompt()
        talk.ask("")
        for _ in range(4):
            talk.ask("no")
        talk.say("no")
        status, shown = talk.end()
    assert status == 0 and "None of these" in shown and "Prevention" in shown
    colours = re.findall(r"\x1b\[[0-9;]*m", talk.shown)
    assert bool(colours) == ("TERM" in env and env["TERM"] != "dumb")
    # Nothing but colours: it only adds lines.
    assert "\x1b" not in re.sub(r"\x1b\[[0-9;]*m", "", talk.shown)
    outside = re.sub(r"(?ms)^```.*?^```$", "", re.sub(r"\x1b\[[0-9;]*m", "", talk.shown).replace("\r", ""))
    ours = [line for line in outside.splitlines() if not line.startswith(("BEFORE", "AFTER"))]
    assert all(len(line) <= 50 or max(map(len, line.split())) > 25 for line in ours)


@on_linux
def test_walk_goes_back_skips_and_says_what_can_be_typed(plumbline: Plumbline):
    with Conversation(plumbline, "cache-stampede", command="recover") as talk:
        talk.prompt()
        assert "1 of 3" in talk.ask("")
        assert "2 of 3" in talk.ask("skip")
        assert "1 of 3" in talk.ask("back")
        assert "First look" in talk.ask("back")
        assert "3 of 3" in talk.ask("3")
        help_text = squeezed(talk.ask("perhaps"))
        assert "Type yes if this is it" in help_text and "3 of 3" not in help_text
        talk.say("quit")
        status, shown = talk.end()
    assert status == 0 and "plumbline recover cache-stampede --no-input" in squeezed(shown)


@on_linux
@pytest.mark.parametrize("ending, expected", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals_end_it(plumbline: Plumbline, ending, expected):
    with Conversation(plumbline, "oom", command="recover") as talk:
        talk.prompt()
        if ending == signal.SIGINT:
            talk.child.sendintr()
        else:
            time.sleep(0.1)
            talk.kill(ending)
        assert talk.end()[0] == expected


@on_linux
def test_end_of_input_ends_it(plumbline: Plumbline):
    with Conversation(plumbline, "oom", command="recover") as talk:
        talk.prompt()
        talk.child.sendeof()
        assert talk.end()[0] == 0


@on_linux
def test_two_that_are_near_are_asked_for(plumbline: Plumbline):
    words = "consumer lag is growing and many cache misses"
    with Conversation(plumbline, words, command="recover") as talk:
        shown = squeezed(talk.prompt())
        assert "A cache stampede" in shown and "A consumer is falling behind" in shown and "Which one?" in shown
        assert "Which one?" in talk.ask("9")
        number = re.search(r"(\d)\. A cache stampede", shown)[1]
        assert "First look" in talk.ask(number)
        talk.say("q")
        assert talk.end()[0] == 0


@on_linux
@pytest.mark.parametrize("arguments, env", [(["--no-input"], {}), ([], {"CI": "true"}), (["--format", "json"], {})])
def test_it_asks_nothing_where_nobody_answers(plumbline: Plumbline, arguments, env):
    with Conversation(plumbline, "oom", *arguments, command="recover", env=env) as talk:
        status, shown = talk.end()
    assert status == 0 and "\r\n> " not in shown and "revention" in shown
