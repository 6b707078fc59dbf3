"""`orient` on real codebases, held against lists of their routes; and how it treats files, folders and a database."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tarfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import pytest

from executed.tools import Servers, Tools, missing
from rig import HERE, Plumbline, binary, need, tree

LISTS = HERE / "orient"
# What was fetched, kept between runs; not committed.
SOURCES = HERE / ".sources"
INDEX = os.environ.get("PLUMBLINE_INDEX", "https://pypi.org/simple/")
ARCHIVE = "http://deb.debian.org/debian"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
LEAST = 0.9


@dataclass
class Codebase:
    """A published source archive, pinned by its hash."""

    name: str
    archive: str
    sha256: str
    run: str
    languages: tuple[str, ...]
    # Of Debian: the release and the version of the source package.
    debian: tuple[str, str] | None = None
    # Where the archive's package differs from the codebase's name, and a folder inside it.
    package: str | None = None
    folder: str = "."
    get: str | None = None
    post: str | None = None


REDMINE = "222e30b40ac2f4ed84bd8a2530cb07f1f7b4c63ad212566e6a8259749ae0b50c"
EXPRESS = ("node-express_4.18.2+~4.17.14.orig.tar.gz", "a9ace1a92a2b0a7e3fcd7a7612553d6208a464561c15ad38f349fc3ab0d7cda0")
CODEBASES = [
    Codebase("redmine", "redmine_6.0.5+ds.orig.tar.gz", REDMINE, "bin/rails server", ("Ruby",), ("trixie", "6.0.5+ds-1")),
    Codebase(
        "hyperkitty", "hyperkitty_1.3.12.orig.tar.gz",
        "deb582937ec5bc9ea9c1d5d86bfb76a4da429b60e1fea6fd6964e7c667cf161d",
        "cd example_project && python manage.py runserver", ("Python",), ("trixie", "1.3.12-3"),
    ),
    Codebase(
        "miniflux", "miniflux_2.2.6.orig.tar.gz",
        "2e2ad2369095089a666cf8dc5bb77955ffbd9f579a9cdab9168b0ee4afa5ba2c", "make run", ("Go",), ("trixie", "2.2.6-1"),
    ),
    Codebase(
        "crowdsec", "crowdsec_1.4.6.orig.tar.gz",
        "acec1560593da78e37acbf44f2337a1e3026646ece00ab02eded78f71a2adda3", "go run ./cmd/crowdsec", ("Go",),
        ("trixie", "1.4.6-10"),
    ),
    Codebase(
        "phpmyadmin", "phpmyadmin_5.2.2-really+dfsg.orig.tar.xz",
        "762813db34708e92c1bee133e6c769e7c4415a17cc86d7778ab62bff67a7096e",
        "composer install && php -S 127.0.0.1:8080 -t .", ("PHP",), ("trixie", "4:5.2.2-really+dfsg-1+deb13u1"),
    ),
    Codebase(
        "curator", "apache-curator_5.7.1+ds.orig.tar.xz",
        "52c94732bd82656fd330bc22aaae144f98d359335d89ae7a5cc93742b7765fcf", "mvn package", ("Java",),
        ("trixie", "5.7.1+ds-1"), package="apache-curator",
    ),
    Codebase(
        "pdudaemon", "pdudaemon_0.0.8.109.gaa25f15.orig.tar.xz",
        "ae35545d11e6fda9f73086df9b7c41d241f24f9af9cfc69557d6db4e338d53ee", "pip install -e . && pdudaemon", ("Python",),
        ("trixie", "0.0.8.109.gaa25f15-2.1+deb13u1"),
    ),
    Codebase(
        "express-multi-router", *EXPRESS, "", ("JavaScript",), ("bookworm", "4.18.2+~4.17.14-1"), package="node-express",
        folder="examples/multi-router",
    ),
    Codebase(
        "express-route-separation", *EXPRESS, "", ("JavaScript",), ("bookworm", "4.18.2+~4.17.14-1"),
        package="node-express", folder="examples/route-separation",
    ),
    Codebase(
        "ihatemoney", "ihatemoney-7.2.1.tar.gz", "e74fc718f68e1ec400cf9c4364025a91febb86c9b523aeb33a52e5adbeaa77e1",
        "flask --app ihatemoney.run run", ("Python",),
    ),
    Codebase(
        "lnbits", "lnbits-1.6.2.tar.gz", "628c66c81a91cdca8831d1c3bd279216b8396288dc290094cfd106c656e21c81", "make dev",
        ("Python",),
    ),
    Codebase(
        "flower", "flower-2.2.0.tar.gz", "c4f4751942ff8b5069e6604a136e073b860971b7658859bdc61da1dc17a4bb32",
        "celery -A tasks.app flower", ("Python",),
    ),
    Codebase(
        "chromadb", "chromadb-1.5.9.tar.gz", "5c20e62a455c28bacac927f26116a73fd8e1799e0d908be8e8a4f02197a54731",
        "pip install -e . && chroma", ("Rust", "Python"),
    ),
]


# MARK: Fetching


def intact(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def fetched(codebase: Codebase) -> Path:
    """The archive, from the folder of earlier runs or from where it is published; a visible skip without a network."""
    SOURCES.mkdir(exist_ok=True)
    path = SOURCES / codebase.archive
    if not intact(path, codebase.sha256):
        path.unlink(missing_ok=True)
        (from_debian if codebase.debian else from_index)(codebase, path)
    assert intact(path, codebase.sha256), f"{codebase.archive} is not the one that was counted"
    return path


def from_index(codebase: Codebase, path: Path):
    # The file alone: pip would run the project's own code to learn its name.
    project = codebase.archive.rsplit("-", 1)[0]
    try:
        with urllib.request.urlopen(urljoin(INDEX, f"{project}/"), timeout=60) as answer:
            page, base = answer.read().decode(), answer.url
        found = re.search(r'href="([^"#]*/' + re.escape(codebase.archive) + r')[#"]', page)
        if not found:
            pytest.skip(f"the package index has no {codebase.archive}")
        with urllib.request.urlopen(urljoin(base, found[1]), timeout=300) as answer:
            path.write_bytes(answer.read())
    except (urllib.error.URLError, TimeoutError, ConnectionError) as reason:
        pytest.skip(f"no network: {codebase.archive} cannot be fetched ({reason})")


def from_debian(codebase: Codebase, path: Path):
    if not shutil.which("apt-get") or not Path(KEYRING).exists():
        pytest.skip(f"{codebase.archive} is fetched by Debian's apt-get, which is not here")
    release, version = codebase.debian
    config = apt_configuration(release)
    name = f"{codebase.package or codebase.name}={version}"
    done = subprocess.run(
        ["apt-get", "source", "--download-only", "--tar-only", "-qq", name],
        cwd=SOURCES, env={**os.environ, "APT_CONFIG": str(config)}, capture_output=True, text=True,
    )
    if done.returncode or not path.exists():
        pytest.skip(f"Debian's archive gives no {name}: {done.stderr.strip().splitlines()[-1:] or 'no reason'}")


def apt_configuration(release: str) -> Path:
    """A configuration of our own: sources, lists and cache apart from the system's."""
    folder = SOURCES / f"apt-{release}"
    config = folder / "apt.conf"
    if not config.exists():
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "sources.list").write_text(f"deb-src [signed-by={KEYRING}] {ARCHIVE} {release} main\n")
        text = [
            f'Dir::Etc::sourcelist "{folder}/sources.list";', 'Dir::Etc::sourceparts "-";', 'Dir::Etc::parts "-";',
            f'Dir::State::lists "{folder}/lists";', f'Dir::Cache "{folder}/cache";', 'APT::Sandbox::User "root";',
            'Acquire::Languages "none";', 'Acquire::Retries "2";', f'Dir::State::status "{folder}/status";',
        ]
        (folder / "status").touch()
        trial = folder / "trial.conf"
        trial.write_text("\n".join(text) + "\n")
        done = subprocess.run(
            ["apt-get", "update", "-qq"], env={**os.environ, "APT_CONFIG": str(trial)}, capture_output=True, text=True
        )
        if done.returncode or not any(path.stat().st_size for path in (folder / "lists").glob("*Sources*")):
            pytest.skip(f"no network: the list of Debian's sources cannot be fetched ({done.stderr.strip()[:200]})")
        trial.rename(config)
    return config


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folders: dict[str, Path] = {}

    def unpack(codebase: Codebase) -> Path:
        if codebase.archive not in folders:
            folder = tmp_path_factory.mktemp("codebase")
            with tarfile.open(fetched(codebase)) as archive:
                # Python learned to filter in a patch release.
                archive.extractall(folder, **({"filter": "tar"} if hasattr(tarfile, "tar_filter") else {}))
            [top] = folder.iterdir()
            folders[codebase.archive] = top
        return folders[codebase.archive] / codebase.folder

    return unpack


