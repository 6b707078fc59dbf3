"""The core decisions once more, written from the contract alone and in another way than the product.

Numbers are fractions, so nothing is rounded. An unknown is the trait's whole domain; conditions have three truth values
(True, False, None for unknown); rules are tried in order, and an outcome is possible if its rule's condition is not
false and no earlier rule surely holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

CURRENT, AS_WRITTEN = "current", "as-written"
NOT_APPLICABLE = "not-applicable"

Truth = bool | None


@dataclass(frozen=True)
class Interval:
    """A closed range of numbers."""

    low: Fraction
    high: Fraction

    @property
    def settled(self) -> bool:
        return self.low == self.high

    def __gt__(self, limit) -> Truth:
        return True if self.low > limit else False if self.high <= limit else None

    def __ge__(self, limit) -> Truth:
        return True if self.low >= limit else False if self.high < limit else None

    def __lt__(self, limit) -> Truth:
        return negate(self >= limit)

    def __le__(self, limit) -> Truth:
        return negate(self > limit)

    def __mul__(self, other: Interval) -> Interval:
        """Of numbers from 0 up."""
        return Interval(self.low * other.low, self.high * other.high)

    def complement(self) -> Interval:
        return Interval(1 - self.high, 1 - self.low)


@dataclass(frozen=True)
class OneOf:
    """A choice or a flag: one of these values."""

    values: frozenset

    @property
    def settled(self) -> bool:
        return len(self.values) == 1

    def is_(self, *wanted) -> Truth:
        inside = self.values & set(wanted)
        return False if not inside else True if inside == self.values else None


@dataclass(frozen=True)
class Subset:
    """A set trait; None is any subset."""

    values: frozenset | None

    @property
    def settled(self) -> bool:
        return self.values is not None

    def has_any(self, *wanted) -> Truth:
        return None if self.values is None else bool(self.values & set(wanted))

    def is_empty(self) -> Truth:
        return None if self.values is None else not self.values


def negate(a: Truth) -> Truth:
    return None if a is None else not a


def both(*terms: Truth) -> Truth:
    return False if False in terms else None if None in terms else True


def either(*terms: Truth) -> Truth:
    return negate(both(*map(negate, terms)))


@dataclass(frozen=True)
class Trait:
    kind: str  # count, number, flag, choice, set
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    options: tuple[str, ...] = ()
    default: object = None

    def domain(self) -> Interval | OneOf | Subset:
        if self.kind == "flag":
            return OneOf(frozenset({True, False}))
        if self.kind == "choice":
            return OneOf(frozenset(self.options))
        return Subset(None) if self.kind == "set" else Interval(self.low, self.high)

    def read(self, value) -> Interval | OneOf | Subset:
        """A value in base units; a pair is a range."""
        if self.kind in ("flag", "choice"):
            return OneOf(frozenset({value}))
        if self.kind == "set":
            return Subset(frozenset(value))
        low, high = value if isinstance(value, (list, tuple)) else (value, value)
        return Interval(Fraction(low), Fraction(high))


def count(low: int, high: int) -> Trait:
    return Trait("count", Fraction(low), Fraction(high))


def number(low, high, default=None) -> Trait:
    return Trait("number", Fraction(low), Fraction(high), default=default)


RATE, SHARE, FLAG = number(0, 10**7), number(0, 1), Trait("flag")

TRAITS: dict[str, Trait] = {
    "team_size": count(1, 100_000),
    "production_services": count(0, 1_000),
    "qps": RATE,
    "read_ratio": SHARE,
    "queries_per_request": number(0, 1_000, default=1),
    "read_qps": RATE,
    "write_qps": RATE,
    "data_size": number(0, 10**16),
    "db_connections": count(0, 10**6),
    "identical_query_rate": RATE,
    "has_cache": FLAG,
    "cache_hit_rate": SHARE,
    "cache_priority": Trait("choice", options=("balanced", "read-freshness", "write-latency"), default="balanced"),
    "async_work": FLAG,
    "message_rate": RATE,
    "message_size": number(1, 10**9),
    "message_needs": Trait("set", options=("simple-job", "routing", "priority", "streaming", "replay", "fan-out")),
    "api_audience": Trait("set", options=("public", "partner", "internal")),
    "cacheable_share": SHARE,
    "downstream_reliability": Trait("choice", options=("none", "reliable", "unreliable")),
    "database_engine": Trait("choice", options=("postgresql", "mysql", "other"), default="postgresql"),
    "availability_target": SHARE,
    "largest_table_rows": count(0, 10**12),
    "qps_growth": number(Fraction(-9, 10), 100),
    "data_growth": number(Fraction(-9, 10), 100),
}


def resolve(answers: Mapping) -> dict[str, Interval | OneOf | Subset]:
    """Every trait's state: as answered, by default, derived, or its whole domain."""
    state = {}
    for name, trait in TRAITS.items():
        if name in answers:
            state[name] = trait.domain() if answers[name] is None else trait.read(answers[name])
        else:
            state[name] = trait.domain() if trait.default is None else trait.read(trait.default)

    given = {name for name in ("read_qps", "write_qps", "read_ratio") if answers.get(name) is not None}
    if {"read_qps", "write_qps"} <= given and "read_ratio" not in given:
        state["read_ratio"] = share(state["read_qps"], state["write_qps"])
    load = state["qps"] * state["queries_per_request"]
    if "read_qps" not in given:
        state["read_qps"] = load * state["read_ratio"]
    if "write_qps" not in given:
        state["write_qps"] = load * state["read_ratio"].complement()
    return state


