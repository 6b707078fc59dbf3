"""The built site in Chromium and in Firefox, from files and below a path: accessible, silent, complete, printable."""

from __future__ import annotations

import base64
import csv
import html
import json
import re
import subprocess
from pathlib import Path

import pytest

from firefox import firefox
from pages import Page, chromium, html_errors, packaged
from published import (
    COLOURS, FOCUS, KINDS, NOTE_REFUSALS, TOO_WIDE, TYPES, WCAG_22_AA, all_pages, loaded, looked_at, served,
)  # fmt: skip
from rig import SOAK, need, tree

# Of each way in which pages link.
LINKED = ["index.html", "decisions/read-scaling.html", "runbooks/cache-stampede.html", "glossary.html", "404.html"]

TAB, ENTER = "\ue004", "\ue007"


@pytest.fixture(scope="module")
def axe() -> str:
    return packaged("axe_playwright_python", "axe.min.js").read_text()


# MARK: Chromium


class Chromium:
    def __init__(self, session):
        self.session = session
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=f"({NOTE_REFUSALS})()")
        self.size(1280, 900)
        self.media()

    def cdp(self, method: str, **parameters) -> dict:
        return self.session.execute_cdp_cmd(method, parameters)

    def open(self, address: str) -> None:
        self.session.get(address)

    def size(self, width: int, height: int) -> None:
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, type: str = "", **features: str) -> None:
        features.setdefault("prefers_reduced_motion", "reduce")
        listed = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.cdp("Emulation.setEmulatedMedia", media=type, features=listed)

    def run(self, expression: str):
        answer = self.cdp("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, *keys: str) -> None:
        from selenium.webdriver import ActionChains

        ActionChains(self.session, duration=0).send_keys(*keys).perform()

    def take(self) -> tuple[list[str], list[str]]:
        """What the console has said and what has been asked for since the last time."""
        console = [entry["message"] for entry in self.session.get_log("browser")]
        events = [json.loads(entry["message"])["message"] for entry in self.session.get_log("performance")]
        asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        return console, asked


@pytest.fixture(scope="module")
def browser():
    with chromium() as session:
        yield Chromium(session)


def problems(browser, address: str, root: str) -> list[str]:
    """What a page that has just been opened complains about, and what it asks from elsewhere."""
    console, asked = browser.take()
    refused = browser.run("window.refused")
    # The browser asks for about:blank and for pictures of its own.
    foreign = [url for url in asked if not url.startswith((root, "data:", "about:", "chrome:", "resource:"))]
    return [f"{address}: {what}" for what in [*console, *refused, *foreign]]


def at(browser, root: str, page: str) -> str:
    """Opens the page; its 404 page where there is none, as hosts do."""
    address = root + page
    browser.open(address)
    return address


def pages_below(root: str, site: Path) -> list[str]:
    # The page for what is not there names its files from the host's root, and so is opened there alone.
    return [page for page in looked_at(site) if page != "404.html" or not root.startswith("file:")]


def test_every_type_of_page_is_looked_at(site):
    pages = set(all_pages(site))
    assert set(TYPES) <= pages
    for page in pages:
        folder = page.rpartition("/")[0]
        assert page in TYPES or folder in (*KINDS, "areas"), f"{page}: no page of its type is looked at"


def test_chromium_from_files(browser, axe, site):
    """Light and dark, narrow and wide, forced colours: one visit a page."""
    found = []
    root = site.as_uri() + "/"
    browser.take()
    for page in pages_below(root, site):
        address = at(browser, root, page)
        found += problems(browser, page, root)
        browser.run(axe + "; null")
        found += [f"{page}: {violation}" for violation in browser.run(WCAG_22_AA)]
        browser.media(prefers_color_scheme="dark")
        found += [f"{page}: dark: {violation}" for violation in browser.run(COLOURS)]
        if page in TYPES[:3]:
            browser.media(forced_colors="active")
            found += [f"{page}: forced colours: {violation}" for violation in browser.run(COLOURS)]
            browser.media(prefers_contrast="more")
            found += [f"{page}: more contrast: {violation}" for violation in browser.run(COLOURS)]
        browser.media()
        for width in (320, 800):
            browser.size(width, 900)
            found += [f"{page}: wider than {width}: {part}" for part in browser.run(TOO_WIDE)]
        browser.size(1280, 900)
        assert browser.run("location.href") == address
    assert found == []


def test_chromium_below_a_path_under_the_strict_policy(browser, site):
    found = []
    with served(site) as (root, strays):
        browser.take()
        for page in pages_below(root, site):
            at(browser, root, page)
            found += problems(browser, page, root)
        assert (found, strays) == ([], [])
        browser.run("fetch('https://example.org/').catch(() => null)")
        assert browser.run("window.refused"), "the policy is not in force"


@pytest.mark.parametrize("dark", [False, True], ids=["light-below-a-path", "dark-from-files"])
def test_firefox(axe, site, dark):
    found = []
    with firefox(dark=dark) as browser, served(site) as (root, strays):
        root = site.as_uri() + "/" if dark else root
        browser.before_each_page(NOTE_REFUSALS)
        for page in pages_below(root, site):
            browser.size(1280, 900)
            at(browser, root, page)
            found += problems(browser, page, root)
            browser.inject(axe)
            assert browser.run("matchMedia('(prefers-color-scheme: dark)').matches") is dark
            found += [f"{page}: {violation}" for violation in browser.run(COLOURS if dark else WCAG_22_AA)]
            browser.size(320, 900)
            found += [f"{page}: wider than 320: {part}" for part in browser.run(TOO_WIDE)]
            browser.take()
        browser.size(1280, 900)
        found += walk_by_keys(browser, root + "decisions/read-scaling.html")
    assert (found, strays) == ([], [])


# MARK: Keys


def walk_by_keys(browser, address: str, steps: int = 45) -> list[str]:
    """What is wrong on the way through the page by Tab: order, a focus that cannot be seen."""
    browser.open(address)
    found, last = [], -1
    for step in range(steps):
        browser.press(TAB)
        focus = browser.run(FOCUS)
        if focus is None:
            return found + ([f"{address}: the page ends after {step} keys"] if step < 8 else [])
        if step == 0 and not focus["skip"]:
            found.append(f"{address}: first is {focus['html']}")
        if focus["place"] <= last:
            found.append(f"{address}: out of order: {focus['html']}")
        if not (focus["inside"] and focus["marked"]):
            found.append(f"{address}: not seen: {focus['html']}")
        last = focus["place"]
    browser.open(address)
    browser.press(TAB)
    browser.press(ENTER)
    browser.press(TAB)
    if not browser.run("document.querySelector('main').contains(document.activeElement)"):
        found.append(f"{address}: the skip link does not lead into the content")
    return found


def test_keys_lead_through_the_page(browser, site):
    found = []
    for page in pages_below("file:", site)[: None if SOAK else 9]:
        found += walk_by_keys(browser, (site / page).as_uri())
    browser.size(320, 700)
    found += walk_by_keys(browser, (site / "decisions/read-scaling.html").as_uri())
    browser.size(1280, 900)
    assert found == []


# MARK: Without JavaScript


def squeezed(text: str) -> str:
    """Without spaces and the case of letters, which styles change."""
    return re.sub(r"[\s\u00ad]", "", text).lower()


def test_without_javascript_the_content_is_all_there(browser, site):
    """What the source says is what is shown, but for what a closed part holds back."""
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        for page in pages_below("file:", site):
            browser.open((site / page).as_uri())
            browser.run("document.querySelectorAll('details').forEach((part) => (part.open = true))")
            shown = squeezed(browser.run("document.querySelector('main').innerText"))
            main = re.search("<main.*?</main>", (site / page).read_text(), re.DOTALL)[0]
            # The words of a picture are no text of the page.
            main = re.sub("<svg.*?</svg>", "", main, flags=re.DOTALL)
            # What a form's script works with is hidden without it.
            main = re.sub("<section[^>]* hidden>.*?</section>", "", main, flags=re.DOTALL)
            pieces = [squeezed(html.unescape(piece)) for piece in re.split("<[^>]*>", main)]
            assert [piece for piece in pieces if piece not in shown] == [], page
            assert browser.run("document.querySelectorAll('nav[aria-label=Site] a').length") > 20, page
    finally:
        browser.cdp("Emulation.setScriptExecutionDisabled", value=False)


# MARK: Print


def test_print(browser, site, tmp_path):
    """On paper: all of the content within the margins, nothing of what leads through the site."""
    for page in pages_below("file:", site)[: None if SOAK else 15]:
        browser.open((site / page).as_uri())
        pdf = tmp_path / "page.pdf"
        pdf.write_bytes(base64.b64decode(browser.cdp("Page.printToPDF", preferCSSPageSize=True)["data"]))
        boxes = subprocess.run([need("pdftotext"), "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
        width = float(re.search(r'<page width="([\d.]+)"', boxes)[1])
        outside = re.findall(r'<word xMin="([-\d.]+)".*? xMax="([-\d.]+)".*?>(.*?)</word>', boxes)
        assert [word for left, right, word in outside if float(left) < 0 or float(right) > width] == [], page
        text = " ".join(Page(boxes).text.split())
        for phrase in ("Skip to the content", "On this page", "Where we depart Verification Checklists"):
            assert phrase not in text, (page, phrase)
        browser.media("print")
        printed = browser.run("document.querySelector('main').innerText").split()
        browser.media()
        # Words that are broken over two lines get a hyphen, or had one.
        paper = squeezed(text).replace("-", "").replace("\u2010", "")
        assert [word for word in printed if squeezed(word).replace("-", "").replace("\u2010", "") not in paper] == [], page


# MARK: Files


def test_html_checker(site):
    assert html_errors([site / page for page in all_pages(site)]) == []


def linkchecker(start: list[str], folder: Path) -> list[str]:
    """Dead links and dead anchors; all that is linked from these addresses, or with `make soak` the whole site."""
    config = folder / "linkcheckerrc"
    config.write_text("[checking]\nmaxrequestspersecond=1000\n[AnchorCheck]\n")
    depth = [] if SOAK else ["--recursion-level=1"]
    done = subprocess.run(
        [need("linkchecker"), "-f", str(config), "--no-status", "-v", "-o", "csv", *depth, *start],
        capture_output=True, text=True, timeout=1800, cwd="/",
    )  # fmt: skip
    rows = list(csv.DictReader((line for line in done.stdout.splitlines() if not line.startswith("# ")), delimiter=";"))
    assert done.returncode in (0, 1) and len(rows) >= len(start), done.stderr
    return [
        f"{row['parentname']}: {row['urlname']}: {row['result']} {row['warningstring']}"
        for row in rows
        if row["valid"] != "True" or row["warningstring"]
    ]


@pytest.mark.parametrize("way", ["file", "http"])
def test_linkchecker(site, tmp_path, way):
    with served(site) as (root, strays):
        root = site.as_uri() + "/" if way == "file" else root
        start = ["index.html"] if SOAK else LINKED
        assert linkchecker([root + page for page in start], tmp_path) == []
        assert strays in ([], ["/robots.txt"])


def test_linkchecker_finds_what_is_dead(reachable_tmp, tmp_path):
    (reachable_tmp / "index.html").write_text('<a href="next.html#here">a</a> <a href="next.html#gone">b</a> <a href="no.html">c</a>')
    (reachable_tmp / "next.html").write_text('<p id="here">text</p>')
    found = linkchecker([(reachable_tmp / "index.html").as_uri()], tmp_path)
    assert len(found) == 2 and "gone" in found[0] + found[1] and "no.html" in found[0] + found[1], found


def test_two_builds_are_the_same(site, shared):
    again = shared.folder / "again"
    shared.ok("site", "build", "--out", again, "--base-path", "/repo/", timeout=600)
    first, second = tree(site), tree(again)
    assert [path for path in first.keys() | second.keys() if first.get(path) != second.get(path)] == []


# In bytes, with all that a page loads by itself.
HOME, ENTRY = 100_000, 50_000


def test_pages_are_light(site):
    heavy = {}
    for page in all_pages(site):
        files = loaded(site, page) if page != "404.html" else {}
        if page == "index.html":
            limit = HOME
        elif page.split("/")[0] in KINDS and not page.endswith("/index.html"):
            limit = ENTRY
        else:
            continue
        if sum(files.values()) > limit:
            heavy[page] = files
    assert heavy == {}
