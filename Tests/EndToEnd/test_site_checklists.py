"""The site's checklists as a form: the same as a design's, under the site's own policy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pages
from form import Form
from published import NOTE_REFUSALS, served

PAGE = "checklists.html"


@pytest.fixture(scope="module")
def site(shared, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("site") / "out"
    shared.ok("site", "build", "--out", out)
    return out


@pytest.fixture(scope="module")
def browser():
    with pages.chromium() as session:
        session.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": f"({NOTE_REFUSALS})()"})
        yield session


@pytest.fixture(params=["file", "http"])
def form(request, browser, site):
    if request.param == "file":
        form = Form(browser, site / PAGE)
        form.forget()
        yield form
        form.expect_quiet()
        return
    with served(site) as (root, strays):
        form = Form(browser, root + PAGE)
        form.forget()
        yield form
        form.expect_quiet()
        assert browser.execute_script("return window.refused") == []
        # The browser asks for an icon of its own.
        assert [path for path in strays if "favicon" not in path] == []


def test_it_has_the_items_of_the_guide(site, shared):
    items = shared.ok("checklist", "--format", "json").json["items"]
    page = pages.Page((site / PAGE).read_text())
    assert [a["data-item"] for a in page.named("li") if "data-item" in a] == [item["id"] for item in items]
    assert {f"checks/{item['id']}.html" for item in items} <= set(page.links)
    assert {"design", "change", "before-production", "operating"} <= set(page.ids)
    for item in items:
        assert " ".join(item["sentence"].split()) in " ".join(page.text.split()), item["id"]


def test_keeps_what_is_entered(form, browser):
    form.tick("tls-floor")
    form.fill("evidence-tls-floor", "run 7\nrun 8")
    form.press("#na-restore-rehearsed")
    form.fill("reason-restore-rehearsed", "<b>no data</b>")
    before = form.state
    assert before["tls-floor"] == {"id": "tls-floor", "done": True, "na": False, "reason": "", "evidence": "run 7\nrun 8"}
    assert before["restore-rehearsed"]["reason"] == "<b>no data</b>"
    assert form.tally == f"2 of {len(before)} settled, 1 not applicable"
    browser.refresh()
    assert form.state == before
    form.reset()
    assert not any(item["done"] or item["na"] for item in form.state.values())


def test_goes_out_and_comes_in(form, browser, tmp_path):
    form.tick("tls-floor")
    form.fill("evidence-tls-floor", "run 7")
    markdown, data, state = form.written("markdown"), form.written("json"), form.state
    assert "- [x] **tls-floor**" in markdown and "  Evidence: run 7" in markdown
    assert {item["id"]: item for item in json.loads(data)["items"]} == state
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    form.button("save-json")
    for _ in range(100):
        if (tmp_path / "checklist.json").exists():
            break
        browser.execute_async_script("setTimeout(arguments[0], 50)")
    assert (tmp_path / "checklist.json").read_text() == data
    for written in (markdown, data):
        form.forget()
        assert not form.state["tls-floor"]["done"]
        form.read(written)
        assert form.state == state


def test_shows_what_is_open(form, browser):
    shown = "return Array.from(document.querySelectorAll('li[data-item]')).filter(li => li.offsetParent).map(li => li.dataset.item)"
    everything = browser.execute_script(shown)
    form.press("#na-tls-floor")
    form.fill("reason-tls-floor", "no network")
    form.press("label[for='checklist-open']")
    assert set(everything) - set(browser.execute_script(shown)) == {"tls-floor"}


@pytest.mark.parametrize("width", [320, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_with_everything_in_use(browser, site, scheme, width):
    form = Form(browser, site / PAGE)
    form.forget()
    form.tick("tls-floor")
    form.press("#na-restore-rehearsed")
    form.fill("evidence-constraints-refuse", "x" * 200 + "\n" * 30)
    seen = pages.look(browser, site / PAGE, scheme=scheme, width=width)
    assert seen == {"violations": [], "console": [], "foreign": [], "width": width}
    form.open_tools()
    report = browser.execute_async_script(
        "axe.run(document, {resultTypes: ['violations']}).then(arguments[arguments.length - 1])"
    )
    assert [violation["id"] for violation in report["violations"]] == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    form.forget()


def test_complete_without_javascript(browser, site):
    still = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", still)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get((site / PAGE).as_uri())
        text = browser.find_element("css selector", "main").text
        assert "it keeps nothing" in text and "Copy, save" not in text
        assert "Not applicable" in text and "Measure with EXPLAIN ANALYZE" in text
        box = browser.find_element("css selector", "li[data-item='tls-floor'] input")
        box.click()
        assert box.is_selected()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_only_this_page_loads_the_form(site):
    for path in site.rglob("*.html"):
        assert ("assets/checklist." in path.read_text()) == (path == site / PAGE), path
    assert pages.html_errors([site / PAGE]) == []