# MARK: Real codebases


def listed(name: str) -> set[str]:
    lines = (LISTS / f"{name}.txt").read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_every_list_has_its_codebase():
    assert {path.stem for path in LISTS.glob("*.txt")} == {codebase.name for codebase in CODEBASES}
    for path in LISTS.glob("*.txt"):
        assert path.read_text().startswith("# "), f"{path.name} does not say how it was counted"


@pytest.mark.parametrize("codebase", CODEBASES, ids=lambda codebase: codebase.name)
def test_a_real_codebase(plumbline: Plumbline, unpacked, codebase: Codebase):
    folder = unpacked(codebase)
    before = tree(folder)
    data = plumbline.ok("orient", folder, "--format", "json", timeout=300).json
    # Routes in part computed are shown with holes; a list cannot hold them.
    found = {f"{route['method']} {route['path']}" for route in data["routes"] if route["whole"]}
    wanted = listed(codebase.name)
    missed, extra = wanted - found, found - wanted
    recall, precision = 1 - len(missed) / len(wanted), 1 - len(extra) / max(len(found), 1)
    print(f"{codebase.name}: {len(wanted)} listed, {len(found)} found, recall {recall:.3f}, precision {precision:.3f}")
    assert recall >= LEAST, f"missed: {sorted(missed)}"
    assert precision >= LEAST, f"not listed: {sorted(extra)}"
    if codebase.run:
        assert codebase.run in [command["command"] for command in data["run"]["commands"][:4]]
    assert set(codebase.languages) <= set(data["files"]["languages"])
    for route in data["routes"]:
        lines = (folder / route["file"]).read_bytes().count(b"\n") + 1
        assert 1 <= route["line"] <= lines, route
    text = plumbline.ok("orient", folder, "--out", "-", timeout=300).out
    assert [line for line in text.splitlines() if line.startswith("## ")][:6] == [
        f"## {number}. {step['title']} ({step['minutes']} min)" for number, step in enumerate(data["steps"], 1)
    ]
    assert [step["minutes"] for step in data["steps"]] == [10, 10, 10, 15, 5, 10]
    assert plumbline.ok("orient", folder, "--out", "-", timeout=300).out == text
    assert tree(folder) == before


