"""Search in the built site, in a browser: what is found, by keys, without a network, and how little is fetched."""

from __future__ import annotations

import json
import shutil
import statistics
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import large_site
import pages
from rig import SOAK, Plumbline, size

POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The shipped knowledge."""
    home = tmp_path_factory.mktemp("search")
    Plumbline(home).ok("site", "build", "--out", home / "site", timeout=600)
    return home / "site"


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """The shipped knowledge and very many entries more."""
    home = tmp_path_factory.mktemp("large")
    large_site.write_pack(home / "pack", size(1_500, 10_000))
    Plumbline(home).ok("site", "build", "--pack", home / "pack", "--out", home / "site", timeout=1800)
    return home / "site"


@pytest.fixture(scope="module")
def browser():
    with pages.chromium() as session:
        yield session


def documents(site: Path) -> list[list[str]]:
    """What can be found: url, title, kind, area, summary."""
    files = sorted((site / "assets/search").glob("entries-*.js"), key=lambda path: int(path.stem.split("-")[1]))
    return [entry for path in files for entry in json.loads(path.read_text().split(",", 1)[1].rstrip(");\n"))]


# MARK: In the page

TYPE = """
const [queries, done] = arguments;
const field = document.querySelector("form.search input");
const type = (text) => { field.value = text; field.dispatchEvent(new Event("input", { bubbles: true })); };
const status = () => document.querySelector(".search-count").textContent;
const find = (query) => new Promise((found) => {
  type("");
  const began = performance.now();
  type(query);
  const wait = () => {
    if (!status() || status() === "Loading …") return setTimeout(wait, 5);
    const milliseconds = performance.now() - began;
    found({ status: status(), milliseconds,
      visited: Number(document.querySelector("[data-visited]").dataset.visited),
      urls: [...document.querySelectorAll(".search-hits a")].map((link) => link.href),
      marks: [...document.querySelectorAll(".search-hits mark")].map((mark) => mark.textContent) });
  };
  wait();
});
field.focus();
(async () => {
  const all = [];
  for (const query of queries) all.push(await find(query));
  done(all);
})();
"""


def find_each(browser, queries: list[str]) -> list[dict]:
    """What is shown for each when it stands in the box, one after the other."""
    # What is shown is loaded with the first focus.
    browser.execute_script("document.querySelector('form.search input').focus()")
    wait_for(browser, "document.querySelector('.search-count')")
    return browser.execute_async_script(TYPE, queries)


def find(browser, query: str) -> dict:
    return find_each(browser, [query])[0]


def opened(browser, page: Path) -> str:
    """Opens it; the address of the site's root."""
    browser.get_log("browser"), browser.get_log("performance")
    browser.get(page.as_uri())
    return page.parent.as_uri() + "/"


def by_css(browser, selector: str):
    return browser.find_element("css selector", selector)


def complaints(browser) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser")]


def asked(browser) -> list[str]:
    events = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]


@pytest.mark.parametrize(
    ("query", "among", "expected"),
    [
        ("replicas", 3, "decisions/read-routing.html"),
        ("replicas", 6, "practices/replica-reads.html"),
        ("cahce stampede", 1, "runbooks/cache-stampede.html"),
        ("Cache Stampede", 1, "runbooks/cache-stampede.html"),
        ("ST-4", 1, "guide.html#ST-4"),
        ("st-4b", 6, "guide.html#ST-4"),
        ("pgbouncer", 1, "decisions/connection-pooling.html"),
        ("pgbouncer", 4, "practices/transaction-pooling.html"),
        ("why is everything slow", 3, "runbooks/query-suddenly-slow.html"),
        ("read_qps", 1, "traits/read_qps.html"),
        ("read qps", 3, "traits/read_qps.html"),
        ("postgres-read-qps", 1, "thresholds/postgres-read-qps.html"),
        ("conection pool exhuasted", 1, "runbooks/connection-pool-exhausted.html"),
        ("rpelicas", 3, "decisions/read-routing.html"),
        ("how many replicas do i need", 3, "decisions/read-routing.html"),
        ("idempot", 3, "patterns/idempotent-consumer.html"),
        ("429", 3, "checks/rate-limits-answer-429.html"),
        ("outbox", 1, "patterns/transactional-outbox.html"),
        ("cursor paginat", 3, "practices/cursor-pagination.html"),
    ],
)
def test_finds_what_is_meant(site, browser, query, among, expected):
    root = opened(browser, site / "index.html")
    found = find(browser, query)
    urls = [url.removeprefix(root) for url in found["urls"]]
    assert expected in urls[:among], urls
    assert found["status"] == f"{len(urls)} result{'s' if len(urls) != 1 else ''}" or len(urls) == 10
    assert complaints(browser) == []
    assert [url for url in asked(browser) if not url.startswith(("file:", "data:"))] == []


