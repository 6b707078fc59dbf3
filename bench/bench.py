#!/usr/bin/env python3
"""Measures whole processes: `decide` on a warm store against a hello-world Swift binary linked the same way, taken in
turns (A B A B …) in the same run, the throughput of `decide --batch`, and `ask` in a pseudo-terminal: how soon it asks,
and what a key costs. Exit status 1 where a target is missed."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import platform
import pty
import random
import select
import signal
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TARGET = 5.0  # decide on a warm store ÷ hello world
TARGET_PROMPT = 3.0  # the first prompt of ask ÷ --version
TARGET_KEY = 5.0  # milliseconds of processor time for a key, with so many choices
CHOICES = 200


def hello() -> Path:
    """The hello-world binary, built as the product is linked: optimised, the Swift libraries static on Linux."""
    out = ROOT / ".build/bench/hello"
    source = HERE / "Hello.swift"
    if not out.exists() or out.stat().st_mtime < source.stat().st_mtime:
        out.parent.mkdir(parents=True, exist_ok=True)
        static = ["-static-stdlib"] if platform.system() == "Linux" else []
        subprocess.run([os.environ.get("SWIFTC", "swiftc"), "-O", *static, source, "-o", out], check=True)
    return out


def once(command: list, environment: dict) -> tuple[float, float]:
    """Seconds from start to end, and of processor time, of one process."""
    start = time.perf_counter()
    pid = os.posix_spawn(
        command[0], [str(part) for part in command], environment,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)],
    )  # fmt: skip
    _, status, usage = os.wait4(pid, 0)
    elapsed = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with status {os.waitstatus_to_exitcode(status)}")
    return elapsed, usage.ru_utime + usage.ru_stime


def in_turns(commands: dict[str, list], environment: dict, rounds: int) -> dict[str, list[tuple[float, float]]]:
    times: dict[str, list] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(once(command, environment))
    return times


def batch_file(folder: Path, lines: int) -> Path:
    rng = random.Random(1)
    path = folder / "batch.jsonl"
    with open(path, "w") as out:
        for number in range(lines):
            answers = {
                "team_size": rng.randint(1, 60),
                "production_services": rng.randint(0, 6),
                "qps": [rng.randint(1, 900), rng.randint(1000, 90_000)],
                "read_ratio": rng.randint(0, 100) / 100,
                "data_size": rng.randint(0, 10**13),
                "identical_query_rate": None,
                "has_cache": rng.random() < 0.5,
                "message_needs": ["routing"],
            }
            out.write(json.dumps({"id": f"v{number}", "answers": answers}) + "\n")
    return path


class Terminal:
    """A process in a pseudo-terminal of 30 by 100, and what it has written."""

    def __init__(self, command: list, environment: dict, folder: Path):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
            os.execve(command[0], [str(part) for part in command], environment)
        self.written = b""

    def read(self, seconds: float) -> bool:
        """Takes in what comes within so long; false at the end, and where nothing came."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:  # nobody is at the other end any more
            data = b""
        self.written += data
        return bool(data)

    def until(self, text: bytes) -> None:
        end = time.perf_counter() + 20
        while text not in self.written:
            if not self.read(max(0, end - time.perf_counter())):
                sys.exit(f"ask does not come to “{text.decode()}”:\n{self.written.decode('utf-8', 'replace')[-2000:]}")

    def press(self, keys: bytes, silence: float = 0.05) -> None:
        """Presses keys and reads until the program has nothing more to say."""
        os.write(self.master, keys)
        self.read(5)
        while self.read(silence):
            pass

    def processor(self) -> float:
        """Seconds of processor time up to now, all threads; scheduler statistics, since clock ticks are too coarse."""
        tasks = Path(f"/proc/{self.pid}/task")
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.master)


def first_prompt(binary: Path, environment: dict, folder: Path, rounds: int) -> tuple[float, float]:
    """Milliseconds to the end of `--version` and to the first prompt of `ask`, in turns, in the same kind of terminal."""
    times: dict[str, list[float]] = {"version": [], "ask": []}
    for round in range(rounds + 3):
        start = time.perf_counter()
        terminal = Terminal([binary, "--version"], environment, folder)
        while terminal.read(20):
            pass
        elapsed = time.perf_counter() - start
        terminal.end()
        if round >= 3:
            times["version"].append(elapsed)
        start = time.perf_counter()
        terminal = Terminal([binary, "ask", "--out", f"out-{round}"], environment, folder)
        # The help is the last line of the frame.
        terminal.until(b"stops")
        elapsed = time.perf_counter() - start
        terminal.end()
        if round >= 3:
            times["ask"].append(elapsed)
    return statistics.median(times["version"]) * 1000, statistics.median(times["ask"]) * 1000