# MARK: Files and folders

APP = 'from flask import Flask\napp = Flask(__name__)\n@app.get("/items/<int:id>")\ndef item(id): ...\n'


@pytest.fixture
def code(plumbline: Plumbline) -> Path:
    plumbline.write("code/app.py", APP)
    return plumbline.folder / "code"


def test_it_writes_into_the_folder_and_knows_its_own_document(plumbline, code):
    result = plumbline.ok("orient", code)
    path = code / "ORIENTATION.md"
    assert (result.out, result.err.strip()) == ("", f"wrote {path}")
    text = path.read_text()
    assert "`/items/<int:id>`" in text and "## 1. Run it locally (10 min)" in text
    # Again, with something new: the document was not edited, so it is replaced.
    plumbline.write("code/more.py", APP.replace("items", "orders"))
    assert plumbline.run("orient", code, "--check").status == 1
    plumbline.ok("orient", code)
    assert "`/orders/<int:id>`" in path.read_text()
    assert plumbline.ok("orient", code, "--check").out == ""
    assert sorted(file.name for file in code.iterdir()) == ["ORIENTATION.md", "app.py", "more.py"]


@pytest.mark.parametrize("text", ["# Our own\n", None])
def test_a_persons_words_are_never_overwritten(plumbline, code, text):
    path = code / "ORIENTATION.md"
    if text is None:
        plumbline.ok("orient", code)
        text = path.read_text().replace("- [ ] ", "- [x] ", 1)
    path.write_text(text)
    result = plumbline.run("orient", code)
    assert (result.status, result.out) == (2, "")
    assert "--force" in result.err and "--out" in result.err
    assert path.read_text() == text
    plumbline.ok("orient", code, "--out", "elsewhere.md")
    assert path.read_text() == text
    plumbline.ok("orient", code, "--force")
    assert path.read_text() != text


def test_where_it_starts_from(plumbline, code):
    plumbline.ok("orient", cwd=code)
    first = (code / "ORIENTATION.md").read_text()
    plumbline.ok("orient", ".", cwd=code)
    plumbline.ok("orient", code)
    assert (code / "ORIENTATION.md").read_text() == first
    data = plumbline.ok("orient", code, "--format", "json").json
    assert data["name"] == "code" and data["minutes"] == 60


