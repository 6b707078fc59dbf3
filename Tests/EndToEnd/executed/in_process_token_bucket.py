"""What the page in-process-token-bucket claims: the bound over any stretch of time, a wait that is just long enough,
rejected requests that cost nothing, bounded memory; and that two instances let twice as much through."""

from __future__ import annotations

import json

from executed._http import ask_all
from executed._knowledge import threshold

NEEDS = {"node"}

TRIAL = """
import assert from 'node:assert/strict'
import { TokenBuckets } from './token-bucket.mjs'
import { perMinute } from './limits.mjs'

const LIMIT = %(limit)d, BURST = 20
let time = 1000
const now = () => time
let seed = 7
const random = () => (seed = (seed * 48271) %% 2147483647) / 2147483647

// Any minute: a caller who asks at random times, now and then in a flood.
const buckets = perMinute(LIMIT, BURST, { now })
const passed = []
for (let n = 0; n < 20000; n++) {
  time += random() < 0.001 ? 40 * random() : 0.2 * random()
  if (buckets.take('ann').allowed) passed.push(time)
}
let most = 0
for (let from = 0, to = 0; to < passed.length; to++) {
  while (passed[to] - passed[from] > 60) from++
  most = Math.max(most, to - from + 1)
}
assert.ok(most <= LIMIT, `${most} in a minute`)
assert.ok(most >= LIMIT - 2, `only ${most} in the busiest minute`)

// A burst is the capacity, rejected requests take nothing, and the wait is just long enough.
const small = new TokenBuckets({ capacity: 3, perSecond: 0.3, now })
assert.deepEqual([1, 2, 3, 4].map(() => small.take('k').allowed), [true, true, true, false])
for (let n = 0; n < 100; n++) assert.equal(small.take('k').allowed, false)
for (let n = 0; n < 50; n++) {
  const { retryAfter } = small.take('k')
  assert.ok(retryAfter > 3.3 && retryAfter < 3.4, String(retryAfter))
  time += retryAfter - 0.001
  assert.equal(small.take('k').allowed, false)
  time += 0.001
  assert.deepEqual(small.take('k'), { allowed: true, remaining: 0, retryAfter: 0 })
}
time += 1e6
assert.equal(small.take('k').remaining, 2, 'a bucket never holds more than its capacity')
time -= 500
assert.equal(small.take('k').remaining, 1, 'a clock that goes back gives nothing')
assert.equal(small.take('other').remaining, 2)
assert.throws(() => small.take('k', 4), RangeError)
assert.throws(() => perMinute(5, 5), RangeError)

// Memory: the longest untouched is forgotten.
const few = new TokenBuckets({ capacity: 1, perSecond: 1e-6, maxKeys: 100, now })
few.take('first')
for (let n = 0; n < 99; n++) few.take(`caller ${n}`)
few.take('first')
for (let n = 0; n < 98; n++) few.take(`more ${n}`)
assert.equal(few.size, 100)
assert.equal(few.take('first').allowed, false, 'one that was touched lately is kept')

// Two instances let through twice the limit.
const both = [perMinute(LIMIT, BURST, { now }), perMinute(LIMIT, BURST, { now })]
let through = 0
for (let n = 0; n < 40 * 60; n++) { time += 0.025; if (both[n %% 2].take('ann').allowed) through++ }
assert.ok(through >= 2 * LIMIT - 4 && through <= 2 * LIMIT, String(through))

const quick = new TokenBuckets({ capacity: 10, perSecond: 5 })
const began = performance.now()
for (let n = 0; n < 100_000; n++) quick.take(`user ${n & 1023}`)
console.log(JSON.stringify({ microseconds: (performance.now() - began) / 100 }))
"""

SERVER = """
import express from 'express'
import { limitBy, perMinute } from './limits.mjs'

const app = express()
app.use(limitBy(perMinute(100, 20), (request) => request.get('X-User')))
app.get('/', (request, response) => response.send('ok'))
app.listen(process.env.PORT, '127.0.0.1')
"""


def scenario(blocks, tools):
    files = {name: blocks[name] for name in ("token-bucket.mjs", "limits.mjs")}
    trial = TRIAL % {"limit": threshold("rate-limit-default")}
    result = tools.node.run({**files, "trial.mjs": trial}, "trial.mjs").json
    assert result["microseconds"] < 50, json.dumps(result)

    with tools.node.start({**files, "server.mjs": SERVER}, "server.mjs") as server:
        answers = ask_all([{"url": server.url + "/", "headers": {"X-User": "ann"}} for _ in range(30)])
        refused = [answer for answer in answers if answer.status == 429]
        assert 4 <= len(refused) <= 10, "a bucket of 20 gains four in three seconds"
        for answer in refused:
            assert answer.problem and answer.header("Retry-After") == "1"
        assert ask_all([{"url": server.url + "/", "headers": {"X-User": "ben"}}])[0].status == 200


FAULTS = [
    ("token-bucket.mjs", "Math.min(this.capacity, tokens +", "(tokens +", "a bucket overflows after a pause"),
    ("token-bucket.mjs", "allowed ? held - cost : held", "held - cost", "rejected requests take tokens"),
    ("token-bucket.mjs", "Math.max(0, now - at)", "Math.abs(now - at)", "a clock that is set back hands out tokens"),
    ("token-bucket.mjs", "cost - 1e-9", "cost", "after the wait there is not quite a token"),
    ("token-bucket.mjs", "if (this.#buckets.size > this.maxKeys)", "if (false)", "the memory has no bound"),
    ("token-bucket.mjs", "this.#buckets.delete(key) ", "", "a busy caller's bucket is forgotten"),
    ("limits.mjs", "(limit - burst) / 60", "limit / 60", "the burst comes on top of the limit"),
    ("limits.mjs", ".set('Retry-After', String(Math.ceil(retryAfter)))", "", "clients guess when to come back"),
]
