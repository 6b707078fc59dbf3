"""`ask` drawn in place, by a terminal emulator: what stands on the screen, and how the terminal is left."""

from __future__ import annotations

import re
import resource
import signal
import sys
import time

import pytest
from wcwidth import wcswidth

from conversation import DOCUMENTS, REVIEW, SHELL, Conversation, expect_kept, reply, saved, squeezed, traits
from rig import size, tree
from screen import BACK_TAB, BACKSPACE, DOWN, END, ENTER, ESCAPE, HOME, PAUSE, STOPS, TAB, UP, Drawn, Terminal
from screen import control, paste

if sys.platform != "linux":
    pytest.skip("reads /proc", allow_module_level=True)

SIZES = [(24, 40), (30, 80), (50, 200)]

#: What is typed for some, and what is said to be understood.
TYPED = {
    "team_size": ("12", "12 people"),
    "qps": ("15k..20k", "15,000 to 20,000 requests a second"),
    "read_ratio": ("4:1", "80%"),
    "data_size": ("3 GiB", "3 GiB"),
    "cache_hit_rate": ("85%", "85%"),
}

PLAIN = {"has_cache": "no", "async_work": "no", "api_audience": "internal", "downstream_reliability": "none"}


def colours(raw: bytes) -> list[str]:
    """The parameters of every sequence that sets how text looks."""
    return [found.decode() for found in re.findall(rb"\x1b\[([0-9;:]*)m", raw)]


