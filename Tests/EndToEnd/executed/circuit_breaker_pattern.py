"""The breaker at its boundaries, in both languages, with the deadlines and retries that come before it."""

import re

from executed._knowledge import threshold

NEEDS = {"swift", "node"}

FAILURES, OPEN, SUCCESSES = (threshold(f"breaker-{name}") for name in ("failures", "open", "successes"))

SWIFT = """
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import Synchronization

func expect(_ holds: Bool, _ claim: String) {
  if !holds {
    print("does not hold:", claim)
    exit(1)
  }
}

let start = ContinuousClock.now
func moment(_ seconds: Double) -> ContinuousClock.Instant { start + .milliseconds(Int64(seconds * 1000)) }

extension CircuitBreaker {
  mutating func call(_ outcome: Outcome, at seconds: Double) -> Bool {
    guard let permit = admit(at: moment(seconds)) else { return false }
    record(outcome, for: permit, at: moment(seconds))
    return true
  }
}

func opened(at seconds: Double = 0) -> CircuitBreaker {
  var breaker = CircuitBreaker()
  for _ in 1...FAILURES { _ = breaker.call(.failure, at: seconds) }
  return breaker
}

// Opens on the last failure in a row, not before.
do {
  var breaker = CircuitBreaker()
  for number in 1...FAILURES {
    expect(breaker.state == .closed, "closed before failure \\(number)")
    expect(breaker.call(.failure, at: 0), "admitted while closed")
  }
  expect(breaker.state == .open, "open on failure FAILURES")
  expect(!breaker.call(.success, at: 1), "refuses while open")

  breaker = CircuitBreaker()
  for _ in 1..<FAILURES { _ = breaker.call(.failure, at: 0) }
  _ = breaker.call(.success, at: 0)
  for _ in 1..<FAILURES { _ = breaker.call(.failure, at: 0) }
  expect(breaker.state == .closed, "a success begins the count anew")
  _ = breaker.call(.abandoned, at: 0)
  expect(breaker.state == .closed, "an abandoned call is no failure")
  _ = breaker.call(.failure, at: 0)
  expect(breaker.state == .open, "and no success either")
}

// Half-open at exactly OPEN s.
do {
  var breaker = opened(at: 2)
  expect(breaker.admit(at: moment(2 + OPEN - 0.001)) == nil, "refuses 1 ms before")
  expect(breaker.admit(at: moment(2 + OPEN)) != nil, "admits a trial at OPEN s")
  expect(breaker.state == .halfOpen, "half-open at OPEN s")
  expect(breaker.admit(at: moment(2 + OPEN)) == nil, "one trial at a time")
}

// Closes on the last success; any failure opens it again, for the full time.
do {
  var breaker = opened()
  for number in 1...SUCCESSES {
    expect(breaker.state != .closed, "not closed before success \\(number)")
    expect(breaker.call(.success, at: OPEN), "trials follow one another")
  }
  expect(breaker.state == .closed, "closed on success SUCCESSES")
  for _ in 1..<FAILURES { _ = breaker.call(.failure, at: OPEN) }
  expect(breaker.state == .closed, "counts from nothing after closing")

  for before in 0..<SUCCESSES {
    breaker = opened()
    for _ in 0..<before { _ = breaker.call(.success, at: OPEN) }
    _ = breaker.call(.failure, at: OPEN + 5)
    expect(breaker.state == .open, "a failure after \\(before) successes opens it")
    expect(breaker.admit(at: moment(OPEN + 5 + OPEN - 0.001)) == nil, "for the full time")
    expect(breaker.admit(at: moment(OPEN + 5 + OPEN)) != nil, "and no longer")
  }
  // Successes of two half-open phases are not added up.
  breaker = opened()
  _ = breaker.call(.success, at: OPEN)
  _ = breaker.call(.failure, at: OPEN)
  for _ in 1..<SUCCESSES { _ = breaker.call(.success, at: 2 * OPEN) }
  expect(breaker.state == .halfOpen, "counts the successes of one half-open phase")

  breaker = opened()
  _ = breaker.call(.abandoned, at: OPEN)
  expect(breaker.state == .halfOpen, "an abandoned trial changes nothing")
  expect(breaker.call(.success, at: OPEN), "and gives its place back")
}

// A call from before the opening fails late.
do {
  var breaker = CircuitBreaker()
  let slow = breaker.admit(at: moment(0))!
  let slower = breaker.admit(at: moment(0))!
  for _ in 1...FAILURES { _ = breaker.call(.failure, at: 0) }
  let trial = breaker.admit(at: moment(OPEN))!
  breaker.record(.failure, for: slow, at: moment(OPEN))
  expect(breaker.state == .halfOpen, "a late failure is not the trial's")
  breaker.record(.success, for: trial, at: moment(OPEN))
  breaker.record(.success, for: slower, at: moment(OPEN))
  for _ in 2..<SUCCESSES { _ = breaker.call(.success, at: OPEN) }
  expect(breaker.state == .halfOpen, "a late success is not a trial's")
}

// By share.
do {
  func busy() -> CircuitBreaker {
    CircuitBreaker(.init(trip: .share(0.5, minimum: 20, within: .seconds(10))))
  }
  var breaker = busy()
  for _ in 1...19 { _ = breaker.call(.failure, at: 0) }
  expect(breaker.state == .closed, "closed below the minimum of calls")
  _ = breaker.call(.success, at: 0)
  _ = breaker.call(.failure, at: 1)
  expect(breaker.state == .open, "opens at the share")

  breaker = busy()
  for _ in 1...11 { _ = breaker.call(.success, at: 0) }
  for _ in 1...10 { _ = breaker.call(.failure, at: 0) }
  expect(breaker.state == .closed, "10 of 21 are below a half")
  _ = breaker.call(.failure, at: 9.9)
  expect(breaker.state == .open, "11 of 22 are a half")

  breaker = busy()
  for _ in 1...19 { _ = breaker.call(.failure, at: 0) }
  for step in 1...19 { _ = breaker.call(.success, at: 10 + Double(step) / 10) }
  _ = breaker.call(.failure, at: 12)
  expect(breaker.state == .closed, "calls 10 s ago are forgotten")
}

// The actor, the deadline, the retries, together.
struct Rejected: Error {}

final class Dependency: Sendable {
  let calls = Mutex(0)
  let pauses = Mutex<[Duration]>([])
  let clock = Mutex(ContinuousClock.now)
  let answer = Mutex<@Sendable (Int) async throws -> Int>({ _ in 7 })

  func quotes(random: Double = 1, known: Int? = nil) -> Quotes {
    Quotes(
      breaker: Breaker(now: { self.clock.withLock { $0 } }),
      retry: Retry(sleep: { pause in self.pauses.withLock { $0.append(pause) } }, random: { random }),
      ask: { _ in
        let number = self.calls.withLock { $0 += 1; return $0 }
        return try await self.answer.withLock { $0 }(number)
      },
      lastKnown: { _ in known })
  }
}

do {
  let dependency = Dependency()
  dependency.answer.withLock { $0 = { if $0 < 3 { throw Quotes.Unavailable() } else { return 9 } } }
  let quotes = dependency.quotes()
  expect(try await quotes.price(of: "a") == 9, "two short faults are cured by retries")
  expect(dependency.pauses.withLock { $0 } == [.milliseconds(100), .milliseconds(200)], "the steps double")
  expect(await quotes.breaker.state == .closed, "and open nothing")
}

do {
  let dependency = Dependency()
  dependency.answer.withLock { $0 = { _ in throw Quotes.Unavailable() } }
  let quotes = dependency.quotes(random: 0.25, known: 5)
  for _ in 1...4 { expect(try await quotes.price(of: "a") == 5, "the last known price") }
  expect(dependency.calls.withLock { $0 } == FAILURES, "no call beyond FAILURES, made by retries too")
  expect(dependency.pauses.withLock { $0 }.first == .milliseconds(25), "jitter over the whole step")
  expect(await quotes.breaker.state == .open, "open")
  dependency.answer.withLock { $0 = { _ in 8 } }
  dependency.clock.withLock { $0 = $0 + .seconds(OPEN) }
  for _ in 1...SUCCESSES { expect(try await quotes.price(of: "a") == 8, "trials give answers") }
  expect(await quotes.breaker.state == .closed, "closed")
}

do {
  let dependency = Dependency()
  dependency.answer.withLock { $0 = { _ in throw Rejected() } }
  let quotes = dependency.quotes(known: 5)
  for _ in 1...FAILURES + 1 {
    do {
      _ = try await quotes.price(of: "a")
      expect(false, "a rejection comes through")
    } catch { expect(error is Rejected, "as itself") }
  }
  expect(await quotes.breaker.state == .closed, "a rejection is an answer")
  expect(dependency.calls.withLock { $0 } == FAILURES + 1, "which is not repeated")
}

do {
  let dependency = Dependency()
  dependency.answer.withLock { $0 = { number in
    if number == 1 { try await Task.sleep(for: .seconds(60)) }
    return 6
  } }
  let quotes = dependency.quotes()
  let began = ContinuousClock.now
  expect(try await quotes.price(of: "a") == 6, "a hanging call is given up and repeated")
  expect(ContinuousClock.now - began < .seconds(5), "in time")

  // The caller leaves: nobody's failure.
  dependency.answer.withLock { $0 = { _ in try await Task.sleep(for: .seconds(60)); return 0 } }
  for _ in 1...FAILURES + 1 {
    let task = Task { try await quotes.price(of: "a") }
    try await Task.sleep(for: .milliseconds(5))
    task.cancel()
    _ = try? await task.value
  }
  expect(await quotes.breaker.state == .closed, "callers that leave do not open it")
}

// One trial at a time through the actor, too.
do {
  let dependency = Dependency()
  let quotes = dependency.quotes()
  dependency.answer.withLock { $0 = { _ in throw Quotes.Unavailable() } }
  for _ in 1...2 { _ = try? await quotes.price(of: "a") }
  dependency.clock.withLock { $0 = $0 + .seconds(OPEN) }
  let before = dependency.calls.withLock { $0 }
  dependency.answer.withLock { $0 = { _ in try await Task.sleep(for: .milliseconds(50)); return 4 } }
  let answered = await withTaskGroup(of: Bool.self) { group in
    for _ in 1...20 { group.addTask { (try? await quotes.price(of: "a")) != nil } }
    var answered = 0
    for await one in group where one { answered += 1 }
    return answered
  }
  expect(answered == 1 && dependency.calls.withLock { $0 } == before + 1, "one trial, \\(answered) answers")
}

print("all hold")
"""

