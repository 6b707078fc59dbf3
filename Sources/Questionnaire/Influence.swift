internal import KnowledgeModel

/// Which decisions an answer can reach: directly, through traits that follow from it, or through other decisions.
struct Influence: Sendable {
  /// By area, then by id.
  let decisionsInOrder: [Decision]
  /// Traits by decision, with everything that they may follow from.
  private let traits: [String: Set<String>]
  /// Conditions by decision, with those of the decisions that it reads.
  private let conditions: [String: [Condition]]
  private let sources: [String: Set<String>]

  init(_ knowledge: Knowledge, mode: Mode) {
    decisionsInOrder = knowledge.decisions.sorted { ($0.entry.area, $0.id) < ($1.entry.area, $1.id) }
    var sources: [String: Set<String>] = [:]
    for trait in knowledge.traits {
      sources[trait.id] = Set((trait.derivation?.from.traits ?? []) + (trait.derivation?.ifGiven ?? []))
    }
    self.sources = sources
    let byId = Dictionary(knowledge.decisions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var traits: [String: Set<String>] = [:]
    var conditions: [String: [Condition]] = [:]
    for decision in knowledge.decisions {
      let all = Influence.closure([decision.id]) { id in
        byId[id].map { Set($0.conditions(in: mode).flatMap(\.decisions)) } ?? []
      }
      let reached = knowledge.decisions.filter { all.contains($0.id) }.flatMap { $0.conditions(in: mode) }
      conditions[decision.id] = reached
      traits[decision.id] = Influence.closure(Set(reached.flatMap(\.traits))) { sources[$0] ?? [] }
    }
    self.traits = traits
    self.conditions = conditions
  }

  /// Ids, by area and id.
  func decisions(reading trait: String) -> [String] {
    decisionsInOrder.map(\.id).filter { traits[$0]?.contains(trait) == true }
  }

  /// The comparisons and tests that a decision may come to.
  func leaves(of decision: String) -> [Condition] { conditions[decision, default: []].flatMap(\.leaves).uniqued() }

  /// Whether a trait is the other, or may follow from it.
  func isTrait(_ trait: String, reachedBy source: String) -> Bool {
    Influence.closure([trait]) { sources[$0] ?? [] }.contains(source)
  }

  private static func closure(_ start: Set<String>, _ next: (String) -> Set<String>) -> Set<String> {
    var found = start
    var open = Array(start)
    while let id = open.popLast() {
      for other in next(id) where found.insert(other).inserted { open.append(other) }
    }
    return found
  }
}