# MARK: Widgets


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[1]} columns")
def test_every_widget(plumbline, size):
    """Each question, as it is answered key by key, and then the review."""
    kinds = set()
    with Drawn(plumbline, size=size) as talk:
        asked = []
        while (topic := talk.shown()) != REVIEW:
            asked.append(topic)
            kind = "name" if topic == "system" else traits()[topic]["kind"]
            value, echo = TYPED.get(topic, (None, ""))
            keys = talk.keys_for(topic, value)
            if kind not in kinds:
                kinds.add(kind)
                talk.expect_sound()
                talk.press(keys.removesuffix(ENTER))
                if kind not in ("choice", "flag", "set"):
                    talk.wait(lambda: talk.field() == keys.removesuffix(ENTER))
                    talk.wait(echo)
                    talk.expect_sound()
                keys = ENTER
            talk.go(keys)
        talk.expect_sound()
        # What was answered stays above, in order.
        told = squeezed("\n".join(talk.conversation()))
        places = [told.find(f"✓ {'System' if topic == 'system' else traits()[topic]['title']}: ") for topic in asked]
        assert -1 not in places and places == sorted(places), talk
        talk.press(ENTER)
        assert talk.end()[0] == 0
    assert kinds >= {"name", "count", "rate", "share", "flag", "set", "choice"}
    assert DOCUMENTS <= set(tree(plumbline.folder / "architecture"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[1]} columns")
def test_both_families_of_bytes(plumbline, size):
    with Drawn(plumbline, size=size) as talk:
        talk.seek("data_size")
        for typed, other, caution in (
            ("3 GB", "that is 2.79 GiB", "3 GiB would be 7.4% more"),
            ("3 GiB", "that is 3.22 GB", "3 GB would be 6.9% less"),
        ):
            talk.type(typed)
            talk.wait(other)
            talk.wait(caution)
            talk.expect_sound()
            talk.press(control("u"))
            talk.wait(lambda: not talk.field())


def test_the_echo_follows_each_key(plumbline):
    with Drawn(plumbline) as talk:
        talk.seek("qps")
        for typed, echo in (
            ("2", "→ 2 requests a second"),
            ("2.", "✗"),
            ("2.5", "→ 2.5 requests a second"),
            ("2.5k", "→ 2,500 requests a second, about 216 million a day"),
            ("2.5k.", "✗"),
            ("2.5k..4", "✗"),
            ("2.5k..4k", "→ 2,500 to 4,000 requests a second"),
        ):
            talk.type(typed[len(talk.field()) :] if typed.startswith(talk.field()) and talk.field() else typed)
            talk.wait(echo)
        talk.press(BACKSPACE * 4)
        talk.wait("→ 2,500 requests a second")
        talk.expect_sound()
        # What is wrong stays to be mended.
        talk.press("x")
        talk.wait("✗")
        talk.press(ENTER)
        talk.wait("✗")
        talk.wait(lambda: talk.is_waiting() and talk.field() == "2.5kx")
        assert talk.topic() == "qps"
        talk.go(BACKSPACE + ENTER)
        assert "✓ Requests a second: 2,500 requests a second" in talk.text()


def test_a_list_by_arrows_letters_and_numbers(plumbline):
    def chosen() -> str:
        return next(line for line in talk.lines() if line.startswith("› "))

    with Drawn(plumbline) as talk:
        talk.seek("message_needs")
        for keys, row in (
            (DOWN, "routing"), ("j", "priority"), ("k", "routing"), (UP, "simple-job"), (UP, "not known"),
            (HOME, "simple-job"), ("G", "not known"), ("g", "simple-job"), (END, "not known"),
            (control("p"), "none of them"), (control("n"), "not known"), (TAB, "simple-job"),
        ):  # fmt: skip
            talk.press(keys)
            talk.wait(lambda: row in chosen())
        # Typing looks for something; Escape shows all again.
        talk.press("fan")
        talk.wait(lambda: "fan-out" in chosen() and "routing" not in talk.text())
        talk.expect_sound()
        talk.press(ENTER)
        talk.wait(lambda: "[x] 6 fan-out" in chosen() and "routing" in talk.text())
        talk.press("2")
        talk.wait("[x] 2 routing")
        talk.press(" ")
        talk.wait("[ ] 2 routing")
        talk.press("zzz")
        talk.wait("nothing fits")
        talk.expect_sound()
        talk.press(ENTER)
        talk.wait("Nothing fits “zzz”")
        talk.press(ESCAPE)
        talk.wait("simple-job")
        talk.expect_sound()
        talk.go(ENTER)
        assert "✓ Message needs: fan-out" in talk.text()


def test_a_long_list_scrolls(plumbline):
    with Drawn(plumbline, size=(14, 80)) as talk:
        talk.walk()
        talk.expect_sound()
        talk.press(HOME)
        talk.wait("› System")
        talk.wait("below")
        talk.expect_sound()
        # At once, so that there is one frame to wait for.
        talk.press(DOWN * 8)
        talk.wait("above")
        talk.expect_sound()


@pytest.mark.parametrize("name", ["会計システム", "Kasse für Café", "cafe\u0301 ｶﾌｪ", "Zoë 한글 e\u0301e\u0301"])
def test_wide_and_combining_characters(plumbline, name):
    def field() -> str:
        return talk.screen.display[talk.screen.cursor.y].rstrip()

    with Drawn(plumbline, size=(24, 40)) as talk:
        talk.shown()
        talk.press(name)
        # The emulator puts a mark and its letter together, as the terminal does.
        talk.wait(lambda: talk.screen.cursor.x == 2 + wcswidth(name))
        assert field().removeprefix("› ").replace("e\u0301", "é") == name.replace("e\u0301", "é")
        talk.expect_sound()
        # Back over the last character in one step, over it again, and to its other side.
        last = 2 if wcswidth(name[-1]) == 2 else 1
        talk.press("\x1b[D")
        talk.wait(lambda: talk.screen.cursor.x == 2 + wcswidth(name) - last)
        talk.press("\x1b[C")
        talk.wait(lambda: talk.screen.cursor.x == 2 + wcswidth(name))
        talk.go(ENTER)
        talk.expect_sound()
        talk.go("12 # " + name + ENTER)
        talk.seek("has_cache")
        talk.press("#" + name)
        talk.wait(lambda: talk.screen.cursor.x == len("  note: ") + wcswidth(name))
        talk.expect_sound()
        talk.go(ENTER)
        talk.walk()
        talk.expect_sound()
        talk.press(ENTER)
        assert talk.end()[0] == 0
    written = saved(plumbline)
    assert written["system"] == name
    assert written["notes"] == {"team_size": name, "has_cache": name}


def test_a_text_longer_than_the_line(plumbline):
    name = "".join(f"名{number:03d}" for number in range(60))
    with Drawn(plumbline, size=(24, 40)) as talk:
        talk.shown()
        talk.press(name)
        talk.wait("059")
        talk.expect_sound()
        talk.press(control("a"))
        talk.wait("名000")
        assert talk.screen.cursor.x == 2
        talk.expect_sound()
        talk.go(ENTER)
        talk.press(control("c"))
        talk.end()
    plumbline.ok("ask", "--resume", "--no-input", "--out", "architecture")
    assert saved(plumbline)["system"] == name


# MARK: Colour, and terminals that cannot be drawn on


@pytest.mark.parametrize(
    "env, flags", [({"NO_COLOR": "1"}, []), ({}, ["--no-color"])], ids=["NO_COLOR", "--no-color"]
)  # fmt: skip
def test_no_colour_where_it_is_not_wanted(plumbline, env, flags):
    with Drawn(plumbline, *flags, env={"COLORTERM": "truecolor", **env}) as talk:
        talk.walk()
        talk.expect_sound()
        talk.press(ENTER)
        assert talk.end()[0] == 0
    assert set(colours(talk.raw)) <= {"", "0"}


@pytest.mark.parametrize(
    "env, expected",
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "38;2;"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "38;2;"),
        ({"TERM": "xterm-direct"}, "38;2;"),
        ({"TERM": "xterm-256color"}, "38;5;"),
        ({"TERM": "xterm"}, ""),
        ({"TERM": "linux"}, ""),
    ],
    ids=["truecolor", "24bit", "direct", "256", "xterm", "linux"],
)
def test_the_depth_of_colour(plumbline, env, expected):
    with Drawn(plumbline, env=env) as talk:
        talk.walk(until=3)
        talk.press(control("c"))
        talk.end()
    codes = set(colours(talk.raw))
    extended = {code for code in codes if "38;" in code}
    assert all(expected and expected in code for code in extended), codes
    assert bool(extended) == bool(expected)
    # With 16 colours, too, something is told apart.
    assert codes - {"", "0", "1"}


