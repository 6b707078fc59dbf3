"""What the page versioned-routes claims: both ways to the same handlers, no mixing in a shared cache, unknown versions
refused, and the end of a version told and kept."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from executed._http import ask

NEEDS = {"node"}
FILES = ("versions.mjs", "versioning.mjs", "orders.mjs", "apps.mjs")

# Both listeners on one port, and a clock that the request sets.
MAIN = """
import express from 'express'
import { createApps } from './apps.mjs'
import { VERSIONS } from './versions.mjs'

let clock, used = []
const findOrder = (id) => id === '7' ? { id, cents: 1250, currency: 'EUR' } : undefined
const { outer, inner } = createApps({ versions: VERSIONS, findOrder, now: () => clock, onUse: (v) => used.push(v) })
const app = express()
app.use((request, response, next) => { clock = Date.parse(request.get('X-Clock') ?? '2026-11-23T00:00:00Z'); next() })
app.get('/used', (request, response) => response.json(used))
app.use('/inner', inner)
app.use('/outer', outer)
app.listen(process.env.PORT, '127.0.0.1')
"""
OLD = {"id": "7", "total": "12.50"}
NEW = {"id": "7", "total": {"cents": 1250, "currency": "EUR"}}


def scenario(blocks, tools):
    files = {name: blocks[name] for name in FILES}
    with tools.node.start({**files, "main.mjs": MAIN}, "main.mjs") as server:

        def outer(path, clock="2026-11-23T00:00:00Z"):
            return ask(f"{server.url}/outer{path}", headers={"X-Clock": clock})

        def inner(version, path="/orders/7"):
            return ask(f"{server.url}/inner{path}", headers={"API-Version": version} if version is not None else {})

        both_ways_reach_the_same(outer, inner)
        unknown_versions_are_refused(outer, inner)
        a_shared_cache_does_not_mix(inner)
        the_end_is_told(outer)
        used = ask(f"{server.url}/used").json
        assert used.count(2) >= 2 and set(used) == {1, 2}


def both_ways_reach_the_same(outer, inner):
    for major, body in ((1, OLD), (2, NEW)):
        for answer in (outer(f"/v{major}/orders/7"), inner(str(major))):
            assert (answer.status, answer.json, answer.header("API-Version")) == (200, body, str(major))
    assert outer("/v2/orders/8").status == inner("2", "/orders/8").status == 404
    assert "Vary" not in outer("/v2/orders/7").headers, "the address tells all"


def unknown_versions_are_refused(outer, inner):
    for path in ("/v3/orders/7", "/v0/orders/7", "/v01/orders/7", "/v1.1/orders/7", "/orders/7", "/V2x/orders/7"):
        problem = outer(path).problem
        assert problem["status"] == 404 and problem["supported"] == [2, 1], path
    for version in (None, "", "3", "02", "2.0", "1, 2", "latest", "constructor"):
        problem = inner(version).problem
        assert problem["status"] == 400 and problem["supported"] == [2, 1], version


def a_shared_cache_does_not_mix(inner):
    """A cache as RFC 9111 has it: what is stored serves a request whose headers named by Vary are the same."""
    stored = []

    def fetch(version):
        for varied, answer in stored:
            if all(version == value for value in varied.values()):
                return answer
        answer = inner(version)
        names = [name.strip().lower() for name in answer.header("Vary").split(",") if name.strip()]
        stored.append(({name: version for name in names if name == "api-version"}, answer))
        return answer

    assert fetch("9").status == 400
    assert [fetch(version).json for version in ("1", "2", "1", "2")] == [OLD, NEW, OLD, NEW]
    assert len(stored) == 3


def the_end_is_told(outer):
    new = outer("/v2/orders/7")
    assert not {"Deprecation", "Sunset", "Link"} & set(new.headers)
    old = outer("/v1/orders/7")
    begins = old.header("Deprecation")
    assert begins.startswith("@") and begins[1:].isdigit(), begins
    begins = datetime.fromtimestamp(int(begins[1:]), timezone.utc)
    assert old.header("Sunset").endswith(" GMT")
    ends = parsedate_to_datetime(old.header("Sunset"))
    assert begins < ends and begins.isoformat() == "2026-07-01T00:00:00+00:00", (begins, ends)
    assert 'rel="deprecation"' in old.header("Link")

    assert outer("/v1/orders/7", "2027-06-30T23:59:59Z").status == 200
    gone = outer("/v1/orders/7", "2027-07-01T00:00:00Z")
    assert gone.problem["status"] == 410 and gone.problem["supported"] == [2]
    assert "from-v1-to-v2" in gone.header("Link")
    assert outer("/v2/orders/7", "2028-01-01T00:00:00Z").status == 200


FAULTS = [
    ("versioning.mjs", "response.vary('API-Version')", "", "a shared cache mixes the versions"),
    ("versioning.mjs", "known.get(request.get('API-Version'))", "known.get(request.get('API-Version') ?? '2')",
     "who names no version gets the newest"),
    ("versioning.mjs", "if (!version) return problem(response, 404, 'the address begins with a version, such as /v2')",
     "if (!version) return serve(versions[0], request, response, next)", "an unknown version is the newest"),
    ("versioning.mjs", "now() >= Date.parse(version.sunset)", "false", "a version never ends"),
    ("versioning.mjs", "`@${Date.parse(version.deprecated) / SECOND}`", "'true'", "Deprecation as drafts had it"),
    ("versioning.mjs", ".toUTCString()", ".toISOString()", "a date that HTTP does not know"),
    ("versions.mjs", "sunset: '2027-07-01", "sunset: '2026-06-01", "a sunset before the deprecation"),
    ("orders.mjs", "present[request.apiVersion](order)", "present[2](order)", "one shape for all"),
]  # fmt: skip
