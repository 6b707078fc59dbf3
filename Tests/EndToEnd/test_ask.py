"""`ask` in a terminal: the conversation, and that no answer is lost and the terminal is restored however it ends."""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import time
from decimal import Decimal

import pytest
import yaml
from wcwidth import wcswidth

from conversation import DOCUMENTS, PROMPT, REVIEW, Conversation, expect_kept, reply, saved, squeezed, traits
from rig import size, tree

if sys.platform != "linux":
    pytest.skip("reads /proc", allow_module_level=True)

# MARK: The conversation


def test_to_the_end(plumbline):
    with Conversation(plumbline) as talk:
        topics = talk.walk()
        talk.say("")
        status, _ = talk.end()
    assert status == 0
    assert topics[0] == "system" and len(topics) == len(set(topics)) > 5
    assert DOCUMENTS <= set(tree(plumbline.folder / "architecture"))
    states = plumbline.decide(plumbline.folder / "architecture/answers.yaml")["answers"]
    for topic in topics[1:]:
        assert states[topic]["origin"] == "answered", topic
    assert saved(plumbline)["system"] == "Checkout"


def test_nothing_is_left_to_resume_after_the_end(plumbline):
    with Conversation(plumbline) as talk:
        talk.walk()
        talk.say("")
        assert talk.end()[0] == 0
    with Conversation(plumbline, "--out", "architecture") as talk:
        assert talk.topic(talk.prompt()) == "system"


def test_questions_that_cannot_matter_are_not_asked(plumbline):
    with Conversation(plumbline) as talk:
        topics = talk.walk({"async_work": "no", "has_cache": "no"})
    assert "async_work" in topics and "message_size" not in topics and "message_needs" not in topics
    assert "cache_hit_rate" not in topics


def test_why(plumbline):
    with Conversation(plumbline) as talk:
        talk.walk(until=1)
        while (topic := talk.topic(talk.shown)) != "qps":
            talk.ask(reply(topic)[0])
        why = squeezed(talk.ask("?"))
        assert talk.topic(why) == "qps"
        assert "1,000" in why and "50,000" in why


def test_back(plumbline):
    with Conversation(plumbline) as talk:
        first, second, third = talk.walk(until=3)
        for topic in (third, second, first, first):
            assert talk.topic(talk.ask("<")) == topic
        # What was answered stands there, and Enter keeps it.
        assert "Checkout" in talk.child.before
        assert talk.topic(talk.ask("")) != first
        while talk.topic(talk.shown) != second:
            talk.ask("<")
        talk.ask("9")
        talk.child.sendintr()
        talk.end()
    plumbline.ok("ask", "--resume", "--no-input", "--out", "architecture")
    states = plumbline.decide(plumbline.folder / "architecture/answers.yaml")["answers"]
    assert saved(plumbline)["system"] == "Checkout"
    assert states[second]["low"] == 9 and states[third]["low"] == reply(third)[1]


@pytest.mark.parametrize("typed", ["6.5", "lots", "0", "-3", "200k", "5 GB", "9..3", "NaN", "", "1,2,3", "é" * 500])
def test_invalid_input_is_asked_again(plumbline, typed):
    with Conversation(plumbline) as talk:
        talk.walk(until=1)
        assert talk.topic(talk.shown) == "team_size"
        again = talk.ask(typed)
        assert talk.topic(again) == "team_size"
        assert re.search("(?i)expected|whole number|between|from 1", squeezed(again)), again
        assert talk.topic(talk.ask("6")) != "team_size"


def test_input_that_is_not_text(plumbline):
    with Conversation(plumbline) as talk:
        talk.walk(until=1)
        talk.child.send("6\x1b[A\n")
        assert talk.topic(talk.prompt()) == "team_size"
        assert "\x1b[A" not in talk.child.before.split("\r\n", 1)[1]


def test_unknown_and_ranges(plumbline):
    with Conversation(plumbline) as talk:
        replies = {"team_size": "unknown", "qps": "5k..20k", "read_ratio": "4:1", "data_size": "100..200 GB"}
        assert replies.keys() <= set(talk.walk(replies))
        talk.say("")
        assert talk.end()[0] == 0
    states = plumbline.decide(plumbline.folder / "architecture/answers.yaml")["answers"]
    assert states["team_size"]["origin"] == "unknown"
    assert (states["qps"]["low"], states["qps"]["high"]) == (5000, 20_000)
    assert states["read_ratio"]["low"] == Decimal("0.8")
    assert (states["data_size"]["low"], states["data_size"]["high"]) == (100 * 10**9, 200 * 10**9)
    for echo in ("5,000 to 20,000", "80%", "100 GB"):
        assert echo in talk.shown, echo


