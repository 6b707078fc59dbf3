"""The site as a user builds it: into a folder, with packs and a theme, again, interrupted, and previewed."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from rig import ROOT, Result, tree


@pytest.fixture(scope="module")
def site(shared, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("site") / "out"
    done = shared.ok("site", "build", "--out", out)
    assert done.out == ""
    return out


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder with nothing in it."""
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


@pytest.fixture
def build(plumbline):
    def built(out: Path, *options: str | Path) -> Result:
        return plumbline.run("site", "build", "--out", out, *options)

    return built


@pytest.fixture
def pack(tmp_path) -> Path:
    folder = tmp_path / "house"
    (folder / "thresholds").mkdir(parents=True)
    (folder / "practices").mkdir()
    (folder / "pack.yaml").write_text("name: house\nversion: '3'\ntitle: Our house\n")
    (folder / "thresholds" / "postgres-read-qps.md").write_text("---\noverride: true\nvalue: 25k/s\n---\n")
    (folder / "practices" / "house-rule.md").write_text(
        "---\ntitle: A rule of ours\narea: data\nsummary: Do it.\nguide: []\nverdict: practice\n"
        "sources: [guide-original]\nchecked: 2026-11-22\nreason: We want it.\nlevel: must\nchecks: []\n---\n"
        "See [reads](entry:read-scaling).\n"
    )
    return folder


def test_two_builds_are_the_same(build, site, place):
    assert build(place / "again").status == 0
    assert tree(place / "again") == tree(site)


def test_an_incremental_build_with_a_pack_equals_a_clean_one(build, site, pack, place):
    out = place / "out"
    shutil.copytree(site, out)
    done = build(out, "--pack", pack)
    assert done.status == 0, done.err
    assert build(place / "clean", "--pack", pack).status == 0
    assert tree(out) == tree(place / "clean")
    page = (out / "thresholds/postgres-read-qps.html").read_text()
    assert "25,000/s" in page and "the pack house sets value" in page
    assert "House rule: from the pack house" in (out / "practices/house-rule.html").read_text()
    # The same again, after an edit: only what reads the figure is rendered.
    (pack / "thresholds/postgres-read-qps.md").write_text("---\noverride: true\nvalue: 26k/s\n---\n")
    done = build(out, "--pack", pack)
    rendered = int(re.search(r"(\d+) of them rendered", done.err)[1])
    assert 0 < rendered < 60
    assert "26,000/s" in (out / "decisions/read-scaling.html").read_text()


def test_foreign_files_stay(build, site, place):
    out = place / "out"
    shutil.copytree(site, out)
    (out / "CNAME").write_text("docs.example.org")
    (out / "decisions" / "mine.txt").write_text("mine")
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref")
    assert build(out, "--base-path", "/x/").status == 0
    assert (out / "CNAME").read_text() == "docs.example.org"
    assert (out / "decisions" / "mine.txt").read_text() == "mine"
    assert (out / ".git" / "HEAD").read_text() == "ref"
    assert 'href="/x/' in (out / "404.html").read_text()
    assert sorted(p.name for p in place.iterdir()) == ["out"]


def test_a_foreign_page_in_the_way_stops_it(build, place):
    out = place / "out"
    out.mkdir()
    (out / "index.html").write_text("mine")
    done = build(out)
    assert done.status == 3
    assert "index.html: this is not of the site" in done.err
    assert tree(out) == {"index.html": b"mine"}
    assert sorted(p.name for p in place.iterdir()) == ["out"]


@pytest.mark.parametrize(
    "body, message",
    [
        ("See [it](nowhere.html).", "the link nowhere.html leads nowhere"),
        ("See [it](../decisions/read-scaling.html#wyh).", "did you mean #why?"),
        ("![](../assets/icon.svg)", "has no text alternative"),
    ],
)
def test_a_dead_link_fails_the_build_with_file_and_line(build, site, pack, place, body, message):
    out = place / "out"
    shutil.copytree(site, out)
    before = tree(out)
    page = pack / "practices/house-rule.md"
    page.write_text(page.read_text() + "\n" + body + "\n")
    line = page.read_text().splitlines().index(body) + 1
    done = build(out, "--pack", pack)
    assert done.status == 2
    assert f"{page}:{line}: " in done.err and message in done.err
    assert tree(out) == before
    assert done.out == ""


