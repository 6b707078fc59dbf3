"""`design` over documents that a person has worked on: nothing that was written is lost. `--templates` too."""

from __future__ import annotations

import random
import re
import subprocess
import threading

import pytest

import pages
from rig import EXAMPLES, ROOT, Plumbline, size, tree

EXAMPLE = ROOT / "examples/checkout.yaml"
# Another peak, another size: figures, outcomes and checks change.
CHANGES = ("--set", "qps=90k", "--set", "data_size=8 TB", "--set", "async_work=no")
DESIGN = """{{% CONTENT_TYPE:TEXT}}
<!-- plumbline:begin head -->
# {{title}}

{{lead}}
<!-- plumbline:end head -->

{{#decisions}}
<!-- plumbline:begin decision-{{id}} -->
## {{title}}

{{headline}}

<!-- plumbline:notes notes-{{id}} -->
<!-- plumbline:notes-end notes-{{id}} -->
<!-- plumbline:end decision-{{id}} -->

{{/decisions}}
"""


@pytest.fixture
def templates(plumbline):
    """A design document in parts, for the tests of parts."""
    return plumbline.write("templates/design.md.mustache", DESIGN).parent


def edit(path, *changes: tuple[str, str]) -> str:
    text = path.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text)
    return text


def design(plumbline: Plumbline, *options, status: int = 0, out: str = "architecture"):
    result = plumbline.run("design", EXAMPLE, "--out", out, *options)
    assert result.status == status, (result.status, result.err, result.out)
    return result


def documents(folder) -> dict[str, bytes]:
    return {path: text for path, text in tree(folder).items() if not path.startswith("decisions/")}


def test_untouched_files_are_as_fresh_ones(plumbline, example):
    design(plumbline)
    plumbline.ok("design", example, "--out", "architecture", *CHANGES)
    plumbline.ok("design", example, "--out", "fresh", *CHANGES)
    # Records are never written anew: a changed outcome leaves the old one beside its successor.
    assert documents(plumbline.folder / "architecture") == documents(plumbline.folder / "fresh")


def test_a_second_run_changes_nothing(plumbline):
    design(plumbline)
    edit(plumbline.folder / "architecture/checklist.md", ("# ", "Mine, before.\n\n# "), ("- [ ]", "- [x]"))
    design(plumbline, *CHANGES)
    before = tree(plumbline.folder / "architecture")
    design(plumbline, *CHANGES)
    design(plumbline, *CHANGES, "--check")
    assert tree(plumbline.folder / "architecture") == before


def test_ticks_evidence_and_reasons_stay_with_their_items(plumbline):
    design(plumbline)
    path = plumbline.folder / "architecture/checklist.md"
    ids = re.findall(r"^- \[ \] \*\*(?:SV-\d )?([a-z0-9-]+)\*\*", path.read_text(), re.MULTILINE)
    assert len(ids) > 20
    lines = []
    for line in path.read_text().splitlines():
        found = re.match(r"- \[ \] \*\*(?:SV-\d )?([a-z0-9-]+)\*\*", line)
        if found:
            line = line.replace("[ ]", "[x]") + f"\n  Evidence: seen for {found[1]}"
        lines.append(line)
    path.write_text("\n".join(lines) + "\n")
    result = design(plumbline, *CHANGES)
    text = path.read_text()
    for item in ids:
        assert re.search(rf"^- \[x\] \*\*(SV-\d )?{item}\*\* .*\n  Evidence: seen for {item}$", text, re.MULTILINE), item
    gone = text.split("## No longer asked for")
    assert len(gone) == 2 and "no longer asked for, and kept at the end" in result.err
    design(plumbline)
    assert "No longer asked for" not in path.read_text()
    assert all(f"Evidence: seen for {item}\n" in path.read_text() for item in ids)
    page = (plumbline.folder / "architecture/checklist.html").read_text()
    assert len(re.findall(r">seen for [a-z0-9-]+</textarea>", page)) == len(ids) and "plumbline:begin" not in page


def test_parts_and_what_is_between_them(plumbline, templates):
    design(plumbline, "--templates", templates)
    path = plumbline.folder / "architecture/design.md"
    before = path.read_text()
    assert re.findall(r"^<!-- plumbline:begin decision-load-balancing [0-9a-f]{16} -->$", before, re.MULTILINE)
    edit(
        path,
        ("<!-- plumbline:end head -->\n", "<!-- plumbline:end head -->\n\n## Why we do this\n\nBetween the parts.\n"),
        ("notes notes-load-balancing -->\n", "notes notes-load-balancing -->\nTwo zones, says **Ana**.\n"),
    )
    path.write_text(path.read_text() + "\n## Afterwards\n\nAt the end <script>alert(1)</script>.\n")
    result = design(plumbline, "--templates", templates, *CHANGES)
    text = path.read_text()
    assert text != before and "conflict" not in result.err
    assert "## Why we do this\n\nBetween the parts.\n" in text
    assert "notes notes-load-balancing -->\nTwo zones, says **Ana**.\n<!-- plumbline:notes-end" in text
    assert text.endswith("## Afterwards\n\nAt the end <script>alert(1)</script>.\n")
    page = pages.Page((plumbline.folder / "architecture/design.html").read_text())
    pages.expect_text_only(page)
    assert "Two zones, says Ana" in page.text and "Between the parts." in page.text


