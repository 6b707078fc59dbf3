import DecisionEngine
import Foundation
import KnowledgeModel
import TestSupport
import Testing

/// Crossings are held against the engine itself, with values that were grown apart from the product's code.
@Suite struct GrowthProjectionTests {
  private static let carried: [String: [String]] = [
    "qps_growth": ["qps", "read_qps", "write_qps", "message_rate", "identical_query_rate", "db_connections"],
    "data_growth": ["data_size", "largest_table_rows"],
  ]

  /// Every answer, grown for so many years.
  private func grown(_ answers: [String: Answer], years: Double) -> [String: Answer] {
    var out = answers
    for (growth, traits) in GrowthProjectionTests.carried {
      guard case .quantity(let rate)? = answers[growth] else { continue }
      let factor = Decimal(pow(1 + NSDecimalNumber(decimal: rate.low).doubleValue, years))
      for trait in traits {
        guard case .quantity(let value)? = answers[trait] else { continue }
        out[trait] = .quantity(Interval(value.low * factor))
      }
    }
    return out
  }

  private func randomAnswers(_ random: inout SeededGenerator) -> [String: Answer] {
    func size(_ most: Double) -> Answer {
      .quantity(Interval(Decimal(Int(pow(10, Double.random(in: 0...most, using: &random))))))
    }
    func rate() -> Answer { .quantity(Interval(Decimal(Int.random(in: -60...150, using: &random)) / 100)) }
    func share() -> Answer { .quantity(Interval(Decimal(Int.random(in: 0...100, using: &random)) / 100)) }
    var answers: [String: Answer] = [
      "qps": size(5), "read_ratio": share(), "queries_per_request": .quantity(Interval(Decimal(3))),
      "data_size": size(13), "db_connections": size(4), "identical_query_rate": size(4), "async_work": .flag(true),
      "message_rate": size(5), "message_needs": .set(["simple-job"]), "message_size": size(7),
      "cacheable_share": share(), "largest_table_rows": size(10), "availability_target": share(),
    ]
    if Bool.random(using: &random) { answers["qps_growth"] = rate() }
    if Bool.random(using: &random) { answers["data_growth"] = rate() }
    if Bool.random(using: &random) { answers["read_qps"] = size(5) }
    return answers
  }

  @Test(arguments: [UInt64](1...UInt64(size(60, full: 3000)))) func outcomesDifferOnBothSides(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let evaluator = Evaluator(knowledge, mode: seed.isMultiple(of: 4) ? .asWritten : .current)
    let answers = randomAnswers(&random)
    let assessment = evaluator.assess(AnswerSheet(answers: answers))
    guard let projection = evaluator.projection(of: assessment) else {
      #expect(answers["qps_growth"] == nil || answers["qps_growth"] == .quantity(Interval(0)))
      return
    }
    for crossing in projection.near {
      let latest = try #require(crossing.latest)
      #expect(latest - crossing.earliest <= 1e-6 * max(1, latest), "points give a point")
      #expect(crossing.from != crossing.to)
      let time = crossing.earliest
      let before = evaluator.outcomes(grown(answers, years: time - 1e-6))[crossing.decision]
      let after = evaluator.outcomes(grown(answers, years: time + 1e-6))[crossing.decision]
      if time > 1e-5 { #expect(before?.possible == crossing.from, "\(crossing)") }
      #expect(after?.possible == crossing.to, "\(crossing)")
    }
    // Nothing else changes within the horizon: between crossings of a decision its outcome stays.
    for decision in ["load-balancing", "read-scaling", "write-scaling", "connection-pooling", "caching", "messaging"] {
      let times = [0] + projection.near.filter { $0.decision == decision }.map(\.earliest) + [GrowthProjection.horizon]
      for (a, b) in zip(times, times.dropFirst()) where b - a > 1e-4 {
        let early = evaluator.outcomes(grown(answers, years: a + 1e-5))[decision]
        let late = evaluator.outcomes(grown(answers, years: b - 1e-5))[decision]
        #expect(early?.possible == late?.possible, "\(decision) changes between \(a) and \(b)")
      }
    }
    #expect(projection.crossings.map(\.earliest) == projection.crossings.map(\.earliest).sorted())
  }

  private func project(_ answers: [String: Answer]) throws -> GrowthProjection? {
    let evaluator = Evaluator(knowledge)
    return evaluator.projection(of: evaluator.assess(AnswerSheet(answers: answers)))
  }

  @Test func doublingInAYear() throws {
    let projection = try #require(
      try project([
        "db_connections": .quantity(Interval(50)), "qps_growth": .quantity(Interval(1)), "data_growth": .unknown,
      ]))
    let crossing = try #require(projection.near.first { $0.decision == "connection-pooling" })
    #expect(crossing.from == ["in-app-pool"] && crossing.to == ["pgbouncer"] && crossing.isRising)
    #expect(crossing.earliest <= 2 && crossing.earliest > 1.999_99)
    #expect(try #require(crossing.latest) >= 2 && (crossing.latest ?? 9) < 2.000_01)
    #expect(projection.growth[.data] == nil)
  }

  @Test func ranges() throws {
    let growth = Interval(0, 1)
    let projection = try #require(
      try project(["db_connections": .quantity(Interval(50, 100)), "qps_growth": .quantity(growth)]))
    let crossing = try #require(projection.near.first { $0.decision == "connection-pooling" })
    #expect(abs(crossing.earliest - 1) < 1e-6 && crossing.latest == nil)
    let open = try #require(
      try project(["db_connections": .quantity(Interval(100, 400)), "qps_growth": .quantity(Interval(1))]))
    let spanning = try #require(open.near.first { $0.decision == "connection-pooling" })
    #expect(spanning.earliest == 0 && abs((spanning.latest ?? 0) - 1) < 1e-6)
    #expect(spanning.to == ["pgbouncer"])
  }

  @Test func shrinking() throws {
    let projection = try #require(
      try project(["db_connections": .quantity(Interval(400)), "qps_growth": .quantity(Interval(Decimal(-5) / 10))]))
    let crossing = try #require(projection.near.first { $0.decision == "connection-pooling" })
    #expect(!crossing.isRising && crossing.from == ["pgbouncer"] && crossing.to == ["in-app-pool"])
    #expect(abs(crossing.earliest - 1) < 1e-6)
  }

  @Test func noGrowth() throws {
    #expect(try project(["db_connections": .quantity(Interval(50))]) == nil)
    #expect(try project(["qps_growth": .quantity(Interval(0)), "db_connections": .quantity(Interval(50))]) == nil)
    #expect(try project(["qps_growth": .unknown]) == nil)
  }

  @Test func later() throws {
    let projection = try #require(
      try project(["db_connections": .quantity(Interval(1)), "qps_growth": .quantity(Interval(Decimal(1) / 10))]))
    #expect(projection.near.allSatisfy { $0.decision != "connection-pooling" })
    #expect(projection.later.contains { $0.decision == "connection-pooling" && $0.earliest > 5 })
  }
}