NODE = """
import assert from 'node:assert/strict'
import http from 'node:http'
import { Breaker, Refused } from './breaker.mjs'
import { get, Unavailable } from './client.mjs'

let time = 0
const now = () => time
const fail = async () => { throw new Error('down') }
const fine = async () => 1
async function opened() {
  time = 0
  const breaker = new Breaker({ now })
  for (let i = 1; i <= FAILURES; i += 1) {
    assert.equal(breaker.state, 'closed', `before failure ${i}`)
    await assert.rejects(breaker.call(fail), /down/)
  }
  return breaker
}

let breaker = await opened()
assert.equal(breaker.state, 'open')
time = OPEN * 1000 - 1
await assert.rejects(breaker.call(fine), Refused)
time = OPEN * 1000
for (let i = 1; i <= SUCCESSES; i += 1) {
  assert.notEqual(breaker.state, 'closed', `before success ${i}`)
  assert.equal(await breaker.call(fine), 1)
}
assert.equal(breaker.state, 'closed')

breaker = await opened()
time = OPEN * 1000
await breaker.call(fine)
await assert.rejects(breaker.call(fail))
assert.equal(breaker.state, 'open')
time = 2 * OPEN * 1000 - 1
await assert.rejects(breaker.call(fine), Refused)

// Not a failure; in a row; one trial at a time; late answers.
breaker = new Breaker({ now })
for (let i = 0; i < 9; i += 1) await assert.rejects(breaker.call(fail, () => false))
assert.equal(breaker.state, 'closed')
for (let i = 0; i < 9; i += 1) {
  await (i % FAILURES === FAILURES - 1 ? breaker.call(fine) : assert.rejects(breaker.call(fail)))
}
assert.equal(breaker.state, 'closed')
time = 0
let lateFail
breaker = new Breaker({ now })
const late = breaker.call(() => new Promise((_, reject) => { lateFail = reject }))
late.catch(() => {})
for (let i = 0; i < FAILURES; i += 1) await assert.rejects(breaker.call(fail))
time = OPEN * 1000
let release
const trial = breaker.call(() => new Promise(resolve => { release = resolve }))
await assert.rejects(breaker.call(fine), Refused)
lateFail(new Error('late'))
await assert.rejects(late)
assert.equal(breaker.state, 'half-open')
release(1)
await trial
assert.equal(breaker.state, 'half-open')

// The client against a server.
const seen = []
let answer
const server = http.createServer((request, response) => { seen.push(request.url); answer(response, seen.length) })
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}/`
class Counting extends Breaker {
  calls = 0
  call(work, ...rest) {
    return super.call(() => { this.calls += 1; return work() }, ...rest)
  }
}

answer = (response, number) => { response.statusCode = number < 3 ? 503 : 200; response.end('fine') }
assert.equal(await get(url, new Breaker(), { attemptMs: 5000, baseMs: 4 }), 'fine')
assert.equal(seen.length, 3)

for (const begin of [() => {}, response => response.write('half')]) {
  answer = response => {
    begin(response)
    setTimeout(() => { console.error('still waiting'); process.exit(1) }, 3000).unref()
  }
  breaker = new Counting()
  await assert.rejects(get(url, breaker, { attemptMs: 60, baseMs: 4 }), Unavailable)
  assert.equal(breaker.calls, 3)
  await assert.rejects(get(url, breaker, { attemptMs: 60, baseMs: 4 }), Refused)
  assert.equal(breaker.calls, FAILURES)
  assert.equal(breaker.state, 'open')
}

answer = response => { response.statusCode = 404; response.end() }
breaker = new Counting()
for (let i = 0; i < FAILURES + 1; i += 1) await assert.rejects(get(url, breaker, { attemptMs: 5000 }), /404/)
assert.equal(breaker.state, 'closed')
assert.equal(breaker.calls, FAILURES + 1)
server.closeAllConnections()
server.close()
console.log('all hold')
"""


