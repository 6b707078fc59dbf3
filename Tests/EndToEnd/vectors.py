"""Seeded random answers in base units, biased to boundaries."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from fractions import Fraction

from reference import TRAITS

D = Decimal

#: A trait's boundaries, and the smallest step beside one that is worth trying.
BOUNDARIES: dict[str, tuple[tuple[str, ...], str]] = {
    "team_size": (("1", "10", "100000"), "1"),
    "production_services": (("0", "2", "1000"), "1"),
    "qps": (("0", "1000", "50000", "10000", "100000", "10000000"), "0.001"),
    "read_ratio": (("0", "0.8", "0.95", "0.5", "1"), "0.0001"),
    "queries_per_request": (("0", "1", "4", "1000"), "0.01"),
    "read_qps": (("0", "10000", "20000", "40000", "10000000"), "0.001"),
    "write_qps": (("0", "5000", "2500", "10000", "10000000"), "0.001"),
    "data_size": (("0", "5000000000000", "10000000000000000"), "1"),
    "db_connections": (("0", "200", "1000000"), "1"),
    "identical_query_rate": (("0", "100", "10000000"), "0.001"),
    "cache_hit_rate": (("0", "0.8", "1"), "0.0001"),
    "message_rate": (("0", "10000", "10000000"), "0.001"),
    "message_size": (("1", "262144", "1048576", "1000000000"), "1"),
    "cacheable_share": (("0", "0.5", "1"), "0.0001"),
    "availability_target": (("0", "0.999", "1"), "0.0001"),
    "largest_table_rows": (("0", "10000", "1000000000000"), "1"),
    "qps_growth": (("-0.9", "0", "100"), "0.01"),
    "data_growth": (("-0.9", "0", "100"), "0.01"),
}

#: For pairs that meet a boundary of the derived read_qps and write_qps exactly.
_RATIOS = [D(text) for text in ("0", "0.05", "0.2", "0.5", "0.75", "0.8", "0.9", "0.95", "0.99", "1")]
_QUERIES = [D(text) for text in ("0.5", "1", "1.25", "2", "4", "10")]


def _clamp(name: str, value: Decimal) -> Decimal:
    trait = TRAITS[name]
    low, high = (D(x.numerator) / D(x.denominator) for x in (trait.low, trait.high))
    return min(max(value, low), high)


def _number(rng: random.Random, name: str) -> Decimal:
    """At a boundary, one step beside it, or anywhere."""
    boundaries, step = BOUNDARIES[name]
    centre = D(rng.choice(boundaries))
    kind = rng.random()
    if kind < 0.4:
        value = centre
    elif kind < 0.75:
        value = centre + D(step) * rng.choice((-1, 1))
    elif TRAITS[name].kind == "count":
        value = D(rng.randint(0, 2 * int(centre) + 3))
    else:
        value = (centre * rng.randint(0, 3000) / 1000).quantize(D("0.0001"))
    return _clamp(name, value)


def _value(rng: random.Random, name: str):
    trait = TRAITS[name]
    if trait.kind == "flag":
        return rng.random() < 0.6
    if trait.kind == "choice":
        return rng.choice(trait.options)
    if trait.kind == "set":
        return [option for option in trait.options if rng.random() < 0.3]
    if rng.random() < 0.3:
        return sorted((_number(rng, name), _number(rng, name)))
    return _number(rng, name)


def vector(rng: random.Random) -> dict[str, object]:
    """The answers of one line: some left out, some null, some ranges."""
    given, null = rng.choice([(0.95, 0.02), (0.8, 0.1), (0.5, 0.2), (0.3, 0.05)])
    answers: dict[str, object] = {}
    for name in TRAITS:
        if name in ("read_qps", "write_qps") and rng.random() < 0.6:
            continue
        if rng.random() < given:
            answers[name] = None if rng.random() < null else _value(rng, name)
    if rng.random() < 0.3:
        _meet(rng, answers)
    order = list(answers)
    rng.shuffle(order)
    return {name: answers[name] for name in order}


def _meet(rng: random.Random, answers: dict[str, object]) -> None:
    """Makes the derived read or write load meet its boundary, or one step beside it."""
    ratio, queries = rng.choice(_RATIOS), rng.choice(_QUERIES)
    part, limit = rng.choice(((ratio, D(10_000)), (1 - ratio, D(5_000))))
    if part == 0:
        return
    qps = limit / (part * queries)
    if Fraction(qps) * Fraction(part) * Fraction(queries) != limit:
        return
    qps += rng.choice((D(0), D(0), D("0.001"), D("-0.001")))
    answers.pop("read_qps", None)
    answers.pop("write_qps", None)
    answers |= {"qps": _clamp("qps", qps), "read_ratio": ratio, "queries_per_request": queries}


def dump(value: object) -> str:
    """JSON with exact decimals."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{dump(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(dump, value)) + "]"
    return json.dumps(value)


def settle(rng: random.Random, answers: dict, traits, state) -> dict:
    """The answers with each of these traits fixed somewhere inside what is still open."""
    fixed = dict(answers)
    for name in traits:
        trait = TRAITS[name]
        if trait.kind == "set":
            fixed[name] = [option for option in trait.options if rng.random() < 0.4]
        elif trait.kind in ("flag", "choice"):
            fixed[name] = rng.choice(sorted(state[name].values))
        else:
            low, high = state[name].low, state[name].high
            # Derived loads may reach past what may be given for them.
            low, high = max(low, trait.low), max(min(high, trait.high), trait.low)
            part = Fraction(rng.randint(0, 1000), 1000)
            point = low + (high - low) * part
            fixed[name] = Fraction(int(point)) if trait.kind == "count" else point
    return fixed
