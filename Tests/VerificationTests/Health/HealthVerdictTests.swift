import Foundation
import Testing

@testable import Verification

/// A target from what its paths answer: a status, or 0 for no answer.
func target(
  _ answers: [(String, Int)], control: Int? = 404, configured: Bool = false, base: String = "https://example.com",
  redirect: String? = nil, strict: Bool = false
) -> HealthReport.Target {
  func endpoint(_ path: String, _ status: Int) -> HealthReport.Endpoint {
    let kind = HealthPath.standard.first { $0.path == path }?.kind ?? .general
    return HealthReport.Endpoint(
      path: HealthPath(path, kind, isConfigured: configured),
      answer: status == 0
        ? nil
        : HealthReport.Answer(
          status: status, contentType: "text/plain", redirect: (300...399).contains(status) ? redirect : nil,
          httpVersion: "1.1"), error: status == 0 ? "timed out while connecting" : nil,
      times: HealthReport.Times(total: 12, lookup: 1, connect: 2, firstByte: 11.26))
  }
  return HealthReport.Target(
    base: base, endpoints: answers.map(endpoint),
    control: control.map { endpoint("/plumbline-asks-for-nothing-0", $0) }, isStrict: strict)
}

@Suite("Verdicts")
struct HealthVerdictTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let answers: [(String, Int)]
    var control: Int? = 404
    var isStrict = false
    var isConfigured = false
    /// live, ready, general
    let states: [HealthReport.State]
    let verdict: HealthReport.Verdict

    var testDescription: String { name }
  }

  static let rows: [Row] = [
    Row(
      name: "live and ready pass", answers: [("/health/live", 200), ("/health/ready", 204), ("/health", 404)],
      states: [.pass, .pass, .absent], verdict: .healthy),
    Row(
      name: "one 200 hides no 503", answers: [("/health/live", 200), ("/health/ready", 503), ("/health", 200)],
      states: [.pass, .fail, .pass], verdict: .degraded),
    Row(
      name: "not within a class either", answers: [("/readyz", 200), ("/ready", 500)],
      states: [.absent, .fail, .absent],
      verdict: .degraded),
    Row(
      name: "a general 503 beside two that pass",
      answers: [("/health/live", 200), ("/health/ready", 200), ("/health", 503)], states: [.pass, .pass, .fail],
      verdict: .degraded),
    Row(
      name: "a general one alone", answers: [("/health/live", 404), ("/health", 200)],
      states: [.absent, .absent, .pass], verdict: .healthy),
    Row(
      name: "nothing there", answers: [("/health/live", 404), ("/health/ready", 410), ("/health", 404)],
      states: [.absent, .absent, .absent], verdict: .degraded),
    Row(
      name: "a configured path that is not there", answers: [("/health/live", 404), ("/health/ready", 200)],
      isConfigured: true, states: [.fail, .pass, .absent], verdict: .degraded),
    Row(
      name: "a configured path that is gone", answers: [("/health/live", 410)], isConfigured: true,
      states: [.fail, .absent, .absent], verdict: .degraded),
    Row(
      name: "no answer at all", answers: [("/health/live", 0), ("/health", 0)], control: 0,
      states: [.fail, .absent, .fail], verdict: .unreachable),
    Row(
      name: "only the control answers", answers: [("/health/live", 0)], control: 404,
      states: [.fail, .absent, .absent],
      verdict: .degraded),
    Row(
      name: "one path hangs", answers: [("/health/live", 200), ("/health/ready", 0)], states: [.pass, .fail, .absent],
      verdict: .degraded),
    Row(
      name: "a redirect never passes", answers: [("/health/live", 301), ("/health/ready", 307)],
      states: [.fail, .fail, .absent], verdict: .degraded),
    Row(
      name: "304 is no answer to what was asked", answers: [("/health", 304)], states: [.absent, .absent, .fail],
      verdict: .degraded),
    Row(
      name: "everything leads to a login", answers: [("/health/live", 302), ("/health", 302)], control: 302,
      states: [.absent, .absent, .absent], verdict: .degraded),
    Row(
      name: "a login before a configured path", answers: [("/health/live", 302)], control: 302, isConfigured: true,
      states: [.fail, .absent, .absent], verdict: .degraded),
    Row(
      name: "401 in front of everything", answers: [("/health/live", 401), ("/health", 200)], control: 401,
      states: [.absent, .absent, .pass], verdict: .healthy),
    Row(
      name: "401 here alone", answers: [("/health/live", 401), ("/health", 200)], control: 404,
      states: [.fail, .absent, .pass], verdict: .degraded),
    Row(
      name: "403 where it was configured", answers: [("/health/live", 403)], control: 403, isConfigured: true,
      states: [.fail, .absent, .absent], verdict: .degraded),
    Row(
      name: "405", answers: [("/health/live", 405), ("/health", 200)], states: [.fail, .absent, .pass],
      verdict: .degraded),
    Row(
      name: "503 for everything", answers: [("/health/live", 503), ("/health/ready", 503)], control: 503,
      states: [.fail, .fail, .absent], verdict: .degraded),
    Row(
      name: "a start page for everything", answers: [("/health/live", 200), ("/health/ready", 200)], control: 200,
      isStrict: true, states: [.absent, .absent, .absent], verdict: .degraded),
    Row(
      name: "a start page, and a 503 all the same", answers: [("/health/live", 200), ("/health/ready", 503)],
      control: 200, isStrict: true, states: [.absent, .fail, .absent], verdict: .degraded),
    Row(
      name: "a start page where paths were configured", answers: [("/health/live", 200)], control: 204,
      isStrict: true, isConfigured: true, states: [.absent, .absent, .absent], verdict: .degraded),
    Row(
      name: "a start page, and nobody is strict", answers: [("/health/live", 200), ("/health/ready", 200)],
      control: 200, states: [.pass, .pass, .absent], verdict: .healthy),
    Row(
      name: "a start page and a 503, and nobody is strict", answers: [("/health/live", 200), ("/health/ready", 503)],
      control: 200, states: [.pass, .fail, .absent], verdict: .degraded),
    Row(
      name: "nobody asked for the control", answers: [("/health/live", 200)], control: nil,
      states: [.pass, .absent, .absent], verdict: .healthy),
    Row(
      name: "the control hangs", answers: [("/health/live", 200)], control: 0, states: [.pass, .absent, .absent],
      verdict: .healthy),
    Row(
      name: "odd statuses", answers: [("/health/live", 101), ("/health/ready", 299), ("/health", 999)],
      states: [.fail, .pass, .fail], verdict: .degraded),
    Row(
      name: "300 and 199 are no 2xx", answers: [("/health/live", 300), ("/health/ready", 199)],
      states: [.fail, .fail, .absent], verdict: .degraded),
  ]

  @Test(arguments: rows)
  func verdict(row: Row) {
    let found = target(row.answers, control: row.control, configured: row.isConfigured, strict: row.isStrict)
    #expect([found.live, found.ready, found.general] == row.states)
    #expect(found.verdict == row.verdict)
  }

  @Test("A failing endpoint is never hidden, whatever stands beside it")
  func never() {
    let statuses = [0, 200, 204, 301, 401, 404, 500, 503]
    for first in statuses {
      for second in statuses {
        for control in [nil, 0, 200, 301, 404, 401, 500] {
          for isConfigured in [true, false] {
            let found = target(
              [("/health/live", first), ("/health/ready", second)], control: control, configured: isConfigured)
            let isAnyFailing = found.endpoints.contains { found.outcome($0) == .fail }
            let isAnyPassing = found.endpoints.contains { found.outcome($0) == .pass }
            #expect((found.verdict == .healthy) == (isAnyPassing && !isAnyFailing))
            if first >= 500 || second >= 500 { #expect(found.verdict == .degraded) }
            if found.verdict == .healthy { #expect(first / 100 == 2 || second / 100 == 2) }
          }
        }
      }
    }
  }

  @Test("Notes say what the verdict leaves unsaid")
  func notes() {
    func notes(_ target: HealthReport.Target) -> String { target.notes.joined(separator: "\n") }
    #expect(notes(target([("/health", 200)], control: 200)).contains("proves nothing"))
    #expect(notes(target([("/health", 404)])).contains("no health endpoint was found"))
    #expect(notes(target([("/health", 200)])).contains("no live endpoint was found"))
    #expect(notes(target([("/health", 200)])).contains("no ready endpoint was found"))
    #expect(notes(target([("/health", 200)], configured: true)) == "")
    #expect(notes(target([("/health/live", 200), ("/health/ready", 200)])) == "")
    #expect(notes(target([("/health/live", 200), ("/health/ready", 500)], control: 500)).contains("name the paths"))
    #expect(notes(target([("/health/live", 0)], control: 0)) == "")
    let redirecting = target(
      [("/health", 301)], control: 301, base: "http://example.com", redirect: "https://EXAMPLE.com/health")
    #expect(notes(redirecting).contains("a probe of https://example.com tells more"))
    let elsewhere = target(
      [("/health", 301)], control: 301, base: "http://example.com", redirect: "https://example.com.evil/health")
    #expect(!notes(elsewhere).contains("tells more"))
    var expiring = target([("/health/live", 200), ("/health/ready", 200)])
    for (days, expected) in [(13, "expires in 13 days"), (1, "expires in 1 day"), (14, "")] {
      expiring.endpoints[1].certificate = HealthReport.Certificate(
        subject: "CN = x", issuer: "CN = y", expires: Date(timeIntervalSince1970: 1_800_000_000), daysLeft: days)
      #expect(notes(expiring).hasSuffix(expected))
    }
  }

  @Test("A report is healthy if all are, and unreachable only if all are")
  func reports() {
    let (good, bad, gone) = (
      target([("/health", 200)]), target([("/health", 500)]), target([("/health", 0)], control: 0)
    )
    #expect(HealthReport(targets: [good, good]).isHealthy)
    #expect(!HealthReport(targets: [good, bad]).isHealthy)
    #expect(!HealthReport(targets: [good, gone]).isHealthy)
    #expect(!HealthReport(targets: [good, gone]).isUnreachable)
    #expect(HealthReport(targets: [gone, gone]).isUnreachable)
  }
}