def test_edits_merge_or_conflict(plumbline, templates):
    design(plumbline, "--templates", templates)
    path = plumbline.folder / "architecture/design.md"
    headline = re.search(r"begin decision-load-balancing .*\n## .*\n\n(.+)\n", path.read_text())[1]
    edit(path, (headline, f"{headline} We agree."))
    before = tree(plumbline.folder)
    check = design(plumbline, "--templates", templates, "--check", *CHANGES, status=1)
    assert "  the part decision-load-balancing was edited; the edits and the new text would conflict\n" in check.out
    assert tree(plumbline.folder) == before
    result = design(plumbline, "--templates", templates, *CHANGES, status=1)
    text = path.read_text()
    assert re.search(
        rf"^<<<<<<< yours\n{re.escape(headline)} We agree\.\n=======\n.+\n>>>>>>> plumbline$", text, re.MULTILINE
    )
    line = text[: text.index("<<<<<<<")].count("\n") + 1
    assert f"architecture/design.md:{line}: the part decision-load-balancing: your edits and the new text conflict" in result.err
    assert "Not merged yet" in (plumbline.folder / "architecture/design.html").read_text()

    before = tree(plumbline.folder)
    for command in (("design", EXAMPLE), ("ask", "--no-input", "--answers", EXAMPLE)):
        refused = plumbline.run(*command, "--out", "architecture", "--templates", templates)
        assert refused.status == 2 and f"architecture/design.md:{line}: there is an unresolved conflict" in refused.err
        assert refused.out == "" and tree(plumbline.folder) == before

    settled = re.sub(r"<<<<<<< yours\n(?:.*\n)+?>>>>>>> plumbline\n", "We settled it.\n", text)
    path.write_text(settled)
    design(plumbline, "--templates", templates, *CHANGES)
    assert path.read_text() == settled
    design(plumbline, "--templates", templates, *CHANGES, "--check")


def test_merges_as_git_does(plumbline, templates):
    """The shipped document without parts of ours is merged whole; git is the measure."""
    design(plumbline, "--templates", templates)
    path = plumbline.folder / "architecture/design.md"
    base = (plumbline.folder / "architecture/.plumbline/design.md").read_text()
    assert path.read_text() == base
    mine = edit(path, ("\n\n<!-- plumbline:notes notes-caching", "\n\nA line of ours.\n\n<!-- plumbline:notes notes-caching"))
    design(plumbline, "--templates", templates, *CHANGES, out="fresh")
    theirs = (plumbline.folder / "fresh/design.md").read_text()
    for name, text in (("mine", mine), ("base", base), ("theirs", theirs)):
        plumbline.write(name, text)
    merged = subprocess.run(
        ["git", "merge-file", "-p", "mine", "base", "theirs"], cwd=plumbline.folder, capture_output=True, text=True
    )
    if merged.returncode:
        pytest.skip("git sees a conflict between neighbouring parts here")
    design(plumbline, "--templates", templates, *CHANGES)
    assert path.read_text() == merged.stdout


def test_random_edits_lose_nothing(plumbline, templates):
    """Lines inserted anywhere, words changed, lines deleted, items ticked, over changing answers."""
    dice = random.Random(5)
    answers = [(), CHANGES, ("--set", "qps=300"), ("--set", "qps=unknown", "--set", "read_ratio=10%")]
    for run in range(size(6, 60)):
        out = f"out-{run}"
        own = ("--templates", templates) if run % 2 else ()
        design(plumbline, *own, out=out)
        words = {"design.md": [], "checklist.md": []}
        for step in range(2):
            for name in words:
                path = plumbline.folder / out / name
                lines = path.read_text().splitlines()
                for number in range(dice.randint(1, 6)):
                    place = dice.randrange(len(lines))
                    word = f"human{run}x{step}x{number}"
                    kind = dice.randrange(5)
                    if "plumbline:" in lines[place] or "human" in lines[place]:
                        kind = 0
                    if kind == 0:
                        lines.insert(place, f"Inserted {word}.")
                    elif kind == 1 and not lines[place].startswith("```"):
                        lines[place] += f" {word}"
                    elif kind == 2 and not lines[place].startswith("```"):
                        lines[place] = f"Instead {word}"
                    elif kind == 3:
                        lines[place] = lines[place].replace("- [ ]", f"- [x] {word}")
                    else:
                        del lines[place]
                    if any(word in line for line in lines):
                        words[name].append(word)
                path.write_text("\n".join(lines) + "\n")
            result = plumbline.run("design", EXAMPLE, "--out", out, *own, *dice.choice(answers))
            assert result.status in (0, 1), result.err
            for name, written in words.items():
                path = plumbline.folder / out / name
                text = path.read_text()
                assert [word for word in written if word not in text] == [], (run, step, name)
                assert (result.status == 1) >= ("<<<<<<< yours" in text)
                kept = [line for line in text.splitlines() if line not in ("<<<<<<< yours", "=======", ">>>>>>> plumbline")]
                path.write_text("\n".join(kept) + "\n")