def share(a: Interval, b: Interval) -> Interval:
    """a ÷ (a + b), tight; 0 ÷ 0 may be any share."""
    if a.low == 0 and b.low == 0:
        return Interval(Fraction(0), Fraction(1))
    return Interval(a.low / (a.low + b.high), a.high / (a.high + b.low))


@dataclass
class Result:
    status: str
    outcome: str | None
    possible: frozenset[str]
    #: Traits whose value is open and can bear on the decision.
    open_traits: frozenset[str] = field(default_factory=frozenset)


def first_hit(rules: list[tuple[Truth, str]]) -> frozenset[str]:
    """The outcomes that are possible."""
    possible = set()
    for condition, outcome in rules:
        if condition is not False:
            possible.add(outcome)
        if condition is True:
            break
    return frozenset(possible)


#: What a decision reads, the traits behind derived ones and behind caching included.
_READ = ("read_qps", "qps", "queries_per_request", "read_ratio", "write_qps")
READS: dict[str, tuple[str, ...]] = {
    "service-shape": ("production_services", "team_size"),
    "load-balancing": ("qps", "cacheable_share"),
    "read-scaling": _READ,
    "write-scaling": (*_READ, "data_size"),
    "connection-pooling": ("db_connections",),
    "caching": ("identical_query_rate",),
    "cache-strategy": ("cache_priority", "has_cache", "identical_query_rate"),
    "cache-health": ("has_cache", "cache_hit_rate"),
    "messaging": ("async_work", "message_rate", "message_needs", "message_size"),
    "api-versioning": ("api_audience",),
    "circuit-breaker": ("downstream_reliability",),
}


def evaluate(answers: Mapping, mode: str = CURRENT) -> dict[str, Result]:
    state = resolve(answers)
    written = mode == AS_WRITTEN
    t = state.__getitem__
    results: dict[str, Result] = {}

    def decide(name: str, rules: list[tuple[Truth, str]], applies: Truth = True) -> None:
        possible = frozenset({NOT_APPLICABLE}) if applies is False else first_hit(rules)
        if applies is None:
            possible |= {NOT_APPLICABLE}
        open_traits = frozenset(trait for trait in READS[name] if not state[trait].settled)
        if len(possible) > 1:
            results[name] = Result("undecided", None, possible, open_traits)
        elif possible == {NOT_APPLICABLE}:
            results[name] = Result(NOT_APPLICABLE, None, possible, open_traits)
        else:
            results[name] = Result("decided", next(iter(possible)), possible, open_traits)

    runs_services = t("production_services") >= 2
    decide(
        "service-shape",
        [
            (runs_services if written else both(runs_services, t("team_size") >= 10), "microservices"),
            (True, "modular-monolith"),
        ],
    )
    decide(
        "load-balancing",
        [
            (t("qps") < 1_000, "single-instance"),
            (both(t("qps") > 50_000, t("cacheable_share") > 0), "load-balanced-cdn"),
            (True, "load-balanced"),
        ],
    )
    decide(
        "read-scaling",
        [
            (t("read_qps") <= 10_000, "single-node"),
            (t("read_ratio") > Fraction(4, 5), "read-replicas"),
            (True, "optimize-and-cache"),
        ],
    )
    decide(
        "write-scaling",
        [
            (either(t("write_qps") > 5_000, t("data_size") > 5 * 10**12), "shard"),
            (True, "single-primary"),
        ],
    )
    decide("connection-pooling", [(t("db_connections") > 200, "pgbouncer"), (True, "in-app-pool")])
    caching = t("identical_query_rate") > 100
    decide("caching", [(caching, "redis"), (True, "none")])
    has_cache = t("has_cache").is_(True)
    decide(
        "cache-strategy",
        [
            (t("cache_priority").is_("write-latency" if written else "read-freshness"), "write-through"),
            (True, "cache-aside"),
        ],
        applies=either(caching, has_cache),
    )
    decide(
        "cache-health",
        [(t("cache_hit_rate") < Fraction(4, 5), "fix-or-remove"), (True, "keep")],
        applies=has_cache,
    )
    needs, size = t("message_needs"), t("message_size")
    decide(
        "messaging",
        [
            (either(t("message_rate") > 10_000, needs.has_any("streaming", "replay", "fan-out")), "kafka"),
            (needs.has_any("routing", "priority"), "rabbitmq"),
            (size < 262_144 if written else size <= 1_048_576, "sqs"),
            (True, "sqs-claim-check"),
        ],
        applies=t("async_work").is_(True),
    )
    audience = t("api_audience")
    outside = audience.has_any("public", "partner")
    decide(
        "api-versioning",
        [
            (both(audience.has_any("internal"), outside), "url-prefix-and-header"),
            (outside, "url-prefix"),
            (True, "header"),
        ],
        applies=negate(audience.is_empty()),
    )
    downstream = t("downstream_reliability")
    decide(
        "circuit-breaker",
        [(downstream.is_("unreliable"), "circuit-breaker"), (True, "timeouts-and-retries")],
        applies=negate(downstream.is_("none")),
    )
    return results
