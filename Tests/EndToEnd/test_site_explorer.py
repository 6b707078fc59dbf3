"""The explorer of the built site in Chromium, against `plumbline decide`."""

from __future__ import annotations

import json
import random
import time
from decimal import Decimal
from pathlib import Path

import pytest

from pages import Page, chromium, look
from rig import EXAMPLES, KNOWLEDGE, size
from test_site_search import served
from vectors import dump, vector

D = Decimal
COUNT = size(1_000, 20_000)
COMPARISONS = [[sign] for sign in ("<", "<=", ">", ">=", "=", "!=")]

# Answers in base units, numbers as texts, to what the page's evaluator takes.
PRELUDE = """
const numbers = new Map(plumbline.traits.map((trait, index) => [trait.id, index]));
const given = (answers) => new Map(Object.entries(answers).flatMap(([id, value]) => {
  if (!numbers.has(id)) return [];
  const index = numbers.get(id), trait = plumbline.traits[index];
  if (value === null) return [[index, null]];
  if (trait.unit) return [[index, [value].flat().concat(value).slice(0, 2).map(plumbline.decimal)]];
  return [[index, trait.ids ? [value].flat().map((one) => trait.ids.indexOf(one)).sort((a, b) => a - b) : value]];
}));
"""


@pytest.fixture(scope="module")
def site(shared) -> Path:
    folder = shared.folder / "site"
    shared.ok("site", "build", "--out", folder)
    return folder


@pytest.fixture(scope="module")
def browser():
    with chromium() as session:
        yield session


@pytest.fixture
def home(browser, site):
    """The home page, with no answers."""
    browser.get("about:blank")
    browser.get((site / "index.html").as_uri())
    return browser


@pytest.fixture(scope="module")
def rules(site) -> dict:
    text = (site / "assets/rules.js").read_text()
    data = json.loads(text[text.index("{") : text.rindex("}") + 1])
    for index, (id, _, _, more) in enumerate(data["traits"]):
        # 0..1e7 1/s
        bounds, _, unit = more.get("range", "").partition(" ")
        data["traits"][index] = {"id": id, "bounds": bounds, "unit": unit} | more
    return data


# MARK: The evaluator


def lines_of(rules: dict) -> dict[str, list[Decimal]]:
    """The thresholds that each trait is compared with."""
    found: dict[str, list[Decimal]] = {}

    def walk(condition):
        if isinstance(condition, dict):
            return walk(condition.get("applies"))
        if not isinstance(condition, list):
            return None
        if condition[:1] in COMPARISONS and all(isinstance(side, int) for side in condition[1:3]):
            trait, line = condition[1:3]
            if trait >= 0 > line:
                name = rules["traits"][trait]["id"]
                found.setdefault(name, []).append(D(rules["thresholds"][-1 - line]))
        for part in condition:
            walk(part)
        return None

    for decision in rules["decisions"]:
        walk(decision[1:])
    return found


def any_answers(rng: random.Random, rules: dict, lines: dict[str, list[Decimal]]) -> dict:
    """Answers to any of the traits, most numbers at a boundary or one step beside it."""

    def number(trait: dict) -> Decimal:
        ends = [D(end) for end in trait["bounds"].split("..")]
        step = D(1) if trait["unit"] in ("count", "bytes", "B/s") else D("0.0001")
        marks = lines.get(trait["id"], []) + [ends[0], ends[-1], D(1), D(5), D(60), D(3600)]
        kind = rng.random()
        if kind < 0.5:
            value = rng.choice(marks)
        elif kind < 0.75:
            value = rng.choice(marks) + step * rng.choice((-1, 1))
        else:
            value = (D(10) ** rng.randint(0, 9) * rng.randint(0, 3000) / 1000).quantize(step)
        return min(max(value, ends[0]), ends[-1])

    part = rng.choice((0.05, 0.3, 0.7))
    answers: dict[str, object] = {}
    for trait in rules["traits"]:
        if rng.random() > part:
            continue
        if rng.random() < 0.12:
            value = None
        elif trait["unit"]:
            value = sorted((number(trait), number(trait))) if rng.random() < 0.25 else number(trait)
        elif "set" in trait:
            value = [option for option in trait["options"] if rng.random() < 0.35]
        else:
            value = rng.choice(trait.get("options") or [True, False])
        answers[trait["id"]] = value
    return answers


