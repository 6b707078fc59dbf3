"""The reference held against the contract's own figures, and against points drawn from its ranges."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from reference import AS_WRITTEN, CURRENT, NOT_APPLICABLE, TRAITS, Interval, OneOf, evaluate, resolve
from rig import size
from vectors import BOUNDARIES, settle, vector

MIB = 1_048_576

POINTS = [
    # decision, answers, outcome, outcome as written (if another)
    ("service-shape", dict(production_services=2, team_size=10), "microservices", None),
    ("service-shape", dict(production_services=2, team_size=9), "modular-monolith", "microservices"),
    ("service-shape", dict(production_services=1, team_size=10), "modular-monolith", None),
    ("load-balancing", dict(qps="999.999"), "single-instance", None),
    ("load-balancing", dict(qps=1000), "load-balanced", None),
    ("load-balancing", dict(qps=50_000, cacheable_share=1), "load-balanced", None),
    ("load-balancing", dict(qps="50000.001", cacheable_share="0.0001"), "load-balanced-cdn", None),
    ("load-balancing", dict(qps="50000.001", cacheable_share=0), "load-balanced", None),
    ("read-scaling", dict(read_qps=10_000), "single-node", None),
    ("read-scaling", dict(read_qps="10000.001", read_ratio="0.8"), "optimize-and-cache", None),
    ("read-scaling", dict(read_qps="10000.001", read_ratio="0.8001"), "read-replicas", None),
    ("read-scaling", dict(read_qps=40_000, write_qps=10_000), "optimize-and-cache", None),
    ("read-scaling", dict(read_qps=40_001, write_qps=10_000), "read-replicas", None),
    ("write-scaling", dict(qps=100_000, read_ratio="0.95", data_size=5 * 10**12), "single-primary", None),
    ("write-scaling", dict(qps="100000.001", read_ratio="0.95", data_size=0), "shard", None),
    ("write-scaling", dict(write_qps=0, data_size=5 * 10**12 + 1), "shard", None),
    ("connection-pooling", dict(db_connections=200), "in-app-pool", None),
    ("connection-pooling", dict(db_connections=201), "pgbouncer", None),
    ("caching", dict(identical_query_rate=100), "none", None),
    ("caching", dict(identical_query_rate="100.001"), "redis", None),
    ("cache-strategy", dict(identical_query_rate=100, has_cache=False), NOT_APPLICABLE, None),
    ("cache-strategy", dict(has_cache=True), "cache-aside", None),
    ("cache-strategy", dict(has_cache=True, cache_priority="read-freshness"), "write-through", "cache-aside"),
    ("cache-strategy", dict(has_cache=True, cache_priority="write-latency"), "cache-aside", "write-through"),
    ("cache-health", dict(has_cache=True, cache_hit_rate="0.8"), "keep", None),
    ("cache-health", dict(has_cache=True, cache_hit_rate="0.7999"), "fix-or-remove", None),
    ("cache-health", dict(has_cache=False), NOT_APPLICABLE, None),
    ("messaging", dict(async_work=False), NOT_APPLICABLE, None),
    ("messaging", dict(async_work=True, message_rate="10000.001"), "kafka", None),
    ("messaging", dict(async_work=True, message_rate=10_000, message_needs=["routing", "replay"]), "kafka", None),
    ("messaging", dict(async_work=True, message_rate=10_000, message_needs=["priority"]), "rabbitmq", None),
    ("messaging", dict(async_work=True, message_rate=1, message_needs=[], message_size=262_143), "sqs", None),
    ("messaging", dict(async_work=True, message_rate=1, message_needs=[], message_size=262_144), "sqs", "sqs-claim-check"),
    ("messaging", dict(async_work=True, message_rate=1, message_needs=[], message_size=MIB), "sqs", "sqs-claim-check"),
    ("messaging", dict(async_work=True, message_rate=1, message_needs=[], message_size=MIB + 1), "sqs-claim-check", None),
    ("api-versioning", dict(api_audience=[]), NOT_APPLICABLE, None),
    ("api-versioning", dict(api_audience=["internal"]), "header", None),
    ("api-versioning", dict(api_audience=["partner"]), "url-prefix", None),
    ("api-versioning", dict(api_audience=["internal", "public"]), "url-prefix-and-header", None),
    ("circuit-breaker", dict(downstream_reliability="none"), NOT_APPLICABLE, None),
    ("circuit-breaker", dict(downstream_reliability="reliable"), "timeouts-and-retries", None),
    ("circuit-breaker", dict(downstream_reliability="unreliable"), "circuit-breaker", None),
]  # fmt: skip


@pytest.mark.parametrize("decision, answers, outcome, written", POINTS)
def test_the_contracts_boundaries(decision, answers, outcome, written):
    for mode, expected in ((CURRENT, outcome), (AS_WRITTEN, written or outcome)):
        result = evaluate(answers, mode)[decision]
        assert result.possible == {expected}


def test_unknowns_are_whole_domains():
    results = evaluate({})
    assert results["cache-health"].possible == {"fix-or-remove", "keep", NOT_APPLICABLE}
    assert results["api-versioning"].possible == {"url-prefix-and-header", "url-prefix", "header", NOT_APPLICABLE}
    assert results["cache-strategy"].possible == {"cache-aside", NOT_APPLICABLE}
    assert evaluate({"queries_per_request": None})["write-scaling"].possible == {"shard", "single-primary"}


def points(rng: random.Random, answers: dict) -> dict:
    """Every trait fixed inside what the answers leave open, often at an end or at a boundary."""
    state = resolve(answers)
    fixed: dict[str, object] = {}
    for name, trait in TRAITS.items():
        if name in ("read_qps", "write_qps", "read_ratio") and answers.get(name) is None:
            continue
        where = state[name]
        if isinstance(where, Interval):
            inside = [where.low, where.high]
            inside += [f for f in map(Fraction, BOUNDARIES[name][0]) if where.low <= f <= where.high]
            inside += [f + Fraction(BOUNDARIES[name][1]) for f in inside if f < where.high]
            fixed[name] = min(rng.choice(inside), where.high)
        elif isinstance(where, OneOf):
            fixed[name] = rng.choice(sorted(where.values))
        elif where.values is None:
            fixed[name] = [option for option in trait.options if rng.random() < 0.4]
        else:
            fixed[name] = sorted(where.values)
    if "read_ratio" not in fixed and not {"read_qps", "write_qps"} <= fixed.keys():
        fixed["read_ratio"] = Fraction(rng.choice(("0", "0.5", "0.8", "0.8001", "0.95", "1")))
    return fixed


def test_no_point_of_a_range_decides_otherwise():
    """Outcomes of single points are possible ones; and all possible ones are reached where no trait is read twice."""
    rng = random.Random(20261122)
    read_once = ("service-shape", "load-balancing", "connection-pooling", "caching", "cache-health", "circuit-breaker")
    for _ in range(size(150, 3_000)):
        answers = vector(rng)
        for mode in (CURRENT, AS_WRITTEN):
            whole = evaluate(answers, mode)
            reached: dict[str, set[str]] = {name: set() for name in whole}
            for _ in range(60):
                for name, result in evaluate(points(rng, answers), mode).items():
                    assert result.status != "undecided"
                    reached[name] |= result.possible
            for name, result in whole.items():
                assert reached[name] <= result.possible, (name, answers)
                if name in read_once and len(result.possible) == 1:
                    assert reached[name] == result.possible


def test_settling_every_open_trait_settles_the_decision():
    rng = random.Random(7)
    for _ in range(size(300, 3_000)):
        answers = vector(rng)
        for name, result in evaluate(answers).items():
            if result.status == "undecided":
                assert result.open_traits, (name, answers)
                fixed = settle(rng, answers, result.open_traits, resolve(answers))
                assert evaluate(fixed)[name].status != "undecided", (name, answers, fixed)