def test_jump(plumbline):
    with Conversation(plumbline) as talk:
        topics = talk.walk(until=2)
        open_topic = talk.topic(talk.shown)
        assert talk.topic(talk.ask("!data_size")) == "data_size"
        assert talk.topic(talk.ask("3 GB")) == open_topic
        # By its title, by its first letters where they are enough, and by its number in the review.
        assert talk.topic(talk.ask("!Team size")) == "team_size"
        assert talk.topic(talk.ask("")) == open_topic
        assert talk.topic(talk.ask("!team")) == "team_size"
        assert talk.topic(talk.ask("")) == open_topic
        assert talk.topic(talk.ask("!2")) == "team_size"
        assert talk.topic(talk.ask("")) == open_topic
        again = talk.ask("!data")
        assert talk.topic(again) == open_topic and "It may be !data_size (Stored data), " in squeezed(again)
        again = talk.ask("!team_sice")
        assert talk.topic(again) == open_topic and "did you mean !team_size" in squeezed(again).lower()
        talk.say(reply(open_topic)[0])
        assert "data_size" not in talk.walk()
        talk.say("")
        assert talk.end()[0] == 0
    assert saved(plumbline)["answers"]["data_size"] == "3 GB" and "team_size" in topics


def test_go_deeper(plumbline):
    """The first run asks what the core decisions need; an area asks its own further questions, `more` all of them."""
    with Conversation(plumbline) as talk:
        first = talk.walk({"has_cache": "no", "async_work": "no"})
        assert len(first) <= 12
        talk.say("reliability")
        deeper = talk.walk()
        assert deeper and {traits()[topic]["area"] for topic in deeper} == {"reliability"}
        talk.say("more")
        rest = talk.walk()
        assert not set(rest) & {*first, *deeper}
        assert len({traits()[topic]["area"] for topic in rest}) > 3
        assert "go deeper" not in talk.child.before and "no more that can change" in squeezed(talk.child.before) or (
            "none left" in squeezed(talk.child.before)
        )
        talk.say("")
        assert talk.end()[0] == 0


def test_review_and_change(plumbline):
    with Conversation(plumbline) as talk:
        talk.walk()
        row = re.search(r"(\d+)\) " + re.escape(traits()["team_size"]["title"]), talk.shown)
        assert talk.topic(talk.ask(row[1])) == "team_size"
        assert talk.topic(talk.ask("8")) == REVIEW
        assert re.search(r"\) Team size: 8", talk.shown)
        talk.say("")
        assert talk.end()[0] == 0
    assert saved(plumbline)["answers"]["team_size"] == "8"


def test_starts_from_a_file(plumbline):
    sheet = plumbline.answers({"team_size": "6", "qps": "2.5k"}, system="Basket")
    with Conversation(plumbline, "--answers", sheet) as talk:
        topics = talk.walk()
        talk.say("")
        assert talk.end()[0] == 0
    assert not {"system", "team_size", "qps"} & set(topics)
    assert saved(plumbline)["system"] == "Basket"


def test_no_line_is_wider_than_the_terminal(plumbline):
    for width in (44, 80):
        with Conversation(plumbline, "--out", f"out-{width}", size=(24, width)) as talk:
            talk.walk(until=4)
            talk.ask("?")
            talk.child.sendintr()
            talk.end()
        lines = talk.shown.split("BEFORE", 1)[1].split("STATUS")[0].splitlines()[1:]
        for line in lines:
            # A command has words that break nowhere: those are left to the terminal.
            assert wcswidth(line.replace("\x03", "")) <= width or " " not in line.strip(), line


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"NO_COLOR": None, "TERM": "dumb"}])
def test_no_colour_where_it_is_not_wanted(plumbline, env):
    with Conversation(plumbline, env=env) as talk:
        talk.walk(until=2)
        assert "\x1b" not in talk.shown


def test_typed_ahead(plumbline):
    """Lines pasted all at once are the answers to one question each."""
    with Conversation(plumbline) as talk:
        topics = talk.walk()
        talk.child.sendintr()
        talk.end()
    with Conversation(plumbline, "--out", "pasted") as talk:
        talk.child.send("".join(("Checkout" if t == "system" else reply(t)[0]) + "\n" for t in topics))
        while talk.topic(talk.prompt()) != REVIEW:
            pass
        talk.say("")
        assert talk.end()[0] == 0
    expect = yaml.load((plumbline.folder / "pasted/answers.yaml").read_text(), yaml.BaseLoader)
    assert set(expect["answers"]) >= set(topics) - {"system"}


# MARK: Without a terminal


