"""`plumbline ask` as it is drawn: a terminal with a screen, scrollback and keys."""

from __future__ import annotations

import os
import re
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte
from wcwidth import wcswidth

from conversation import REVIEW, SHELL, Conversation, reply, squeezed, traits
from rig import Plumbline

ENTER, TAB, ESCAPE, BACKSPACE = "\r", "\t", "\x1b", "\x7f"
UP, DOWN, HOME, END = "\x1b[A", "\x1b[B", "\x1b[H", "\x1b[F"
BACK_TAB = "\x1b[Z"

#: The last words of every frame.
STOPS = "^C stops"

#: Return behind `?`, `<` or `!` is taken for a slip for 0.7 s.
PAUSE = 0.75


def control(letter: str) -> str:
    return chr(ord(letter.upper()) & 0x1F)


def paste(text: str) -> str:
    """As a terminal sends what is pasted."""
    return f"\x1b[200~{text}\x1b[201~"


class Terminal:
    """A program in a pseudo-terminal, and what a person sees of it."""

    def __init__(self, command: list[str], *, env: dict[str, str], cwd: Path, size: tuple[int, int]):
        self.rows, self.columns = size
        self.child = pexpect.spawn(
            command[0], command[1:], env=env, cwd=cwd, dimensions=size, encoding=None, timeout=20
        )  # fmt: skip
        self.child.delaybeforesend = 0
        self.screen = pyte.HistoryScreen(self.columns, self.rows, history=10_000, ratio=0.5)
        self.stream = pyte.ByteStream(self.screen)
        #: The same on a terminal so wide that nothing is ever broken by it.
        self._wide = pyte.HistoryScreen(self.columns + 300, self.rows, history=10_000, ratio=0.5)
        self._wide_stream = pyte.ByteStream(self._wide)
        self._fed = 0
        self.raw = b""
        self._text = (-1, "")
        self.keys = 0
        self.has_ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.child.closed:
            self.child.close(force=True)

    # MARK: What is seen

    def pump(self, seconds: float = 0) -> bool:
        """Takes in what the program wrote; whether there was anything."""
        if self.has_ended or not select.select([self.child.child_fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.child.child_fd, 65536)
        except OSError:
            data = b""
        if not data:
            self.has_ended = True
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    @property
    def wide(self) -> pyte.HistoryScreen:
        """Brought up to date only where it is looked at."""
        self._wide_stream.feed(self.raw[self._fed :])
        self._fed = len(self.raw)
        return self._wide

    def wait(self, wanted: str | Callable[[], object], timeout: float = 20) -> None:
        """Until a text is on the screen, its line breaks aside, or something is true."""
        is_true = wanted if callable(wanted) else lambda: squeezed(wanted) in self.text()
        end = time.monotonic() + timeout
        while True:
            while self.pump():
                pass
            if is_true():
                return
            left = end - time.monotonic()
            assert left > 0 and not self.has_ended, f"{wanted!r} is not to be seen:\n{self}"
            self.pump(min(left, 0.2))

    def lines(self) -> list[str]:
        """The screen, without the empty lines at its end."""
        lines = [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def text(self) -> str:
        """The screen in one line."""
        if self._text[0] != len(self.raw):
            self._text = (len(self.raw), squeezed("\n".join(self.screen.display)))
        return self._text[1]

    @staticmethod
    def _history(screen: pyte.HistoryScreen) -> list[str]:
        return ["".join(line[x].data for x in range(screen.columns)).rstrip() for line in screen.history.top]

    def history(self) -> list[str]:
        """What has left the screen at the top, and then the screen."""
        return self._history(self.screen) + self.lines()

    def __str__(self) -> str:
        place = f"{self.columns}x{self.rows}, cursor in line {self.screen.cursor.y}, column {self.screen.cursor.x}"
        return "\n".join([f"--- {place}", *(f"|{line}" for line in self.history()[-60:]), "---"])

    # MARK: Keys

    def press(self, keys: str) -> None:
        self.keys += len(re.findall(r"\x1b\[[0-9;]*[A-Za-z~]|.", keys, re.DOTALL))
        self.child.send(keys.encode())

    def resize(self, rows: int, columns: int) -> None:
        """As xterm does: lines are cut at the right, and leave at the top only where the cursor would not fit."""
        # What is under way was drawn for the old size.
        while self.pump(0.02):
            pass
        for screen, width in ((self.screen, columns), (self.wide, columns + 300)):
            for _ in range(max(0, screen.cursor.y - rows + 1)):
                screen.history.top.append(screen.buffer[0])
                for y in range(screen.lines - 1):
                    screen.buffer[y] = screen.buffer[y + 1]
                screen.buffer.pop(screen.lines - 1, None)
                screen.cursor.y -= 1
            for y in [y for y in screen.buffer if y >= rows]:
                screen.buffer.pop(y)
            for line in screen.buffer.values():
                for x in [x for x in line if x >= width]:
                    line.pop(x)
            screen.lines, screen.columns = rows, width
            screen.set_margins()
            screen.cursor.x = min(screen.cursor.x, width - 1)
        self.rows, self.columns = rows, columns
        self._text = (-1, "")
        self.child.setwinsize(rows, columns)

    # MARK: Ending

    def finish(self, timeout: float = 15) -> str:
        """Takes in all that comes up to the end; as text."""
        end = time.monotonic() + timeout
        while not self.has_ended:
            assert time.monotonic() < end, f"the run does not end:\n{self}"
            self.pump(0.2)
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.raw.decode("utf-8", "replace"))


class Drawn(Terminal):
    """`ask` in a terminal that can be drawn on."""

    def __init__(
        self, plumbline: Plumbline, *arguments, size: tuple[int, int] = (30, 80), env: dict | None = None,
        cwd: Path | None = None, shell: str = SHELL,
    ):  # fmt: skip
        super().__init__(
            ["/bin/sh", "-c", shell, "sh", str(plumbline.executable), "ask", *map(str, arguments)],
            env=plumbline.environment(env), cwd=cwd or plumbline.folder, size=size,
        )  # fmt: skip

    # MARK: Questions

    def is_waiting(self) -> bool:
        """Whether a frame stands there in full."""
        return self.text().endswith(STOPS)

    def topic(self) -> str:
        """The trait that is asked about; `system`, or `review`."""
        return Conversation.topic(self.text())

    def shown(self) -> str:
        """Waits for a frame; what it is about."""
        self.wait(self.is_waiting)
        return self.topic()

    def is_about(self, topic: str) -> bool:
        return self.is_waiting() and self.topic() == topic

    def go(self, keys: str, to: str | None = None) -> str:
        """Presses keys that lead to another question; which."""
        here = self.shown()
        self.press(keys)
        self.wait(lambda: self.is_waiting() and (self.topic() == to if to else self.topic() != here))
        return self.topic()

    @staticmethod
    def keys_for(topic: str, value: str | None = None) -> str:
        """What a person presses to give an answer, whatever was chosen before."""
        kind = "name" if topic == "system" else traits()[topic]["kind"]
        if value is None:
            value = "Checkout" if topic == "system" else reply(topic)[0]
        if kind in ("choice", "flag"):
            # What begins with j, k or g would move; behind a slash all letters look for something.
            return (END if value == "unknown" else "/" + value) + ENTER
        if kind == "set":
            if value == "unknown":
                return END + " " + ENTER
            if value in ("none", "[]"):
                return END + UP + " " + ENTER
            # “not known” stands alone, so ticking it takes all other ticks away.
            return END + " " + "".join("/" + one.strip() + ENTER for one in value.split(",")) + ENTER
        return (value or "") + ENTER

    def answer(self, value: str | None = None) -> str:
        """Answers what is asked; what is asked next."""
        return self.go(self.keys_for(self.shown(), value))

    def walk(self, replies: dict[str, str] | None = None, until: int | None = None) -> list[str]:
        """Answers each question up to the review, or so many; the topics in order."""
        topics = []
        while (topic := self.shown()) != REVIEW and len(topics) != until:
            topics.append(topic)
            assert len(topics) < 200, "the questions do not end"
            self.answer((replies or {}).get(topic))
        return topics

    def seek(self, topic: str, replies: dict[str, str] | None = None) -> None:
        """Answers questions until it is this one's turn."""
        while (here := self.shown()) != topic:
            assert here != REVIEW, f"{topic} was not asked"
            self.answer((replies or {}).get(here))

    def type(self, text: str) -> None:
        """Types into the field, and waits till it is there."""
        self.press(text)
        self.wait(lambda: text in self.field() and self.is_waiting())

    def field(self) -> str:
        """What stands in the row of the cursor, behind the mark."""
        return self.screen.display[self.screen.cursor.y].removeprefix("›").strip()

    # MARK: What must always hold

    def expect_sound(self) -> None:
        """One frame and nothing left of those before it; nothing wider than the terminal; the cursor to be seen."""
        self.wait(self.is_waiting)
        own = self.conversation()
        assert squeezed("\n".join(own)).count(STOPS) == 1, f"frames are left over:\n{self}"
        wide = self.conversation(self.wide)
        assert own == wide, f"a line was broken by the terminal:\n{self}"
        for line in own:
            assert wcswidth(line) <= self.columns, line
        # Without a row to stand in the cursor would only mislead.
        hidden = "(nothing fits)" in self.text()
        assert self.screen.cursor.hidden == hidden, self
        # What was drawn over bit by bit is what would be drawn anew.
        before, cursor = self.lines(), (self.screen.cursor.y, self.screen.cursor.x)
        mark = len(self.raw)
        self.press(control("l"))
        self.wait(lambda: len(self.raw) > mark and self.is_waiting() and self.screen.cursor.hidden == hidden)
        assert self.lines() == before, f"left over from before:\n{before}\n{self}"
        assert (self.screen.cursor.y, self.screen.cursor.x) == cursor, f"the cursor was at {cursor}:\n{self}"

    def conversation(self, screen: pyte.HistoryScreen | None = None) -> list[str]:
        """The lines behind what the shell wrote first."""
        screen = screen or self.screen
        lines = self._history(screen) + [line.rstrip() for line in screen.display]
        while lines and not lines[-1]:
            lines.pop()
        start = next((index for index, line in enumerate(lines) if line.startswith("A few questions")), 0)
        return lines[start:]

    # MARK: Ending

    def end(self) -> tuple[int, str]:
        """Waits for the end; the exit status, and all that was written. The terminal must be as it was."""
        written = self.finish()
        before, after = re.search(r"BEFORE (\S+)", written), re.search(r"AFTER (\S+)", written)
        assert before and after, written
        assert before[1] == after[1], "the terminal is not as it was"
        assert not self.screen.cursor.hidden, "the cursor stays hidden"
        assert 2004 << 5 not in self.screen.mode, "pasting stays bracketed"
        return int(re.search(r"STATUS (\d+)", written)[1]), written

    @property
    def pid(self) -> int:
        """The process that asks: the shell's only child once a question is shown."""
        self.wait(self.is_waiting)
        [pid] = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text().split()
        return int(pid)

    def kill(self, number: int) -> None:
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Closes the terminal, as when a window is closed."""
        pid = self.child.pid
        self.child.ptyproc.fileobj.close()
        self.child.closed = self.child.ptyproc.closed = True
        self.child.child_fd = self.child.ptyproc.fd = -1
        self.has_ended = True
        end = time.monotonic() + 20
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
                raise AssertionError("the run outlives its terminal")
            time.sleep(0.02)
        self.child.ptyproc.terminated = True