@pytest.mark.parametrize(
    "arguments, status, said",
    [
        (("nowhere",), 3, "no such folder"),
        (("code/app.py",), 3, "this is a file"),
        (("-",), 2, "folder"),
        (("code", "--out", "code"), 3, "this is a folder"),
        (("code", "--out", "no/such/folder.md"), 3, "no/such"),
        (("code", "--database", "mysql://x"), 2, "postgresql://"),
        (("code", "--database", "postgresql://u:hush-hush@127.0.0.1:1/x"), 3, "database"),
        (("code", "--format", "yaml"), 2, "format"),
        (("code", "--check", "--out", "-"), 2, "--check"),
    ],
)
def test_what_cannot_be(plumbline, code, arguments, status, said):
    if "postgresql://u:hush-hush@127.0.0.1:1/x" in arguments and not shutil.which("psql", path="/usr/bin:/bin"):
        pytest.skip("psql is not installed")
    result = plumbline.run("orient", *arguments)
    assert (result.status, result.out) == (status, "")
    assert said in result.err and "hush-hush" not in result.err
    assert not (code / "ORIENTATION.md").exists()


def test_nothing_of_the_project_is_run(plumbline, code):
    """Whatever a tree can bring to be executed stays where it is."""
    trap = plumbline.folder / "trap"
    script = f"#!/bin/sh\ntouch {trap}\n"
    for name in ("Makefile", "bin/rails", "manage.py", "gradlew", "setup.py", "git", "psql", ".git/hooks/post-index-change"):
        path = plumbline.write(f"code/{name}", script)
        path.chmod(0o755)
    plumbline.write(
        "code/.git/config",
        f"[core]\n\trepositoryformatversion = 0\n\tfsmonitor = {code}/git\n\tpager = {code}/git\n\tsshCommand = {code}/git\n"
        f"[diff]\n\texternal = {code}/git\n[gpg]\n\tprogram = {code}/git\n[log]\n\tshowSignature = true\n",
    )
    plumbline.write("code/.git/HEAD", "ref: refs/heads/main\n")
    (code / ".git/objects").mkdir()
    (code / ".git/refs").mkdir()
    plumbline.ok("orient", ".", cwd=code, env={"PATH": f".:{os.defpath}"})
    assert not trap.exists()


def test_what_cannot_be_read_is_named(reachable_tmp):
    """As a user who may not look everywhere, even where the tests run as root."""
    executable = reachable_tmp / "plumbline"
    shutil.copy2(binary(), executable)
    plumbline = Plumbline(reachable_tmp / "home", executable=executable)
    plumbline.write("code/app.py", APP)
    plumbline.write("code/closed/secret.py", APP.replace("items", "secrets"))
    plumbline.write("code/closed.py", APP.replace("items", "closed"))
    closed = [plumbline.folder / "code/closed", plumbline.folder / "code/closed.py"]
    for path in closed:
        path.chmod(0)
    prefix = (need("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups") if os.getuid() == 0 else ()
    try:
        result = plumbline.ok("orient", plumbline.folder / "code", "--out", "-", prefix=prefix)
    finally:
        for path in closed:
            path.chmod(0o700)
    assert "`/items/<int:id>`" in result.out and "secrets" not in result.out
    assert "2 files or folders could not be read: closed.py, closed/" in result.out


def test_no_network(plumbline, code):
    unshare = shutil.which("unshare")
    if not unshare or subprocess.run([unshare, "-n", "true"], capture_output=True).returncode:
        pytest.skip("network namespaces cannot be made here")
    plumbline.ok("orient", code, prefix=(unshare, "-n"))


# MARK: A database


@pytest.fixture(scope="module")
def database():
    if reason := missing("postgres"):
        pytest.skip(reason)
    if not shutil.which("psql", path="/usr/bin:/bin"):
        pytest.skip("psql is not installed")
    servers = Servers()
    with Tools(servers, {"postgres"}) as tools:
        yield tools.postgres.database()
    servers.close()


def test_the_largest_tables(plumbline, code, database):
    database.run(
        """
        CREATE TABLE small (id int PRIMARY KEY);
        CREATE TABLE "Large one" (id bigint PRIMARY KEY, name text NOT NULL);
        CREATE INDEX by_name ON "Large one" (name);
        INSERT INTO "Large one" SELECT n, repeat('x', 40) || n FROM generate_series(1, 20000) n;
        ANALYZE;
        """
    )
    data = plumbline.ok("orient", code, "--database", database.url, "--format", "json").json
    tables = data["database"]["tables"]
    assert [table["name"] for table in tables] == ["public.Large one", "public.small"]
    large = tables[0]
    assert large["rows"] == 20000
    total = int(database.value("""SELECT pg_total_relation_size('"Large one"')"""))
    assert large["total_bytes"] == total == large["table_bytes"] + large["index_bytes"]
    assert len(large["indexes"]) == 2 and any("by_name" in index for index in large["indexes"])
    text = plumbline.ok("orient", code, "--database", database.url, "--out", "-").out
    assert "`public.Large one`" in text and "by_name" in text
    password = re.search(r"//[^:/@]*:([^@]*)@", database.url)
    assert not password or password[1] not in text
