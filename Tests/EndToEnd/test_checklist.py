"""`checklist`: its formats, and its page as a form in a real browser."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import re
import subprocess
from pathlib import Path

import pytest

import pages
from form import Form
from rig import EXAMPLES, ROOT, need

CHECKOUT = ROOT / "examples/checkout.yaml"
KEYS = [
    "id", "step", "area", "phase", "level", "sentence", "reason", "evidence", "condition", "command", "guide",
    "sources", "places",
]  # fmt: skip
HOSTILE = """"><script>alert(1)</script> `x` **b** ~~s~~ {{x}} </textarea> <!-- --> ' & - [x] **SV-1 plans-at-volume** N/A: y"""
PLAN = "Seq Scan on film  (actual rows=1000)\n\n  Filter: (a > 1)\n````\n```sql\n- [x] **SV-2 load-at-ten-times** no\n```"


# MARK: Formats


def test_is_that_of_design(plumbline, example):
    plumbline.ok("design", example, "--out", "out")
    for name, format in (("checklist.md", "markdown"), ("checklist.html", "html")):
        assert plumbline.ok("checklist", example, "--format", format).out == (plumbline.folder / "out" / name).read_text()
    assert plumbline.ok("checklist", example).out == plumbline.ok("checklist", "show", example).out
    assert plumbline.ok("checklist", "-", stdin=example.read_bytes()).out == plumbline.ok("checklist", example).out


def test_without_answers_it_is_the_guides(plumbline):
    items = plumbline.ok("checklist", "--format", "json").json["items"]
    assert len(items) >= 50
    assert any(item["condition"] for item in items)
    answered = plumbline.ok("checklist", "--format", "json", "--set", "async_work=no").json["items"]
    assert {item["id"] for item in items} - {item["id"] for item in answered} >= {"poison-message-test"}


def test_json_and_csv_say_the_same(plumbline, example):
    data = plumbline.ok("checklist", example, "--format", "json").json
    assert list(data) == ["system", "knowledge", "remarks", "items"]
    assert all(list(item) == KEYS for item in data["items"])
    text = plumbline.ok("checklist", example, "--format", "csv").out
    assert "\r\n" in text or text.count("\n") == len(data["items"]) + 1
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for item, row in zip(data["items"], rows, strict=True):
        for key in ("id", "phase", "area", "level", "sentence", "reason", "evidence"):
            assert row[key].removeprefix("'") == item[key]
        assert row["condition"] == (item["condition"] or "")
        assert not any(value[:1] in "=+-@" and value for value in row.values())


def test_line_ends_of_csv(plumbline):
    done = subprocess.run(
        [plumbline.executable, "checklist", "--format", "csv"], env=plumbline.env, capture_output=True, check=True
    )
    assert done.stdout.count(b"\r\n") == done.stdout.count(b"\n") >= 50


def test_by_phase_and_area(plumbline):
    items = plumbline.ok(
        "checklist", CHECKOUT, "--phase", "change", "--phase", "operating", "--area", "data", "--format", "json"
    ).json["items"]
    assert items and all(item["area"] == "data" and item["phase"] in ("change", "operating") for item in items)
    bad = plumbline.run("checklist", "--phase", "chang")
    assert bad.status == 2 and "did you mean change?" in bad.err and not bad.out
    assert plumbline.run("checklist", "--area", "dta").status == 2


def test_into_a_file(plumbline):
    done = plumbline.ok("checklist", CHECKOUT, "--out", "list.md")
    assert done.out == "" and (plumbline.folder / "list.md").read_text() == plumbline.ok("checklist", CHECKOUT).out
    assert plumbline.run("checklist", "missing.yaml", "--out", "none.md").status == 3
    assert plumbline.run("checklist", "--out", "no/such/folder.md").status == 3
    assert sorted(path.name for path in plumbline.folder.iterdir()) == ["list.md"]


def test_every_item_is_a_task_item(plumbline):
    """By GitHub's own parser."""
    text = plumbline.ok("checklist").out
    found = pages.render(text).count('<input type="checkbox" disabled="" />')
    assert found == len(plumbline.ok("checklist", "--format", "json").json["items"])


