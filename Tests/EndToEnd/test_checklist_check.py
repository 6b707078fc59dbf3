"""`plumbline checklist check`: bodies of pull requests, and the snippets for CI of docs/checklists.md."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from rig import ROOT, Plumbline, binary, need

DOCS = ROOT / "docs" / "checklists.md"
ITEM = "- [{}] **lock-timeout-set** Give up after a moment.\n"
MIGRATION = "ALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT '';\n"


def git(folder: Path, *arguments: str) -> str:
    """Git as on a machine without settings."""
    done = subprocess.run(
        [need("git"), "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def repository(plumbline) -> Path:
    """A clone with a branch that adds a column, as a job of CI has it."""
    origin = plumbline.folder / "origin"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    (origin / "README.md").write_text("x\n")
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "a")
    git(origin, "checkout", "-qb", "column")
    (origin / "migrations").mkdir()
    (origin / "migrations/0042_note.sql").write_text(MIGRATION)
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "b")
    git(plumbline.folder, "clone", "-q", "-b", "column", str(origin), "clone")
    return plumbline.folder / "clone"


def check(plumbline: Plumbline, *arguments, status: int, **options) -> dict:
    result = plumbline.run("checklist", "check", *arguments, "--format", "json", **options)
    assert result.status == status, result.err + result.out
    return result.json


def kinds(data: dict) -> dict[str, str]:
    return {finding["id"]: finding["kind"] for finding in data["findings"]}


def answered(data: dict) -> str:
    """What is missing, pasted and answered."""
    body = "\n".join(finding["paste"] for finding in data["findings"] if finding["paste"]) + "\n"
    return re.sub(r": $", ": https://ci.example.com/run/7", body, flags=re.M).replace("- [ ]", "- [x]")


# MARK: What is read


@pytest.mark.parametrize(
    "body, kind",
    [
        (ITEM.format(" "), "unticked"),
        (ITEM.format("x"), "no-evidence"),
        ("- [ ] **lock-timeout-set** N/A\n", "not-applicable-without-reason"),
        (ITEM.format(" ") + ITEM.format("x"), "contradiction"),
        ("```\n" + ITEM.format("x") + "```\n", "no-items"),
        ("", "no-items"),
    ],
)
def test_findings_exit_1(plumbline, body, kind):
    for text in (body, body.replace("\n", "\r\n")):
        data = check(plumbline, plumbline.write("pr.md", text), status=1)
        assert [finding["kind"] for finding in data["findings"]] == [kind]


@pytest.mark.parametrize(
    "body",
    [
        ITEM.format("x") + "  Evidence: 2 s, in every migration\n",
        ITEM.format("x") + '  <img width="9" src="https://github.com/user-attachments/assets/1">\n',
        "- [ ] **lock-timeout-set** N/A: nothing is locked\n",
        "- [ ] ~~**lock-timeout-set** Give up.~~ nothing is locked\n",
        "- [ ] **partial-index-used** a should\n",
    ],
)
def test_what_is_answered_exits_0(plumbline, body):
    events = [
        body,
        json.dumps({"action": "edited", "pull_request": {"number": 1, "body": body}}),
        json.dumps({"object_kind": "merge_request", "object_attributes": {"description": body}}),
        json.dumps({"iid": 1, "title": "x", "description": body}),
    ]
    for text in events:
        assert check(plumbline, "-", status=0, stdin=text)["findings"] == []
        assert check(plumbline, plumbline.write("whatever", text), status=0)["findings"] == []


@pytest.mark.parametrize(
    "text, status, message",
    [
        (b'{"ref":"refs/heads/main"}', 2, "holds no pull request"),
        (b'{"pull_request":{"body":"x"', 2, "begins as JSON"),
        (b"\xff\xfe\x00", 2, "not UTF-8"),
        (b"a" * (1 << 20) + b"b", 2, "larger than 1 MiB"),
    ],
)
def test_what_cannot_be_read(plumbline, text, status, message):
    for arguments, stdin in [(["-"], text), ([plumbline.write("x", text)], b"")]:
        result = plumbline.run("checklist", "check", *arguments, stdin=stdin)
        assert (result.status, result.out) == (status, "")
        assert message in result.err


def test_usage(plumbline):
    assert plumbline.run("checklist", "check").status == 2
    assert plumbline.run("checklist", "check", "-", "-").status == 2
    assert plumbline.run("checklist", "check", "-", "--root", "x").status == 2
    assert plumbline.run("checklist", "check", "nope.md").status == 3
    assert plumbline.run("checklist", "check", ".").status == 3


def test_a_description_that_gitlab_cut_is_refused(plumbline):
    body = ITEM.format("x") + "  Evidence: 2 s, in every\n"
    env = {"CI_MERGE_REQUEST_DESCRIPTION": body, "CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED": "true"}
    result = plumbline.run("checklist", "check", "-", stdin=body, env=env)
    assert result.status == 3 and "cut" in result.err and "CI_MERGE_REQUEST_IID" in result.err
    check(plumbline, "-", status=0, stdin=body, env=env | {"CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED": "false"})
    check(plumbline, "-", status=0, stdin=json.dumps({"description": body}), env=env)


# MARK: A diff


def test_what_a_diff_needs_and_the_body_lacks(plumbline, repository):
    data = check(plumbline, "-", "--base", "origin/main", status=1, cwd=repository)
    assert set(kinds(data).values()) == {"missing-item"}
    assert "column-default-constant" in kinds(data)
    column = next(item for item in data["items"] if item["id"] == "column-default-constant")
    assert column["places"] == [{"change": "column-change", "file": "migrations/0042_note.sql", "lines": [1]}]
    body = answered(data) + "- [ ] **endpoint-matrix** not for this diff\n"
    good = check(plumbline, "-", "--base", "origin/main", status=0, cwd=repository, stdin=body)
    assert "endpoint-matrix" in {remark["id"] for remark in good["remarks"]}
    text = plumbline.run("checklist", "check", "-", "--base", "origin/main", "--root", repository)
    assert text.status == 1 and "migrations/0042_note.sql" in text.out and "- [ ] **" in text.out
    nothing = plumbline.ok("checklist", "check", "-", "--base", "HEAD", "--head", "HEAD", cwd=repository)
    assert "calls for no check" in nothing.out


def test_what_checklist_prints_is_a_body(plumbline, repository):
    for options in ([], ["--base", "origin/main"]):
        body = plumbline.ok("checklist", *options, cwd=repository).out
        items = plumbline.ok("checklist", *options, "--format", "json", cwd=repository).json["items"]
        read = check(plumbline, "-", *options, status=1, cwd=repository, stdin=body)["items"]
        assert {item["id"] for item in read} == {item["id"] for item in items} != set()
        assert {item["answer"]["state"] for item in read} == {"unticked"}
        assert not any(item["answer"]["evidence"] for item in read)


def test_a_base_that_is_not_there(plumbline, repository):
    for root, base in [(repository, "origin/none"), (plumbline.folder.parent, "main")]:
        result = plumbline.run("checklist", "check", "-", "--base", base, "--root", root)
        assert (result.status, result.out) == (2, "") and "--base" in result.err


def test_formats_name_the_file_that_calls(plumbline, repository):
    arguments = ["checklist", "check", "-", "--base", "origin/main"]
    lines = plumbline.run(*arguments, "--format", "github", cwd=repository).out.splitlines()
    assert lines and all(re.match(r"::(error|notice) [^:]*::", line) for line in lines)
    assert any(line.startswith("::error file=migrations/0042_note.sql,line=1,title=column-default") for line in lines)
    issues = plumbline.run(*arguments, "--format", "gitlab", cwd=repository).json
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith(("/", "./"))


# MARK: The snippets of the docs


def snippets() -> list[dict]:
    return [yaml.load(text, yaml.BaseLoader) for text in re.findall(r"^```yaml\n(.*?)^```", DOCS.read_text(), re.M | re.S)]


@pytest.fixture
def server(plumbline):
    """The binary where a team would keep it: its address, its checksum, and a folder for the tools of the job."""
    tools = plumbline.folder / "tools"
    tools.mkdir()
    return {
        "PLUMBLINE_URL": binary().as_uri(),
        "PLUMBLINE_SHA256": hashlib.sha256(binary().read_bytes()).hexdigest(),
    }


def shell(plumbline: Plumbline, lines: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess:
    """As the runners do: bash that ends at the first failure."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", lines],
        cwd=cwd,
        env={**plumbline.env, **env},
        capture_output=True,
        text=True,
    )