def test_without_a_terminal(plumbline):
    result = plumbline.run("ask", "--out", "architecture", timeout=20)
    assert (result.status, result.out) == (2, "")
    assert "--answers" in result.err and "--no-input" in result.err
    assert tree(plumbline.folder) == {}


LINES = {"system": "Checkout", "has_cache": "no", "async_work": "no"}


def test_a_script(plumbline):
    """`--stdin` takes a line for each question, and needs neither a terminal nor a last Return."""
    with Conversation(plumbline, "--out", "asked") as talk:
        topics = talk.walk(LINES)
        talk.say("")
        assert talk.end()[0] == 0
    lines = [LINES.get(topic) or reply(topic)[0] for topic in topics]
    for number, last in enumerate(("\n", "\n\n")):
        result = plumbline.ok("ask", "--stdin", "--out", f"out-{number}", stdin="\n".join(lines) + last)
        assert result.out == "" and "\x1b" not in result.err
        assert tree(plumbline.folder / f"out-{number}").keys() == tree(plumbline.folder / "asked").keys()
        assert saved(plumbline, f"out-{number}")["answers"] == saved(plumbline, "asked")["answers"]
    assert not [path for path in plumbline.state.rglob("*") if path.is_file()]


def test_a_script_whose_last_line_is_not_ended(plumbline):
    """As `printf` writes it, and some editors."""
    with Conversation(plumbline, "--out", "asked") as talk:
        topics = talk.walk(LINES)
        talk.say("")
        assert talk.end()[0] == 0
    plumbline.ok("ask", "--stdin", stdin="\n".join(LINES.get(topic) or reply(topic)[0] for topic in topics))
    assert saved(plumbline)["answers"] == saved(plumbline, "asked")["answers"]


@pytest.mark.parametrize("count", range(0, size(5, 12)))
def test_a_script_that_is_too_short(plumbline, count):
    with Conversation(plumbline) as talk:
        topics = talk.walk(LINES)
        talk.child.sendeof()
        talk.end()
    for path in plumbline.state.rglob("*.jsonl"):
        path.unlink()
    lines = [LINES.get(topic) or reply(topic)[0] for topic in topics]
    result = plumbline.run("ask", "--stdin", stdin="".join(line + "\n" for line in lines[:count]))
    question = "What is the system called?" if topics[count] == "system" else traits()[topics[count]]["question"]
    assert (result.status, result.out) == (2, "")
    assert question in squeezed(result.err.splitlines()[-1])
    assert tree(plumbline.folder) == {}
    assert not [path for path in plumbline.state.rglob("*") if path.is_file()]


def test_a_script_in_a_terminal(plumbline):
    with Conversation(plumbline, "--stdin", says_accessible=False) as talk:
        topics = talk.walk()
        talk.say("")
        assert talk.end()[0] == 0
    assert set(saved(plumbline)["answers"]) == set(topics) - {"system"}


def test_on_a_ci_machine(plumbline):
    with Conversation(plumbline, env={"CI": "true"}) as talk:
        status, shown = talk.end()
    assert status == 2 and "--answers" in talk.shown


def test_no_input(plumbline, example):
    result = plumbline.ok("ask", "--answers", example, "--no-input", "--out", "architecture")
    assert DOCUMENTS <= set(tree(plumbline.folder / "architecture"))
    plumbline.ok("design", example, "--out", "designed")
    assert tree(plumbline.folder / "architecture") == tree(plumbline.folder / "designed")
    assert "\x1b" not in result.out + result.err


def test_the_end_of_input_is_no_answer(plumbline):
    with Conversation(plumbline) as talk:
        topics = talk.walk(until=3)
        open_question = traits()[talk.topic(talk.shown)]["question"]
        talk.child.sendeof()
        status, _ = talk.end()
    assert status == 2
    assert open_question in squeezed(talk.shown.split(PROMPT)[-1])
    assert not (plumbline.folder / "architecture").exists()
    expect_kept(plumbline, topics)


# MARK: However it ends


@pytest.mark.parametrize("answered", range(0, size(6, 20)))
def test_interrupt(plumbline, answered):
    with Conversation(plumbline) as talk:
        topics = talk.walk(until=answered)
        talk.child.sendintr()
        status, _ = talk.end()
    assert status == 130
    assert not (plumbline.folder / "architecture").exists()
    if answered:
        assert "--resume" in talk.shown
        expect_kept(plumbline, topics)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_other_signals(plumbline, number):
    with Conversation(plumbline) as talk:
        topics = talk.walk(until=4)
        talk.kill(number)
        status, _ = talk.end()
    assert status in (130, 128 + number)
    expect_kept(plumbline, topics)