@pytest.mark.parametrize(
    "env",
    [
        {"TERM": "dumb"}, {"TERM": ""}, {"ACCESSIBLE": "1"}, {"ACCESSIBILITY_ENABLED": "1"},
        {"GNOME_ACCESSIBILITY": "1"}, {"INSIDE_EMACS": "29.4,comint"},
    ],
    ids=lambda env: next(iter(env.items()))[0] + "=" + next(iter(env.items()))[1],
)  # fmt: skip
def test_lines_alone_where_nothing_may_be_drawn(plumbline, env):
    with Conversation(plumbline, env=env, says_accessible=False) as talk:
        talk.walk(until=2)
        while talk.topic(talk.shown) != "api_audience":
            talk.ask(reply(talk.topic(talk.shown))[0])
        assert "1) public" in talk.shown and "2) partner" in talk.shown
        talk.say("2")
        talk.walk()
        talk.say("")
        assert talk.end()[0] == 0
    assert "\x1b" not in talk.shown


def test_drawing_may_be_asked_for(plumbline):
    with Drawn(plumbline, "--no-accessible", env={"ACCESSIBLE": "1"}) as talk:
        talk.shown()
        talk.expect_sound()
    with Drawn(plumbline, env={"ACCESSIBLE": "0"}) as talk:
        talk.shown()


# MARK: Another size


