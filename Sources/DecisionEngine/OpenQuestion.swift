public import KnowledgeModel

/// Something that is not known, or too roughly, with the decisions that wait for it.
public struct OpenQuestion: Sendable, Hashable {
  public var reading: TraitReading
  /// The undecided decisions that it could turn, the weightiest first.
  public var decisions: [DecisionResult]

  /// The range that stands in for it until it is known; nil where the entry names none, or a range was given.
  public var assumption: Interval? { reading.origin == .unknown ? reading.trait.plausible : nil }
}

extension Assessment {
  /// What open decisions wait for, most important first: what is not known before what is known roughly, then by how
  /// many decisions it could turn and how much hangs on those.
  public var openQuestions: [OpenQuestion] {
    let open = decisions.filter { $0.status == .undecided }
      .sorted {
        (-$0.decision.weight, $0.decision.entry.area, $0.id) < (-$1.decision.weight, $1.decision.entry.area, $1.id)
      }
    let questions = traits.compactMap { reading -> OpenQuestion? in
      let waiting = open.filter { $0.needs.contains(reading.id) }
      return waiting.isEmpty ? nil : OpenQuestion(reading: reading, decisions: waiting)
    }
    func rank(_ item: (offset: Int, element: OpenQuestion)) -> [Int] {
      let decisions = item.element.decisions
      return [
        item.element.reading.origin == .unknown ? 0 : 1, -decisions.count,
        -decisions.map(\.decision.weight).reduce(0, +), item.offset,
      ]
    }
    return questions.enumerated().sorted { rank($0).lexicographicallyPrecedes(rank($1)) }.map(\.element)
  }
}