def test_a_name_with_a_number_is_not_its_parts(site, browser):
    opened(browser, site / "index.html")
    for query, mark in (("ST-4", {"st", "4"}), ("TLS 1.3", {"tls", "1", "3"})):
        found = find(browser, query)
        assert {part.lower() for part in found["marks"]} <= mark
        assert int(found["status"].split()[0]) < 30, found["status"]


def test_every_title_is_found(site, browser):
    root = opened(browser, site / "decisions/read-scaling.html").removesuffix("decisions/")
    everything = documents(site)
    assert len(everything) > 400
    missed = []
    answers = find_each(browser, [title for _, title, *_ in everything])
    for (url, title, *_), urls in zip(everything, (answer["urls"] for answer in answers)):
        same = {root + other for other, named, *_ in everything if named.lower() == title.lower()}
        if not same & set(urls[: len(same)]):
            missed.append((title, url, urls[:2]))
    assert missed == []


def test_shows_words_in_their_context(site, browser):
    opened(browser, site / "index.html")
    found = find(browser, "pgbouncer transaction")
    assert {mark.lower() for mark in found["marks"]} >= {"pgbouncer", "transaction"}
    # The text around a word that neither title nor summary has comes by itself, when it is there.
    deadline = "const [done] = arguments; setTimeout(() => done(document.querySelector('.search-hits').textContent), 1000)"
    assert "… " in browser.execute_async_script(deadline)


def test_nothing_is_found_for_nonsense(site, browser):
    opened(browser, site / "index.html")
    for query in ("zzqqxxyy", "%%%", "<script>alert(1)</script>zzqqxxyy", "數據庫", "\\\\\"'", "a" * 500):
        assert find(browser, query)["status"] in ("Nothing found",) or query.startswith("<"), query
    assert complaints(browser) == []


def test_loads_nothing_before_it_is_used(site, browser):
    opened(browser, site / "index.html")
    assert not [url for url in asked(browser) if "/assets/search/" in url or "engine" in url]
    find(browser, "cache")
    fetched = [urlsplit(url).path.rsplit("/", 1)[-1] for url in asked(browser)]
    assert {"search-engine.js", "index.js"} <= set(fetched)
    assert len(fetched) == len(set(fetched)), "something was loaded twice"


def test_by_keyboard_alone(site, browser):
    from selenium.webdriver.common.keys import Keys

    root = opened(browser, site / "index.html")
    body = by_css(browser, "body")
    # No bare key is taken.
    body.send_keys("s", "/", "k")
    assert browser.switch_to.active_element.tag_name == "body"
    body.send_keys(Keys.CONTROL, "k")
    field = browser.switch_to.active_element
    assert field.get_attribute("name") == "q"
    field.send_keys("cache stampede")
    wait_for(browser, "document.querySelectorAll('.search-hits a').length > 1")
    hits = [link.get_attribute("href") for link in browser.find_elements("css selector", ".search-hits a")]
    field.send_keys(Keys.ARROW_DOWN)
    assert browser.switch_to.active_element.get_attribute("href") == hits[0]
    browser.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    assert browser.switch_to.active_element.get_attribute("href") == hits[1]
    browser.switch_to.active_element.send_keys(Keys.ARROW_UP)
    browser.switch_to.active_element.send_keys(Keys.ARROW_UP)
    assert browser.switch_to.active_element == field
    field.send_keys(Keys.ESCAPE)
    assert not by_css(browser, ".search-panel").is_displayed()
    assert field.get_attribute("value") == "cache stampede", "Escape closes first, and keeps what was typed"
    field.send_keys(Keys.ARROW_DOWN)
    assert by_css(browser, ".search-panel").is_displayed()
    field.send_keys(Keys.ARROW_DOWN)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait_for(browser, f"location.href === {json.dumps(root + 'runbooks/cache-stampede.html')}")


def test_takes_no_key_from_another_field(site, browser):
    from selenium.webdriver.common.keys import Keys

    opened(browser, site / "index.html")
    browser.execute_script("document.querySelector('main').append(document.createElement('textarea'))")
    other = by_css(browser, "main > textarea")
    other.send_keys(Keys.CONTROL, "k")
    assert browser.switch_to.active_element == other


def test_leads_to_a_page_of_all_results(site, browser):
    from selenium.webdriver.common.keys import Keys

    opened(browser, site / "decisions/caching.html")
    field = by_css(browser, "form.search input")
    field.send_keys("cache", Keys.ENTER)
    wait_for(browser, "document.querySelectorAll('#search-results .search-hits a').length === 10")
    assert browser.current_url.endswith("/search.html?q=cache")
    assert by_css(browser, "form.search input").get_attribute("value") == "cache"
    by_css(browser, ".search-more").send_keys(Keys.ENTER)
    wait_for(browser, "document.querySelectorAll('#search-results .search-hits a').length === 20")
    eleventh = browser.find_elements("css selector", ".search-hits a")[10]
    assert browser.switch_to.active_element == eleventh
    assert complaints(browser) == []


