"""The documents as PDF, by the browser's own print: running title and page numbers, nothing cut in two, no empty page."""

from __future__ import annotations

import base64
import html
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

import pages
from rig import EXAMPLES, ROOT, need

CHECKOUT = ROOT / "examples/checkout.yaml"
# Width and height in inches.
PAPERS = {"a4": (8.27, 11.69), "letter": (8.5, 11)}
TITLE = "Checkout: system design"


@dataclass
class Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass
class Sheet:
    width: float
    height: float
    words: list[Word]

    @property
    def body(self) -> list[Word]:
        """Without what stands in the margins: 20 mm above, 18 mm below."""
        return [word for word in self.words if word.top > 50 and word.bottom < self.height - 45]

    @property
    def head(self) -> str:
        return self.line([word for word in self.words if word.bottom < 50])

    def line(self, words: list[Word]) -> str:
        return " ".join(word.text for word in sorted(words, key=lambda word: word.left))


def sheets(pdf: Path) -> list[Sheet]:
    """Every page with its words and where they stand, in points."""
    done = subprocess.run(
        [need("pdftotext"), "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True, timeout=120
    )
    found = []
    for page in re.findall(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', done.stdout, re.DOTALL):
        words = re.findall(
            r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', page[2]
        )
        found.append(
            Sheet(
                float(page[0]),
                float(page[1]),
                [Word(html.unescape(text), *map(float, place)) for *place, text in words],
            )
        )
    return found


@pytest.fixture(scope="module")
def browser():
    with pages.chromium() as session:
        yield session


@pytest.fixture(scope="module")
def written(shared, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("print") / "architecture"
    shared.ok("design", CHECKOUT, "--out", folder)
    return folder


def printed(browser, page: Path, paper: str, target: Path) -> list[Sheet]:
    browser.get(page.as_uri())
    width, height = PAPERS[paper]
    done = browser.execute_cdp_cmd(
        "Page.printToPDF", {"paperWidth": width, "paperHeight": height, "preferCSSPageSize": True}
    )
    target.write_bytes(base64.b64decode(done["data"]))
    return sheets(target)


@pytest.fixture(scope="module", params=PAPERS)
def design(request, browser, written) -> list[Sheet]:
    return printed(browser, written / "design.html", request.param, written.parent / f"{request.param}.pdf")


def test_paper(design, request):
    sizes = {(round(page.width), round(page.height)) for page in design}
    assert len(sizes) == 1 and sizes <= {(596, 842), (595, 842), (612, 792)}, sizes


def test_page_count(design):
    assert 5 <= len(design) <= 90


def test_running_title_and_page_number(design):
    for number, page in enumerate(design, 1):
        foot = page.line([word for word in page.words if word.top > page.height - 50])
        assert page.head == TITLE, (number, page.head)
        assert foot.replace(" ", "") == f"{number}/{len(design)}", (number, foot)


def test_no_page_is_empty(design):
    for number, page in enumerate(design, 1):
        assert len(page.body) >= 5, (number, page.line(page.words))


def test_everything_is_on_the_paper(design):
    """Inside the margins of 16 mm, a hair aside."""
    for number, page in enumerate(design, 1):
        for word in page.words:
            assert word.left >= 44 and word.right <= page.width - 44, (number, word)


def test_what_is_for_the_screen_is_left_out(design):
    text = " ".join(page.line(page.words) for page in design)
    assert "Skip to the document" not in text


def marked(source: str) -> str:
    """The page with marks in it: equal ones are to be on one sheet of paper."""
    number = 0

    def mark(kind: str) -> str:
        return f" qz{kind}{number}qz "

    def row(match: re.Match) -> str:
        nonlocal number
        number += 1
        cells = re.sub(r"<td([^>]*)>", lambda cell: f"<td{cell[1]}>{mark('row')}", match[0])
        return cells.replace("</td>", f"{mark('row')}</td>")

    def heading(match: re.Match) -> str:
        nonlocal number
        number += 1
        return f"{mark('heading')}{match[1]}{match[2]}{mark('heading')}"

    def figure(match: re.Match) -> str:
        nonlocal number
        number += 1
        return re.sub(r"(<text[^>]*>)", lambda text: f"{text[1]}{mark('figure')}", match[0])

    head, body = source.split("<main", 1)
    body = re.sub(r"<tr><td.*?</tr>", row, body, flags=re.DOTALL)
    body = re.sub(r"<figure.*?</figure>", figure, body, flags=re.DOTALL)
    body = re.sub(r"(</h[1-3]>\s*)(<p>|<ul>\s*<li>|<ol>\s*<li>)", heading, body)
    return f"{head}<main{body}"


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", ["design", "checklist"])
def test_nothing_is_cut_in_two(browser, written, paper, name, tmp_path):
    page = tmp_path / f"{name}.html"
    page.write_text(marked((written / f"{name}.html").read_text()))
    places: dict[str, set[int]] = {}
    for number, sheet in enumerate(printed(browser, page, paper, tmp_path / "marked.pdf")):
        for word in sheet.words:
            # Narrow columns can break a mark; the others of its row are whole.
            for found in re.findall(r"qz([a-z]+\d+)qz", word.text):
                places.setdefault(found, set()).add(number)
    kinds = {re.sub(r"\d", "", key) for key in places}
    assert kinds >= ({"row", "heading", "figure"} if name == "design" else {"heading"})
    split = {key: sorted(found) for key, found in places.items() if len(found) > 1}
    assert split == {}


def test_by_the_command_line(written, tmp_path):
    """As a person does it, without a driver."""
    target = tmp_path / "design.pdf"
    subprocess.run(
        [
            need("chromium"), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer", f"--print-to-pdf={target}",
            (written / "design.html").as_uri(),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    found = sheets(target)
    assert 5 <= len(found) <= 90
    assert all(page.head == TITLE for page in found)


def test_pictures_are_drawn(design):
    """Names of the diagram and of the charts stand in the text of the PDF."""
    text = " ".join(page.line(page.words) for page in design)
    for word in ("PgBouncer", "threshold", "2028-03"):
        assert word in text, word


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_prints(shared, browser, path, tmp_path):
    shared.ok("design", path, "--out", tmp_path / "architecture")
    for name in ("design", "checklist"):
        found = printed(browser, tmp_path / f"architecture/{name}.html", "a4", tmp_path / "out.pdf")
        assert all(len(page.body) >= 3 for page in found), name
        assert all(word.right <= page.width - 44 for page in found for word in page.words), name
