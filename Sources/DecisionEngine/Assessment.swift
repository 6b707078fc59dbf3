public import Foundation
public import KnowledgeModel

/// Kleene's three truth values.
public enum Truth: String, Sendable, Hashable {
  case `true`, `false`, unknown

  public init(_ value: Bool) { self = value ? .true : .false }

  public static prefix func ! (a: Truth) -> Truth {
    switch a {
    case .true: .false
    case .false: .true
    case .unknown: .unknown
    }
  }
}

/// What the engine holds of a trait.
public enum TraitState: Sendable, Hashable {
  case quantity(Interval)
  case flag(Bool?)
  /// One of these.
  case choice([String])
  /// Nil: any subset of the options.
  case set([String]?)

  /// Whether exactly one value is left.
  public var isPoint: Bool {
    switch self {
    case .quantity(let interval): interval.isPoint
    case .flag(let value): value != nil
    case .choice(let values): values.count == 1
    case .set(let values): values != nil
    }
  }
}

public enum Origin: String, Sendable, Hashable {
  case answered
  case `default`
  case derived
  case unknown
}

public struct TraitReading: Sendable, Hashable {
  public var trait: Trait
  public var state: TraitState
  public var origin: Origin

  public var id: String { trait.id }
}

public enum Status: String, Sendable, Hashable {
  case decided, undecided
  case notApplicable = "not-applicable"
}

/// A condition that took part in a decision, and how it read.
public struct Reason: Sendable, Hashable {
  /// In the condition language.
  public var condition: String
  public var truth: Truth
  /// In words: "2,125/s is at most 10,000/s".
  public var reading: String
}

/// An option that was not chosen, and why not.
public struct Rejection: Sendable, Hashable {
  public var option: String
  public var reading: String
}

/// How far a trait is from a threshold that the decision reads.
public struct Headroom: Sendable, Hashable {
  public var trait: String
  /// The end of the trait's range that is nearest to the threshold.
  public var value: Decimal
  public var threshold: String
  public var at: Decimal
  /// Threshold divided by value, rounded down to at most two decimals; nil at 0.
  public var factor: Decimal?
}

/// The smallest change of one trait that brings another outcome.
public struct Flip: Sendable, Hashable {
  public enum Value: Sendable, Hashable {
    case quantity(Decimal)
    case flag(Bool)
    case choice(String)
    case set([String])
  }
  public var trait: String
  public var to: Value
  /// The outcome then; `not-applicable` where the decision would fall away.
  public var outcome: String
}

public struct DecisionResult: Sendable, Hashable {
  public var decision: Decision
  public var status: Status
  public var outcome: String?
  /// Position of the rule that decided, from 0.
  public var rule: Int?
  public var because: [Reason]
  public var rejected: [Rejection]
  public var headroom: [Headroom]
  public var flips: [Flip]
  /// Outcomes still possible, sorted; `not-applicable` among them where applicability is open.
  public var possible: [String]
  /// The traits that would settle it, where it is undecided.
  public var needs: [String]
  /// Where it is undecided: what is left of `possible` if each trait that is not known lies in its plausible range.
  /// Nil where that leaves no less.
  public var assumed: [String]?
  /// Whether it rests on planning defaults alone: no answer bears on it.
  public var isAssumed: Bool

  public var id: String { decision.id }
  public var option: Decision.Option? { outcome.flatMap(decision.option) }
}

/// What the decisions that are taken for each record of a list say of one record.
public struct RecordAssessment: Sendable, Hashable {
  public var list: RecordList
  public var name: String
  /// The record's fields, in the list's order.
  public var fields: [TraitReading]
  public var decisions: [DecisionResult]
}

/// A practice or check with whether its condition holds. Those that do not apply are left out of assessments.
public struct Applied<Item: Sendable & Hashable>: Sendable, Hashable {
  public var item: Item
  /// `.true`, or `.unknown` where an unknown trait decides whether it applies.
  public var truth: Truth
}

/// What the knowledge says about one set of answers.
public struct Assessment: Sendable, Hashable {
  public var sheet: AnswerSheet
  public var mode: Mode
  /// In questionnaire order.
  public var traits: [TraitReading]
  /// By area, then by id.
  public var decisions: [DecisionResult]
  /// In the order of the lists, and of the records in each.
  public var records: [RecordAssessment]
  public var practices: [Applied<Practice>]
  public var checks: [Applied<Check>]
  /// Disagreements between answers, in words.
  public var warnings: [String]

  /// The assessment as one of its records is read: the record's fields among the traits, its decisions in place of the
  /// system's.
  public func focused(on record: RecordAssessment) -> Assessment {
    var focused = self
    focused.traits += record.fields
    focused.decisions = record.decisions
    focused.records = []
    return focused
  }

  public func reading(_ trait: String) -> TraitReading? { traits.first { $0.id == trait } }
  public func decision(_ id: String) -> DecisionResult? { decisions.first { $0.id == id } }
}