def test_resizing_keeps_what_is_typed(plumbline):
    with Drawn(plumbline, size=(30, 80)) as talk:
        talk.seek("qps")
        talk.type("2.5k")
        for rows, columns in ((24, 40), (30, 120), (6, 20), (2, 20), (24, 80), (40, 41), (30, 80)):
            mark = len(talk.raw)
            talk.resize(rows, columns)
            talk.wait(lambda: len(talk.raw) > mark and not talk.screen.cursor.hidden and talk.field() == "2.5k")
            assert max(map(wcswidth, talk.lines())) <= columns
        talk.wait("→ 2,500 requests a second")
        talk.go(ENTER)
        assert "✓ Requests a second: 2,500" in talk.text()
        # What stood there is cut by the emulator, as xterm does, and is left alone; the new frame is whole.
        talk.resize(16, 40)
        talk.answer()
        talk.press(control("c"))
        assert talk.end()[0] == 130


def test_resizing_leaves_one_frame(plumbline):
    """Wider, higher and lower again: nothing is broken anew, so nothing may be left over."""
    with Drawn(plumbline, size=(30, 60)) as talk:
        talk.walk(until=3)
        for rows, columns in ((30, 120), (45, 120), (28, 120), (28, 200)):
            mark = len(talk.raw)
            talk.resize(rows, columns)
            talk.wait(lambda: len(talk.raw) > mark and talk.is_waiting())
            talk.expect_sound()


def test_a_very_small_terminal(plumbline):
    """Questions cannot be seen whole there, but answered."""
    with Drawn(plumbline, size=(30, 80)) as talk:
        topics = talk.walk()
        talk.press(control("c"))
        talk.end()
    with Drawn(plumbline, "--out", "small", size=(6, 20)) as talk:
        for topic in topics:
            mark = len(talk.raw)
            talk.press(talk.keys_for(topic))
            talk.wait(lambda: len(talk.raw) > mark)
        talk.wait("Write the")
        talk.press(ENTER)
        assert talk.end()[0] == 0
    answers = saved(plumbline, "small")["answers"]
    assert set(answers) == set(topics) - {"system"}


# MARK: However it ends


@pytest.mark.parametrize("answered", range(0, 14, size(3, 1)))
def test_interrupt(plumbline, answered):
    with Drawn(plumbline) as talk:
        topics = talk.walk(until=answered)
        talk.press("\x03")
        status, written = talk.end()
        assert status == 130
        assert "plumbline ask --resume" in talk.text()
        # What is said last stands where the frame was.
        assert STOPS not in talk.text()
    assert not (plumbline.folder / "architecture").exists()
    if answered:
        expect_kept(plumbline, topics)


def test_interrupt_at_the_review(plumbline):
    with Drawn(plumbline) as talk:
        topics = talk.walk()
        talk.press("\x03")
        assert talk.end()[0] == 130
    expect_kept(plumbline, topics)


def test_end_of_input(plumbline):
    with Drawn(plumbline) as talk:
        topics = talk.walk(until=3)
        question = traits()[talk.topic()]["question"]
        talk.press(control("d"))
        status, written = talk.end()
        assert status == 2 and question in squeezed(written.split(STOPS)[-1])
    expect_kept(plumbline, topics)


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT], ids=lambda number: number.name
)
def test_other_signals(plumbline, number):
    with Drawn(plumbline) as talk:
        topics = talk.walk(until=3)
        talk.type("1")
        talk.kill(number)
        assert talk.end()[0] in (130, 128 + number)
    expect_kept(plumbline, topics)
    assert set(saved(plumbline)["answers"]) == set(topics) - {"system"}


def test_a_closed_terminal(plumbline):
    with Drawn(plumbline) as talk:
        topics = talk.walk(until=4)
        talk.hang_up()
    expect_kept(plumbline, topics)


def test_killed(plumbline):
    with Drawn(plumbline) as talk:
        topics = talk.walk(until=4)
        talk.kill(signal.SIGKILL)
        talk.finish()
    expect_kept(plumbline, topics)