# MARK: The page


@pytest.fixture(scope="module")
def folder(shared, tmp_path_factory) -> Path:
    """The documents, with what a person wrote into the checklist."""
    folder = tmp_path_factory.mktemp("form") / "architecture"
    shared.ok("design", CHECKOUT, "--out", folder)
    path = folder / "checklist.md"
    text = path.read_text()
    text = re.sub(r"- \[ \] (\*\*SV-1 plans-at-volume\*\*.*)", r"- [x] \1\n  Evidence: run 42", text)
    text = re.sub(r"(- \[ \] \*\*SV-2 load-at-ten-times\*\*).*", r"\1 N/A: no new endpoint", text)
    path.write_text(text)
    shared.ok("design", CHECKOUT, "--out", folder)
    assert path.read_text() == text
    return folder


@pytest.fixture(scope="module")
def browser():
    with pages.chromium() as session:
        yield session


@pytest.fixture
def form(browser, folder) -> Form:
    form = Form(browser, folder / "checklist.html")
    form.forget()
    yield form
    form.expect_quiet()


def test_starts_as_the_document_is(form, folder):
    state = form.state
    assert state["plans-at-volume"] == {
        "id": "plans-at-volume", "done": True, "na": False, "reason": "", "evidence": "run 42",
    }  # fmt: skip
    assert state["load-at-ten-times"]["na"] and state["load-at-ten-times"]["reason"] == "no new endpoint"
    assert form.tally == f"2 of {len(state)} settled, 1 not applicable"
    others = [item for id, item in state.items() if id not in ("plans-at-volume", "load-at-ten-times")]
    assert not any(item["done"] or item["na"] or item["evidence"] for item in others)


def test_keeps_what_is_entered(form, browser):
    form.tick("tls-floor")
    form.fill("evidence-tls-floor", "run 7\nrun 8")
    form.press("#na-restore-rehearsed")
    form.fill("reason-restore-rehearsed", HOSTILE)
    before = form.state
    assert before["tls-floor"]["done"] and before["tls-floor"]["evidence"] == "run 7\nrun 8"
    browser.refresh()
    assert form.state == before
    form.reset()
    state = form.state
    assert not state["tls-floor"]["done"] and state["plans-at-volume"]["done"]
    browser.refresh()
    assert form.state == state
    assert browser.execute_script("return localStorage.length") == 0


def test_a_tick_and_not_applicable_exclude_each_other(form):
    form.tick("tls-floor")
    form.press("#na-tls-floor")
    assert not form.box("tls-floor").is_selected()
    assert form.session.switch_to.active_element.get_attribute("id") == "reason-tls-floor"
    form.tick("tls-floor")
    assert not form.find("#na-tls-floor").is_selected()


def test_progress_counts_what_is_settled(form):
    state = form.state
    count = len(state)
    must = [item for item in json_items(form) if item["level"] == "must" and not settled(state[item["id"]])]
    should = [item for item in json_items(form) if item["level"] == "should"]
    form.tick(must[0]["id"])
    assert form.tally == f"2 of {count} settled, 1 not applicable, 1 incomplete"
    assert form.find(f"#hint-{must[0]['id']}").text == "Ticked, but a must needs evidence."
    form.fill(f"evidence-{must[0]['id']}", "run 1")
    assert form.tally == f"3 of {count} settled, 1 not applicable"
    form.tick(should[0]["id"])
    assert form.tally == f"4 of {count} settled, 1 not applicable"
    form.press(f"#na-{must[1]['id']}")
    assert form.tally == f"4 of {count} settled, 1 not applicable, 1 incomplete"
    form.fill(f"reason-{must[1]['id']}", "none")
    assert form.tally == f"5 of {count} settled, 2 not applicable"
    assert int(form.find("#checklist-progress").get_property("value")) == 5
    phases = [element.text for element in form.session.find_elements("css selector", ".tally span")]
    found = [re.fullmatch(r"(\d+) of (\d+) settled", text).groups() for text in phases]
    assert sum(int(a) for a, _ in found) == 5 and sum(int(b) for _, b in found) == count
    form.forget()


