"""A conversation with `plumbline ask` line by line, or with `recover`, in a terminal of its own."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pexpect
import yaml

from rig import KNOWLEDGE, Plumbline

#: Where a reply is awaited.
PROMPT = "\r\n> "
REVIEW = "review"

#: What is typed for each kind of trait, and what it then must be.
REPLIES = {
    "count": ("7", 7),
    "number": ("1.5", 1.5),
    "share": ("25%", 0.25),
    "ratio-per-year": ("20%", 0.2),
    "rate": ("1.2k", 1200),
    "rate-per-minute": ("42", 42),
    "bytes": ("3 GB", 3_000_000_000),
    "transfer-rate": ("5 MB/s", 5_000_000),
    "duration": ("5 min", 300),
    "flag": ("yes", True),
}

#: Where the bounds leave no room for what is typed for the kind.
NARROW = {
    "message_size": ("2 MB", 2_000_000),
    "base_backup_interval": ("2 d", 172_800),
    "query_latency_target": ("30 ms", 0.03),
}

#: The shell keeps the terminal's modes and the exit status for the test to read.
SHELL = 'trap : INT TERM HUP; echo "BEFORE $(stty -g)"; "$@"; echo "STATUS $?"; echo "AFTER $(stty -g)"'


@cache
def traits() -> dict[str, dict]:
    """The front matter of every trait."""
    found = {}
    for path in sorted((KNOWLEDGE / "traits").glob("*.md")):
        found[path.stem] = yaml.load(path.read_text().split("---\n")[1], yaml.BaseLoader)
    return found


def reply(trait: str) -> tuple[str, object]:
    """A reply that fits the trait, and its value."""
    data = traits()[trait]
    if trait in NARROW:
        return NARROW[trait]
    if data["kind"] in ("choice", "set"):
        first = next(iter(data["options"]))
        return (first, first) if data["kind"] == "choice" else (first, [first])
    return REPLIES[data["kind"]]


def squeezed(text: str) -> str:
    """Without line breaks and escapes, so that wrapped questions can be found."""
    return " ".join(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).split())


class Conversation:
    """Lines are only ever added: `ask` is told so by `--accessible`, unless it is to find out by itself."""

    def __init__(
        self, plumbline: Plumbline, *arguments, command="ask", size=(40, 100), env: dict | None = None,
        cwd: Path | None = None, says_accessible: bool = True,
    ):  # fmt: skip
        plainly = ["--accessible"] if command == "ask" and says_accessible else []
        self.child = pexpect.spawn(
            "/bin/sh",
            ["-c", SHELL, "sh", str(plumbline.executable), command, *plainly, *map(str, arguments)],
            env=plumbline.environment({"NO_COLOR": "1", **(env or {})}),
            cwd=cwd or plumbline.folder,
            dimensions=size,
            encoding="utf-8",
            codec_errors="replace",
            timeout=20,
        )
        self.child.delaybeforesend = 0
        self.shown = ""
        #: How many prompts were shown.
        self.prompts = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.close(force=True)

    # MARK: Talking

    def prompt(self) -> str:
        """What is shown up to the next prompt."""
        found = self.child.expect_exact([PROMPT, "STATUS "])
        self.shown += self.child.before + self.child.after
        assert found == 0, f"the run ended:\n{self.shown[-3000:]}\n{self.child.read()}"
        self.prompts += 1
        return self.child.before

    def say(self, text: str) -> None:
        self.child.sendline(text)

    def ask(self, text: str) -> str:
        """Replies, and returns what is shown up to the next prompt."""
        self.say(text)
        return self.prompt()

    @staticmethod
    def topic(shown: str) -> str:
        """The trait that the last question is about; `system`, or `review`."""
        text = squeezed(shown)
        places = {trait: text.rfind(squeezed(data["question"])) for trait, data in traits().items()}
        places["system"] = text.rfind("What is the system called?")
        places[REVIEW] = text.rfind("Your answers")
        last = max(places, key=places.get)
        assert places[last] >= 0, f"no question in:\n{shown}"
        return last

    def walk(self, replies: dict[str, str] | None = None, until: int | None = None) -> list[str]:
        """Answers each question up to the review, or so many; the topics in order."""
        topics = []
        while True:
            topic = self.topic(self.prompt())
            if topic == REVIEW or len(topics) == until:
                return topics
            topics.append(topic)
            assert len(topics) < 200, "the questions do not end"
            self.say((replies or {}).get(topic) or ("Checkout" if topic == "system" else reply(topic)[0]))

    # MARK: Ending

    def end(self) -> tuple[int, str]:
        """Waits for the end; the exit status and what was shown last. The terminal must be as it was."""
        self.child.expect(pexpect.EOF, timeout=15)
        self.shown += self.child.before
        before = re.search(r"BEFORE (\S+)", self.shown)
        after = re.search(r"AFTER (\S+)", self.shown)
        assert before and after, self.shown
        assert before[1] == after[1], "the terminal is not as it was"
        return int(re.search(r"STATUS (\d+)", self.shown)[1]), self.child.before

    @property
    def pid(self) -> int:
        """The process that asks: the shell's only child once it has shown a prompt."""
        assert self.prompts, "nothing was asked yet"
        [pid] = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text().split()
        return int(pid)

    def kill(self, signal: int) -> None:
        os.kill(self.pid, signal)

    def hang_up(self) -> None:
        """Closes the terminal, as when a window is closed."""
        self.child.ptyproc.fileobj.close()
        self.child.closed = self.child.ptyproc.closed = True
        self.child.child_fd = self.child.ptyproc.fd = -1
        self.child.ptyproc.wait()

    def drain(self) -> None:
        """Reads what is left to read and counts the prompts in it."""
        rest = self.child.read()
        self.shown += rest
        self.prompts += rest.count(PROMPT)


# MARK: What was written

#: What is written in any case.
DOCUMENTS = {"design.md", "design.html", "checklist.md", "checklist.html", "decisions.json", "answers.yaml"}


def saved(plumbline: Plumbline, folder: str = "architecture") -> dict[str, str]:
    """The answers that were written, as text."""
    return yaml.load((plumbline.folder / folder / "answers.yaml").read_text(), yaml.BaseLoader)


def expect_kept(plumbline: Plumbline, topics: list[str], folder: str = "architecture") -> None:
    """After resuming, each of these replies is in the answers."""
    plumbline.ok("ask", "--resume", "--no-input", "--out", folder)
    answers = saved(plumbline, folder)
    states = plumbline.decide(plumbline.folder / folder / "answers.yaml")["answers"]
    for topic in topics:
        if topic == "system":
            assert answers["system"] == "Checkout"
            continue
        value, state = reply(topic)[1], states[topic]
        assert state["origin"] == "answered", (topic, state)
        if "value" in state:
            assert state["value"] == value, topic
        else:
            assert state["low"] == state["high"] == Decimal(str(value)), topic
