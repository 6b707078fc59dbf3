"""What a hostile or unlucky user does: circles, hand-changed stores, foreign files in the way, coprocesses."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess

import pytest

from rig import EXAMPLES, tree

PACK = "name: house\nversion: 1\ntitle: House\n"


def test_a_bad_batch_line_keeps_its_id(plumbline):
    lines = ['{"id":"x","answers":{"qps":1e400}}', '{"answers":{"qps":nan},"id":7}', '{"id":"d","answers":{"qps":1,"qps":2}}', '{"id":{}}']
    result = plumbline.run("decide", "--batch", "-", stdin="\n".join(lines) + "\n")
    assert result.status == 1
    assert [json.loads(line)["id"] for line in result.out.splitlines()] == ["x", 7, "d", None]


def test_each_batch_line_is_answered_as_it_comes(plumbline):
    with subprocess.Popen(
        [plumbline.executable, "decide", "--batch", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=plumbline.environment()
    ) as process:
        for number in range(3):
            process.stdin.write(b'{"id":%d,"answers":{}}\n' % number)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    "derived", ["{from: qps * 1}", "{from: read_qps + write_qps}"]
)
def test_a_circle_of_derived_traits_is_refused(plumbline, derived):
    plumbline.write("pack/pack.yaml", PACK)
    plumbline.write("pack/traits/qps.md", f"---\noverride: true\nderived: {derived}\n---\n")
    check = plumbline.run("kb", "check", "--pack", "pack")
    assert check.status == 1 and "circle" in check.out and "pack/traits/qps.md:3:" in check.out
    for arguments in (("decide", EXAMPLES[0]), ("design", EXAMPLES[0], "--out", "out")):
        result = plumbline.run(*arguments, "--pack", "pack")
        assert (result.status, result.out) == (2, "") and "circle" in result.err


@pytest.mark.parametrize(
    "change, word",
    [
        ("DELETE FROM rule", "no rules"),
        ("UPDATE rule SET condition = 'cache-strategy is cache-aside' WHERE decision = 'caching' AND position = 0", "circle"),
        ("PRAGMA foreign_keys = OFF; UPDATE rule SET outcome = 'zzz' WHERE decision = 'caching'", "refers"),
        ("UPDATE rule SET condition = 'qps >' WHERE decision = 'caching'", "condition"),
        ("PRAGMA user_version = 999", "version"),
        ("PRAGMA application_id = 7", "not a Plumbline"),
    ],
)
def test_a_store_changed_by_hand_is_refused(plumbline, change, word):
    plumbline.ok("kb", "export", "k.sqlite")
    database = sqlite3.connect(plumbline.folder / "k.sqlite")
    database.executescript(change)
    database.commit()
    database.close()
    for arguments in (("decide", EXAMPLES[0]), ("kb", "check"), ("kb", "test")):
        result = plumbline.run(*arguments, "--knowledge", "k.sqlite")
        assert (result.status, result.out) == (2, ""), (arguments, result)
        assert word in result.err


def test_kb_check_and_test_read_the_named_store(plumbline):
    plumbline.ok("kb", "export", "k.sqlite")
    assert "nothing to mend" in plumbline.ok("kb", "check", "--knowledge", "k.sqlite").out
    assert json.loads(plumbline.ok("kb", "test", "--knowledge", "k.sqlite", "--format", "json").out)["failed"] == 0
    assert plumbline.run("kb", "check", "--knowledge", "none.sqlite").status == 3


def test_a_changed_figure_shows_in_the_hash(plumbline):
    plumbline.ok("kb", "export", "k.sqlite")
    shipped = plumbline.decide(EXAMPLES[0])["knowledge"]["hash"]
    assert plumbline.decide(EXAMPLES[0], "--knowledge", "k.sqlite")["knowledge"]["hash"] == shipped
    with sqlite3.connect(plumbline.folder / "k.sqlite") as database:
        database.execute("UPDATE threshold SET value = '2000' WHERE id = 'postgres-read-qps'")
    changed = plumbline.decide(EXAMPLES[0], "--knowledge", "k.sqlite")
    assert changed["knowledge"]["hash"].startswith("changed-")
    assert changed["by_id"]["read-scaling"]["outcome"] != plumbline.decide(EXAMPLES[0])["by_id"]["read-scaling"]["outcome"]


def test_export_replaces_only_its_own(plumbline):
    plumbline.write("mine.txt", "words\n")
    result = plumbline.run("kb", "export", "mine.txt")
    assert result.status == 2 and (plumbline.folder / "mine.txt").read_text() == "words\n"
    plumbline.ok("kb", "export", "k.sqlite")
    plumbline.ok("kb", "export", "k.sqlite")
    done = subprocess.run([plumbline.executable, "kb", "export", "-"], capture_output=True, env=plumbline.environment())
    assert done.returncode == 0 and done.stdout.startswith(b"SQLite format 3\0")
    assert set(tree(plumbline.folder)) == {"mine.txt", "k.sqlite"}


def test_a_persons_own_answers_file_is_left_as_it_is(plumbline):
    text = "# kept\nsystem: Shop\nanswers:\n  qps: 5 # at noon\n"
    path = plumbline.write("proj/answers.yaml", text)
    plumbline.ok("design", path, "--out", "proj")
    plumbline.ok("ask", "--answers", path, "--no-input", "--out", "proj")
    assert path.read_text() == text and (plumbline.folder / "proj/design.md").exists()


def test_a_folder_in_the_way_of_a_document(plumbline):
    (plumbline.folder / "out/checklist.md").mkdir(parents=True)
    result = plumbline.run("design", EXAMPLES[0], "--out", "out")
    assert result.status == 3 and "checklist.md" in result.err
    assert tree(plumbline.folder / "out") == {}
    shutil.rmtree(plumbline.folder / "out")
    for name in ("", "-"):
        assert plumbline.run("design", EXAMPLES[0], "--out", name).status == 2
    plumbline.write("file", "x")
    for command in (("design", EXAMPLES[0]), ("ask", "--answers", EXAMPLES[0], "--no-input")):
        result = plumbline.run(*command, "--out", "file")
        assert result.status == 3 and "Domain" not in result.err


def test_no_color_is_known_everywhere(plumbline):
    for arguments in (("decide", EXAMPLES[0]), ("kb", "list"), ("explain", EXAMPLES[0], "caching")):
        plumbline.ok(*arguments, "--no-color")


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_results_fit_the_terminal(plumbline, width):
    import pexpect
    from wcwidth import wcswidth

    for arguments in (["decide", EXAMPLES[0]], ["decide", EXAMPLES[1]], ["explain", EXAMPLES[0], "messaging"]):
        output = pexpect.run(
            str(plumbline.executable) + " " + " ".join(map(str, arguments)),
            env=plumbline.environment(), dimensions=(40, width), encoding="utf-8", cwd=plumbline.folder,
        )
        lines = output.split("\r\n")
        assert len(lines) > 10 and max(map(wcswidth, lines)) <= width, (arguments, max(lines, key=wcswidth))