def filled(text: str) -> str:
    for name, value in (("FAILURES", FAILURES), ("OPEN", OPEN), ("SUCCESSES", SUCCESSES)):
        text = re.sub(rf"\b{name}\b", str(value), text)
    return text


def scenario(blocks, tools):
    files = {name: blocks[name] for name in ("breaker.mjs", "client.mjs")}
    done = tools.node.run({**files, "try.mjs": filled(NODE)}, "try.mjs")
    assert done.ok().stdout == "all hold\n"

    files = {name: blocks[name] for name in ("attempts.swift", "circuit-breaker.swift", "quotes.swift")}
    done = tools.swift.run({**files, "main.swift": filled(SWIFT)}, main="main.swift")
    assert done.stdout == "all hold\n" and done.returncode == 0, done.stdout + done.stderr


FAULTS = [
    ("breaker.mjs", ">= this.settings.failures", "> this.settings.failures", "it opens on the sixth failure"),
    ("breaker.mjs", ">= openMs", "> openMs", "it admits no trial at 30.0 s"),
    ("breaker.mjs", "this.#running >= trials", "false", "the full load meets the half-open breaker"),
    ("breaker.mjs", "if (generation !== this.#generation) return\n", "\n", "late answers count"),
    ("breaker.mjs", "failed ? this.#failures + 1 : 0", "this.#failures + (failed ? 1 : 0)", "failures are added up"),
    ("client.mjs", "{ signal: AbortSignal.timeout(attemptMs) }", "{}", "a hanging call is no failure"),
    ("client.mjs", "error => error instanceof Unavailable", "() => true", "a client's mistake opens it"),
    ("circuit-breaker.swift", "failuresInARow >= limit", "failuresInARow > limit", "it opens on the sixth failure"),
    ("circuit-breaker.swift", "now >= changed", "now > changed", "it admits no trial at 30.0 s"),
    (
        "circuit-breaker.swift",
        "guard permit.generation == generation else { return }",
        "",
        "late answers count",
    ),
    ("circuit-breaker.swift", "trialsRunning < settings.trials", "true", "the full load meets the half-open breaker"),
    ("circuit-breaker.swift", "trialsSucceeded == settings.successes", "trialsSucceeded > 0", "one success closes it"),
]
