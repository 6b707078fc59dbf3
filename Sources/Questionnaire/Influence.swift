internal import KnowledgeModel

/// Which decisions an answer can reach: directly, through traits that follow from it, or through other decisions.
struct Influence: Sendable {
  /// By area, then by id.
  let decisionsInOrder: [Decision]
  /// Conditions by decision, with those of the decisions that it reads.
  private let leaves: [String: [Condition]]
  /// The traits that those conditions name, by decision.
  private let traits: [String: Set<String>]
  /// The decisions that a first run asks for; all, where the knowledge names none.
  private let core: Set<String>
  /// The traits that may follow from a trait.
  private let dependents: [String: Set<String>]

  init(_ knowledge: Knowledge, mode: Mode) {
    decisionsInOrder = knowledge.systemDecisions.sorted { ($0.entry.area, $0.id) < ($1.entry.area, $1.id) }
    let named = knowledge.systemDecisions.filter(\.isCore)
    core = Set((named.isEmpty ? knowledge.systemDecisions : named).map(\.id))
    var dependents: [String: Set<String>] = [:]
    for trait in knowledge.traits {
      guard let derivation = trait.derivation else { continue }
      for source in derivation.from.traits + derivation.ifGiven { dependents[source, default: []].insert(trait.id) }
    }
    self.dependents = dependents
    let byId = Dictionary(knowledge.systemDecisions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var leaves: [String: [Condition]] = [:]
    for decision in knowledge.systemDecisions {
      let read = Influence.closure(of: decision.id) { id in
        byId[id].map { Set($0.conditions(in: mode).flatMap(\.decisions)) } ?? []
      }
      let conditions = knowledge.systemDecisions.filter { read.contains($0.id) }.flatMap { $0.conditions(in: mode) }
      leaves[decision.id] = conditions.flatMap(\.leaves).uniqued()
    }
    self.leaves = leaves
    traits = leaves.mapValues { Set($0.flatMap(\.traits)) }
  }

  /// The ids of the decisions that a trait reaches, by area and id.
  ///
  /// - Parameter given: traits with an answer of their own, which follow from nothing else.
  func decisions(reading trait: String, given: Set<String>) -> [String] {
    let reached = self.reached(from: trait, given: given)
    return decisionsInOrder.map(\.id).filter { traits[$0].map { !$0.isDisjoint(with: reached) } ?? false }
  }

  /// The trait itself, and those that follow from it.
  func reached(from trait: String, given: Set<String>) -> Set<String> {
    Influence.closure(of: trait) { dependents[$0, default: []].subtracting(given) }
  }

  func isCore(_ decision: String) -> Bool { core.contains(decision) }

  /// The comparisons and tests that a decision may come to.
  func leaves(of decision: String) -> [Condition] { leaves[decision, default: []] }

  private static func closure(of start: String, _ next: (String) -> Set<String>) -> Set<String> {
    var found: Set<String> = [start]
    var open = [start]
    while let id = open.popLast() {
      for other in next(id) where found.insert(other).inserted { open.append(other) }
    }
    return found
  }
}
