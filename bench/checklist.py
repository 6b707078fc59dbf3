#!/usr/bin/env python3
"""Measures `checklist --base` in a repository of 50,000 files with a diff of 5,000, against what cannot be spared:
`git diff --name-status` and reading the changed files, taken in turns in the same run. Exit status 1 where the target
is missed."""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = 2.0  # checklist --base ÷ (git diff --name-status and reading the changed files)

ENDINGS = ["py", "ts", "go", "java", "sql", "yaml", "tf", "md", "css", "json"]
WORDS = "order customer price total value result index number state name list item count config handler".split()
#: What a checklist looks for; one line in forty is of these.
SIGNS = [
    'rows = db.query("SELECT id FROM orders WHERE state = $1 ORDER BY id")', "await redis.set(key, value)",
    'router.post("/orders", createOrder)', "ALTER TABLE orders ADD COLUMN note text;", "replicas: 3",
    'producer.send("orders", event)', 'resource "aws_iam_role_policy" "worker" {',
]  # fmt: skip


def text(rng: random.Random) -> str:
    lines = []
    for _ in range(rng.randint(20, 200)):
        if rng.random() < 1 / 40:
            lines.append(rng.choice(SIGNS))
        else:
            lines.append("    " + " ".join(rng.choice(WORDS) for _ in range(rng.randint(2, 10))))
    return "\n".join(lines) + "\n"


def generate(folder: Path, files: int, changed: int) -> None:
    """A repository with one commit, and a second one that changes, adds, deletes and moves files."""
    rng = random.Random(1)

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0"]
        subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)

    folder.mkdir(parents=True)
    git("init", "-q", "-b", "main")
    paths = []
    for number in range(files):
        path = folder / f"part{number % 40}/src/group{number % 400}/file{number}.{rng.choice(ENDINGS)}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(rng))
        paths.append(path)
    git("add", "-A")
    git("commit", "-q", "-m", "base")
    git("tag", "base")
    # Packed, as after a clone.
    git("repack", "-adq")
    for number, path in enumerate(rng.sample(paths, changed)):
        if number % 20 == 0:
            path.unlink()
        elif number % 20 == 1:
            path.rename(path.with_name(f"moved-{path.name}"))
        elif number % 20 == 2:
            path.with_name(f"new-{path.name}").write_text(text(rng))
        else:
            lines = path.read_text().splitlines(keepends=True)
            lines.insert(len(lines) // 2, rng.choice(SIGNS) + f" {number}\n" if number % 3 else f"plain {number}\n")
            path.write_text("".join(lines))
    git("add", "-A")
    git("commit", "-q", "-m", "work")
    # Times of the index and of the files settle.
    git("status")


def unavoidable(folder: Path, environment: dict) -> float:
    start = time.perf_counter()
    names = subprocess.run(
        ["git", "-C", folder, "diff", "--name-status", "-z", "base"], env=environment, check=True, capture_output=True
    ).stdout.split(b"\0")
    for name in names:
        try:
            with open(os.path.join(os.fsencode(folder), name), "rb") as file:
                file.read()
        except (IsADirectoryError, FileNotFoundError):
            pass
    return time.perf_counter() - start


def checklist(binary: Path, folder: Path, environment: dict) -> float:
    start = time.perf_counter()
    subprocess.run(
        [binary, "checklist", "--base", "base"], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/plumbline")
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--changed", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--keep", type=Path, help="a folder for the repository, used again where it is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        folder = options.keep or Path(home) / "repository"
        if not folder.exists():
            generate(folder, options.files, options.changed)
        environment = {"HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "XDG_CACHE_HOME": f"{home}/cache"}
        least, own = [], []
        for round in range(options.rounds + 2):
            pair = unavoidable(folder, environment), checklist(options.binary.resolve(), folder, environment)
            if round >= 2:  # the first ones warm files and store
                least.append(pair[0])
                own.append(pair[1])
    ratio = statistics.median(b / a for a, b in zip(least, own))
    print(f"\n{options.changed:,} of {options.files:,} files changed, {options.rounds} rounds in turns, medians")
    print(f"git diff --name-status and reading the changed files: {statistics.median(least) * 1000:.0f} ms")
    print(f"checklist --base: {statistics.median(own) * 1000:.0f} ms, {ratio:.2f} times as long, target ≤ {TARGET:.1f}")
    if ratio > TARGET:
        print(f"\nThe target of {TARGET:g} times is missed.")
    return int(ratio > TARGET)


if __name__ == "__main__":
    sys.exit(main())
