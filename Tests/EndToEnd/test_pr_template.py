"""`pr-template`: the checks in a forge's templates; what a person wrote there stays, byte by byte."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from rig import ROOT, Plumbline

CHECKOUT = ROOT / "examples/checkout.yaml"
OTHER = ROOT / "examples/internal-jobs.yaml"

# Repositories as they are found: their templates, and the forges that read them.
REPOSITORIES = {
    "none": ({}, "github gitlab azure gitea forgejo"),
    "root": ({"pull_request_template.md": b"## What\n\n## Why\n"}, "github azure gitea"),
    "docs": ({"docs/pull_request_template.md": b"## What\n\n## Why\n"}, "github azure forgejo"),
    "dot-github": ({".github/pull_request_template.md": b"Fixes #\n"}, "github gitea forgejo"),
    "upper-case": ({".github/PULL_REQUEST_TEMPLATE.md": b"# Summary\n"}, "github gitea forgejo"),
    "mixed-case": ({".github/Pull_Request_Template.md": b"# Summary\n"}, "github"),
    "text-file": ({"PULL_REQUEST_TEMPLATE.txt": b"Summary:\n"}, "github"),
    "without-extension": ({".github/PULL_REQUEST_TEMPLATE": b"Summary:\n"}, "github"),
    "gitlab": ({".gitlab/merge_request_templates/default.md": b"/label ~review\n\n%{all_commits}\n"}, "gitlab"),
    "gitlab-several": (
        {
            ".gitlab/merge_request_templates/Default.md": b"## What\n",
            ".gitlab/merge_request_templates/database-migration.md": b"## Migration\n",
            ".gitlab/merge_request_templates/Release Notes.md": b"## Release\n",
        },
        "gitlab",
    ),
    "azure": ({".azuredevops/pull_request_template.md": b"\xef\xbb\xbfWork item: #\r\n"}, "azure"),
    "azure-vsts": (
        {
            ".vsts/pull_request_template.md": b"Work item:\r\n",
            ".vsts/pull_request_template/branches/main.md": b"Release\r\n",
        },
        "azure",
    ),
    "azure-other-case": ({".AzureDevOps/Pull_Request_Template.MD": b"Work item:\n"}, "azure"),
    "gitea": ({".gitea/PULL_REQUEST_TEMPLATE.md": b"What\n"}, "gitea forgejo"),
    "forgejo": ({".forgejo/pull_request_template.md": b"What\n"}, "forgejo"),
    "several": (
        {
            ".github/PULL_REQUEST_TEMPLATE/bug.md": b"## Bug\n",
            ".github/PULL_REQUEST_TEMPLATE/cache.md": b"## Our cache",
            ".github/pull_request_template.md": b"## What\n",
        },
        "github",
    ),
    "several-in-docs": ({"docs/pull_request_template/feature.md": b"## Feature\n"}, "github azure"),
    "in-two-places": (
        {".github/pull_request_template.md": b"one\n", "docs/pull_request_template.md": b"two\n"},
        "github forgejo azure",
    ),
    "comments": (
        {".github/pull_request_template.md": b"<!-- Thank you!\n     Delete this. -->\n\nFixes #<!-- n -->\n\n<!-- end -->"},
        "github gitea forgejo",
    ),
    "crlf": ({".github/pull_request_template.md": b"## What\r\n\r\n- [ ] Tests\r\n"}, "github gitea forgejo"),
    "crlf-without-the-last": ({".github/pull_request_template.md": b"a\r\nb"}, "github gitea forgejo"),
    "byte-order-mark": ({".github/pull_request_template.md": b"\xef\xbb\xbf# \xc3\x84nderung\n"}, "github gitea forgejo"),
    "front-matter": (
        {".github/pull_request_template.md": b"---\nname: PR\nlabels: [review]\n---\n\n## What\n"},
        "github gitea forgejo",
    ),
    "own-boxes": (
        {".github/pull_request_template.md": b"- [ ] Tests\n  - [x] unit\n* [ ] Docs\n1. [ ] Version\n"},
        "github gitea forgejo",
    ),
    "very-long": ({".github/pull_request_template.md": b"- [ ] Read and tick this as well\n" * 1_700}, "github gitea"),
    "no-last-line-end": ({".github/pull_request_template.md": b"## What"}, "github gitea forgejo"),
    "latin-1": ({".github/pull_request_template.md": b"## Pr\xfcfung\n\n- [ ] gr\xfcn\n"}, "github gitea forgejo"),
    "empty": ({".github/pull_request_template.md": b""}, "github gitea forgejo"),
    "blank": ({".github/pull_request_template.md": b"\n \n\t\n\n"}, "github gitea forgejo"),
    "trailing-blanks": ({".github/pull_request_template.md": b"a  \nb\\\n   "}, "github gitea forgejo"),
    "fences": ({".github/pull_request_template.md": b"```sh\nmake\n```\n\n~~~\n```\n~~~\n"}, "github gitea forgejo"),
    "languages": (
        {".github/pull_request_template.md": "## 变更\n\n- [ ] テスト\n\nЧто 🚀\n".encode()},
        "github gitea forgejo",
    ),
}
CASES = [(name, forge) for name, (_, forges) in REPOSITORIES.items() for forge in forges.split()]


def repository(folder: Path, files: dict[str, bytes]) -> Path:
    for path, data in {"README.md": b"# Shop\n", **files}.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder


def state(folder: Path) -> dict:
    """Folders, files with their bytes and modes, and links with where they lead."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_dir():
            found[name] = "folder"
        else:
            found[name] = (path.read_bytes(), path.stat().st_mode)
    return found