class Shell(Drawn):
    """An interactive shell with job control, in which `ask` is started by hand."""

    READY = "ready> "

    def __init__(self, plumbline, size=(30, 80)):
        Terminal.__init__(
            self, ["/bin/bash", "--norc", "--noprofile", "--noediting", "-i"],
            env=plumbline.environment({"PS1": self.READY}), cwd=plumbline.folder, size=size,
        )  # fmt: skip
        self.ready()
        self.modes = self.stty()

    def ready(self) -> None:
        self.wait(lambda: self.lines() and self.lines()[-1] == self.READY.rstrip())

    def stty(self) -> str:
        mark = len(self.raw)
        self.press('echo "MODES $(stty -g)"\r')
        self.wait(lambda: re.search(rb"MODES [0-9a-f]\S*\r\n[^\n]*ready> $", self.raw[mark:]))
        return re.search(rb"MODES ([0-9a-f]\S*)", self.raw[mark:])[1].decode()

    def expect_stopped(self) -> None:
        self.ready()
        # Nothing of the frame is left, and the shell has the terminal as it was.
        assert STOPS not in self.text() and "Stopped" in self.text(), self
        assert not self.screen.cursor.hidden
        assert self.stty() == self.modes

    @property
    def pid(self) -> int:
        [pid] = self.children()
        return pid

    def children(self) -> list[int]:
        path = f"/proc/{self.child.pid}/task/{self.child.pid}/children"
        with open(path) as file:
            return [int(pid) for pid in file.read().split()]


@pytest.mark.parametrize("way", ["key", "signal", "twice"])
def test_stopped_and_on_again(plumbline, way):
    with Shell(plumbline) as talk:
        talk.press(f"{plumbline.executable} ask\r")
        topics = talk.walk({"qps": "1200"}, until=3)
        open_topic = talk.topic()
        talk.press("/part" if open_topic == "api_audience" else "12")
        talk.wait("looking for: part" if open_topic == "api_audience" else "12")
        for _ in range(2 if way == "twice" else 1):
            if way == "signal":
                talk.kill(signal.SIGTSTP)
            else:
                talk.press(control("z"))
            talk.expect_stopped()
            talk.press("echo busy with; echo something else\r")
            talk.ready()
            talk.press("fg\r")
            assert talk.shown() == open_topic
            talk.wait("looking for: part" if open_topic == "api_audience" else "12")
        # The prompts of the shell stand above; there is one frame.
        assert talk.text().count(STOPS) == 1, talk
        talk.go(ENTER + ENTER if open_topic == "api_audience" else ENTER)
        talk.press(control("c"))
        talk.ready()
        assert talk.stty() == talk.modes
        talk.press("exit\r")
        talk.finish()
    expect_kept(plumbline, topics)
    assert open_topic in saved(plumbline)["answers"]


def test_begun_in_the_background(plumbline):
    """It waits for the terminal as any job does, and takes nothing that is typed to the shell."""
    with Shell(plumbline) as talk:
        talk.press(f"{plumbline.executable} ask &\r")
        talk.wait(lambda: talk.children() and _state(talk.pid) == "T")
        talk.press("echo still here\r")
        talk.wait(lambda: "still here" in talk.lines())
        assert talk.stty() == talk.modes
        talk.press("fg\r")
        assert talk.shown() == "system"
        talk.walk(until=2)
        talk.press(control("c"))
        talk.ready()
        assert talk.stty() == talk.modes


def _state(pid: int) -> str:
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


# MARK: Typed ahead, pasted


