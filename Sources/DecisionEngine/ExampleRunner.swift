public import KnowledgeModel

/// Runs the examples that entries carry.
public struct ExampleRunner {
  public struct Failure: Sendable, Hashable {
    public var decision: String
    /// Position of the example, from 0.
    public var example: Int
    public var message: String
  }

  /// - Returns: how many examples ran, and those that came out otherwise than they say.
  public static func run(_ knowledge: Knowledge) -> (count: Int, failures: [Failure]) {
    let evaluators = Dictionary(uniqueKeysWithValues: Mode.allCases.map { ($0, Evaluator(knowledge, mode: $0)) })
    var count = 0
    var failures: [Failure] = []
    for decision in knowledge.decisions where !knowledge.movesExamples(of: decision) {
      for (index, example) in decision.examples.enumerated() {
        count += 1
        guard let outcome = evaluators[example.mode]?.allOutcomes(example.given)[decision.id] else { continue }
        let found =
          switch outcome.status {
          case .decided: outcome.outcome ?? ""
          case .notApplicable: Outcome.notApplicable
          case .undecided: "[\(outcome.possible.joined(separator: ", "))]"
          }
        let expected =
          switch example.expect {
          case .decided(let outcome): outcome
          case .notApplicable: Outcome.notApplicable
          case .undecided(let outcomes): "[\(outcomes.sorted().joined(separator: ", "))]"
          }
        if found != expected {
          failures.append(
            Failure(decision: decision.id, example: index, message: "expects \(expected), but its rules give \(found)"))
        }
      }
    }
    return (count, failures)
  }
}

extension Knowledge {
  /// Whether a pack overrides what a decision of another pack reads, and leaves its examples alone: they were written
  /// for the figures that were there before, and proved with them.
  func movesExamples(of decision: Decision) -> Bool {
    var pending = [decision]
    var seen: Set<String> = []
    while let next = pending.popLast() {
      guard seen.insert(next.id).inserted else { continue }
      let conditions = Mode.allCases.flatMap { next.conditions(in: $0) }
      let read =
        conditions.flatMap(\.thresholds).compactMap { threshold($0)?.entry }
        + conditions.flatMap(\.traits).compactMap { trait($0)?.entry }
      let overrides = (read + [next.entry]).compactMap(\.override)
      if overrides.contains(where: { $0.pack != decision.entry.pack }),
        decision.entry.override?.keys.contains("examples") != true
      {
        return true
      }
      pending += conditions.flatMap(\.decisions).compactMap(self.decision)
    }
    return false
  }
}
