"""Figures of the knowledge base, for scenarios whose code repeats one."""

from __future__ import annotations

import re

import yaml

from executed.harness import read_page
from rig import KNOWLEDGE


def threshold(name: str) -> float:
    """The value of a threshold: `80%` is 0.8, `100/min` is 100."""
    text = (KNOWLEDGE / f"thresholds/{name}.md").read_text(encoding="utf-8")
    value = str(yaml.safe_load(text.split("---\n")[1])["value"])
    found = re.fullmatch(r"([\d.]+)(k?)(%?)(/min| min| s)?", value)
    assert found, f"{name} has the value {value}, which is not understood here"
    number = float(found[1]) * (1000 if found[2] else 1) / (100 if found[3] else 1)
    return int(number) if number == int(number) else number


def blocks_of(name: str) -> dict[str, str]:
    """The marked blocks of another page, for a page that builds upon it."""
    return read_page(KNOWLEDGE / f"patterns/{name}.md").blocks