def test_typed_ahead(plumbline):
    """All at once, before the first question is drawn."""
    with Drawn(plumbline) as talk:
        topics = talk.walk()
        talk.press(control("c"))
        talk.end()
    with Drawn(plumbline, "--out", "ahead") as talk:
        talk.press("".join(talk.keys_for(topic) for topic in topics))
        talk.wait(lambda: talk.is_about(REVIEW))
        talk.press(ENTER)
        assert talk.end()[0] == 0
    expect_kept(plumbline, topics)
    assert saved(plumbline, "ahead")["answers"] == saved(plumbline)["answers"]


def test_pasted(plumbline):
    with Drawn(plumbline) as talk:
        talk.shown()
        talk.press(paste("Two\r\nlines\x1b[31m of <text>?!"))
        talk.wait("Two lines")
        talk.expect_sound()
        assert b"\x1b[31m" not in talk.raw
        # What is pasted is no command and answers nothing by itself.
        assert talk.topic() == "system"
        talk.go(ENTER)
        talk.press(paste("7 # counted <twice> and ok?"))
        talk.wait("→ 7 people")
        talk.expect_sound()
        talk.go(ENTER)
        talk.press(control("c"))
        talk.end()
    plumbline.ok("ask", "--resume", "--no-input", "--out", "architecture")
    written = saved(plumbline)
    assert written["system"].startswith("Two lines") and written["notes"]["team_size"] == "counted <twice> and ok?"


# MARK: Why, back, review


def test_why(plumbline):
    with Drawn(plumbline, size=(50, 80)) as talk:
        talk.seek("qps")
        talk.type("2.5k")
        talk.press("?")
        talk.wait("How to measure")
        talk.wait(talk.is_waiting)
        text = talk.text()
        assert "1,000" in text and "50,000" in text and "Typical" in text
        # What was typed is still there, and Return behind the question mark was a slip.
        talk.wait(lambda: talk.field() == "2.5k")
        assert talk.topic() == "qps"
        talk.press(ENTER)
        time.sleep(PAUSE)
        assert talk.topic() == "qps"
        talk.expect_sound()
        talk.go(ENTER)
        assert "✓ Requests a second: 2,500" in talk.text()


@pytest.mark.parametrize("key", ["<", BACK_TAB])
def test_back(plumbline, key):
    with Drawn(plumbline) as talk:
        topics = talk.walk()
        there = list(reversed(topics))
        for topic in there:
            assert talk.go(key) == topic
        talk.expect_sound()
        talk.press(key)
        talk.wait("This is the first question")
        # Forward again by Return alone, and nothing has changed.
        for topic in topics[1:] + [REVIEW]:
            time.sleep(PAUSE if key == "<" and topic == topics[1] else 0)
            assert talk.go(ENTER) == topic
        talk.expect_sound()
        talk.press(control("c"))
        assert talk.end()[0] == 130
    expect_kept(plumbline, topics)


@pytest.mark.parametrize("key", ["!", control("r")])
def test_review_and_change(plumbline, key):
    with Drawn(plumbline, size=(45, 80)) as talk:
        topics = talk.walk(until=4)
        assert talk.go(key) == REVIEW
        talk.expect_sound()
        assert re.search("› Go on with [0-9]+ open question", talk.text())
        talk.press("team si")
        talk.wait(lambda: "looking for: team si" in talk.text() and "› Team size" in talk.text())
        assert "Requests a second" not in "\n".join(talk.lines()).split("Your answers")[1]
        talk.expect_sound()
        assert talk.go(ENTER) == "team_size"
        talk.type("8")
        talk.go(ENTER)
        talk.go(key, REVIEW)
        assert re.search("Team size +8", talk.text())
        if key == "!":
            time.sleep(PAUSE)
        # Where it stands, Return goes on with what is open.
        assert talk.go(ENTER) in traits()
        talk.press(control("c"))
        assert talk.end()[0] == 130
    expect_kept(plumbline, [topic for topic in topics if topic != "team_size"])
    assert saved(plumbline)["answers"]["team_size"] == "8"


