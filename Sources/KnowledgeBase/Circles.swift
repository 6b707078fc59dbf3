internal import KnowledgeModel

extension Knowledge {
  /// Decisions that refer to each other in a circle, each circle closed: a, b, a.
  var decisionCircles: [[String]] {
    circles(
      Dictionary(
        decisions.map { decision in
          (decision.id, Mode.allCases.flatMap { decision.conditions(in: $0) }.flatMap(\.decisions).uniqued())
        }, uniquingKeysWith: { first, _ in first }))
  }

  /// Derived traits that follow from each other. A trait that has to be given is not derived, so it closes no circle.
  var derivationCircles: [[String]] {
    circles(
      Dictionary(
        traits.map { trait in
          let given = trait.derivation?.ifGiven ?? []
          return (trait.id, (trait.derivation?.from.traits ?? []).filter { !given.contains($0) })
        }, uniquingKeysWith: { first, _ in first }))
  }

  private func circles(_ reads: [String: [String]]) -> [[String]] {
    var found: [[String]] = []
    var done = Set<String>()
    func visit(_ id: String, _ path: [String]) {
      if let start = path.firstIndex(of: id) {
        found.append(Array(path[start...]) + [id])
        return
      }
      guard !done.contains(id) else { return }
      for next in reads[id] ?? [] { visit(next, path + [id]) }
      done.insert(id)
    }
    for id in reads.keys.sorted() { visit(id, []) }
    return found
  }
}