# MARK: Files as persons leave them


def test_without_what_was_generated_last(plumbline, templates):
    design(plumbline, "--templates", templates)
    folder = plumbline.folder / "architecture"
    edit(folder / "checklist.md", ("- [ ]", "- [x]"))
    for path in (folder / ".plumbline").iterdir():
        path.unlink()
    (folder / ".plumbline").rmdir()
    # The page has the tick, the document needs nothing.
    assert design(plumbline, "--templates", templates, "--check", status=1).out == "architecture/checklist.html: would change\n"
    design(plumbline, "--templates", templates, *CHANGES)
    assert (folder / "checklist.md").read_text().count("- [x]") == 1
    (folder / ".plumbline/checklist.md").write_bytes(b"\xff\x00 no text")
    design(plumbline, "--templates", templates, *CHANGES)


def test_line_ends_and_mark_stay(plumbline):
    design(plumbline)
    path = plumbline.folder / "architecture/checklist.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b"Mine\r\n")
    design(plumbline, *CHANGES)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.endswith(b"Mine\r\n")
    assert data.count(b"\n") == data.count(b"\r\n") and b"\r\r" not in data
    design(plumbline, *CHANGES, out="fresh")
    fresh = (plumbline.folder / "fresh/checklist.md").read_bytes()
    assert data == b"\xef\xbb\xbf" + (fresh + b"Mine\n").replace(b"\n", b"\r\n")


def test_a_file_that_is_no_text(plumbline):
    design(plumbline)
    (plumbline.folder / "architecture/design.md").write_bytes(b"caf\xe9\n")
    before = tree(plumbline.folder)
    result = design(plumbline, status=2)
    assert "architecture/design.md: this is not UTF-8 text" in result.err and result.out == ""
    assert tree(plumbline.folder) == before


def test_damaged_markers_are_named(plumbline):
    design(plumbline)
    path = plumbline.folder / "architecture/checklist.md"
    edit(path, ("<!-- plumbline:end design -->\n", "Mine.\n"))
    result = design(plumbline, *CHANGES)
    assert "architecture/checklist.md:" in result.err and "the part “design” is not ended" in result.err
    assert "Mine.\n" in path.read_text()
    assert path.read_text().count("<!-- plumbline:end design -->") == 1


def test_a_document_of_another_kind(plumbline):
    plumbline.write("architecture/design.md", "# Ours\n\nWritten by hand.\n")
    result = design(plumbline, status=1)
    text = (plumbline.folder / "architecture/design.md").read_text()
    assert "Written by hand.\n" in text and "<<<<<<< yours" in text and "conflict" in result.err


def test_a_link_stays_a_link(plumbline):
    design(plumbline)
    path = plumbline.folder / "architecture/checklist.md"
    path.rename(plumbline.folder / "elsewhere.md")
    path.symlink_to("../elsewhere.md")
    design(plumbline, *CHANGES)
    assert path.is_symlink()
    design(plumbline, *CHANGES, out="fresh")
    assert (plumbline.folder / "elsewhere.md").read_bytes() == (plumbline.folder / "fresh/checklist.md").read_bytes()