def test_github_workflow(plumbline, repository, server):
    need("curl")
    workflow = next(snippet for snippet in snippets() if "jobs" in snippet)
    assert set(workflow["on"]["pull_request"]["types"]) >= {"opened", "edited", "synchronize"}
    assert workflow["permissions"] == {"contents": "read"}
    checkout, install, check_step = workflow["jobs"]["checklist"]["steps"]
    assert re.fullmatch(r"actions/checkout@[0-9a-f]{40}", checkout["uses"])
    assert checkout["with"] == {"fetch-depth": "0", "persist-credentials": "false"}
    # Nothing that a stranger writes is put into a script.
    assert "${{" not in install["run"] + check_step["run"]
    event = plumbline.folder / "event.json"
    path = plumbline.folder / "path"
    env = {
        "RUNNER_TEMP": str(plumbline.folder / "temp"),
        "GITHUB_PATH": str(path),
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_BASE_REF": "main",
        "URL": server["PLUMBLINE_URL"],
        "SHA256": server["PLUMBLINE_SHA256"],
    }
    installed = shell(plumbline, install["run"], repository, env)
    assert installed.returncode == 0, installed.stderr
    env["PATH"] = path.read_text().strip() + ":" + plumbline.env["PATH"]
    assert shell(plumbline, install["run"], repository, env | {"SHA256": "0" * 64}).returncode != 0
    shell(plumbline, install["run"], repository, env)

    event.write_text(json.dumps({"action": "opened", "pull_request": {"body": None}}))
    failed = shell(plumbline, check_step["run"], repository, env)
    assert failed.returncode == 1 and failed.stdout.startswith("::error ")
    hostile = "$(touch owned) `touch owned`\n::error::x\n"
    data = check(plumbline, "-", "--base", "origin/main", status=1, cwd=repository)
    event.write_text(json.dumps({"action": "edited", "pull_request": {"body": hostile + answered(data)}}))
    passed = shell(plumbline, check_step["run"], repository, env)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert not (repository / "owned").exists() and "::error::x" not in passed.stdout