def test_a_theme_replaces_files_and_is_checked(build, place):
    theme = place / "theme"
    theme.mkdir()
    (theme / "home.md").write_text("# Our decisions\n\nOurs alone.\n")
    (theme / "page.html.mustache").write_text("<h1>{{title}}</h1>\n{{#lead}}\n<p>{{{.}}}</p>\n{{/lead}}\n{{{body}}}\n")
    done = build(place / "out", "--theme", theme)
    assert done.status == 0, done.err
    assert "<h1>Our decisions</h1>" in (place / "out/index.html").read_text()
    (theme / "page.html.mustache").write_text("<h1>{{titel}}</h1>\n")
    done = build(place / "out", "--theme", theme)
    assert done.status == 2
    assert f"{theme}/page.html.mustache:1: there is no field “titel” here; did you mean title?" in done.err
    (theme / "page.html.mustache").unlink()
    (theme / "site.scss").write_text("")
    done = build(place / "out", "--theme", theme)
    assert done.status == 2 and "did you mean site.css?" in done.err


@pytest.mark.parametrize(
    "options, status, message",
    [
        (["--base-path", "/a b/"], 2, "--base-path /a b/: expected a path such as /docs/"),
        (["--base-path", "/../"], 2, "expected a path such as /docs/"),
        (["--url", "example.org"], 2, "expected scheme and host"),
        (["--edit-url", "https://e.org/x"], 2, "expected an address with {path} in it"),
        (["--theme", "/nonexistent"], 3, "there is no such folder"),
        (["--archive", "/nonexistent"], 3, "there is no such folder"),
        (["--pack", "/nonexistent"], 3, "there is no such folder"),
    ],
)
def test_bad_options_name_what_was_expected(build, place, options, status, message):
    done = build(place / "out", *options)
    assert done.status == status
    assert message in done.err
    assert list(place.iterdir()) == []


def test_an_archive_of_designs_is_a_section(build, plumbline, place):
    plumbline.ok("design", ROOT / "examples/checkout.yaml", "--out", place / "archive/checkout")
    done = build(place / "out", "--archive", place / "archive")
    assert done.status == 0, done.err
    page = (place / "out/archive/checkout/design.html").read_text()
    assert '<nav aria-label="Site">' in page and "plumbline:begin" not in page
    assert "archive/index.html" in (place / "out/index.html").read_text()


def test_an_interrupted_build_leaves_nothing(plumbline, site, place):
    out = place / "out"
    shutil.copytree(site, out)
    before = tree(out)
    for delay in (0.05, 0.2, 0.4, 0.6):
        process = subprocess.Popen(
            [plumbline.executable, "site", "build", "--out", out, "--base-path", f"/d{delay}/"],
            stderr=subprocess.DEVNULL, env=plumbline.env,
        )  # fmt: skip
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        status = process.wait(timeout=60)
        assert sorted(p.name for p in place.iterdir()) == ["out"]
        if status == 130:
            assert tree(out) == before
        else:
            assert status == 0
            before = tree(out)


def test_serve_shows_the_site_and_builds_it_again(plumbline, pack):
    process = subprocess.Popen(
        [plumbline.executable, "site", "serve", "--port", "0", "--pack", pack, "--base-path", "/docs/"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=plumbline.env,
    )  # fmt: skip
    try:
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/docs/", address)
        page = urllib.request.urlopen(address + "thresholds/postgres-read-qps.html", timeout=10).read().decode()
        assert "25,000/s" in page and "/.plumbline/reload.js" in page
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(address + "nothing.html", timeout=10)
        assert missing.value.code == 404
        (pack / "thresholds/postgres-read-qps.md").write_text("---\noverride: true\nvalue: 27k/s\n---\n")
        waited = urllib.request.urlopen(address.replace("/docs/", "/.plumbline/after-1.js"), timeout=60).read()
        assert waited == b"location.reload();\n"
        page = urllib.request.urlopen(address + "thresholds/postgres-read-qps.html", timeout=10).read().decode()
        assert "27,000/s" in page
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130