def test_a_change_that_turns_a_decision_says_so(plumbline):
    with Drawn(plumbline, size=(45, 80)) as talk:
        talk.seek("qps")
        talk.answer("500")
        talk.go("<", "qps")
        time.sleep(PAUSE)
        talk.press("20k")
        talk.wait("would change Instances and load balancing")
        talk.go(ENTER)
        assert "Changed: Instances and load balancing: One instance has the capacity →" in squeezed(
            "\n".join(talk.history())
        )


def test_go_deeper(plumbline):
    with Drawn(plumbline, size=(45, 80)) as talk:
        first = talk.walk(PLAIN)
        talk.press("/go deeper: rel")
        talk.wait("› Go deeper: Reliability")
        talk.expect_sound()
        # The slash shows that letters look for something.
        asked = [talk.go(ENTER)]
        while talk.shown() != REVIEW:
            asked.append(talk.topic())
            talk.press(ENTER)
            here = asked[-1]
            talk.wait(lambda: talk.is_waiting() and (talk.topic() != here or "✗" in talk.text()))
            if talk.topic() == here:
                talk.answer()
        areas = {traits()[topic]["area"] for topic in asked}
        assert areas == {"reliability"}, asked
        assert not set(asked) & set(first)
        assert "Go deeper: Reliability" not in "\n".join(talk.lines())
        assert "planning default" in "\n".join(talk.lines())
        talk.press("/write" + ENTER)
        assert talk.end()[0] == 0


def test_the_outcomes_can_be_hidden(plumbline):
    with Drawn(plumbline, size=(45, 80)) as talk:
        talk.walk(until=4)
        assert re.search(r"Settled \d+ of \d+", talk.text())
        talk.press(control("o"))
        talk.wait(lambda: talk.is_waiting() and not re.search(r"Settled \d+ of \d+", talk.text()))
        talk.expect_sound()
        talk.answer()
        assert not re.search(r"Settled \d+ of \d+", talk.text())
        talk.press(control("o"))
        talk.wait(lambda: re.search(r"Settled \d+ of \d+", talk.text()))
        talk.expect_sound()


def test_not_known(plumbline):
    with Drawn(plumbline, size=(50, 80)) as talk:
        topics = []
        while (topic := talk.shown()) != REVIEW:
            topics.append(topic)
            if topic in ("qps", "data_size", "team_size"):
                talk.go(control("n"))
                assert "not known" in talk.text().lower()
            else:
                talk.answer()
        assert {"qps", "data_size", "team_size"} <= set(topics)
        talk.press(ENTER)
        status, written = talk.end()
    assert status == 0
    told = squeezed(written.split("most important first", 1)[1])
    for topic in ("qps", "data_size"):
        assert traits()[topic]["title"] in told
    assert "How to find out: From the load balancer" in told and "assumed 50/s to 2,000/s" in told
    # Whatever turns more, or weightier decisions comes first.
    assert told.index("Requests a second") < told.index("Stored data")


# MARK: Nothing is lost


def test_resume(plumbline):
    with Drawn(plumbline) as talk:
        topics = talk.walk(until=5)
        there = talk.topic()
        talk.press(control("c"))
        talk.end()
    with Drawn(plumbline, "--resume") as talk:
        assert talk.shown() == there
        assert "Going on where you stopped: 5 answers kept" in talk.text()
        assert talk.go("<") == topics[-1]
        time.sleep(PAUSE)
        assert talk.go(ENTER) == there
        later = talk.walk()
        assert not set(later) & set(topics)
        talk.press(ENTER)
        assert talk.end()[0] == 0
    # All was kept with the first run, and the second is finished: the answers are in the documents.
    states = plumbline.decide(plumbline.folder / "architecture/answers.yaml")["answers"]
    for topic in [*topics[1:], *later]:
        assert states[topic]["origin"] == "answered", topic
    with Drawn(plumbline) as talk:
        assert talk.shown() == "system"