def test_gitlab_job(plumbline, repository, server):
    job = next(snippet for snippet in snippets() if "checklist" in snippet)["checklist"]
    report = repository / job["artifacts"]["reports"]["codequality"]
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert "merge_request_event" in job["rules"][0]["if"]
    # The job's image is installed into by root; here a folder stands for it.
    tools = plumbline.folder / "tools"
    install = next(line for line in job["before_script"] if "PLUMBLINE_URL" in line)
    script = "\n".join([install.replace("/usr/local/bin", str(tools)), *job["script"]])
    env = {**server, "PATH": f"{tools}:{plumbline.env['PATH']}", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    data = check(plumbline, "-", "--base", "origin/main", status=1, cwd=repository)

    env["CI_MERGE_REQUEST_DESCRIPTION"] = ""
    failed = shell(plumbline, script, repository, env)
    assert failed.returncode == 1, failed.stderr
    assert "missing from the body" in failed.stdout
    assert {issue["check_name"] for issue in json.loads(report.read_text())} >= {"plumbline/missing-item"}

    env["CI_MERGE_REQUEST_DESCRIPTION"] = "$(touch owned)\n" + answered(data)
    passed = shell(plumbline, script, repository, env)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert not (repository / "owned").exists()
    assert all(issue["severity"] == "info" for issue in json.loads(report.read_text()))

    # A long description is cut; with a token the interface is asked, for which a file stands here.
    cut = env | {"CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED": "true"}
    refused = shell(plumbline, script, repository, cut)
    assert refused.returncode == 3 and "cut" in refused.stderr
    api = plumbline.folder / "api/projects/7/merge_requests/1"
    api.parent.mkdir(parents=True)
    api.write_text(json.dumps({"iid": 1, "description": answered(data)}))
    cut |= {
        "CHECKLIST_TOKEN": "glpat-x",
        "CI_API_V4_URL": (plumbline.folder / "api").as_uri(),
        "CI_MERGE_REQUEST_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_IID": "1",
    }
    whole = shell(plumbline, script, repository, cut)
    assert whole.returncode == 0, whole.stdout + whole.stderr
