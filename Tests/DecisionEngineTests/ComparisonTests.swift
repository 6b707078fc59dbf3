@testable import DecisionEngine
import Foundation
import KnowledgeModel
import TestSupport
import Testing

@Suite("Comparing")
struct ComparisonTests {
  let evaluator = Evaluator(knowledge)

  func compare(
    _ a: [String: Answer], _ b: [String: Answer], _ after: Knowledge = knowledge, mode: Mode = .current
  ) -> AssessmentComparison {
    AssessmentComparison(
      .init(evaluator, AnswerSheet(answers: a)), .init(Evaluator(after, mode: mode), AnswerSheet(answers: b)))
  }

  func change(_ comparison: AssessmentComparison, _ id: String) throws -> AssessmentComparison.DecisionChange {
    try #require(comparison.decisions.first { $0.id == id })
  }

  static func share(_ text: String) -> Decimal { Decimal(string: text) ?? 0 }

  @Test("The same twice differs in nothing")
  func same() {
    let given = answers(["qps": 2500, "read_ratio": Self.share("0.9")], ["has_cache": .flag(true)])
    let comparison = compare(given, given)
    #expect(comparison.isEmpty)
    #expect(comparison.knowledge.isEmpty)
    #expect(comparison.superseded.isEmpty)
  }

  @Test("One trait through a derived one; what changed beside it is named as idle")
  func single() throws {
    let comparison = compare(
      answers(["qps": 2500, "read_ratio": Self.share("0.85"), "team_size": 5]),
      answers(["qps": 20_000, "read_ratio": Self.share("0.85"), "team_size": 6]))
    let scaling = try change(comparison, "read-scaling")
    #expect(scaling.before?.outcome == "single-node")
    #expect(scaling.after?.outcome == "read-replicas")
    #expect(scaling.cause.answers.map(\.id) == ["qps"])
    #expect(scaling.cause.knowledge.isEmpty)
    #expect(scaling.cause.alternatives.isEmpty)
    #expect(!scaling.cause.isCombination)
    #expect(comparison.idle == ["team_size"])
    #expect(comparison.superseded.map(\.id).contains("read-scaling"))
  }

  @Test("Two traits that only together do it")
  func combination() throws {
    let comparison = compare(
      answers(["read_qps": 2500, "write_qps": 2500]), answers(["read_qps": 20_000, "write_qps": 10]))
    let scaling = try change(comparison, "read-scaling")
    #expect(scaling.after?.outcome == "read-replicas")
    #expect(Set(scaling.cause.answers.map(\.id)) == ["read_qps"])
    let both = compare(
      answers(["qps": 2500, "read_ratio": Self.share("0.5")]),
      answers(["qps": 40_000, "read_ratio": Self.share("0.9")]))
    let turned = try change(both, "read-scaling")
    #expect(turned.cause.answers.map(\.id) == ["qps", "read_ratio"])
    #expect(turned.cause.isCombination)
  }

