"""Reads the code that pages mark with `executed=NAME` and runs it through their scenarios.

A page `knowledge/patterns/some-page.md` (or in runbooks/) has its scenario in `some_page.py` beside this file:

    NEEDS = {"postgres"}                  # of postgres, redis, node, swift, hcl

    def scenario(blocks, tools):          # raises AssertionError where a claim of the page does not hold
        db = tools.postgres.database()    # see tools.py
        db.run(blocks["schema.sql"])      # each marked block has to be used
        ...

    FAULTS = [                            # defects to put back: block, what is right, what is wrong, and why
        ("relay.sql", "SKIP LOCKED", "", "two relays would send the same rows"),
    ]

It is run as it is, and must pass; once for each block with that block broken, and must fail; once for each defect, and
must fail by a claim, not by code that cannot be read. Modules that begin with an underscore are no scenarios.
"""

from __future__ import annotations

import importlib.util
import re
import signal
import threading
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from executed.tools import Malformed, Servers, Tools

SECONDS = 90
NOT_SCENARIOS = {"tools", "harness"}
BROKEN = {
    "sql": "BROKEN ON PURPOSE;",
    "yaml": "{ broken: [on purpose",
    "ini": "broken = on purpose = ' \"",
    "text": "broken on purpose",
}
BROKEN_ELSE = ") broken on purpose ({"

_OPENS = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*?)[ \t]*$")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*\.[a-z]+\Z")


@dataclass
class Page:
    """A page with marked blocks."""

    id: str
    path: Path
    blocks: dict[str, str] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def broken(self, name: str) -> str:
        """A text that is an error in the block's language."""
        return BROKEN.get(self.languages[name], BROKEN_ELSE) + "\n"


def read_page(path: Path) -> Page:
    page = Page(path.stem, path)
    lines = path.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        opens = _OPENS.match(lines[number])
        number += 1
        if not opens or (opens["fence"][0] == "`" and "`" in opens["info"]):
            continue
        closes = re.compile(rf"^ *{re.escape(opens['fence'][0])}{{{len(opens['fence'])},}}[ \t]*$")
        first = number
        while number < len(lines) and not closes.match(lines[number]):
            number += 1
        where = f"{path.name}:{first}"
        if number == len(lines):
            page.complaints.append(f"{where}: the block is not closed")
        indent = len(opens["indent"])
        text = "".join(line[min(indent, len(line) - len(line.lstrip(" "))) :] + "\n" for line in lines[first:number])
        number += 1
        language, *words = opens["info"].split() or [""]
        marks = [word for word in words if word.startswith("executed")]
        if language.startswith("executed"):
            page.complaints.append(f"{where}: the mark stands in the place of the language")
        if not marks:
            continue
        name = marks[0].removeprefix("executed=")
        if len(marks) > 1 or not marks[0].startswith("executed=") or not _NAME.match(name):
            page.complaints.append(f"{where}: {' '.join(marks)!r} is not executed=NAME with a file's name")
        elif name in page.blocks:
            page.complaints.append(f"{where}: {name} stands there twice")
        else:
            page.blocks[name] = text
            page.languages[name] = language
    return page


def read_pages(*folders: Path) -> list[Page]:
    """The pages that have marked blocks, or try to."""
    paths = [path for folder in folders for path in sorted(folder.glob("*.md"))]
    return [page for page in map(read_page, paths) if page.blocks or page.complaints]


@dataclass
class Scenario:
    """The module that tries a page."""

    path: Path
    module: ModuleType | None = None
    complaint: str | None = None

    @property
    def needs(self) -> set[str]:
        return set(getattr(self.module, "NEEDS", ()))

    @property
    def faults(self) -> list[tuple[str, str, str, str]]:
        return list(getattr(self.module, "FAULTS", ()))


