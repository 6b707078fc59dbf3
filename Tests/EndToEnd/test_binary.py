"""The release binary on its own: copied away, without a home, without a network, with a broken cache, many at once."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rig import EXAMPLES, ROOT, Plumbline, binary, need, size, tree

EXAMPLE = EXAMPLES[0]
ON_LINUX = sys.platform == "linux"
AS_ROOT = os.geteuid() == 0


def commands(sheet: Path, out: Path) -> list[tuple]:
    """All that must go on wherever the binary is."""
    return [
        ("--version",),
        ("--help",),
        ("decide", sheet, "--format", "json"),
        ("explain", sheet, "read-scaling"),
        ("recover", "too many clients already"),
        ("kb", "check"),
        ("kb", "test"),
        ("kb", "coverage", "--format", "json"),
        ("kb", "list"),
        ("kb", "show", "read-scaling"),
        ("kb", "search", "replicas"),
        ("kb", "export", out / "knowledge.sqlite"),
        ("answers", "init"),
        ("answers", "schema"),
        ("design", sheet, "--out", out / "designed"),
        ("ask", "--answers", sheet, "--no-input", "--out", out / "asked"),
    ]


def expect_all_works(alone: Plumbline, sheet: Path, out: Path, prefix: tuple[str, ...] = (), env: dict | None = None):
    for arguments in commands(sheet, out):
        result = alone.run(*arguments, cwd=out, prefix=prefix, env=env)
        assert result.status == 0, (arguments, result.err)
        assert str(ROOT) not in result.out + result.err, arguments
    assert (out / "designed/design.html").exists() and (out / "asked/design.html").exists()
    for path in out.rglob("*"):
        if path.is_file() and path.suffix != ".sqlite":
            assert str(ROOT) not in path.read_text(), path


@pytest.fixture
def alone(reachable_tmp) -> tuple[Plumbline, Path, Path]:
    """A copy of the binary in an otherwise empty folder, an answers file and an output folder that anyone may write."""
    folder = reachable_tmp / "bin"
    folder.mkdir()
    shutil.copy(binary(), folder / "plumbline")
    (folder / "plumbline").chmod(0o755)
    sheet = reachable_tmp / "answers.yaml"
    shutil.copy(EXAMPLE, sheet)
    sheet.chmod(0o644)
    out = reachable_tmp / "out"
    out.mkdir()
    out.chmod(0o777)
    return Plumbline(reachable_tmp / "home", executable=folder / "plumbline"), sheet, out


def test_copied_away(alone):
    copy, sheet, out = alone
    expect_all_works(copy, sheet, out)
    assert [path.name for path in copy.executable.parent.iterdir()] == ["plumbline"]


NO_HOME = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"))


def test_without_a_home(alone):
    copy, sheet, out = alone
    expect_all_works(copy, sheet, out, env=NO_HOME)


def test_without_any_environment(alone):
    copy, sheet, out = alone
    expect_all_works(copy, sheet, out, env=dict.fromkeys(copy.env))


def nobody() -> tuple[str, ...]:
    return (need("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups")


def test_with_a_home_that_cannot_be_written(alone):
    copy, sheet, out = alone
    for folder in (copy.cache, copy.state, copy.home):
        folder.chmod(0o555)
    if AS_ROOT and not ON_LINUX:
        pytest.skip("root may write everywhere")
    expect_all_works(copy, sheet, out, prefix=nobody() if AS_ROOT else ())
    assert tree(copy.home) == {}


def test_with_relative_or_foolish_folders(alone):
    copy, sheet, out = alone
    for value in ("", "relative/cache", "/dev/null", "/proc/nowhere"):
        environment = {"XDG_CACHE_HOME": value, "XDG_STATE_HOME": value}
        copy.ok("decide", sheet, cwd=out, env=environment)
    assert not (out / "relative").exists()


def test_with_the_checkout_gone(alone):
    """An empty file system is laid over the checkout."""
    if not ON_LINUX:
        pytest.skip("namespaces are Linux's")
    copy, sheet, out = alone
    cover = 'mount -t tmpfs none "$1" && shift && exec "$@"'
    prefix = (need("unshare"), *(() if AS_ROOT else ("--map-root-user",)), "--mount", "sh", "-c", cover, "sh", str(ROOT))
    probe = subprocess.run([*prefix, "ls", str(ROOT)], capture_output=True, text=True)
    if probe.returncode != 0:
        pytest.skip(f"this machine does not allow mount namespaces: {probe.stderr.strip()}")
    assert probe.stdout == ""
    expect_all_works(copy, sheet, out, prefix=prefix)


def test_nothing_of_the_checkout_is_opened_and_no_network_used(alone):
    strace = need("strace")
    copy, sheet, out = alone
    log = out / "trace"
    prefix = (strace, "-f", "-qq", "-o", str(log), "-e", "trace=openat,open,execve,%network")
    if subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine does not allow tracing")
    for arguments in commands(sheet, out):
        copy.ok(*arguments, cwd=out, prefix=prefix)
        calls = log.read_text()
        opened = [line for line in calls.splitlines() if str(ROOT) in line and "ENOENT" not in line]
        assert opened == [], arguments
        assert not re.search(r"AF_INET|AF_NETLINK|connect\(", calls), arguments


def test_it_needs_common_libraries_only():
    if not ON_LINUX:
        pytest.skip("only Linux links the Swift library statically")
    listed = subprocess.run(["ldd", binary()], capture_output=True, text=True, check=True).stdout
    names = re.findall(r"^\s*(\S+)", listed, re.MULTILINE)
    allowed = r"linux-vdso.*|/lib.*/ld-linux.*|lib(c|m|pthread|dl|rt|util|gcc_s|stdc\+\+|sqlite3|cmark-gfm|cmark-gfm-extensions)\.so.*"
    assert [name for name in names if not re.fullmatch(allowed, name)] == []


# MARK: The cache


def store(plumbline: Plumbline) -> Path:
    """The one database in the cache."""
    # A process that was killed may leave a hidden file that it was still writing.
    visible = [path for path in plumbline.cache.rglob("*") if path.is_file() and not path.name.startswith(".")]
    databases = [path for path in visible if is_database(path)]
    assert len(databases) == 1, [str(path) for path in plumbline.cache.rglob("*")]
    return databases[0]


def is_database(path: Path) -> bool:
    return path.read_bytes()[:16] == b"SQLite format 3\0"


def replace(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


def noise(data: bytes, seed: int, parts: int) -> bytes:
    """Random bytes at random places behind the header."""
    rng = random.Random(seed)
    changed = bytearray(data)
    for _ in range(parts):
        at = rng.randrange(100, len(data) - 600)
        changed[at : at + 500] = rng.randbytes(500)
    return bytes(changed)


def foreign(path: Path, user_version: int = 0) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE entry (id TEXT, note TEXT)")
        database.execute("INSERT INTO entry VALUES ('read-scaling', 'not yours')")
        database.execute(f"PRAGMA user_version = {user_version}")
    database.close()


def set_version(path: Path, version: int) -> None:
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {version}")
    database.close()


def emptied(path: Path) -> None:
    """Ours by its version, but without a row."""
    with sqlite3.connect(path, isolation_level=None) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        tables = dict(database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'"))
        virtual = tuple(name for name, sql in tables.items() if sql and sql.startswith("CREATE VIRTUAL"))
        for name in tables:
            if not name.startswith(("sqlite_", *virtual)):
                database.execute(f'DELETE FROM "{name}"')
    database.close()


def as_folder(path: Path) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)


CORRUPTIONS = {
    "empty": lambda path: replace(path, b""),
    "one byte": lambda path: replace(path, b"S"),
    "header alone": lambda path: replace(path, path.read_bytes()[:100]),
    "truncated in the middle": lambda path: replace(path, path.read_bytes()[: path.stat().st_size // 2]),
    "truncated at the end": lambda path: replace(path, path.read_bytes()[:-4096]),
    "zero-filled": lambda path: replace(path, bytes(path.stat().st_size)),
    "zeros behind the header": lambda path: replace(path, path.read_bytes()[:4096] + bytes(path.stat().st_size - 4096)),
    "text": lambda path: replace(path, b"this is no database\n" * 500),
    "foreign database": lambda path: foreign(path),
    "foreign database of a later version": lambda path: foreign(path, 999_999),
    "older version": lambda path: set_version(path, 0),
    "later version": lambda path: set_version(path, 2_000_000_000),
    "emptied tables": emptied,
    "folder": as_folder,
    "dangling link": lambda path: (path.unlink(), path.symlink_to("/nowhere/at/all")),
    **{f"noise {seed}": (lambda seed: lambda path: replace(path, noise(path.read_bytes(), seed, 40)))(seed)
       for seed in range(size(6, 100))},
}  # fmt: skip


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_a_broken_cache_is_rebuilt(cold, kind):
    expected = cold.ok("decide", EXAMPLE, "--format", "json").out
    path = store(cold)
    CORRUPTIONS[kind](path)
    for _ in range(2):
        result = cold.ok("decide", EXAMPLE, "--format", "json")
        assert result.out == expected
        assert not re.search("(?i)corrupt|malformed|sqlite", result.err), result.err
    assert cold.ok("kb", "search", "replicas").out
    if kind != "folder":
        assert is_database(store(cold))


def test_unreadable_cache(cold):
    if AS_ROOT:
        pytest.skip("root may read everything (the read-only home is tested as nobody)")
    expected = cold.ok("decide", EXAMPLE, "--format", "json").out
    store(cold).chmod(0)
    assert cold.ok("decide", EXAMPLE, "--format", "json").out == expected


def test_no_leftovers(cold):
    for _ in range(3):
        cold.ok("decide", EXAMPLE)
    files = [path.name for path in cold.cache.rglob("*") if path.is_file()]
    assert not [name for name in files if re.search(r"tmp|-journal|-wal|-shm", name)], files


@pytest.mark.parametrize("round", range(size(3, 40)))
def test_many_at_once_on_a_cold_cache(cold, round):
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: cold.run("decide", EXAMPLE, "--format", "json"), range(8)))
    assert {result.status for result in results} == {0}, [result.err for result in results]
    assert len({result.out for result in results}) == 1
    assert {result.err for result in results} == {results[0].err}
    assert is_database(store(cold))


def test_killed_while_the_cache_is_made(cold):
    rng = random.Random(2)
    for _ in range(size(8, 100)):
        shutil.rmtree(cold.cache)
        cold.cache.mkdir()
        process = subprocess.Popen(
            [cold.executable, "decide", EXAMPLE], env=cold.env, stdout=subprocess.DEVNULL, cwd=cold.folder
        )
        try:
            process.wait(rng.random() * 0.3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        cold.ok("decide", EXAMPLE)
        assert is_database(store(cold))


def test_output_that_cannot_be_written(plumbline):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("/dev/full is Linux's")
    with open(full, "w") as out:
        done = subprocess.run(
            [plumbline.executable, "decide", EXAMPLE, "--format", "json"],
            stdout=out, stderr=subprocess.PIPE, env=plumbline.env, cwd=plumbline.folder, timeout=60,
        )  # fmt: skip
    assert done.returncode == 3, done.stderr


def test_a_closed_pipe(plumbline):
    done = subprocess.run(
        ["/bin/sh", "-c", '"$1" kb list | true', "sh", plumbline.executable],
        capture_output=True, env=plumbline.env, timeout=60,
    )  # fmt: skip
    assert b"Fatal" not in done.stderr and b"xception" not in done.stderr