def test_two_at_once(plumbline):
    design(plumbline)
    design(plumbline, "--set", "qps=300", out="small")
    design(plumbline, "--set", "qps=90k", out="large")
    sets = [documents(plumbline.folder / name) for name in ("small", "large")]
    for _ in range(size(2, 20)):
        results = []

        def run(qps: str):
            results.append(plumbline.run("design", EXAMPLE, "--set", f"qps={qps}"))

        threads = [threading.Thread(target=run, args=(qps,)) for qps in ("300", "90k") * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [result.status for result in results] == [0] * 4, [result.err for result in results]
        assert documents(plumbline.folder / "architecture") in sets
        # Nor do they give two records one number.
        plumbline.ok("records", "check", "--dir", "architecture/decisions")


def test_a_failure_loses_nothing(plumbline):
    design(plumbline)
    edit(plumbline.folder / "architecture/checklist.md", ("- [ ]", "- [x]"))
    (plumbline.folder / "architecture/decisions.json").unlink()
    (plumbline.folder / "architecture/decisions.json").mkdir()
    before = tree(plumbline.folder)
    result = design(plumbline, *CHANGES, status=3)
    assert "architecture/decisions.json: this is a folder" in result.err
    assert tree(plumbline.folder) == before


def test_a_full_disk_loses_nothing(plumbline):
    design(plumbline)
    edit(plumbline.folder / "architecture/checklist.md", ("- [ ]", "- [x]"))
    before = tree(plumbline.folder)
    limited = plumbline.run(
        "design", EXAMPLE, *CHANGES, prefix=("/bin/sh", "-c", 'ulimit -f 60; exec "$@"', "sh")
    )
    assert limited.status == 3 and limited.out == "", limited.err
    assert tree(plumbline.folder) == before


def test_ask_keeps_edits_too(plumbline):
    design(plumbline)
    path = plumbline.folder / "architecture/checklist.md"
    edit(path, ("- [ ]", "- [x]"), ("# ", "Mine.\n\n# "))
    plumbline.ok("ask", "--no-input", "--answers", EXAMPLE, "--set", "qps=90k")
    assert path.read_text().count("- [x]") == 1 and "Mine.\n" in path.read_text()


# MARK: Templates


def test_own_templates(plumbline, templates):
    plumbline.write("templates/document.css", "body { color: black }\n")
    for command in (("design", EXAMPLE), ("ask", "--no-input", "--answers", EXAMPLE)):
        plumbline.ok(*command, "--templates", templates, "--out", command[0])
        files = tree(plumbline.folder / command[0])
        assert b"notes notes-load-balancing" in files["design.md"]
        assert b"body { color: black }" in files["design.html"]
    plain = plumbline.ok("design", EXAMPLE, "--out", "plain")
    assert tree(plumbline.folder / "plain")["checklist.md"] == files["checklist.md"]
    assert plain.out == ""


@pytest.mark.parametrize(
    "name, text, message",
    [
        ("desing.md.mustache", "x", "desing.md.mustache: there is no template of this name; did you mean design.md.mustache?"),
        ("design.md.mustache", "# A\n\n{{titel}}\n", "design.md.mustache:3: there is no field “titel” here; did you mean title?"),
        ("checklist.md.mustache", "{{#phases}}\n{{#areas}}\n{{item}}\n", "checklist.md.mustache:3: there is no field “item” here; did you mean items?"),
        ("checklist.md.mustache", "{{#phases}}\n", "checklist.md.mustache:1: “phases” is not closed"),
        ("design.md.mustache", "{{> desing-decision.md}}\n", "did you mean design-decision.md.mustache?"),
        ("checklist.md.mustache", "{{% CONTENT_TYPE:TEXT}}\n<!-- plumbline:begin a -->\n{{title}}\n", "the part “a” is not ended"),
        ("design.md.mustache", b"\xff\xfe", "design.md.mustache: this is not UTF-8 text"),
    ],
)
def test_templates_with_mistakes(plumbline, name, text, message):
    plumbline.write(f"house/{name}", text)
    before = tree(plumbline.folder)
    for command in (("design", EXAMPLE), ("ask", "--no-input", "--answers", EXAMPLE)):
        result = plumbline.run(*command, "--templates", "house")
        assert (result.status, result.out) == (2, ""), result.err
        assert message in result.err and f"house/{name}" in result.err
        assert tree(plumbline.folder) == before


def test_templates_that_are_not_there(plumbline):
    result = plumbline.run("design", EXAMPLE, "--templates", "nowhere")
    assert result.status == 3 and "--templates nowhere: there is no such folder" in result.err
    plumbline.write("file", "x")
    assert plumbline.run("design", EXAMPLE, "--templates", "file").status == 2
    (plumbline.folder / "empty").mkdir()
    result = plumbline.run("design", EXAMPLE, "--templates", "empty")
    assert result.status == 2 and "no template is in this folder" in result.err


def test_the_documented_template_works(plumbline):
    page = (ROOT / "docs/templates.md").read_text()
    template = re.search(r"```mustache\n(.*?)```", page, re.DOTALL)[1]
    plumbline.write("house/checklist.md.mustache", template)
    plumbline.ok("design", EXAMPLE, "--templates", "house")
    assert "*What we agreed on here:*" in (plumbline.folder / "architecture/checklist.md").read_text()
    line = template.splitlines().index("## {{phase}}") + 1
    plumbline.write("house/checklist.md.mustache", template.replace("## {{phase}}", "## {{phas}}"))
    result = plumbline.run("design", EXAMPLE, "--templates", "house")
    assert f"house/checklist.md.mustache:{line}: there is no field “phas” here; did you mean phase?" in result.err
    assert f"checklist.md.mustache:{line}: there is no field “phas” here; did you mean phase?`" in page