def vectors(rules: dict, count: int, seed: int) -> list[dict]:
    """In turn: core traits alone, all traits alone, and both."""
    rng = random.Random(seed)
    lines = lines_of(rules)
    return [
        (vector(rng) if index % 3 else {}) | (any_answers(rng, rules, lines) if index % 3 != 1 else {})
        for index in range(count)
    ]


def texts(value):
    """Numbers as texts, so that no digit is lost on the way into the browser."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return [texts(item) for item in value] if isinstance(value, list) else value


def test_outcomes_equal_those_of_the_batch(home, rules, shared):
    answers = vectors(rules, COUNT, seed=2026)
    path = shared.write(
        "explorer.jsonl", "".join(dump({"id": index, "answers": each}) + "\n" for index, each in enumerate(answers))
    )
    expected = shared.ok("decide", "--batch", path, timeout=1800).lines
    assert len(expected) == COUNT
    wrong = []
    for start in range(0, COUNT, 200):
        chunk = answers[start : start + 200]
        given = [{name: texts(value) for name, value in each.items()} for each in chunk]
        results = home.execute_script(
            PRELUDE
            + """
            return arguments[0].map((answers) => {
              const now = plumbline.evaluate(given(answers));
              return plumbline.decisions.map(({ id }, index) => {
                const { status, outcome, possible } = now.outcomes[index];
                if (status === "decided") return [id, { status, outcome }];
                if (status === "not-applicable") return [id, { status }];
                return [id, { status, possible, needs: plumbline.needs(index, now).map((one) => plumbline.traits[one].id) }];
              });
            });
            """,
            given,
        )
        for offset, result in enumerate(results):
            want = expected[start + offset]["decisions"]
            if [name for name, _ in result] != list(want):
                wrong.append(f"decisions: {[name for name, _ in result]}")
            wrong += [
                f"{name}: {got} instead of {want[name]}\n    {dump(answers[start + offset])}"
                for name, got in result
                if got != want[name]
            ]
        assert len(wrong) < 10, "\n".join(wrong)
    assert not wrong, "\n".join(wrong)


def exact(value):
    """A number as plain digits, without zeros at its end."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return value
    text = format(D(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def typed(value) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        numbers = [format(item, "f") for item in value if isinstance(item, Decimal)]
        return "..".join(numbers) if numbers else f"[{', '.join(value)}]"
    return format(value, "f") if isinstance(value, Decimal) else value


def test_reasons_headroom_and_flips_equal_those_of_decide(home, rules, shared):
    for answers in vectors(rules, size(30, 300), seed=4):
        told = {name: typed(value) for name, value in answers.items()}
        expected = shared.decide(told)["by_id"]
        results = home.execute_script(
            """
            const { traits, decisions, read, plain } = plumbline;
            const answers = new Map(traits.flatMap((trait, index) =>
              trait.id in arguments[0] ? [[index, read(trait, arguments[0][trait.id])]] : []));
            const now = plumbline.evaluate(answers);
            return decisions.map(({ id }, index) => ({
              id, because: plumbline.because(index, now),
              headroom: plumbline.headroom(index, now).map(({ trait, value, at, factor }) =>
                [traits[trait].id, plain(value), plain(at), factor && plain(factor)]),
              flips: plumbline.flips(index, now).map(({ trait, to, outcome }) => {
                const { id, unit, ids, set } = traits[trait];
                return [id, unit ? plain(to[0]) : set ? to.map((one) => ids[one]) : ids ? ids[to[0]] : to, outcome];
              }),
            }));
            """,
            told,
        )

        for result in results:
            want = expected[result["id"]]
            readings = list(dict.fromkeys(reason["reading"] for reason in want["because"]))
            assert result["because"] == readings, (result["id"], told)
            assert result["headroom"] == [
                [each["trait"], exact(each["value"]), exact(each["at"]), exact(each["factor"])]
                for each in want["headroom"]
            ], (result["id"], told)
            assert result["flips"] == [
                [each["trait"], exact(each["to"]), each["outcome"]] for each in want["flips"]
            ], (result["id"], told)


# MARK: What is typed

TYPED = {
    "qps": [
        "12", "12k", "1.5M", "12,000", "12_000", "1,2", "1,2000", "12,000,5", "1__2", "_12", "12_", "1e3", "2.5E-3", "1e", "e3",
        "40M/day", "100/min", "2k/s", "2k / s", "5 rps", "5 krps", "5 k qps", "60 rpm", "100 requests/s", "3 k requests per second",
        "10 per minute", "7/fortnight", "7/h/d", "7/hours", "7/secs", "0", "10M", "10,000,001", "-1", "−1", "+5", ".5", "5.", ".",
        "1.2.3", "NaN", "inf", "-inf", "1..2k", "2k..1", "1..", "..2", "1..2..3", "500 .. 2k", "10..40/min", "1...5", "unknown",
        "Unknown", "null", "~", "85%", "4:1", "200 ms", "1e61", "0" * 70, "1." + "1" * 38, "12K", "3 thousand", "2 million", "1G",
        "0.1b", "1T", "5 qpm", "5 tps", "10 queries / s", "5/s/", "5/ss", "5//s", "1k k", "100 %",
    ],
    "team_size": ["6", "6.5", "6.0", "0", "1..100", "1k", "12 people", "12 person", "12 k people", "3 apples", "100k", "100001", "0.5k", "1e2"],
    "read_ratio": [
        "85%", "0.85", "85", "1", "1.5", "101%", "100%", "4:1", "4 : 1", "0:1", "1:0", "0:0", "-1:2", "1:2:3", "2:1", "80..90%",
        "0.8..90%", "80%..0.9", "0.8..0.9", "80..90", "85 percent", "50 %", "1:2..2:1", "1..1:1", "0..1%", "2..3%",
    ],
    "data_size": [
        "800 GB", "800GB", "800 gb", "1 KiB", "1.5 TB", "256 kib", "5 Gb", "5 gb", "12", "1 byte", "3 bytes", "10 PB", "11 PB",
        "9 PiB", "1 XB", "10..20 GB", "10 KB..1 MB", "1g", "2T", "1..2T", "1..2G", "0.5", "1 k",
    ],
    "qps_growth": ["30%", "0.3", "30% a year", "30%/year", "30 %/yr", "50% yearly", "30", "-90%", "-91%", "10..20%", "100", "101", "0.2 per year"],
    "rto": ["200 ms", "5 min", "2 d", "1 h", "90", "1 hr", "2 hrs", "1 week", "3 months", "1 m", "1 S", "1 Min", "5 µs", "31 d", "1..2 h", "0"],
    "identical_query_rate": ["100", "2/s", "40k/h", "100/min", "5 rps", "60 rpm", "1M/day", "7/min/s"],
    "log_rate": ["50 MB/s", "10 MiB/s", "5 MB", "5", "1 GB/h", "1 GB/hour", "1 MB/s/s", "10 GB/s", "11 GB/s", "3 b/s", "1..2 MB/s"],
    "has_cache": ["yes", "no", "true", "FALSE", "y", "N", "on", "1", "unknown", "maybe"],
    "cache_priority": ["balanced", "read-freshness", "Balanced", "read_freshness", "fast", "unknown"],
    "message_needs": [
        "[]", "none", "[routing]", "routing, priority", "[routing, priority]", "[routing, routing]", "routing priority", "[routing",
        "[ ]", "rooting", "unknown", "[unknown]", "[none]", "fan-out",
    ],
}  # fmt: skip


def test_typed_texts_are_taken_and_refused_as_in_a_file(home, shared):
    different = []
    for trait, all_texts in TYPED.items():
        results = home.execute_script(
            """
            const { traits, read, plain } = plumbline, trait = traits.find(({ id }) => id === arguments[0]);
            return arguments[1].map((text) => {
              try {
                const value = read(trait, text);
                return value === null ? "unknown" : trait.unit ? value.map(plain) : trait.ids ? value.map((one) => trait.ids[one]) : value;
              } catch (problem) {
                return "refused";
              }
            });
            """,
            trait, all_texts,
        )  # fmt: skip
        for text, got in zip(all_texts, results):
            # A list stands bare in a file, all else in quotes.
            value = text if text.startswith("[") else json.dumps(text, ensure_ascii=False)
            told = shared.run("decide", shared.answers({trait: value}), "--format", "json")
            want: object = "refused"
            if told.status == 0:
                reading = told.json["answers"][trait]
                want = "unknown" if reading["origin"] != "answered" else reading.get("value")
                if "low" in reading and want is None:
                    want = [exact(reading[end]) for end in ("low", "high")]
                if isinstance(want, str) and want != "unknown":
                    want = [want]
            elif text.startswith("[") and not text.endswith("]"):
                continue
            if got != want:
                different.append(f"{trait}: {text!r}: {got} instead of {want} {told.err[:200]}")
    assert not different, "\n".join(different)


# MARK: The form


def by(session, css: str):
    from selenium.webdriver.common.by import By

    return session.find_element(By.CSS_SELECTOR, css)


def shown(session) -> dict[str, tuple[str, str]]:
    """Each decision with its status and what stands beside it."""
    return {
        name: (status, text)
        for name, status, text in session.execute_script(
            "return [...document.querySelectorAll('[data-decision]')].map((item) =>"
            " [item.dataset.decision, item.dataset.status, item.querySelector('summary strong').textContent])"
        )
    }


def expected(decisions: dict) -> dict[str, tuple[str, str]]:
    return {
        name: (each["status"], " or ".join(each["possible"]).replace("not-applicable", "does not apply"))
        for name, each in decisions.items()
    }


def press(session, css: str):
    """Wherever it lies; the window may still be scrolling."""
    session.execute_script("arguments[0].click()", by(session, css))


def type_in(session, trait: str, text: str):
    field = by(session, f"#ask-{trait}")
    field.clear()
    field.send_keys(text)


def note(session, trait: str) -> str:
    return by(session, f"#ask-{trait}-note").text


def news(session) -> str:
    return by(session, "#explorer [role=status]").text


def wait_for(look_for, seconds: float = 10):
    end = time.monotonic() + seconds
    while not (found := look_for()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def test_without_answers_it_shows_what_decide_says(home, shared):
    assert shown(home) == expected(shared.decide({})["by_id"])
    assert "#" not in home.current_url


def test_typing_changes_decisions_reasons_and_the_address(home, shared):
    told = {"qps": "2.5k", "read_ratio": "4:1", "data_size": "800 GB", "rto": "unknown"}
    press(home, "#explorer form > details > summary")
    for trait, text in told.items():
        type_in(home, trait, text)
    answer = shared.decide(told)
    assert shown(home) == expected(answer["by_id"])
    assert note(home, "qps") == "2,500/s"
    assert note(home, "read_qps") == "follows: 2,000/s"
    assert note(home, "queries_per_request") == "default: 1"
    assert by(home, "[data-decision=read-scaling]").get_attribute("class") == ""
    type_in(home, "qps", "20k")
    assert "Changed:" in news(home) and "Scaling reads" in news(home)
    assert by(home, "[data-decision=read-scaling]").get_attribute("class") == "changed"
    card = wait_for(lambda: "past the line at 10,000/s" in by(home, "[data-decision=read-scaling]").text)
    assert card and "falling to" in by(home, "[data-decision=read-scaling]").text
    assert wait_for(lambda: home.current_url.endswith("#qps=20k&read_ratio=4%3A1&data_size=800+GB&rto=unknown"))
    # Who opens the address sees the same.
    before, address = shown(home), home.current_url
    home.get("about:blank")
    home.get(address)
    assert shown(home) == before
    assert by(home, "#ask-read_ratio").get_attribute("value") == "4:1"


def test_what_cannot_be_read_is_said_and_left_out(home, shared):
    type_in(home, "read_ratio", "140%")
    assert note(home, "read_ratio").startswith("expected a share") or "85%" in note(home, "read_ratio")
    assert by(home, "#ask-read_ratio").get_attribute("aria-invalid") == "true"
    assert shown(home) == expected(shared.decide({})["by_id"])
    type_in(home, "read_ratio", "90%")
    assert by(home, "#ask-read_ratio").get_attribute("aria-invalid") == "false"


def test_every_control_works_from_the_keyboard(home, shared):
    from selenium.webdriver.common.keys import Keys

    slider = by(home, "[data-trait=qps] [type=range]")
    slider.send_keys(Keys.END)
    assert by(home, "#ask-qps").get_attribute("value") == "10M"
    assert slider.get_attribute("aria-valuetext") == "10,000,000/s"
    slider.send_keys(Keys.HOME)
    assert by(home, "#ask-qps").get_attribute("value") == "0"
    by(home, "#ask-has_cache").send_keys("yes")
    box = by(home, "[data-trait=message_needs] [value=routing]")
    box.send_keys(Keys.SPACE)
    by(home, "[data-trait=availability_target] button").send_keys(Keys.SPACE)
    told = {"qps": "0", "has_cache": "yes", "message_needs": "[routing]", "availability_target": "unknown"}
    assert shown(home) == expected(shared.decide(told)["by_id"])
    # From what a decision waits for to the field.
    first = "[data-decision=cache-health] div button"
    wait_for(lambda: home.execute_script("return document.querySelector(arguments[0])?.textContent", first) == "cache hit rate")
    need = by(home, first)
    need.send_keys(Keys.ENTER)
    assert home.switch_to.active_element.get_attribute("id") == "ask-cache_hit_rate"


def test_every_place_of_every_slider_is_read_again(home):
    wrong = home.execute_script(
        """
        const wrong = [];
        for (const slider of document.querySelectorAll("#explorer [type=range]")) {
          for (let place = 0; place <= 1000; place += 25) {
            slider.value = place;
            slider.dispatchEvent(new Event("input"));
            const row = slider.closest(".ask"), field = row.querySelector("input");
            const { unit, domain } = plumbline.traits.find(({ id }) => id === row.dataset.trait);
            const isCoarse = unit === "count" && (plumbline.plain(domain[1]) < 1e4 || place < 300);
            if (field.getAttribute("aria-invalid") === "true" || (!isCoarse && Math.abs(slider.value - place) > 40))
              wrong.push([row.dataset.trait, place, field.value, slider.value]);
          }
        }
        return wrong;
        """
    )
    # Whole numbers are few at the low end, so there a slider settles on the nearest.
    assert wrong == []


def test_an_address_that_names_what_is_not_asked(home, site):
    home.get("about:blank")
    home.get((site / "index.html").as_uri() + "#qps=5&speed=9")
    assert "speed" in news(home) and by(home, "#ask-qps").get_attribute("value") == "5"


def test_the_example_can_be_filled_in_and_cleared(home):
    press(home, "#explorer form > p a")
    assert wait_for(lambda: by(home, "#ask-qps").get_attribute("value") == "2.5k")
    assert not home.execute_script("return document.querySelectorAll('#explorer [aria-invalid=true]').length")
    home.execute_script("[...document.querySelectorAll('#explorer .acts button')].at(-1).click()")
    assert by(home, "#ask-qps").get_attribute("value") == ""
    assert wait_for(lambda: "qps" not in home.current_url)


# MARK: answers.yaml


@pytest.fixture
def downloads(browser, tmp_path):
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})

    def fetch() -> Path:
        press(browser, "#explorer .acts button")
        path = tmp_path / "answers.yaml"
        assert wait_for(path.exists)
        return path

    return fetch


def give(session, path: Path):
    before = news(session)
    by(session, "#explorer [type=file]").send_keys(str(path))
    assert wait_for(lambda: path.name in news(session) and news(session) != before), news(session)


def test_a_download_is_read_by_decide(home, shared, downloads):
    told = {
        "qps": "500..2k", "read_ratio": "4 : 1", "data_size": "1 TiB", "cache_hit_rate": "unknown", "rto": "5 min",
        "db_connections": "12,000", "read_qps": "+5",
    }  # fmt: skip
    press(home, "#explorer form > details > summary")
    for trait, text in told.items():
        type_in(home, trait, text)
    for option in ("routing", "replay"):
        press(home, f"[data-trait=message_needs] [value={option}]")
    type_in(home, "write_qps", "many")
    assert shown(home) == expected(shared.decide(downloads())["by_id"])


def test_files_that_plumbline_writes_are_opened(home, shared, downloads):
    for index, example in enumerate(EXAMPLES):
        out = shared.folder / f"design-{index}"
        shared.ok("design", example, "--out", out)
        give(home, out / "answers.yaml")
        assert "not read" not in news(home)
        want = shared.decide(out / "answers.yaml")
        assert shown(home) == expected(want["by_id"]), example
        path = downloads()
        again = shared.decide(path)
        assert again["by_id"] == want["by_id"], example
        # The rest of the file is still in it.
        for key in ("system", "people", "notes"):
            assert (f"\n{key}:" in "\n" + path.read_text()) == (f"\n{key}:" in "\n" + (out / "answers.yaml").read_text())
        path.unlink()
    template = shared.folder / "template.yaml"
    template.write_text(shared.ok("answers", "init").out)
    give(home, template)
    assert shown(home) == expected(shared.decide(template)["by_id"])


BAD_FILES = [
    ("answers:\n  qps: 12x\n", "qps"),
    ("answers:\n  qqps: 12\n", "line 2: there is no trait qqps"),
    ("answers:\n  qps: 1\n  qps: 2\n", "line 3"),
    ("answers:\n  qps: 1\n    team_size: 2\n", "line 3"),
    ("answers:\n  qps:\n    - 1\n", "line 3"),
    ("answers: {qps: 1}\n", "line 1"),
    ("anwsers:\n  qps: 1\n", "line 1: anwsers"),
    ("qps: 1\n", "line 1: qps"),
    ("just text\n", "line 1"),
    ("", "no answers"),
    ("system: Checkout\n", "no answers"),
]


@pytest.mark.parametrize("text, word", BAD_FILES)
def test_a_file_that_cannot_be_read_changes_nothing(home, shared, tmp_path, text, word):
    type_in(home, "qps", "7")
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    give(home, path)
    assert "bad.yaml was not read" in news(home) and word in news(home), news(home)
    assert by(home, "#ask-qps").get_attribute("value") == "7"


# MARK: Craft


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_passes_axe_with_everything_open(browser, site, scheme, width):
    answers = "#qps=2.5k&read_ratio=85%25&message_rate=300..2k&cache_hit_rate=140%25&api_audience=public&rto=unknown"
    seen = look(browser, site / "index.html", scheme=scheme, width=width)
    browser.execute_script(
        f"location.hash = {json.dumps(answers)}; document.querySelectorAll('#explorer details').forEach((one) => (one.open = true))"
    )
    time.sleep(1)
    report = browser.execute_async_script(
        "axe.run(document.getElementById('explorer'), {resultTypes: ['violations']}).then(arguments[0])"
    )
    assert [(each["id"], each["nodes"][0]["html"]) for each in report["violations"]] == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert seen["foreign"] == [] and seen["console"] == []


def test_it_works_below_a_path_under_the_strict_policy(browser, site, downloads, shared):
    with served(site) as (root, fetched):
        browser.get_log("browser")
        browser.get(root + "index.html#qps=2.5k&read_ratio=85%25")
        type_in(browser, "queries_per_request", "5")
        want = shared.decide({"qps": "2.5k", "read_ratio": "85%", "queries_per_request": "5"})["by_id"]
        assert shown(browser) == expected(want)
        assert shared.decide(downloads())["by_id"]["read-scaling"] == want["read-scaling"]
        assert browser.get_log("browser") == []
        assert {"assets/rules.js", "assets/evaluator.js", "assets/explorer.js", "assets/explorer.css"} <= {
            path.removeprefix("/repo/") for path, _ in fetched
        }
        assert sum(weight for _, weight in fetched) <= 100_000, fetched


def test_without_javascript_it_is_a_list_of_the_decisions(site):
    source = (site / "index.html").read_text()
    page = Page(source)
    text = " ".join(page.text.split())
    assert "With JavaScript, answers can be tried here" in text
    assert {f"decisions/{path.stem}.html" for path in (KNOWLEDGE / "decisions").glob("*.md")} <= set(page.links)
    for tag, attributes in page.elements:
        assert "style" not in attributes or tag == "svg", (tag, attributes)
