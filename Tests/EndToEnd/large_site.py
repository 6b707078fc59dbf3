"""Writes a knowledge pack of many plausible entries: sentences of the shipped ones in other company, and names that
nobody else has, so that its vocabulary grows with it as that of a real collection does.

    python3 large_site.py FOLDER 10000
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

from rig import KNOWLEDGE

AREAS = (
    "load", "team", "structure", "data", "caching", "messaging", "api", "reliability", "security", "observability",
    "migration", "verification",
)  # fmt: skip
SYLLABLES = "ba bel bo dor du el fa gra ka ken li lo mar mi ne on pra qui ras sen sha sto tor tu va vi win yel".split()
PHASES = ("design", "change", "before-production", "operating")


def sentences() -> list[str]:
    """Plain sentences of the shipped pages: no markup, no code, no figures that stand elsewhere."""
    found = set()
    for path in KNOWLEDGE.glob("*/*.md"):
        body = path.read_text().split("---\n", 2)[2]
        for paragraph in re.sub(r"```.*?```", "", body, flags=re.S).split("\n\n"):
            for sentence in re.findall(r"[A-Z][A-Za-z0-9 ,'’;-]{30,220}\.(?= |$)", paragraph.replace("\n", " ")):
                found.add(" ".join(sentence.split()))
    return sorted(found)


def write_pack(folder: Path, count: int, seed: int = 1) -> None:
    """`count` entries: practices, checks and thresholds."""
    rng = random.Random(seed)
    said = sentences()
    words = sorted({word for sentence in said for word in re.findall(r"[a-z]{5,}", sentence)})
    names = sorted({"".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(max(50, count))})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text("name: large\nversion: '1'\ntitle: A large house\n")
    for kind in ("practices", "checks", "thresholds"):
        (folder / kind).mkdir(exist_ok=True)
    for number in range(count):
        kind = rng.choices(("practices", "checks", "thresholds"), (5, 3, 2))[0]
        name = rng.choice(names)
        identifier = f"{name}-{rng.choice(words)}-{number}"
        title = f"{rng.choice(words).capitalize()} and {rng.choice(words)} for {name}"
        paragraphs = [
            " ".join(rng.choice(said) for _ in range(rng.randint(3, 7))).replace("service", f"{rng.choice(names)} service")
            for _ in range(3)
        ]
        of_kind = {
            "practices": f"reason: {rng.choice(said)}\nlevel: {rng.choice(('must', 'should'))}\nchecks: [plans-at-volume]",
            "checks": f"reason: {rng.choice(said)}\nphase: {rng.choice(PHASES)}\nlevel: should\nevidence: {rng.choice(said)}",
            "thresholds": f"value: {rng.randint(1, 900)}\nunit: count\nbasis: planning-default",
        }[kind]
        (folder / kind / f"{identifier}.md").write_text(
            f"""---
title: {title}
area: {rng.choice(AREAS)}
summary: {rng.choice(said)}
guide: []
verdict: practice
sources: [guide-original]
checked: 2026-11-22
{of_kind}
---
## Why

{paragraphs[0]}

## How

{paragraphs[1]}

{paragraphs[2]}
"""
        )


if __name__ == "__main__":
    write_pack(Path(sys.argv[1]), int(sys.argv[2]))