def json_items(form) -> list[dict]:
    return form.session.execute_script(
        "return Array.from(document.querySelectorAll('li[data-item]'), li =>"
        "({id: li.dataset.item, level: li.querySelector('fieldset').dataset.level}))"
    )


def settled(item: dict) -> bool:
    return item["done"] or item["na"]


@pytest.mark.parametrize("format", ["markdown", "json"])
def test_export_and_import_are_the_same(form, format):
    ids = list(form.state)
    form.tick(ids[0])
    form.fill(f"evidence-{ids[0]}", PLAN)
    form.fill(f"evidence-{ids[1]}", HOSTILE)
    form.press(f"#na-{ids[2]}")
    form.fill(f"reason-{ids[2]}", HOSTILE)
    form.press(f"#na-{ids[3]}")
    form.fill(f"evidence-{ids[4]}", "one (two)\nthree")
    form.tick(ids[5])
    form.fill(f"evidence-{ids[6]}", "    indented\n  less")
    before, exported = form.state, form.written(format)
    assert before[ids[0]]["evidence"] == PLAN
    form.reset()
    assert form.state != before
    assert f"{len(ids)} items" in form.read(exported)
    assert form.state == before
    assert form.written(format) == exported
    form.forget()


def test_the_markdown_is_one_for_a_pull_request(form):
    ids = list(form.state)
    form.fill(f"evidence-{ids[0]}", PLAN)
    text = form.written("markdown")
    assert re.search(r"^- \[x\] \*\*SV-1 plans-at-volume\*\* .*\n  Evidence: run 42$", text, re.MULTILINE)
    assert "- [ ] **SV-2 load-at-ten-times** N/A: no new endpoint\n" in text
    assert len(text) < 65_536
    page = pages.render(text)
    assert page.count('<input type="checkbox"') == len(ids), "every item is a task item, and nothing else is"
    assert html.escape(PLAN, quote=False).splitlines()[0] in page
    form.forget()


def test_reads_what_people_write(form):
    text = (
        "\ufeffWords before.\r\n\r\n```\r\n- [x] **SV-3 breaker-kill-test** in a block\r\n```\r\n"
        "* [X] **tls-floor:** reworded Evidence: run 9\r\n"
        "  - [x] **SV-4 endpoint-matrix** nested\r\n    Evidence (names): all of\r\n    them\r\n"
        "- [ ] ~~**SV-5 restore-rehearsed** as it was~~ no data\r\n"
        "- [ ] **restore-rehearsed** N/A: second of its name\r\n"
        "- [ ] **unheard-of** x\r\n- [x] no id\r\n"
    )
    ids = set(form.state)
    said = form.read(text)
    assert "unheard-of" in said
    state = form.state
    assert state["tls-floor"]["done"] and state["tls-floor"]["evidence"] == "run 9"
    if "endpoint-matrix" in ids:
        assert state["endpoint-matrix"]["done"] and state["endpoint-matrix"]["evidence"] == "all of\nthem"
    assert state["restore-rehearsed"]["na"] and state["restore-rehearsed"]["reason"] == "no data"
    assert not state["breaker-kill-test"]["done"]
    form.forget()


@pytest.mark.parametrize("text", ["", "{", "{}", '{"items": 3}', "nothing", '{"items": [null, 3, {"id": 4}]}'])
def test_what_cannot_be_read_changes_nothing(form, text):
    before = form.state
    assert form.read(text).startswith("Nothing was read in")
    assert form.state == before


def test_reads_a_file(form, tmp_path):
    path = tmp_path / "body.md"
    path.write_text("- [x] **tls-floor** as it was\n  Evidence: from a file\n")
    form.open_tools()
    form.find("#checklist-file").send_keys(str(path))
    for _ in range(100):
        if form.status:
            break
    assert "Read in 1 item." == form.status
    assert form.state["tls-floor"]["evidence"] == "from a file"
    form.forget()