def wide_knowledge(binary: Path, environment: dict, folder: Path) -> Path:
    """The knowledge base with a question of 200 choices, which a decision reads.

    A pack may have 64 of them, so the rest is put into the exported database.
    """
    packed = 64
    head = "area: data\nsummary: For the measurement.\nguide: []\nverdict: practice\nsources: [guide-original]\n"
    head += "checked: 2026-11-22\n"
    options = "".join(f"  place-{number}: The place with the number {number}\n" for number in range(1, packed + 1))
    files = {
        "pack.yaml": "name: bench\nversion: '1.0'\ntitle: For the measurement\n",
        "traits/place.md": f"---\ntitle: Place\n{head}kind: choice\nnoun: place\nquestion: Where is it?\n"
        f"why: It is measured.\ntypical: Here.\nmeasure: Look.\noptions:\n{options}order: 5\n---\n",
        "decisions/placing.md": f"""---
title: Placing
{head}question: Which side?
hit: first
rules:
  - {{then: left, when: "place is place-7"}}
  - {{then: right, when: otherwise}}
options:
  left: {{title: Left, effort: none}}
  right: {{title: Right, effort: high}}
confirm: [plans-at-volume]
practices: [pool-sizing]
weight: 1
examples:
  - {{given: {{place: place-7}}, expect: left}}
  - {{given: {{place: place-8}}, expect: right}}
---
## Why

Because.

## left

* Good, because it is near.

## right

* Bad, because it is far.
""",
    }
    for name, text in files.items():
        path = folder / "pack" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    database = folder / "wide.sqlite"
    command = [binary, "kb", "export", database, "--pack", folder / "pack"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    with sqlite3.connect(database) as connection:
        for number in range(packed + 1, CHOICES + 1):
            row = ("place", number - 1, f"place-{number}", f"The place with the number {number}")
            connection.execute("INSERT INTO trait_option VALUES (?, ?, ?, ?)", row)
    return database


#: Down through the list, and letters that look for something, taken back again.
KEYS = [b"\x1b[B"] * 12 + [b"p", b"l", b"a", b"c", b"e", b"-", b"1"] + [b"\x7f"] * 7 + [b"\x1b[A"] * 4


def per_key(binary: Path, environment: dict, folder: Path, keys: int) -> tuple[float, float]:
    """Milliseconds of processor time for a key in a question with 200 choices; the median and the mean.

    What the program uses while no key comes is measured first, over the same time, and taken off the mean.
    """
    database = wide_knowledge(binary, environment, folder)
    terminal = Terminal([binary, "ask", "--knowledge", database, "--out", "keys"], environment, folder)
    terminal.until(b"stops")
    terminal.press(b"Bench\r")
    terminal.until(b"Where is it?")
    terminal.until(b"below")
    costs = []
    start = time.perf_counter()
    for number in range(keys):
        before = terminal.processor()
        terminal.press(KEYS[number % len(KEYS)], silence=0.002)
        costs.append(terminal.processor() - before)
    lasted = time.perf_counter() - start
    before = terminal.processor()
    time.sleep(min(lasted, 2))
    idle = (terminal.processor() - before) / min(lasted, 2) * lasted
    terminal.end()
    return statistics.median(costs) * 1000, (sum(costs) - idle) / keys * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/plumbline")
    parser.add_argument("--answers", type=Path, default=ROOT / "examples/checkout.yaml")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--keys", type=int, default=600)
    options = parser.parse_args()
    binary = options.binary.resolve()

    with tempfile.TemporaryDirectory() as home:
        environment = {
            "HOME": home, "XDG_CACHE_HOME": f"{home}/cache", "XDG_STATE_HOME": f"{home}/state", "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }  # fmt: skip
        commands = {
            "hello world": [hello()],
            "decide, text": [binary, "decide", options.answers],
            "decide, JSON": [binary, "decide", options.answers, "--format", "json"],
            "--version": [binary, "--version"],
        }
        cold = once(commands["decide, JSON"], environment)[0]
        in_turns(commands, environment, 5)  # warms files and store
        times = in_turns(commands, environment, options.rounds)
        path = batch_file(Path(home), options.lines)
        batch = min(once([binary, "decide", "--batch", path], environment)[0] for _ in range(3))
        drawn = environment | {"TERM": "xterm-256color"}
        version, prompt = first_prompt(binary, drawn, Path(home), options.rounds)
        key, mean = per_key(binary, drawn, Path(home), options.keys)

    def median(name: str, part: int = 0) -> float:
        return statistics.median(sample[part] for sample in times[name]) * 1000

    base = median("hello world")
    print(f"{options.rounds} rounds in turns, medians of whole processes, {os.cpu_count()} cores, {platform.platform()}\n")
    print(f"{'':16} {'wall':>10} {'CPU':>10} {'÷ hello':>9} {'target':>8}")
    missed = False
    for name in commands:
        ratio = median(name) / base
        target = f"≤ {TARGET:.1f}" if name.startswith("decide") else ""
        missed |= bool(target) and ratio > TARGET
        print(f"{name:16} {median(name):7.2f} ms {median(name, 1):7.2f} ms {ratio:9.2f} {target:>8}")
    print(f"\ndecide on a cold store, once: {cold * 1000:.0f} ms")
    print(f"decide --batch: {options.lines / batch:,.0f} lines a second ({options.lines:,} lines in {batch:.2f} s)")
    print(f"\nin a pseudo-terminal, medians of {options.rounds} rounds in turns")
    print(f"{'':24} {'wall':>10} {'÷ version':>10} {'target':>8}")
    print(f"{'--version':24} {version:7.2f} ms {1:10.2f}")
    print(f"{'ask to the first prompt':24} {prompt:7.2f} ms {prompt / version:10.2f} {f'≤ {TARGET_PROMPT:.1f}':>8}")
    print(
        f"\na key in a question with {CHOICES} choices: {mean:.2f} ms of CPU on average of {options.keys} keys, median "
        f"{key:.2f} ms, target ≤ {TARGET_KEY:.1f} ms"
    )
    if missed:
        print(f"\nThe target of {TARGET:g} times hello world is missed.")
    if prompt / version > TARGET_PROMPT:
        print(f"\nThe target of {TARGET_PROMPT:g} times --version for the first prompt is missed.")
    if mean > TARGET_KEY:
        print(f"\nThe target of {TARGET_KEY:g} ms for a key is missed.")
    return int(missed or prompt / version > TARGET_PROMPT or mean > TARGET_KEY)


if __name__ == "__main__":
    sys.exit(main())