def read_scenarios(folder: Path) -> dict[str, Scenario]:
    """By the page's id. A module that cannot be read is a complaint, so that the others run nevertheless."""
    scenarios = {}
    for path in sorted(folder.glob("*.py")):
        if path.stem in NOT_SCENARIOS or path.stem.startswith("_"):
            continue
        scenario = scenarios[path.stem.replace("_", "-")] = Scenario(path)
        try:
            spec = importlib.util.spec_from_file_location(f"executed_scenario_{path.stem}", path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            assert callable(module.scenario), "scenario(blocks, tools) is not a function"
            wrong = set(module.NEEDS) - {"postgres", "redis", "node", "swift", "hcl"}
            assert not wrong, f"NEEDS holds {', '.join(sorted(wrong))}"
            for fault in getattr(module, "FAULTS", ()):
                assert len(fault) == 4 and all(isinstance(part, str) for part in fault), f"FAULTS holds {fault!r}"
            scenario.module = module
        except Exception as error:
            scenario.complaint = f"{path.name}: {type(error).__name__}: {error}"
    return scenarios


class Blocks(Mapping):
    """The blocks' texts; knows which were asked for."""

    def __init__(self, texts: dict[str, str]):
        self._texts = texts
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> str:
        text = self._texts[name]
        self.used.add(name)
        return text

    def __iter__(self):
        return iter(self._texts)

    def __len__(self):
        return len(self._texts)


def complaint(page: Page, scenario: Scenario, servers: Servers, block: str | None = None, fault=None) -> str | None:
    """What is wrong with one run; None if all is well."""
    if fault:
        return complaint_fault(page, scenario, servers, fault)
    if block:
        return complaint_broken(page, scenario, servers, block)
    return complaint_whole(page, scenario, servers)


def complaint_whole(page: Page, scenario: Scenario, servers: Servers) -> str | None:
    """Runs the scenario as it is. A claim that does not hold is raised; what it left out is the complaint."""
    blocks = Blocks(page.blocks)
    _run(scenario, blocks, servers)
    unused = [name for name in page.blocks if name not in blocks.used]
    return f"the scenario does not use {', '.join(unused)}" if unused else None


def complaint_broken(page: Page, scenario: Scenario, servers: Servers, name: str) -> str | None:
    """Runs the scenario with one block broken: it must fail, and by that block."""
    blocks = Blocks({**page.blocks, name: page.broken(name)})
    failure = _failure(scenario, blocks, servers)
    if failure is None:
        return f"the scenario passes with {name} broken"
    return _foreign(failure) or _unreached(blocks, name, failure)


def complaint_fault(page: Page, scenario: Scenario, servers: Servers, fault) -> str | None:
    """Runs the scenario with a defect put back, wherever the text occurs in the block: it must fail, by a claim."""
    name, right, wrong, why = fault
    if name not in page.blocks:
        return f"FAULTS names the block {name}, which the page does not have"
    if not right or right not in page.blocks[name]:
        return f"FAULTS replaces a text that {name} does not hold: {right!r}"
    blocks = Blocks({**page.blocks, name: page.blocks[name].replace(right, wrong)})
    failure = _failure(scenario, blocks, servers)
    if failure is None:
        return f"the scenario passes with {name} in which {right!r} is {wrong!r}, although {why}"
    if isinstance(failure, Malformed):
        return f"{right!r} replaced by {wrong!r} is no defect, {name} just cannot be read any more: {failure}"
    return _foreign(failure) or _unreached(blocks, name, failure)


def _unreached(blocks: Blocks, name: str, failure: BaseException) -> str | None:
    if name in blocks.used:
        return None
    return f"the scenario failed before it came to {name}: {type(failure).__name__}: {failure}"


def _foreign(failure: BaseException) -> str | None:
    """A failure that is the scenario's own mistake and proves nothing."""
    import json
    import subprocess

    import psycopg

    own = (AssertionError, psycopg.Error, subprocess.TimeoutExpired, OSError, json.JSONDecodeError)
    if isinstance(failure, own):
        return None
    return f"the scenario fails by a mistake of its own: {type(failure).__name__}: {failure}"


def _failure(scenario: Scenario, blocks: Blocks, servers: Servers) -> Exception | None:
    try:
        _run(scenario, blocks, servers)
    except Exception as failure:
        return failure
    return None


class TooSlow(Exception):
    """A scenario hangs."""


def _run(scenario: Scenario, blocks: Blocks, servers: Servers):
    with Tools(servers, scenario.needs) as tools, _limit(SECONDS):
        scenario.module.scenario(blocks, tools)


@contextmanager
def _limit(seconds: float):
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_):
        raise TooSlow(f"the scenario has not ended after {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
