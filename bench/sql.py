#!/usr/bin/env python3
"""Measures `schema` against what cannot be spared, libpg_query's parse of the same bytes, and `schema` and `migration`
against squawk where it is installed; taken in random order in the same run, medians of processor time. A file is also taken many times over, since the start of a program
outweighs a small one. Exit status 1 where a target is missed.

    python3 bench/sql.py --binary .build/release/plumbline [FILE.sql …]
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
THROUGHPUT = 0.4  # of libpg_query's, at least
AGAINST_SQUAWK = 1.0  # of its time, at most
LARGE = 4_000_000  # bytes
SQUAWK_READS = 700_000  # bytes; it takes minutes for a larger file

# Statements that were once followed in time by the square of their number; # is that of each, the first line stands once.
MANY = {
    "schemas": "\nCREATE SCHEMA s#;",
    "foreign keys to one table": "CREATE TABLE t (id int PRIMARY KEY);\nCREATE TABLE t# (id int REFERENCES t);",
    "savepoints": "BEGIN;\nSAVEPOINT s#; CREATE TABLE t# (a int);",
    "indexes of one table": "CREATE TABLE t (a int);\nCREATE INDEX ON t (a);",
    "foreign keys of one table": "CREATE TABLE t (a int PRIMARY KEY);\nALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t;",
    "values of one enum": "CREATE TYPE e AS ENUM ();\nALTER TYPE e ADD VALUE '#';",
    "partitions": "CREATE TABLE t (a int) PARTITION BY LIST (a);\nCREATE TABLE t# PARTITION OF t FOR VALUES IN (#);",
}
GROWTH = 3.0  # times as long for twice as many, at most

TYPES = ["bigint", "integer", "text", "character varying(255)", "timestamp with time zone", "numeric(12,2)", "boolean"]


def dump(rng: random.Random, tables: int) -> str:
    """SQL in the manner of pg_dump: tables, comments, data, then keys, indexes and foreign keys."""
    out = ["--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\nSET client_encoding = 'UTF8';\n"]
    keys = []
    for number in range(tables):
        name = f"public.table_{number}"
        columns = [f"column_{place}" for place in range(rng.randint(3, 14))]
        lines = ["    id bigint NOT NULL"]
        lines += [f"    {column} {rng.choice(TYPES)}{' NOT NULL' if rng.random() < 0.5 else ''}" for column in columns]
        lines.append("    parent_id bigint")
        title = f"--\n-- Name: table_{number}; Type: TABLE; Schema: public; Owner: -\n--\n\n"
        out.append(f"{title}CREATE TABLE {name} (\n" + ",\n".join(lines) + "\n);\n")
        out.append(f"COMMENT ON TABLE {name} IS 'What table {number} holds';\n")
        rows = "".join("\t".join(str(rng.randint(1, 10**6)) for _ in lines) + "\n" for _ in range(rng.randint(0, 8)))
        out.append(f"COPY {name} ({', '.join(['id', *columns, 'parent_id'])}) FROM stdin;\n{rows}\\.\n")
        keys.append(f"ALTER TABLE ONLY {name}\n    ADD CONSTRAINT table_{number}_pkey PRIMARY KEY (id);\n")
        if number:
            keys.append(
                f"ALTER TABLE ONLY {name}\n    ADD CONSTRAINT table_{number}_parent FOREIGN KEY (parent_id)"
                f" REFERENCES public.table_{rng.randrange(number)}(id) ON DELETE CASCADE;\n"
            )
        if rng.random() < 0.7:
            keys.append(f"CREATE INDEX table_{number}_parent_id ON {name} USING btree (parent_id);\n")
    return "\n".join(out + keys)


def for_parser(text: str) -> str:
    """Without what is psql's alone: its commands, and the data behind COPY."""
    kept = []
    in_data = False
    for line in text.splitlines(keepends=True):
        if in_data:
            in_data = line.rstrip("\r\n") != "\\."
        elif not line.startswith("\\"):
            in_data = re.match(r"(?i)copy\s.*\sfrom\s+stdin\b", line) is not None
            kept.append(line)
    return "".join(kept)


