"""Runs the release binary as a person would, each time with folders of its own and without a network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KNOWLEDGE = ROOT / "knowledge"
ALL_EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
# The invented ones, which answer most, and one real one, which leaves most open: they go through every test of the
# documents. The rest of the real ones are in test_examples.py alone, so that the tests in a browser stay quick.
EXAMPLES = [
    path
    for path in ALL_EXAMPLES
    if path.stem in ("checkout", "existing-mysql", "healthchecks", "internal-jobs", "public-read-api")
]

SOAK = os.environ.get("PLUMBLINE_SOAK") == "1"

# The first is for `make test`, the second for `make soak`.
def size(reduced: int, full: int) -> int:
    return full if SOAK else reduced


def binary() -> Path:
    return Path(os.environ.get("PLUMBLINE", ROOT / ".build/release/plumbline")).resolve()


@dataclass
class Result:
    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out, parse_float=Decimal)

    @property
    def lines(self) -> list:
        return [json.loads(line, parse_float=Decimal) for line in self.out.splitlines()]


class Plumbline:
    """The binary with a home of its own."""

    def __init__(self, home: Path, cache: Path | None = None, executable: Path | None = None):
        self.home = home
        self.cache = cache or home / ".cache"
        self.state = home / ".local/state"
        self.executable = executable or binary()
        self.folder = home / "work"
        for folder in (self.cache, self.state, self.folder):
            folder.mkdir(parents=True, exist_ok=True)
        self.env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "XDG_CACHE_HOME": str(self.cache),
            "XDG_STATE_HOME": str(self.state),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TERM": "xterm-256color",
        }

    def run(
        self,
        *arguments: str | Path,
        stdin: str | bytes = b"",
        env: dict[str, str | None] | None = None,
        cwd: Path | None = None,
        timeout: float = 120,
        prefix: tuple[str, ...] = (),
    ) -> Result:
        """Runs to the end. A value of None in `env` takes the variable away."""
        done = subprocess.run(
            [*prefix, str(self.executable), *map(str, arguments)],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            env=self.environment(env),
            cwd=cwd or self.folder,
            timeout=timeout,
        )
        return Result(
            done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        )

    def ok(self, *arguments, **options) -> Result:
        """Runs to the end and expects success."""
        result = self.run(*arguments, **options)
        assert result.status == 0, f"{arguments}: status {result.status}\n{result.err}\n{result.out[-2000:]}"
        return result

    def environment(self, changes: dict[str, str | None] | None = None) -> dict[str, str]:
        merged = {**self.env, **(changes or {})}
        return {name: value for name, value in merged.items() if value is not None}

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def answers(self, answers: dict[str, str] | str, name: str = "answers.yaml", **head: str) -> Path:
        """An answers file; the values are text as a person types it."""
        lines = [f"{key}: {value}" for key, value in head.items()]
        if isinstance(answers, str):
            return self.write(name, "\n".join([*lines, answers]) + "\n")
        lines.append("answers:" if answers else "answers: {}")
        lines += [f"  {trait}: {value}" for trait, value in answers.items()]
        return self.write(name, "\n".join(lines) + "\n")

    def decide(self, answers: dict[str, str] | Path, *options) -> dict:
        """The JSON of `decide`, its decisions by id."""
        path = answers if isinstance(answers, Path) else self.answers(answers)
        data = self.ok("decide", path, "--format", "json", *options).json
        data["by_id"] = {decision["id"]: decision for decision in data["decisions"]}
        return data


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def need(tool: str) -> str:
    """The path of a tool, or a visible skip where it is truly absent."""
    import pytest

    found = shutil.which(tool)
    if not found:
        pytest.skip(f"{tool} is not installed (scripts/install-packages test)")
    return found
