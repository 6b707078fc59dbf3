"""`checklist --base`: only what a diff needs, over hand-made lists, and in everything that a repository can be."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from rig import HERE, Plumbline

DIFFS = sorted((HERE / "diffs").glob("*.yaml"))
GIT = {
    "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org", "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.org",
}  # fmt: skip
MIGRATION = "CREATE TABLE coupons (id bigint PRIMARY KEY);\n"
INDEX = "CREATE INDEX CONCURRENTLY orders_day ON orders (day);\n"


class Repository:
    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def git(self, *arguments: str | Path) -> str:
        command = ["git", "-C", self.folder, "-c", "protocol.file.allow=always", *arguments]
        return subprocess.run(command, env=GIT, check=True, capture_output=True, text=True).stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def commit(self, files: dict[str, str]) -> None:
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")


@pytest.fixture
def repository(tmp_path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.git("init", "-q", "-b", "main")
    made.commit({".gitignore": "ignored\n"})
    made.git("checkout", "-q", "-b", "work")
    return made


def checklist(plumbline: Plumbline, folder: Path, *arguments: str | Path, status: int = 0, base: str = "main"):
    result = plumbline.run("checklist", "--base", base, *arguments, cwd=folder)
    assert result.status == status, f"status {result.status}\n{result.err}\n{result.out[-1000:]}"
    assert result.out or status, "a result is always said"
    assert not result.out or not status, "nothing half done on standard output"
    return result


def document(plumbline: Plumbline, folder: Path, *arguments: str | Path, base: str = "main") -> dict:
    return checklist(plumbline, folder, *arguments, "--format", "json", base=base).json


def places(document: dict, check: str) -> list[tuple[str, list[int]]]:
    item = next(item for item in document["items"] if item["id"] == check)
    return [(place["file"], place["lines"]) for place in item["places"]]


@pytest.mark.parametrize("case", DIFFS, ids=lambda path: path.stem)
def test_the_items_are_those_of_the_list(shared, tmp_path, case):
    diff = yaml.safe_load(case.read_text())
    repository = Repository(tmp_path / "repository")
    repository.git("init", "-q", "-b", "main")
    repository.commit({".gitignore": "ignored\n"} | diff.get("base", {}))
    repository.git("checkout", "-q", "-b", "work")
    for name in diff.get("deleted", []):
        (repository.folder / name).unlink()
    repository.write(diff.get("head", {}))
    repository.git("add", "-A")
    found = document(shared, repository.folder)
    expected = diff["expect"]
    assert sorted(item["id"] for item in found["items"]) == sorted(expected), {
        item["id"]: item["places"] for item in found["items"] if item["id"] not in expected
    }
    assert all(item["places"] for item in found["items"])
    # Committed, and by another commit's name, it is the same.
    repository.git("commit", "-q", "-m", "work")
    assert document(shared, repository.folder, "--head", "work")["items"] == found["items"]
    if not expected:
        text = checklist(shared, repository.folder).out
        assert "Nothing in this diff (" in text and "- [ ]" not in text


def test_items_name_the_files_and_lines_that_call_for_them(shared, repository):
    repository.commit({"db/migrations/042.sql": f"-- a note\n{INDEX}\nSELECT 1;\n{INDEX}"})
    repository.write({"unknown.sql": INDEX})
    found = document(shared, repository.folder)
    assert places(found, "concurrent-index-creation") == [("db/migrations/042.sql", [2, 5])]
    assert found["unseen"] == [
        {"reason": "Untracked files and folders, which git does not compare", "files": ["unknown.sql"], "count": 1}
    ]
    result = checklist(shared, repository.folder)
    assert "`db/migrations/042.sql`" in result.out
    assert "unknown.sql" in result.out
    assert result.err == "not seen: Untracked files and folders, which git does not compare: unknown.sql.\n"
    for format, sign in (("html", "<code>db/migrations/042.sql</code>"), ("csv", "db/migrations/042.sql:2 5")):
        assert sign in checklist(shared, repository.folder, "--format", format).out


def test_answers_leave_out_what_does_not_apply(shared, repository, tmp_path):
    repository.commit({"db/migrations/042.sql": INDEX})
    answers = tmp_path / "answers.yaml"
    answers.write_text("answers:\n  database_engine: mysql\n")
    with_answers = {item["id"] for item in document(shared, repository.folder, answers)["items"]}
    alone = {item["id"] for item in document(shared, repository.folder)["items"]}
    assert alone - with_answers >= {"concurrent-index-creation", "lock-timeout-set"}
    assert with_answers < alone


def test_shallow_clones_compare_directly_and_name_the_remedy(shared, repository, tmp_path):
    repository.commit({"db/migrations/1.sql": MIGRATION})
    repository.git("checkout", "-q", "main")
    repository.commit({"later": "x\n"})
    clone = tmp_path / "clone"
    source = f"file://{repository.folder}"
    repository.git("clone", "-q", "--depth=1", "--branch", "work", source, clone)
    missing = checklist(shared, clone, base="origin/main", status=2)
    assert "git fetch --depth=1 origin main" in missing.err and "fetch-depth: 0" in missing.err
    Repository(clone).git("fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
    found = document(shared, clone, base="origin/main")
    assert "compared directly" in found["unseen"][0]["reason"] and "fetch --deepen" in found["unseen"][0]["reason"]
    assert places(found, "migration-both-ways") == [("db/migrations/1.sql", [1])]


def test_renames_deletions_modes_and_moved_lines(shared, repository):
    body = "".join(f"step {number}\n" for number in range(30))
    repository.git("checkout", "-q", "main")
    repository.commit({"src/a.py": f"{body}cache.get(1)\n", "Dockerfile": "FROM a\n", "db/migrate/1_a.rb": "x\n"})
    repository.git("checkout", "-q", "-B", "work")
    repository.git("mv", "src/a.py", "src/b.py")
    repository.write({"src/b.py": f"cache.get(1)\n{body}    cache.get(2)\n"})
    (repository.folder / "Dockerfile").chmod(0o755)
    (repository.folder / "db/migrate/1_a.rb").unlink()
    found = document(shared, repository.folder)
    assert places(found, "ttl-on-every-key") == [("src/b.py", [32])]
    assert places(found, "migration-both-ways") == [("db/migrate/1_a.rb", [])]
    assert all(place["file"] != "Dockerfile" for item in found["items"] for place in item["places"])


def test_what_cannot_be_looked_into_is_named(shared, repository, tmp_path):
    other = Repository(tmp_path / "other")
    other.git("init", "-q", "-b", "main")
    other.commit({"x": "1\n"})
    repository.git("submodule", "--quiet", "add", other.folder, "module")
    repository.write({"big.sql": INDEX * 30_000, "logo.png": "\0"})
    (repository.folder / "utf16.sql").write_bytes(INDEX.encode("utf-16"))
    (repository.folder / "link.sql").symlink_to("/etc/passwd")
    repository.commit({"vendor/a.sql": INDEX})
    unseen = {entry["reason"]: entry["files"] for entry in document(shared, repository.folder)["unseen"]}
    assert unseen == {
        "Submodules, where the commit alone is compared": ["module"], "Files of more than 1 MiB": ["big.sql"],
        "Binary files": ["utf16.sql"], "Symbolic links, which are not followed": ["link.sql"],
        "Foreign, locked or generated files, which call for nothing": ["vendor/a.sql"],
    }  # fmt: skip


def test_odd_names_are_safe_everywhere(shared, repository):
    names = [b"-rf.sql", b"new\nline.sql", b'quo"te.sql', b" blank .sql", b"ba`ck`tick.sql", b"<b>&amp;.sql",
             b"\xff\xfe.sql", "ü.sql".encode(), "‮lqs.sql".encode(), b"*[x](y)|.sql", b"--output=x.sql"]  # fmt: skip
    for name in names:
        with open(os.path.join(os.fsencode(repository.folder), name), "w") as file:
            file.write(INDEX)
    repository.commit({})
    found = document(shared, repository.folder)
    files = [file for file, _ in places(found, "concurrent-index-creation")]
    assert len(set(files)) == len(names)
    assert {'"new\\nline.sql"', '"\\377\\376.sql"', "ü.sql", "-rf.sql", '"quo\\"te.sql"'} <= set(files)
    for format in ("markdown", "html", "csv", "json"):
        out = checklist(shared, repository.folder, "--format", format).out
        assert "new\nline" not in out and "‮" not in out and "\ufffd" not in out
        assert format != "html" or "<b>&amp;" not in out


def test_bad_revisions_and_places(shared, repository, tmp_path):
    repository.git("branch", "release/1.4")
    for base, hint in (
        ("mian", "did you mean main?"), ("1.4", "did you mean release/1.4?"), ("nothing-like-it", "there is no such commit"),
        ("--help", "there is no such commit"),
    ):  # fmt: skip
        result = shared.run("checklist", f"--base={base}", cwd=repository.folder)
        assert result.status == 2 and hint in result.err and not result.out, result
    assert "--head nowhere" in checklist(shared, repository.folder, "--head", "nowhere", status=2).err
    assert "belongs to no git repository" in checklist(shared, tmp_path, status=2).err
    result = shared.run("checklist", "--base", "main", cwd=repository.folder, env={"PATH": str(tmp_path)})
    assert result.status == 3 and "git command is not there" in result.err and not result.out
    assert shared.run("checklist", "--head", "main", cwd=repository.folder).status == 2


def test_a_bare_repository_needs_a_head(shared, repository, tmp_path):
    repository.commit({"db/migrations/1.sql": MIGRATION})
    bare = tmp_path / "bare.git"
    repository.git("clone", "-q", "--bare", repository.folder, bare)
    assert "--head" in checklist(shared, bare, status=2).err
    assert places(document(shared, bare, "--head", "work"), "constraints-refuse") == [("db/migrations/1.sql", [1])]


def test_a_repository_cannot_run_anything(shared, repository):
    mark = repository.folder.parent / "ran"
    repository.commit({"a.sql": INDEX, ".gitattributes": "* filter=evil diff=evil\n"})
    for setting in (
        "core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "filter.evil.clean",
        "filter.evil.process", "core.sshCommand", "core.pager", "credential.helper",
    ):  # fmt: skip
        repository.git("config", setting, f"touch {mark}; cat")
    repository.write({"a.sql": INDEX + MIGRATION})
    found = document(shared, repository.folder)
    assert places(found, "constraints-refuse") == [("a.sql", [2])]
    assert not mark.exists()
