import DecisionEngine
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel
import Testing

/// What design.md says of chosen systems, on the shipped knowledge.
@Suite struct DesignTests {
  private func design(
    _ answers: [String: Answer], _ mode: Mode = .current, _ audience: Audience = .review
  ) throws -> String {
    let sheet = AnswerSheet(system: "Shop", date: "2026-11-22", answers: answers)
    return try Samples.render(sheet, Samples.shipped.knowledge, mode: mode, audience: audience).files["design.md"] ?? ""
  }

  private func line(_ start: String, of text: String) -> Substring? {
    text.split(separator: "\n").first { $0.hasPrefix(start) }
  }

  private func number(_ value: Int) -> Answer { .quantity(Interval(Decimal(value))) }

  /// A rule with two wordings is a departure, whatever the verdict, and says what the other gives.
  @Test func departures() throws {
    let answers = ["team_size": number(9), "production_services": number(2)]
    let today = try design(answers)
    #expect(
      line("| SD-1 | nuance |", of: today)?.contains("Here: `modular-monolith`; as written: `microservices`.") == true)
    #expect(today.matches(of: /\n\| SD-1 \|/).count == 1)
    let written = try design(answers, .asWritten)
    #expect(
      line("| SD-1 | nuance |", of: written)?.contains("Here: `microservices`; by today's rules: `modular-monolith`.")
        == true)
    let same = try design(["team_size": number(30), "production_services": number(5)])
    #expect(line("| SD-1 | nuance |", of: same)?.contains("Here by either wording: `microservices`.") == true)
  }

  /// Checks that belong to another outcome are not asked for.
  @Test func confirmations() throws {
    let small = try design([
      "qps": number(40), "queries_per_request": number(1), "read_ratio": number(1), "data_size": number(1_000_000),
    ])
    #expect(!small.contains("`shard-key-skew`") && !small.contains("`scaling-rehearsed`"))
    let large = try design(["qps": number(9_000), "read_ratio": number(0), "data_size": number(1_000_000)])
    #expect(large.contains("(`shard-key-skew`)") && large.contains("(`scaling-rehearsed`)"))
  }

  /// A range that follows from unknowns is not given as if it were known, and what is unknown is asked for first.
  @Test func unknowns() throws {
    let text = try design([
      "qps": .quantity(Interval(8_000, 14_000)), "queries_per_request": .unknown, "read_ratio": .unknown,
      "database_engine": .choice("mysql"), "db_connections": number(300),
    ])
    #expect(text.contains("not known (from `qps`, `read_ratio`, `queries_per_request`)"))
    #expect(!text.contains("14,000,000"))
    #expect(text.contains("**Needs:** `read_ratio`, `queries_per_request` and `qps`."))
    #expect(text.contains("\n**With MySQL:** PgBouncer speaks"))
  }

  /// Whatever a rejection names is set off, and a trait is read once in a short reason.
  @Test func reasons() throws {
    let text = try design(
      ["message_needs": .set(["routing"]), "message_rate": number(10), "message_size": number(1_000)], .current, .full)
    #expect(text.contains("`rabbitmq` comes first: message needs: routing among them."))
    let jobs = try design([
      "async_work": .flag(true), "message_needs": .set(["simple-job"]), "message_rate": number(10),
      "message_size": number(1_000),
    ])
    let row = line("| The message broker (`messaging`) |", of: jobs)
    #expect(
      row?.matches(of: /message needs/).count == 1 && row?.contains("simple-job, not routing or priority") == true)
  }

  /// Sources that nobody here has read carry a mark wherever they are named, and the mark has a legend.
  @Test func references() throws {
    let text = try design(["team_size": number(9), "production_services": number(2)], .current, .full)
    let knowledge = Samples.shipped.knowledge
    for source in knowledge.sources {
      let mark = source.evidence == .secondHand ? "†" : source.evidence == .unverified ? "‡" : ""
      let listed = line("- `\(source.id)`", of: text)
      #expect(listed?.hasPrefix("- `\(source.id)`\(mark): ") != false)
    }
    for (mark, legend) in [("†", "\n**† Known second-hand"), ("‡", "\n**‡ Not verified")] {
      #expect(text.contains("`\(mark)") == text.contains(legend))
    }
  }
}