def blocks(folder: Path) -> dict[str, str]:
    texts = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and b"<!-- plumbline:begin pull-request" in path.read_bytes():
            texts[str(path.relative_to(folder))] = path.read_bytes().decode("utf-8", "replace")
    return texts


def block(text: str) -> str:
    found = re.search(r"<!-- plumbline:begin pull-request \S+ -->\r?\n(.*)<!-- plumbline:end pull-request -->", text, re.S)
    assert found
    return found[1]


@pytest.mark.parametrize("name,forge", CASES)
def test_there_and_back(shared: Plumbline, tmp_path, name, forge):
    root = repository(tmp_path / "shop", REPOSITORIES[name][0])
    before = state(root)
    assert shared.run("pr-template", "--forge", forge, "--root", root, "--check").status == 1
    assert state(root) == before
    shared.ok("pr-template", "--forge", forge, "--root", root)
    first = state(root)
    # What was there is still there, and in front.
    for path, was in before.items():
        if isinstance(was, tuple):
            assert first[path][0].startswith(was[0]) and first[path][1] == was[1], path
    assert blocks(root)
    shared.ok("pr-template", "--forge", forge, "--root", root)
    assert state(root) == first
    assert shared.run("pr-template", "--forge", forge, "--root", root, "--check").status == 0
    shared.ok("pr-template", CHECKOUT, "--forge", forge, "--root", root)
    assert state(root) != first
    shared.ok("pr-template", OTHER, "--forge", forge, "--root", root)
    shared.ok("pr-template", "--forge", forge, "--root", root, "--remove")
    assert state(root) == before


@pytest.mark.parametrize("forge,limit", [("github", 65_536), ("gitlab", 1_048_576), ("azure", 4_000), ("gitea", None), ("forgejo", None)])
@pytest.mark.parametrize("answers", [None, CHECKOUT, OTHER], ids=["guide", "checkout", "jobs"])
def test_every_item_is_a_task_item(shared: Plumbline, tmp_path, forge, limit, answers):
    root = repository(tmp_path / "shop", {})
    shared.ok("pr-template", *([answers] if answers else []), "--forge", forge, "--root", root)
    texts = blocks(root)
    assert len(texts) >= (4 if forge in ("github", "gitlab", "azure") else 1)
    for path, text in texts.items():
        items = text.count("- [ ] ")
        assert 1 <= items <= 12, path
        assert "* [ ]" not in text and text.count("<!--") == 2
        assert limit is None or len(text.encode("utf-16-le")) // 2 + 1_000 <= limit, path
        html = subprocess.run(
            ["cmark-gfm", "-e", "tasklist", "-e", "table", "-e", "strikethrough", "-e", "autolink"],
            input=text, capture_output=True, text=True, check=True,
        ).stdout
        assert html.count('<input type="checkbox"') == items, path


