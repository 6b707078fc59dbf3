#!/usr/bin/env python3
"""Measures whole processes: `decide` on a warm store against a hello-world Swift binary linked the same way, taken in
turns (A B A B …) in the same run, and the throughput of `decide --batch`. Exit status 1 where a target is missed."""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TARGET = 5.0  # decide on a warm store ÷ hello world


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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/plumbline")
    parser.add_argument("--answers", type=Path, default=ROOT / "examples/checkout.yaml")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--lines", type=int, default=20_000)
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
    if missed:
        print(f"\nThe target of {TARGET:g} times hello world is missed.")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
