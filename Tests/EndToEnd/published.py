"""The built site as its readers get it: its pages by type, a server with the strict policy, what a page must say."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pages import Page
from rig import SOAK

POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:"
KINDS = ["decisions", "traits", "thresholds", "practices", "checks", "changes", "patterns", "runbooks", "orientation"]

# One of each type; the entries are those with the most parts.
TYPES = [
    "index.html", "decisions/read-scaling.html", "traits/qps.html", "thresholds/postgres-read-qps.html",
    "practices/pool-sizing.html", "checks/connection-budget.html", "patterns/redis-rate-limiter.html",
    "runbooks/cache-stampede.html", "orientation/run-it-locally.html", "areas/data.html", "decisions/index.html",
    "thresholds/index.html", "traits/index.html", "runbooks/index.html", "guide.html", "verdicts.html",
    "verification.html", "checklists.html", "sources.html", "glossary.html", "about.html", "commands.html",
    "changelog.html", "search.html", "404.html",
]  # fmt: skip


def all_pages(site: Path) -> list[str]:
    return sorted(str(path.relative_to(site)) for path in site.rglob("*.html"))


def looked_at(site: Path) -> list[str]:
    """The pages that a test in a browser opens."""
    return all_pages(site) if SOAK else TYPES


def loaded(site: Path, page: str) -> dict[str, int]:
    """The page and what it loads, each with its weight."""
    parsed = Page((site / page).read_text())
    files = [a["src"] for a in parsed.named("script", "img") if not a["src"].startswith("data:")]
    files += [a["href"] for a in parsed.named("link") if a["rel"] in ("stylesheet", "icon")]
    paths = {page: site / page} | {file: (site / page).parent / file for file in files}
    return {name: path.stat().st_size for name, path in paths.items()}


# MARK: A server


class Handler(SimpleHTTPRequestHandler):
    """Serves the site below /repo/, with its page for what is not there."""

    def translate_path(self, path):
        return super().translate_path(path.removeprefix("/repo"))

    def send_head(self):
        if not self.path.startswith("/repo/"):
            self.server.strays.append(self.path)
        return super().send_head()

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        # linkchecker asks quickly only who allows it.
        self.send_header("LinkChecker", "allowed")
        super().end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def served(site: Path):
    """The address of the site's root, and what is asked for outside of it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site)))
    server.strays = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/repo/", server.strays
    finally:
        server.shutdown()
        server.server_close()


# MARK: In the page

# Before anything else in the page.
NOTE_REFUSALS = """
() => {
  window.refused = [];
  document.addEventListener("securitypolicyviolation", (event) =>
    window.refused.push(`${event.violatedDirective}: ${event.blockedURI}`));
}
"""

# The style sheets are not fetched once more, which the policy would refuse.
AXE = """
axe.run(document, { preload: false, resultTypes: ["violations"], runOnly: %s })
  .then((report) => report.violations.map((found) => `${found.id}: ${found.nodes.length} × ${found.nodes[0].html.slice(0, 200)}`))
"""
WCAG_22_AA = AXE % '["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]'
# What hangs on colours: enough for a second look at the same page in others.
COLOURS = AXE % '{ type: "rule", values: ["color-contrast", "link-in-text-block"] }'

# What is wider than the window, and makes the page scroll sideways.
TOO_WIDE = """
(() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll("body *")].filter((part) => part.getBoundingClientRect().right > room + 1)
    .slice(0, 3).map((part) => part.outerHTML.slice(0, 120));
})()
"""

# Where the focus is: its place among all that can have it, and whether it can be seen.
FOCUS = """
(() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  const inside = box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
  return { place: [...document.querySelectorAll("*")].indexOf(at), html: at.outerHTML.slice(0, 120), inside,
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1,
    skip: at.matches("a.skip") };
})()
"""