def test_lists_everything_without_javascript(site, browser):
    from selenium.webdriver.support.ui import WebDriverWait

    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened(browser, site / "index.html")
        field = by_css(browser, "form.search input")
        field.send_keys("cache")
        by_css(browser, "form.search button").click()
        WebDriverWait(browser, 10).until(lambda it: it.current_url.endswith("/search.html?q=cache"))
        assert by_css(browser, ".search-list").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    links = set(pages.Page((site / "search.html").read_text()).links)
    assert {url for url, *_ in documents(site)} <= links


def test_says_so_where_the_index_is_missing(site, browser, tmp_path):
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    shutil.rmtree(copy / "assets/search")
    opened(browser, copy / "index.html")
    assert find_status(browser, "cache") == "The search index could not be loaded."


def find_status(browser, query: str) -> str:
    field = by_css(browser, "form.search input")
    field.clear()
    field.send_keys(query)
    wait_for(browser, "!['', 'Loading …'].includes(document.querySelector('.search-count')?.textContent ?? '')")
    return by_css(browser, ".search-count").text


def wait_for(browser, condition: str) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 20).until(lambda session: session.execute_script(f"return {condition}"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_results_are_accessible_and_fit(site, browser, scheme, width):
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    )
    try:
        opened(browser, site / "index.html")
        find(browser, "cache stampede")
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        place = browser.execute_script(
            "const r = document.querySelector('.search-panel').getBoundingClientRect(); return [r.left, r.right, r.top]"
        )
        field = browser.execute_script("return document.querySelector('form.search input').getBoundingClientRect().bottom")
        assert 0 <= place[0] and place[1] <= width and place[2] >= field, "below the box, within the window"
        browser.execute_script(pages.packaged("axe_playwright_python", "axe.min.js").read_text())
        report = browser.execute_async_script(
            "axe.run('form.search', {resultTypes: ['violations']}).then(arguments[0], e => arguments[0]({error: String(e)}))"
        )
        assert report.get("violations") == [], report
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


# MARK: Over a network


class Handler(SimpleHTTPRequestHandler):
    """Serves a site below /repo/ under the strict policy, and notes what was asked."""

    fetched: list[tuple[str, int]]

    def translate_path(self, path):
        assert path.startswith("/repo/"), path
        return super().translate_path(path.removeprefix("/repo"))

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def copyfile(self, source, out):
        data = source.read()
        self.fetched.append((self.path, len(data)))
        out.write(data)

    def log_message(self, *_):
        pass


@contextmanager
def served(site: Path):
    fetched: list[tuple[str, int]] = []
    handler = type("Noting", (Handler,), {"fetched": fetched})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/repo/", fetched
    finally:
        server.shutdown()
        server.server_close()


QUERIES = [
    "replicas", "cahce stampede", "re", "da", "why is everything slow", "connection pool exhausted too many clients",
    "gracefully degrade when the dependency is slow or refuses connections", "postgres-read-qps", "qdatabase",
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_a_first_result_needs_little(large, browser, query):
    """All that a first result takes on its way, with nothing in the cache: engine, index, words and entries."""
    with served(large) as (address, fetched):
        browser.execute_cdp_cmd("Network.clearBrowserCache", {})
        browser.get_log("browser")
        browser.get(address)
        before = len(fetched)
        found = find(browser, query)
        taken = fetched[before:]
        assert found["urls"], query
        # What comes later is text to show words in their context.
        needed = [(path, size) for path, size in taken if "/texts-" not in path]
        assert sum(size for _, size in needed) <= 300_000, needed
        print(f"\n{query}: {sum(size for _, size in needed)} bytes in {len(needed)} files")
        assert len(documents(large)) > 1_500
        assert found["visited"] <= 3 * len(documents(large)) * len(query.split())
        assert [line for line in complaints(browser) if "favicon" not in line] == []


def test_typing_on_needs_few_files(large, browser):
    """Every key on the way to a query; figures to read with pytest -s."""
    with served(large) as (address, fetched):
        browser.get(address)
        queries = ("cahce stampede", "conection pool exhuasted", "why is everything slow", "idempotency key")
        typed = [query[:end] for query in queries for end in range(2, len(query) + 1)]
        first, again = ([found["milliseconds"] for found in find_each(browser, typed)] for _ in range(2))
        loaded = [path for path, _ in fetched if "/words-" in path]
        assert len(loaded) == len(set(loaded)), "a file was fetched twice"
        assert len(loaded) < 0.7 * len(list((large / "assets/search").glob("words-*.js")))
        for name, times in (("first typed", first), ("typed again", again)):
            print(
                f"\n{len(documents(large))} entries, {len(times)} keys {name}: median {statistics.median(times):.1f} ms, "
                f"worst {max(times):.1f} ms; {len(loaded)} files of words"
            )
        if SOAK:
            assert statistics.median(first) <= 50 and statistics.median(again) <= 50
