import Content
@testable import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import TestSupport
import Testing

let knowledge = KnowledgeCompiler.compile([
  KnowledgeSource(
    name: "knowledge", files: Content.files(under: "knowledge").map { .init(path: $0.path, text: $0.text) })
]).knowledge

/// Answers from numbers in base units.
func answers(_ values: [String: Decimal], _ more: [String: Answer] = [:]) -> [String: Answer] {
  values.mapValues { .quantity(Interval($0)) }.merging(more) { $1 }
}

@Suite("Evaluating")
struct EvaluatorTests {
  let evaluator = Evaluator(knowledge)

  func result(_ decision: String, _ given: [String: Answer], mode: Mode = .current) throws -> DecisionResult {
    let assessment = Evaluator(knowledge, mode: mode).assess(AnswerSheet(answers: given))
    return try #require(assessment.decision(decision))
  }

  @Test("The contract's own example reads as it says")
  func contractExample() throws {
    let scaling = try result("read-scaling", answers(["qps": 2500, "read_ratio": Decimal(string: "0.85") ?? 0]))
    #expect(scaling.outcome == "single-node")
    #expect(
      scaling.because == [
        Reason(condition: "read_qps <= @postgres-read-qps", truth: .true, reading: "2,125/s is at most 10,000/s")
      ])
    #expect(
      scaling.headroom == [
        Headroom(
          trait: "read_qps", value: 2125, threshold: "postgres-read-qps", at: 10000, factor: Decimal(string: "4.7")),
        Headroom(
          trait: "read_ratio", value: Decimal(string: "0.85") ?? 0, threshold: "read-heavy-share",
          at: Decimal(string: "0.8") ?? 0, factor: Decimal(string: "0.94")),
      ])
    #expect(scaling.flips.contains(Flip(trait: "qps", to: .quantity(11765), outcome: "read-replicas")))
  }

  @Test("100,000 × (1 − 0.95) is exactly 5,000 writes, which one primary carries")
  func decimalEquality() throws {
    let given = answers(["qps": 100_000, "read_ratio": Decimal(string: "0.95") ?? 0, "data_size": 1])
    #expect(try result("write-scaling", given).outcome == "single-primary")
    let more = answers([
      "qps": Decimal(string: "100000.02") ?? 0, "read_ratio": Decimal(string: "0.95") ?? 0, "data_size": 1,
    ])
    #expect(try result("write-scaling", more).outcome == "shard")
  }

  @Test("Given rates win over derived ones; null means not given; a contradiction is a warning")
  func derived() throws {
    let sheet = AnswerSheet(
      answers: answers(["qps": 2500, "read_ratio": Decimal(string: "0.85") ?? 0, "read_qps": 12_000]))
    let assessment = evaluator.assess(sheet)
    #expect(assessment.decision("read-scaling")?.outcome == "read-replicas")
    #expect(assessment.warnings.count == 1)
    #expect(assessment.warnings.first?.contains("read_qps was given as 12,000/s") == true)
    let null = evaluator.assess(AnswerSheet(answers: answers(["qps": 2500, "read_ratio": 1], ["read_qps": .unknown])))
    #expect(null.reading("read_qps")?.state == .quantity(Interval(2500)))
    #expect(null.reading("read_qps")?.origin == .derived)
    let ratio = evaluator.assess(AnswerSheet(answers: answers(["read_qps": 8, "write_qps": 2])))
    #expect(ratio.reading("read_ratio")?.state == .quantity(Interval(Decimal(string: "0.8") ?? 0)))
    #expect(ratio.warnings.isEmpty)
    let alone = evaluator.assess(AnswerSheet(answers: answers(["read_qps": 8])))
    #expect(alone.reading("read_ratio")?.origin == .unknown)
  }

  @Test("Unknown overrides a default")
  func unknownOverridesDefault() throws {
    let known = evaluator.assess(AnswerSheet(answers: [:]))
    #expect(known.reading("queries_per_request")?.origin == .default)
    let unknown = evaluator.assess(AnswerSheet(answers: ["queries_per_request": .unknown]))
    #expect(unknown.reading("queries_per_request")?.state == .quantity(Interval(0, 1000)))
  }

  @Test("Open applicability is among the possible")
  func applicability() throws {
    let open = try result("cache-health", answers(["cache_hit_rate": Decimal(string: "0.5") ?? 0]))
    #expect(open.status == .undecided)
    #expect(open.possible == ["fix-or-remove", "not-applicable"])
    #expect(open.needs == ["has_cache"])
  }

  @Test("A factor is null at 0 and never overstated")
  func factors() throws {
    let zero = try result("connection-pooling", answers(["db_connections": 0]))
    #expect(zero.headroom.first?.factor == nil)
    let close = try result("connection-pooling", answers(["db_connections": 101]))
    #expect(close.headroom.first?.factor == Decimal(string: "1.98"))
  }

  @Test("As written changes only what the contract says")
  func modes() throws {
    let team = answers(["production_services": 3, "team_size": 4])
    #expect(try result("service-shape", team).outcome == "modular-monolith")
    #expect(try result("service-shape", team, mode: .asWritten).outcome == "microservices")
    let message = answers(
      ["message_rate": 5, "message_size": 262_144], ["async_work": .flag(true), "message_needs": .set([])])
    #expect(try result("messaging", message).outcome == "sqs")
    #expect(try result("messaging", message, mode: .asWritten).outcome == "sqs-claim-check")
  }
}