  @Test("Either of two traits: the other is an alternative")
  func alternatives() throws {
    let comparison = compare(
      answers(["write_qps": 10, "data_size": 1000]), answers(["write_qps": 9_000, "data_size": 9_000_000_000_000]))
    let scaling = try change(comparison, "write-scaling")
    #expect(scaling.cause.answers.count == 1)
    #expect(scaling.cause.alternatives.count == 1)
    #expect(
      Set(scaling.cause.answers.map(\.id) + scaling.cause.alternatives.flatMap(\.self)) == ["write_qps", "data_size"])
    #expect(comparison.idle.isEmpty)
  }

  /// The shipped knowledge with another figure, as a pack leaves it.
  static func moved(_ threshold: String, to value: Decimal) -> Knowledge {
    var other = knowledge
    other.hash = "other"
    for index in other.thresholds.indices where other.thresholds[index].id == threshold {
      other.thresholds[index].value.value = value
      other.thresholds[index].entry.override = .init(pack: "house", keys: ["value"])
    }
    return other
  }

  @Test("A threshold that a pack moved, with both values and the pack")
  func threshold() throws {
    let given = answers(["qps": 2500, "read_ratio": Self.share("0.9")])
    let comparison = compare(given, given, Self.moved("postgres-read-qps", to: 2000))
    let scaling = try change(comparison, "read-scaling")
    #expect(scaling.cause.answers.isEmpty)
    let cause = try #require(scaling.cause.knowledge.first)
    #expect(scaling.cause.knowledge.count == 1)
    #expect(cause.kind == .threshold)
    #expect(cause.id == "postgres-read-qps")
    #expect(cause.values.map(\.value) == [10_000, 2000])
    #expect(cause.packBefore == nil)
    #expect(cause.packAfter == "house")
    // What hangs on another decision's outcome hangs on the same figure.
    #expect(try change(comparison, "read-routing").cause.knowledge.map(\.id) == ["postgres-read-qps"])
  }

  @Test("An answer and a threshold that only together do it")
  func mixed() throws {
    let a = answers(["qps": 1000, "read_ratio": Self.share("0.9")])
    let b = answers(["qps": 4000, "read_ratio": Self.share("0.9")])
    let comparison = compare(a, b, Self.moved("postgres-read-qps", to: 2000))
    let scaling = try change(comparison, "read-scaling")
    #expect(scaling.cause.answers.map(\.id) == ["qps"])
    #expect(scaling.cause.knowledge.map(\.id) == ["postgres-read-qps"])
    #expect(scaling.cause.isCombination)
  }

  @Test("The answers come first where either side would do it")
  func answersFirst() throws {
    let a = answers(["read_qps": 1000, "read_ratio": Self.share("0.9")])
    let b = answers(["read_qps": 50_000, "read_ratio": Self.share("0.9")])
    let scaling = try change(compare(a, b, Self.moved("postgres-read-qps", to: 500)), "read-scaling")
    #expect(scaling.cause.answers.map(\.id) == ["read_qps"])
    #expect(scaling.cause.knowledge.isEmpty)
  }

  @Test("The mode, with the line that reads otherwise")
  func mode() throws {
    let given = answers(["production_services": 3, "team_size": 4])
    let shape = try change(compare(given, given, mode: .asWritten), "service-shape")
    #expect(shape.cause.knowledge.map(\.kind) == [.mode])
    let cause = try #require(shape.cause.knowledge.first)
    #expect(cause.before.contains { $0.contains("team_size") })
    #expect(!cause.after.contains { $0.contains("team_size") })
  }

  @Test("A default that changed")
  func fallback() throws {
    var other = knowledge
    other.hash = "other"
    for index in other.traits.indices where other.traits[index].id == "queries_per_request" {
      other.traits[index].fallback = .quantity(Interval(10))
    }
    let given = answers(["qps": 5000, "read_ratio": Self.share("0.9")])
    let scaling = try change(compare(given, given, other), "read-scaling")
    let cause = try #require(scaling.cause.knowledge.first)
    #expect(cause.kind == .fallback)
    #expect(cause.id == "queries_per_request")
    #expect(cause.before == ["1"])
    #expect(cause.after == ["10"])
  }

  @Test("The text of a rule, and a decision that only one has")
  func rules() throws {
    var other = knowledge
    other.hash = "other"
    let caching = try #require(knowledge.decision("caching"))
    let turned = try #require(other.decisions.firstIndex { $0.id == "caching" })
    other.decisions[turned].rules = [
      .init(then: "redis", when: RuleCondition(current: .init(text: "otherwise", condition: .always(Span(0, 9)))))
    ]
    other.decisions.removeAll { $0.id == "pagination" }
    let given = answers(["identical_query_rate": 1])
    let comparison = compare(given, given, other)
    let cause = try #require(try change(comparison, "caching").cause.knowledge.first)
    #expect(cause.kind == .rules)
    #expect(cause.before == caching.rules.map { "\($0.then): \($0.when[.current].text)" })
    #expect(cause.after == ["redis: otherwise"])
    let gone = try change(comparison, "pagination")
    #expect(gone.before != nil)
    #expect(gone.after == nil)
    #expect(gone.cause == .init())
  }

  @Test("Headroom that shrank or grew by more than the factor, on the same side of a line that turns")
  func headroom() throws {
    let comparison = compare(answers(["db_connections": 20]), answers(["db_connections": 150]))
    #expect(comparison.decisions.allSatisfy { $0.id != "connection-pooling" })
    let shrank = try #require(comparison.headroom.first { $0.decision == "connection-pooling" })
    #expect(!shrank.grew)
    #expect(shrank.before.value == 20)
    #expect(shrank.after.value == 150)
    let back = compare(answers(["db_connections": 150]), answers(["db_connections": 20]))
    #expect(back.headroom.first { $0.decision == "connection-pooling" }?.grew == true)
    let little = compare(answers(["db_connections": 100]), answers(["db_connections": 150]))
    #expect(little.headroom.allSatisfy { $0.decision != "connection-pooling" })
  }

  @Test("Checks come and go with the decisions")
  func checks() {
    let a = answers(["qps": 2500, "read_ratio": Self.share("0.9")])
    let b = answers(["qps": 40_000, "read_ratio": Self.share("0.9")])
    let there = compare(a, b)
    #expect(there.newChecks.map(\.item.id).contains("read-your-writes-test"))
    #expect(there.newChecks == compare(b, a).goneChecks)
  }

  @Test("Records of a list are compared one by one, by their names")
  func records() throws {
    func sheet(_ operation: String, also more: [String] = []) -> AnswerSheet {
      AnswerSheet(
        answers: ["database_engine": .choice("postgresql")],
        records: [
          "migrations": (["first"] + more).map { name in
            .init(
              name: name,
              fields: [
                "migrations.operation": .choice(operation), "migrations.table_rows": .quantity(Interval(200_000_000)),
              ])
          }
        ])
    }
    let comparison = AssessmentComparison(
      .init(evaluator, sheet("add-index")), .init(evaluator, sheet("rename", also: ["second"])))
    let first = try #require(comparison.decisions.first { $0.record?.name == "first" })
    #expect(first.cause.answers.map(\.id) == ["migrations.operation"])
    let second = try #require(comparison.decisions.first { $0.record?.name == "second" })
    #expect(second.before == nil)
  }

  @Test("Distance counts what is left of shares")
  func distance() {
    func headroom(_ value: String, _ at: String) -> Headroom {
      Headroom(trait: "t", value: Self.share(value), threshold: "x", at: Self.share(at), factor: nil)
    }
    #expect(headroom("10", "40").distance(.count) == 4)
    #expect(headroom("40", "10").distance(.count) == 4)
    #expect(headroom("0", "10").distance(.count) == nil)
    #expect(headroom("0.95", "0.8").distance(.share) == 4)
    #expect(headroom("0.5", "0.5").distance(.share) == 1)
  }

  // MARK: Random pairs

  static func random(_ random: inout SeededGenerator) -> [String: Answer] {
    var given: [String: Answer] = [:]
    for trait in knowledge.traits where Int.random(in: 0..<10, using: &random) < 6 {
      switch trait.kind {
      case .quantity(let unit, let bounds, _):
        let figures = knowledge.thresholds.filter { $0.value.unit == unit && bounds.contains($0.value.value) }
        func value() -> Decimal {
          let figure = figures.randomElement(using: &random)?.value.value ?? trait.plausible?.low ?? bounds.low
          let factors: [Decimal] = unit == .count ? [1, 2, 3] : [1, Decimal(1) / 2, 2, Decimal(9) / 10]
          return min(max(figure * (factors.randomElement(using: &random) ?? 1), bounds.low), bounds.high)
        }
        let (a, b) = (value(), value())
        given[trait.id] = .quantity(
          Int.random(in: 0..<5, using: &random) == 0 ? Interval(min(a, b), max(a, b)) : Interval(a))
      case .flag: given[trait.id] = .flag(Bool.random(using: &random))
      case .choice(let options): given[trait.id] = options.randomElement(using: &random).map { .choice($0.id) }
      case .set(let options):
        given[trait.id] = .set(Set(options.map(\.id).filter { _ in Bool.random(using: &random) }))
      }
      if Int.random(in: 0..<10, using: &random) == 0 { given[trait.id] = .unknown }
    }
    return given
  }

  @Test("What is named turns the decision by itself, and nothing of it can be left out", arguments: 0..<8)
  func attributionHolds(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<size(3, full: 200) {
      let a = Self.random(&random)
      var b = Self.random(&random)
      // Some pairs differ in a few answers only.
      if Bool.random(using: &random) {
        b = a.merging(b.filter { _ in Int.random(in: 0..<6, using: &random) == 0 }) { $1 }
      }
      let comparison = compare(a, b)
      let after = evaluator.outcomes(b)
      for change in comparison.decisions {
        let ids = change.cause.answers.map(\.id)
        #expect(!ids.isEmpty)
        #expect(change.cause.knowledge.isEmpty)
        func turned(_ ids: [String]) -> Bool {
          var given = a
          for id in ids { given[id] = b[id] }
          let outcome = evaluator.outcomes(given)[change.id]
          return outcome?.status == after[change.id]?.status && outcome?.outcome == after[change.id]?.outcome
            && outcome?.possible == after[change.id]?.possible
        }
        #expect(turned(ids), "\(change.id): \(ids)")
        for id in ids { #expect(!turned(ids.filter { $0 != id }), "\(change.id): \(id) of \(ids)") }
        for other in change.cause.alternatives { #expect(turned(other), "\(change.id): \(other)") }
      }
      let before = evaluator.outcomes(a)
      let differing = before.filter { id, outcome in
        after[id].map {
          ($0.status, $0.outcome) != (outcome.status, outcome.outcome) || $0.possible != outcome.possible
        }
          ?? true
      }
      #expect(Set(differing.keys) == Set(comparison.decisions.map(\.id)))
      #expect(compare(a, b).decisions == comparison.decisions)
      #expect(compare(a, a).isEmpty)
    }
  }

  @Test("Under other figures, what is named of answers and figures turns the decision by itself", arguments: 0..<6)
  func attributionOfKnowledgeHolds(seed: Int) {
    var random = SeededGenerator(seed: UInt64(1000 + seed))
    for _ in 0..<size(1, full: 60) {
      var other = knowledge
      other.hash = "other"
      for index in other.thresholds.indices where Int.random(in: 0..<4, using: &random) == 0 {
        other.thresholds[index].value.value /= 2
      }
      let a = Self.random(&random)
      let b = a.merging(Self.random(&random).filter { _ in Int.random(in: 0..<8, using: &random) == 0 }) { $1 }
      let comparison = compare(a, b, other)
      let after = Evaluator(other).outcomes(b)
      for change in comparison.decisions {
        #expect(!change.cause.answers.isEmpty || !change.cause.knowledge.isEmpty, "\(change.id)")
        var given = a
        for answer in change.cause.answers { given[answer.id] = b[answer.id] }
        var mixed = knowledge
        for cause in change.cause.knowledge {
          #expect(cause.kind == .threshold)
          for index in mixed.thresholds.indices where mixed.thresholds[index].id == cause.id {
            mixed.thresholds[index] = other.thresholds[index]
          }
        }
        let outcome = Evaluator(mixed).outcomes(given)[change.id]
        #expect(outcome?.possible == after[change.id]?.possible, "\(change.id)")
        #expect(outcome?.outcome == after[change.id]?.outcome, "\(change.id)")
      }
    }
  }
}