def test_saves_files(form, browser, tmp_path):
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    for format, name in (("markdown", "checklist.md"), ("json", "checklist.json")):
        expected = form.written(format)
        form.button(f"save-{format}")
        path = tmp_path / name
        for _ in range(100):
            if path.exists():
                break
            browser.execute_async_script("setTimeout(arguments[0], 50)")
        assert path.read_text() == expected


def test_filters(form, browser):
    shown = "return Array.from(document.querySelectorAll('li[data-item]')).filter(li => li.offsetParent).map(li => li.dataset.item)"
    everything = browser.execute_script(shown)
    form.press("label[for='checklist-open']")
    open_items = browser.execute_script(shown)
    assert set(everything) - set(open_items) == {"plans-at-volume", "load-at-ten-times"}
    form.fill("evidence-tls-floor", "run 1")
    form.tick("tls-floor")
    assert "tls-floor" in browser.execute_script(shown), "what has the focus stays"
    form.press("label[for='checklist-all']")
    assert browser.execute_script(shown) == everything
    form.forget()


def test_another_document_keeps_its_own(form, browser, folder, tmp_path):
    form.tick("tls-floor")
    copy = tmp_path / "checklist.html"
    copy.write_bytes((folder / "checklist.html").read_bytes())
    assert not Form(browser, copy).state["tls-floor"]["done"]
    assert Form(browser, folder / "checklist.html").state["tls-floor"]["done"]


def test_where_storage_is_refused(browser, folder):
    script = browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument",
        {
            "source": "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
        },
    )
    try:
        form = Form(browser, folder / "checklist.html")
        assert "refuses to keep" in form.status
        form.tick("tls-floor")
        form.fill("evidence-tls-floor", "run 1")
        assert form.tally.startswith("3 of ")
        assert form.state["tls-floor"]["evidence"] == "run 1"
        form.expect_quiet()
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


@pytest.mark.parametrize("broken", ["x", "[]", '{"items": []}', '{"items": {"tls-floor": 3}}', '{"items":{"tls-floor":{"done":1}}}'])
def test_what_is_kept_may_be_anything(form, browser, broken):
    form.tick("tls-floor")
    key = browser.execute_script("return localStorage.key(0)")
    browser.execute_script("localStorage.setItem(arguments[0], arguments[1])", key, broken)
    browser.refresh()
    assert form.tally.startswith("2 of ")
    form.forget()


def test_by_keyboard(form, browser):
    from selenium.webdriver.common.keys import Keys

    form.box("tls-floor").send_keys(Keys.SPACE)
    focused = form.session.switch_to.active_element
    focused.send_keys(Keys.TAB)
    active = form.session.switch_to.active_element
    assert active.get_attribute("id") == "evidence-tls-floor"
    active.send_keys("run 1")
    outline = browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    active.send_keys(Keys.TAB)
    assert form.session.switch_to.active_element.get_attribute("id") == "na-tls-floor"
    assert form.state["tls-floor"] == {"id": "tls-floor", "done": True, "na": False, "reason": "", "evidence": "run 1"}
    form.forget()