/// Random answers around the boundaries, seeded.
struct RandomAnswers {
  var random: SeededGenerator
  let evaluator: Evaluator

  mutating func next() -> [String: Answer] {
    var given: [String: Answer] = [:]
    for trait in evaluator.knowledge.traits where Int.random(in: 0..<4, using: &random) > 0 {
      given[trait.id] = answer(trait)
    }
    return given
  }

  private mutating func answer(_ trait: KnowledgeModel.Trait) -> Answer {
    if Int.random(in: 0..<8, using: &random) == 0 { return .unknown }
    switch trait.kind {
    case .flag: return .flag(Bool.random(using: &random))
    case .choice(let options): return .choice(options[Int.random(in: 0..<options.count, using: &random)].id)
    case .set(let options): return .set(Set(options.filter { _ in Bool.random(using: &random) }.map(\.id)))
    case .quantity(let unit, let bounds, _):
      let ends = [number(unit, bounds), number(unit, bounds)].sorted()
      return .quantity(Int.random(in: 0..<3, using: &random) == 0 ? Interval(ends[0], ends[1]) : Interval(ends[0]))
    }
  }

  private mutating func number(_ unit: BaseUnit, _ bounds: Interval) -> Decimal {
    let near = evaluator.knowledge.thresholds.filter { $0.value.unit == unit }.map(\.value.value)
    var value =
      near.isEmpty || Bool.random(using: &random)
      ? bounds.low + (bounds.high - bounds.low) * Decimal(Int.random(in: 0...1000, using: &random)) / 1000
      : near[Int.random(in: 0..<near.count, using: &random)]
    if unit == .share { value = value.rounded(4) }
    if unit == .count { value = value.wholeDown }
    return min(max(value, bounds.low), bounds.high)
  }
}

@Suite("Properties of evaluation")
struct EvaluationProperties {
  static let runs = size(150, full: 3000)

  @Test("Every flip really flips", arguments: Mode.allCases)
  func flips(_ mode: Mode) throws {
    let evaluator = Evaluator(knowledge, mode: mode)
    var source = RandomAnswers(random: SeededGenerator(seed: 11), evaluator: evaluator)
    var tried = 0
    for _ in 0..<Self.runs {
      let given = source.next()
      for decision in evaluator.assess(AnswerSheet(answers: given)).decisions {
        for flip in decision.flips {
          tried += 1
          var changed = given
          switch flip.to {
          case .quantity(let value): changed[flip.trait] = .quantity(Interval(value))
          case .flag(let value): changed[flip.trait] = .flag(value)
          case .choice(let value): changed[flip.trait] = .choice(value)
          case .set(let values): changed[flip.trait] = .set(Set(values))
          }
          let after = try #require(evaluator.outcomes(changed)[decision.id])
          #expect((after.outcome ?? after.status.rawValue) == flip.outcome, "\(decision.id) by \(flip)")
          #expect(flip.outcome != (decision.outcome ?? decision.status.rawValue))
        }
      }
    }
    #expect(tried > Self.runs)
  }

  @Test("Narrowing an answer never adds an outcome, and what was decided stays", arguments: Mode.allCases)
  func narrowing(_ mode: Mode) throws {
    let evaluator = Evaluator(knowledge, mode: mode)
    var source = RandomAnswers(random: SeededGenerator(seed: 5), evaluator: evaluator)
    for _ in 0..<Self.runs * 4 {
      let given = source.next()
      let before = evaluator.outcomes(given)
      var narrowed = given
      for (trait, answer) in given {
        if case .quantity(let interval) = answer, !interval.isPoint {
          narrowed[trait] = .quantity(Interval(Bool.random(using: &source.random) ? interval.low : interval.high))
        }
      }
      for (id, outcome) in evaluator.outcomes(narrowed) {
        #expect(Set(outcome.possible).isSubset(of: before[id]?.possible ?? []), "\(id)")
      }
    }
  }

  @Test("An undecided decision is settled by its needs", arguments: Mode.allCases)
  func needs(_ mode: Mode) throws {
    let evaluator = Evaluator(knowledge, mode: mode)
    var source = RandomAnswers(random: SeededGenerator(seed: 3), evaluator: evaluator)
    for _ in 0..<Self.runs {
      let given = source.next()
      for verdict in evaluator.verdicts(given) where verdict.outcome.status == .undecided {
        #expect(!verdict.needs.isEmpty)
        var settled = given
        for id in verdict.needs {
          let trait = try #require(knowledge.trait(id))
          switch trait.kind {
          case .quantity(_, let bounds, _):
            if case .quantity(let interval)? = given[id] {
              settled[id] = .quantity(Interval(interval.low))
            } else {
              settled[id] = .quantity(Interval(bounds.low))
            }
          case .flag: settled[id] = .flag(true)
          case .choice(let options): settled[id] = .choice(options[0].id)
          case .set: settled[id] = .set([])
          }
        }
        #expect(
          evaluator.outcomes(settled)[verdict.decision.id]?.status != .undecided,
          "\(verdict.decision.id) needs \(verdict.needs)")
      }
    }
  }
}