def test_markdown_lint(shared: Plumbline, tmp_path):
    linter = shutil.which("rumdl") or shutil.which("rumdl", path=str(Path(os.sys.executable).parent))
    if not linter:
        pytest.skip("rumdl is not there")
    root = repository(tmp_path / "shop", {})
    shared.ok("pr-template", CHECKOUT, "--forge", "github", "--root", root)
    # A block has no heading of the first level, and its lines are as long as its sentences.
    done = subprocess.run(
        [linter, "check", "--no-cache", "--disable", "MD013,MD041", root], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_the_kinds_of_change(shared: Plumbline, tmp_path):
    root = repository(tmp_path / "shop", {})
    shared.ok("pr-template", "--forge", "github", "--root", root)
    default = (root / ".github/pull_request_template.md").read_text()
    kinds = {path.name for path in (root / ".github/PULL_REQUEST_TEMPLATE").iterdir()}
    assert kinds == {"database-migration.md", "new-endpoint.md", "cache.md", "events.md", "infrastructure.md"}
    for kind in kinds:
        assert f"?quick_pull=1&template={kind})" in default
    assert "migration-both-ways" in (root / ".github/PULL_REQUEST_TEMPLATE/database-migration.md").read_text()


def test_bitbucket_is_text_to_paste(shared: Plumbline, tmp_path):
    root = repository(tmp_path / "shop", {"pull_request_template.md": b"x"})
    before = state(root)
    result = shared.run("pr-template", "--forge", "bitbucket", "--root", root)
    assert result.status == 0 and state(root) == before
    assert result.out.startswith("## ") and result.out.count("- [ ] ") == 12 and "<!--" not in result.out
    assert "settings" in result.err
    for flag in ("--check", "--remove"):
        result = shared.run("pr-template", "--forge", "bitbucket", "--root", root, flag)
        assert (result.status, result.out) == (0, "")


def test_a_link_stays_a_link(shared: Plumbline, tmp_path):
    root = repository(tmp_path / "shop", {"docs/template.md": b"What\n"})
    (root / ".github").mkdir()
    (root / ".github/pull_request_template.md").symlink_to("../docs/template.md")
    before = state(root)
    shared.ok("pr-template", "--forge", "gitea", "--root", root)
    assert (root / ".github/pull_request_template.md").is_symlink()
    assert b"plumbline:begin" in (root / "docs/template.md").read_bytes()
    shared.ok("pr-template", "--forge", "gitea", "--root", root, "--remove")
    assert state(root) == before


def test_a_link_that_leads_out(shared: Plumbline, tmp_path):
    (tmp_path / "template.md").write_bytes(b"What\n")
    root = repository(tmp_path / "shop", {})
    (root / "pull_request_template.md").symlink_to(tmp_path / "template.md")
    result = shared.run("pr-template", "--forge", "github", "--root", root)
    assert result.status == 2 and "pull_request_template.md:1:" in result.err
    assert (tmp_path / "template.md").read_bytes() == b"What\n"


def test_modes_stay(shared: Plumbline, tmp_path):
    root = repository(tmp_path / "shop", {"pull_request_template.md": b"What\n"})
    (root / "pull_request_template.md").chmod(0o640)
    shared.ok("pr-template", "--forge", "gitea", "--root", root)
    assert (root / "pull_request_template.md").stat().st_mode & 0o777 == 0o640


def test_read_only(shared: Plumbline, tmp_path):
    root = repository(tmp_path / "shop", {".github/pull_request_template.md": b"What\n"})
    (root / ".github/pull_request_template.md").chmod(0o444)
    before = state(root)
    result = shared.run("pr-template", "--forge", "github", "--root", root)
    assert result.status == 3 and "read-only" in result.err
    assert state(root) == before


def test_a_file_in_the_way(shared: Plumbline, tmp_path):
    """All files or none."""
    root = repository(tmp_path / "shop", {".github/PULL_REQUEST_TEMPLATE/cache.md/x": b""})
    before = state(root)
    result = shared.run("pr-template", "--forge", "github", "--root", root)
    assert result.status == 3 and "cache.md" in result.err
    assert state(root) == before


@pytest.mark.parametrize("what", ["nowhere", "README.md"])
def test_no_root(shared: Plumbline, tmp_path, what):
    root = repository(tmp_path / "shop", {})
    before = state(root)
    result = shared.run("pr-template", "--forge", "github", "--root", root / what)
    assert result.status == 3 and result.err.count("\n") == 1
    assert state(root) == before


def test_an_unknown_forge(shared: Plumbline, tmp_path):
    result = shared.run("pr-template", "--forge", "gitlub", "--root", tmp_path)
    assert result.status == 2 and "did you mean git" in result.err


@pytest.mark.parametrize(
    "text,line,words",
    [
        (b"a\n<!-- plumbline:begin pull-request x.0 -->\nb\n", 2, "does not end"),
        (b"a\nb\n<!-- plumbline:end pull-request -->\n", 3, "does not begin"),
        (b"a\n```\nb\n", 2, "a block of code"),
        (b"a\n\n<!-- b\n", 3, "a comment"),
        ("a\n".encode("utf-16"), 1, "no text"),
    ],
)
def test_broken_templates(shared: Plumbline, tmp_path, text, line, words):
    root = repository(tmp_path / "shop", {".github/pull_request_template.md": text})
    before = state(root)
    result = shared.run("pr-template", "--forge", "github", "--root", root)
    assert result.status == 2 and state(root) == before
    assert result.err.startswith(f".github/pull_request_template.md:{line}: ") and words in result.err
    assert result.err.count("\n") == 1


def test_a_copied_block(shared: Plumbline, tmp_path):
    root = repository(tmp_path / "shop", {})
    shared.ok("pr-template", "--forge", "gitea", "--root", root)
    path = root / ".gitea/pull_request_template.md"
    path.write_bytes(path.read_bytes() * 2)
    before = state(root)
    for flags in ([], ["--remove"], ["--check"], ["--force"]):
        result = shared.run("pr-template", "--forge", "gitea", "--root", root, *flags)
        assert result.status == 2 and "second block" in result.err and result.out == ""
    assert state(root) == before


def test_an_edited_block(shared: Plumbline, tmp_path):
    root = repository(tmp_path / "shop", {"pull_request_template.md": b"What\n"})
    shared.ok("pr-template", "--forge", "gitea", "--root", root)
    path = root / "pull_request_template.md"
    text = path.read_text()
    path.write_text(text.replace("- [ ] **SV-2", "- [ ] Ask Ana first.\n- [ ] **SV-2", 1))
    before = state(root)
    line = path.read_text().splitlines().index("- [ ] Ask Ana first.") + 1
    for flags in ([], ["--remove"]):
        result = shared.run("pr-template", "--forge", "gitea", "--root", root, *flags)
        assert result.status == 2 and "edited by hand" in result.err and "--force" in result.err
        assert flags or f"pull_request_template.md:{line}: " in result.err
    result = shared.run("pr-template", "--forge", "gitea", "--root", root, "--check")
    assert result.status == 1 and "edited by hand" in result.out
    assert state(root) == before
    shared.ok("pr-template", "--forge", "gitea", "--root", root, "--force")
    assert path.read_text() == text
    shared.ok("pr-template", "--forge", "gitea", "--root", root, "--remove")
    assert path.read_bytes() == b"What\n"


def test_answers_tailor(shared: Plumbline, tmp_path):
    root = repository(tmp_path / "shop", {})
    path = root / ".gitea/pull_request_template.md"
    shared.ok("pr-template", "--forge", "gitea", "--root", root)
    guide = block(path.read_text())
    shared.ok("pr-template", CHECKOUT, "--forge", "gitea", "--root", root)
    system = block(path.read_text())
    assert "If `api_audience` is not empty" in guide and "api-versioning" not in guide
    assert "If `api_audience`" not in system and "api-versioning: url prefix" in system


def test_bad_answers(shared: Plumbline, tmp_path):
    root = repository(tmp_path / "shop", {})
    (tmp_path / "answers.yaml").write_text("answers:\n  qpss: 3\n")
    before = state(root)
    result = shared.run("pr-template", tmp_path / "answers.yaml", "--forge", "github", "--root", root)
    assert result.status == 2 and "qps" in result.err and state(root) == before


def test_in_a_real_repository(shared: Plumbline, tmp_path):
    """git sees nothing after install, update and remove."""
    root = repository(tmp_path / "shop", {".github/pull_request_template.md": b"## What\r\n\r\n## Why"})
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false", "-C", str(root)]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(git + command, check=True, capture_output=True)
    shared.ok("pr-template", "--forge", "github", "--root", root)
    status = subprocess.run(git + ["status", "--porcelain"], check=True, capture_output=True, text=True).stdout
    assert " M .github/pull_request_template.md" in status
    shared.ok("pr-template", "--forge", "github", "--root", root, "--remove")
    assert subprocess.run(git + ["status", "--porcelain"], check=True, capture_output=True, text=True).stdout == ""