@pytest.mark.parametrize("width", [320, 360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_with_everything_in_use(browser, folder, scheme, width):
    form = Form(browser, folder / "checklist.html")
    form.forget()
    form.tick("tls-floor")
    form.press("#na-restore-rehearsed")
    form.fill("evidence-constraints-refuse", "x" * 200 + "\n" * 30)
    form.open_tools()
    seen = pages.look(browser, folder / "checklist.html", scheme=scheme, width=width)
    assert seen == {"violations": [], "console": [], "foreign": [], "width": width}
    browser.execute_script("document.querySelector('.tools details').open = true")
    report = browser.execute_async_script(
        "axe.run(document, {resultTypes: ['violations']}).then(arguments[arguments.length - 1])"
    )
    assert [violation["id"] for violation in report["violations"]] == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_script("localStorage.clear()")


def test_without_javascript(browser, folder):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get((folder / "checklist.html").as_uri())
        text = browser.find_element("css selector", "main").text
        assert "it keeps nothing" in text and "Copy, save" not in text
        assert "Not applicable" in text and "Measure with EXPLAIN ANALYZE" in text
        box = browser.find_element("css selector", "li[data-item='tls-floor'] input")
        box.click()
        assert box.is_selected()
        evidence = browser.find_element("id", "evidence-plans-at-volume")
        assert evidence.get_property("value") == "run 42"
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def printed(browser, path: Path) -> str:
    done = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    path.write_bytes(base64.b64decode(done["data"]))
    found = subprocess.run([need("pdftotext"), "-layout", str(path), "-"], capture_output=True, check=True)
    return found.stdout.decode()


def test_prints_the_answers(form, browser, tmp_path):
    form.fill("evidence-tls-floor", "\n".join(f"line {number} of evidence" for number in range(40)))
    form.press("#na-restore-rehearsed")
    form.fill("reason-restore-rehearsed", "no data is kept")
    form.open_tools()
    text = printed(browser, tmp_path / "out.pdf")
    for words in ("run 42", "no new endpoint", "no data is kept", "line 0 of evidence", "line 39 of evidence"):
        assert words in text, words
    for words in ("Copy as Markdown", "open only", "Start again"):
        assert words not in text, words
    form.forget()


def test_the_policy_names_the_script(folder):
    page = (folder / "checklist.html").read_text()
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == page.count("<script") == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert f"script-src 'sha256-{digest}'" in policy and policy.count("script-src") == 1
    assert not re.search(r"<[^>]+\son\w+=|<[^>]+\sstyle=", page)
    assert "script-src" not in (folder / "design.html").read_text()


def test_works_as_a_script_of_its_own(browser, folder, tmp_path):
    """As a site serves it: no inline script, no inline style."""
    page = (folder / "checklist.html").read_text()
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    (tmp_path / "checklist.js").write_text(script[1])
    (tmp_path / "style.css").write_text(style[1])
    page = page.replace(script[0], "").replace(style[0], "")
    page = re.sub(r'(Content-Security-Policy" content=")[^"]*', r"\1default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:", page)
    page = page.replace("</head>", '<link rel="stylesheet" href="style.css"><script src="checklist.js" defer></script></head>')
    (tmp_path / "index.html").write_text(page)
    served = subprocess.Popen(
        ["python3", "-m", "http.server", "--bind", "127.0.0.1", "0", "--directory", str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={"PYTHONUNBUFFERED": "1", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    try:
        port = re.search(r"port (\d+)", served.stdout.readline())[1]
        browser.get_log("browser")
        browser.get(f"http://127.0.0.1:{port}/index.html")
        assert browser.find_element("id", "checklist-tally").text.startswith("2 of ")
        messages = [entry["message"] for entry in browser.get_log("browser") if "favicon" not in entry["message"]]
        assert messages == []
    finally:
        served.terminate()
        served.wait()


def test_hostile_answers_stay_text(shared, browser, tmp_path):
    folder = tmp_path / "architecture"
    answers = shared.answers({"qps": "5k"}, "hostile.yaml", system=json.dumps(HOSTILE))
    shared.ok("design", answers, "--out", folder)
    path = folder / "checklist.md"
    path.write_text(re.sub(r"(- \[ \] \*\*tls-floor\*\*.*)", lambda found: f"{found[1]}\n  Evidence: {HOSTILE}", path.read_text()))
    shared.ok("design", answers, "--out", folder)
    form = Form(browser, folder / "checklist.html")
    assert form.state["tls-floor"]["evidence"] == HOSTILE
    assert len(browser.find_elements("css selector", "script")) == 1
    assert pages.html_errors([folder / "checklist.html"]) == []
    form.expect_quiet()


def test_html_is_valid(folder, shared, tmp_path):
    whole = tmp_path / "guide.html"
    shared.ok("checklist", "--format", "html", "--out", whole)
    assert pages.html_errors([folder / "checklist.html", whole]) == []
