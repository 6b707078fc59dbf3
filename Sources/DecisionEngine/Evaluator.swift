public import KnowledgeModel

/// Evaluates answers against the knowledge. Pure: the same input gives the same assessment.
public struct Evaluator: Sendable {
  public let knowledge: Knowledge
  public let mode: Mode

  public init(_ knowledge: Knowledge, mode: Mode = .current) {
    self.knowledge = knowledge
    self.mode = mode
  }

  /// The whole assessment: outcomes with their trace, headroom and flips.
  public func assess(_ sheet: AnswerSheet) -> Assessment {
    Assessment(sheet: sheet, mode: mode, traits: [], decisions: [], practices: [], checks: [], warnings: [])
  }

  /// The outcomes alone, by decision id: what an interview asks after every answer.
  public func outcomes(_ answers: [String: Answer]) -> [String: Outcome] { [:] }

  /// The value of an arithmetic expression for an assessment's traits; nil where it has no bounds.
  public func value(of expression: Expression, in assessment: Assessment) -> Interval? { nil }
}

/// The outcome of one decision, without its trace.
public struct Outcome: Sendable, Hashable {
  public var status: Status
  public var outcome: String?
  public var rule: Int?
  /// Sorted; `not-applicable` among them where applicability is open.
  public var possible: [String]
}