def many_times(text: str) -> str:
    """The same schema again and again, each time in an empty database."""
    schemas = set(re.findall(r"(?im)^create schema (?:if not exists )?\"?([\w$]+)", text)) | {"public"}
    between = "".join(f'\nDROP SCHEMA IF EXISTS "{name}" CASCADE;' for name in sorted(schemas))
    return (text + "\n" + between + '\nCREATE SCHEMA "public";\n') * max(1, LARGE // len(text))


def seconds(command: list) -> float:
    """Of processor time: what else a machine does counts less."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(map(str, command))}: exit status {done.returncode}")
    return taken


def growth(binary: Path, command: str, folder: Path) -> bool:
    """Whether the time grows in step with the number of statements; all medians of three."""
    missed = False
    for name, text in MANY.items():
        first, each = text.split("\n")
        taken = []
        for count in (20_000, 40_000):
            file = folder / "many.sql"
            file.write_text(first + "\n" + "\n".join(each.replace("#", str(number)) for number in range(count)) + "\n")
            taken.append(statistics.median(seconds([binary, command, file]) for _ in range(3)))
        ratio = taken[1] / taken[0]
        missed = missed or ratio > GROWTH
        print(f"{command}, {name}: {taken[1]:.2f} s for 40,000, {ratio:.1f}× of 20,000 (at most {GROWTH:.1f}×)", flush=True)
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/plumbline")
    parser.add_argument("--squawk", default=shutil.which("squawk"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tables", type=int, default=2_000, help="in the generated file")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    binary = options.binary.resolve()
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        alone = folder / "pg_parse"
        subprocess.run(["cc", "-O2", "-o", alone, ROOT / "bench/pg_parse.c", "-lpg_query"], check=True)
        files = options.files
        if not files:
            files = [folder / "small.sql", folder / "large.sql"]
            files[0].write_text(dump(random.Random(1), 40))
            files[1].write_text(dump(random.Random(2), options.tables))
        for file in files:
            text = file.read_text(errors="replace")
            large = folder / "many.sql"
            large.write_text(many_times(text))
            bare = folder / "bare.sql"
            bare.write_text(for_parser(large.read_text()))
            commands = {
                "schema": [binary, "schema", "--format", "json", file],
                "migration": [binary, "migration", "--format", "json", file],
                "many": [binary, "schema", "--format", "json", large],
            }
            if options.squawk and len(text) < SQUAWK_READS:
                commands["squawk"] = [options.squawk, file]
            times: dict = {name: [] for name in [*commands, "alone"]}
            order = list(commands)
            for _ in range(options.rounds):
                random.shuffle(order)
                for name in order:
                    times[name].append(seconds(commands[name]))
                done = subprocess.run([alone, bare, "3"], capture_output=True, text=True)
                if done.returncode == 0:
                    times["alone"].append(float(done.stdout))
            median = {name: statistics.median(values) for name, values in times.items() if values}
            size = large.stat().st_size / 1e6
            line = f"{file.name}: {len(text) / 1e3:,.0f} KB"
            for name in ("schema", "migration"):
                line += f", {name} {median[name] * 1e3:.1f} ms"
                if "squawk" in median:
                    ratio = median[name] / median["squawk"]
                    missed = missed or ratio > AGAINST_SQUAWK
                    line += f" ({ratio:.2f}×, at most {AGAINST_SQUAWK:.1f}×, of squawk)"
            line += f"; {size:.1f} MB at {size / median['many']:.1f} MB/s"
            if "alone" in median:
                # What the parser alone does not read, as the data behind COPY, counts against us.
                rate = median["alone"] / median["many"]
                missed = missed or rate < THROUGHPUT
                line += f", libpg_query alone {rate:.2f}× (at least {THROUGHPUT:.1f}×)"
            else:
                line += f", libpg_query does not parse it: {done.stderr.strip()}"
            print(line, flush=True)
        for command in ("schema", "migration"):
            missed = growth(binary, command, folder) or missed
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
