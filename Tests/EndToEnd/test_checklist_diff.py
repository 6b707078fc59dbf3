"""`checklist --base`: only what a diff needs, over hand-made lists, and everything that a repository can be."""

from __future__ import annotations

import json
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


class Repository:
    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def git(self, *arguments: str) -> str:
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
    return made


def ids(document: dict) -> list[str]:
    return sorted(item["id"] for item in document["items"])


def checklist(plumbline: Plumbline, repository: Repository, *arguments: str, status: int = 0, **options):
    return plumbline.run(
        "checklist", "--base", "main", *arguments, cwd=repository.folder, **options
    ).expect(status)  # fmt: skip


@pytest.mark.parametrize("case", DIFFS, ids=lambda path: path.stem)
def test_the_items_are_those_of_the_list(shared, repository, case):
    diff = yaml.safe_load(case.read_text())
    repository.commit(diff.get("base", {}))
    repository.git("checkout", "-q", "-b", "work")
    for name in diff.get("deleted", []):
        (repository.folder / name).unlink()
    repository.write(diff.get("head", {}))
    repository.git("add", "-A")
    document = checklist(shared, repository, "--format", "json").json
    expected = diff["expect"]
    assert ids(document) == sorted(expected), {
        item["id"]: item["places"] for item in document["items"] if item["id"] not in expected
    }
    assert all(item["places"] for item in document["items"])
    # Committed, and by another commit's name, it is the same.
    repository.git("commit", "-q", "-m", "work")
    again = checklist(shared, repository, "--head", "work", "--format", "json").json
    assert again["items"] == document["items"]