def test_resumed_in_the_review_by_the_other_front_end(plumbline):
    with Drawn(plumbline) as talk:
        topics = talk.walk()
        talk.press(control("c"))
        talk.end()
    with Conversation(plumbline, "--resume") as talk:
        assert talk.topic(talk.prompt()) == REVIEW
        talk.say("")
        assert talk.end()[0] == 0
    assert set(saved(plumbline)["answers"]) == set(topics) - {"system"}


def test_two_runs_into_the_same_folder(plumbline):
    with Drawn(plumbline) as first:
        topics = first.walk(until=4)
        with Drawn(plumbline) as second:
            status, written = second.end()
        assert status == 3 and "another run" in written
        topics.append(first.topic())
        first.answer()
        first.press(control("c"))
        first.end()
    expect_kept(plumbline, topics)


def test_a_full_disk(plumbline):
    """No file may grow any more: it is said once, what was kept stays readable, and the questions go on."""
    # As on a full disk the write is to fail, not the signal to kill.
    with Drawn(plumbline, shell="trap '' XFSZ; " + SHELL) as talk:
        topics = talk.walk(until=4)
        [journal] = (plumbline.state / "plumbline").iterdir()
        kept = journal.read_bytes()
        limits = resource.prlimit(talk.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(talk.pid, resource.RLIMIT_FSIZE, (len(kept) + 9, limits[1]))
        talk.answer()
        assert "Warning" in talk.text() and "cannot be kept" in talk.text()
        talk.expect_sound()
        assert journal.read_bytes() == kept
        while talk.shown() != REVIEW:
            talk.answer()
        assert squeezed("\n".join(talk.history())).count("cannot be kept") == 1
        assert journal.read_bytes() == kept
        talk.press(control("c"))
        assert talk.end()[0] == 130
    assert "not kept" in talk.text()
    expect_kept(plumbline, topics)


def test_a_disk_that_has_room_again(plumbline):
    with Drawn(plumbline, shell="trap '' XFSZ; " + SHELL) as talk:
        topics = talk.walk(until=3)
        [journal] = (plumbline.state / "plumbline").iterdir()
        limits = resource.prlimit(talk.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(talk.pid, resource.RLIMIT_FSIZE, (journal.stat().st_size + 1, limits[1]))
        topics.append(talk.topic())
        talk.answer()
        assert "cannot be kept" in talk.text()
        resource.prlimit(talk.pid, resource.RLIMIT_FSIZE, limits)
        topics += talk.walk()
        talk.press(ENTER)
        assert talk.end()[0] == 0
    states = plumbline.decide(plumbline.folder / "architecture/answers.yaml")["answers"]
    for topic in topics[1:]:
        assert states[topic]["origin"] == "answered", topic


# MARK: A plain service


@pytest.mark.parametrize("replies", [
    {"team_size": "4", "qps": "50", "data_size": "20 GB"},
    {"team_size": "12", "production_services": "1", "qps": "300", "data_size": "80 GB"},
], ids=["small team", "team of 12"])  # fmt: skip
def test_a_plain_service_takes_three_minutes(plumbline, replies):
    """At five keys a second and three seconds of thought for each question, from start to documents."""
    with Drawn(plumbline) as talk:
        topics = talk.walk({**PLAIN, "identical_query_rate": "20", "db_connections": "40", **replies})
        talk.press(ENTER)
        assert talk.end()[0] == 0
    assert "team_size" in topics
    assert len(topics) <= 12, topics
    assert talk.keys / 5 + 3 * len(topics) < 180
    assert DOCUMENTS <= set(tree(plumbline.folder / "architecture"))
    by_id = plumbline.decide(plumbline.folder / "architecture/answers.yaml")["by_id"]
    assert by_id["service-shape"]["outcome"] == "modular-monolith"
    core = ["load-balancing", "read-scaling", "write-scaling", "connection-pooling", "caching"]
    assert [by_id[decision]["status"] for decision in core] == ["decided"] * len(core)