def test_a_half_typed_line_is_no_answer(plumbline):
    with Conversation(plumbline) as talk:
        topics = talk.walk(until=3)
        open_topic = talk.topic(talk.shown)
        talk.child.send("12")
        time.sleep(0.1)
        talk.kill(signal.SIGTERM)
        talk.end()
    expect_kept(plumbline, topics)
    assert open_topic not in saved(plumbline).get("answers", {})


def test_a_closed_terminal(plumbline):
    with Conversation(plumbline) as talk:
        topics = talk.walk(until=4)
        talk.hang_up()
    expect_kept(plumbline, topics)


@pytest.mark.parametrize("answered", range(1, size(5, 20)))
def test_killed_between_questions(plumbline, answered):
    with Conversation(plumbline) as talk:
        topics = talk.walk(until=answered)
        talk.kill(signal.SIGKILL)
        talk.drain()
    expect_kept(plumbline, topics)


def test_killed_at_any_moment(plumbline):
    """Every reply that was followed by the next prompt is there, whenever the kill came."""
    rng = random.Random(1)
    with Conversation(plumbline, "--out", "whole") as talk:
        started = time.monotonic()
        topics = talk.walk()
        lasted = time.monotonic() - started
        talk.child.sendintr()
        talk.end()
    typed = "".join(("Checkout" if topic == "system" else reply(topic)[0]) + "\n" for topic in topics)
    for run in range(size(12, 200)):
        folder = f"run-{run}"
        with Conversation(plumbline, "--out", folder) as talk:
            assert talk.topic(talk.prompt()) == "system"
            pid = talk.pid
            talk.child.send(typed)
            time.sleep(rng.random() * lasted)
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            talk.drain()
        kept = topics[: max(0, talk.prompts - 1)]
        if kept:
            expect_kept(plumbline, kept, folder)


def test_resume_goes_on_at_the_same_question(plumbline):
    with Conversation(plumbline) as talk:
        talk.walk(until=5)
        there = talk.topic(talk.shown)
        talk.child.sendintr()
        talk.end()
    with Conversation(plumbline, "--resume") as talk:
        topics = talk.walk()
        talk.say("")
        assert talk.end()[0] == 0
    assert topics[0] == there
    assert DOCUMENTS <= set(tree(plumbline.folder / "architecture"))


def test_a_damaged_journal(plumbline):
    with Conversation(plumbline) as talk:
        topics = talk.walk(until=5)
        talk.kill(signal.SIGKILL)
        talk.drain()
    [journal] = [path for path in plumbline.state.rglob("*") if path.is_file()]
    whole = journal.read_bytes()
    # A last line that was cut off costs one reply at most.
    journal.write_bytes(whole[:-7])
    expect_kept(plumbline, topics[:-1])
    for junk in (b"", b"\x00" * 500, whole[: len(whole) // 3], b"[]\n", b"{}\nnonsense\n"):
        journal.write_bytes(junk)
        with Conversation(plumbline, "--resume") as talk:
            # What can be read is resumed; where nothing can, that is said.
            if talk.child.expect_exact([PROMPT, "STATUS 3"]) == 0:
                assert talk.topic(talk.child.before) in traits().keys() | {"system", REVIEW}
            else:
                assert "nothing to resume" in talk.child.before


def test_a_state_folder_that_cannot_be_written(plumbline):
    plumbline.write("state", "a file, not a folder\n")
    with Conversation(plumbline, env={"XDG_STATE_HOME": str(plumbline.folder / "state")}) as talk:
        talk.walk()
        talk.say("")
        assert talk.end()[0] == 0
    assert re.search("(?i)warning|not be kept|cannot be kept", squeezed(talk.shown))


def test_two_runs_at_once(plumbline):
    with Conversation(plumbline, "--out", "a") as first, Conversation(plumbline, "--out", "b") as second:
        for talk, name in ((first, "A"), (second, "B")):
            assert talk.topic(talk.prompt()) == "system"
            talk.say(name)
        for talk, people in ((first, "6"), (second, "7")):
            assert talk.topic(talk.prompt()) == "team_size"
            talk.say(people)
        for talk in (first, second):
            talk.walk()
            talk.say("")
        assert first.end()[0] == second.end()[0] == 0
    for folder, name, people in (("a", "A", "6"), ("b", "B", "7")):
        answers = saved(plumbline, folder)
        assert (answers["system"], answers["answers"]["team_size"]) == (name, people)


def test_two_runs_into_the_same_folder(plumbline):
    """The second may be turned away or wait its turn; it must not lose the first one's answers."""
    with Conversation(plumbline) as first:
        topics = first.walk(until=4)
        with Conversation(plumbline) as second:
            second.child.expect_exact([PROMPT, "AFTER "], timeout=20)
        first.child.sendintr()
        first.end()
    expect_kept(plumbline, topics)
