public import Foundation
public import KnowledgeModel

/// Two assessments side by side: which decisions differ, and what made them differ.
///
/// (`Comparison` itself is the operator between two quantities in a condition.)
public struct AssessmentComparison: Sendable {
  public var before: Side
  public var after: Side
  /// By area and id; those that are taken for each record behind them.
  public var decisions: [DecisionChange]
  /// Of decisions that did not change, by their order.
  public var headroom: [HeadroomChange]
  /// Answers whose value differs, in questionnaire order.
  public var answers: [AnswerChange]
  /// Ids of those among `answers` that no decision changed for.
  public var idle: [String]
  /// What differs between the two knowledge bases and their modes, as far as it can bear on a decision.
  public var knowledge: [KnowledgeChange]
  /// Checks that apply after and not before, and the other way round; by id.
  public var newChecks: [Applied<Check>]
  public var goneChecks: [Applied<Check>]

  /// One of the two: answers under a knowledge base in a mode.
  public struct Side: Sendable {
    public let evaluator: Evaluator
    public let assessment: Assessment

    public init(_ evaluator: Evaluator, _ sheet: AnswerSheet) {
      self.evaluator = evaluator
      assessment = evaluator.assess(sheet)
    }

    public var knowledge: Knowledge { evaluator.knowledge }
    public var mode: Mode { evaluator.mode }
  }

  /// A record that a decision is taken for.
  public struct RecordName: Sendable, Hashable {
    public var list: String
    public var name: String

    public init(list: String, name: String) {
      self.list = list
      self.name = name
    }
  }

  /// A decision whose status, outcome or possible outcomes differ.
  public struct DecisionChange: Sendable, Hashable {
    public var decision: Decision
    public var record: RecordName?
    /// Nil where the decision, or its record, is only on the other side.
    public var before: DecisionResult?
    public var after: DecisionResult?
    public var cause: Cause

    public var id: String { decision.id }
  }

  /// What turned a decision: as few changes as do it together, answers before knowledge.
  public struct Cause: Sendable, Hashable {
    public var answers: [AnswerChange]
    public var knowledge: [KnowledgeChange]
    /// Other sets of changes that are as small and do it as well: ids of traits and entries, `mode` for the mode.
    public var alternatives: [[String]]

    public init(answers: [AnswerChange] = [], knowledge: [KnowledgeChange] = [], alternatives: [[String]] = []) {
      self.answers = answers
      self.knowledge = knowledge
      self.alternatives = alternatives
    }

    /// Whether it takes several changes together.
    public var isCombination: Bool { answers.count + knowledge.count > 1 }
  }

  /// An answer that differs: of a trait, of a record's field, or whether a list has records.
  public struct AnswerChange: Sendable, Hashable {
    public var id: String
    /// Nil where the knowledge of that side does not ask for it.
    public var before: TraitReading?
    public var after: TraitReading?
  }

  /// What differs between two knowledge bases.
  public struct KnowledgeChange: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
      /// The value of a threshold.
      case threshold
      /// The default of a trait.
      case fallback = "default"
      /// A trait's options, bounds or derivation.
      case trait
      /// The fields of a list.
      case list
      /// The rules of a decision, or when it applies.
      case rules
      /// Whether the guide is followed to the letter.
      case mode
    }
    public var kind: Kind
    /// The entry; `mode` for the mode.
    public var id: String
    /// What it said, in parts: figures in their unit, conditions in the condition language.
    public var before: [String]
    public var after: [String]
    /// The values of a threshold, in its base unit.
    public var values: [Quantity]
    /// The pack that the entry comes from or was changed by, on either side; nil for the guide.
    public var packBefore: String?
    public var packAfter: String?
  }

  /// The distance of a trait to a threshold, where it is another one by more than the factor.
  public struct HeadroomChange: Sendable, Hashable {
    public var decision: String
    public var record: RecordName?
    public var before: Headroom
    public var after: Headroom
    /// Whether the distance grew.
    public var grew: Bool
  }

  /// Decisions of consequence that stood with an outcome and have another now, or none: their records are superseded.
  /// Those that are taken for each record of a list have none of their own.
  public var superseded: [DecisionChange] {
    decisions.filter {
      $0.record == nil && $0.before?.isOfConsequence ?? false && $0.before?.outcome != $0.after?.outcome
    }
  }

  public var isEmpty: Bool {
    decisions.isEmpty && headroom.isEmpty && answers.isEmpty && newChecks.isEmpty && goneChecks.isEmpty
  }

  /// Compares two sides. The same input gives the same comparison.
  /// - Parameter factor: how much a distance to a threshold has to grow or shrink to be named; above 1.
  public init(_ before: Side, _ after: Side, factor: Decimal = Decimal(15) / 10) {
    self.before = before
    self.after = after
    var blend = KnowledgeBlend(before.evaluator, after.evaluator)
    knowledge = blend.changes
    let old = Subject.all(before)
    let new = Subject.all(after)
    var decisions: [DecisionChange] = []
    var headroom: [HeadroomChange] = []
    for key in Subject.order(old, new) {
      switch (old[key], new[key]) {
      case (let a?, let b?):
        if a.result.verdict == b.result.verdict {
          headroom += HeadroomChange.all(key, a.result, b.result, before, after, factor)
        } else {
          let cause = blend.cause(of: key.decision, a.answers, b.answers, b.result.verdict)
          decisions.append(
            DecisionChange(
              decision: b.result.decision, record: key.record, before: a.result, after: b.result, cause: cause))
        }
      case (let a?, nil):
        decisions.append(
          DecisionChange(decision: a.result.decision, record: key.record, before: a.result, after: nil, cause: Cause()))
      case (nil, let b?):
        decisions.append(
          DecisionChange(decision: b.result.decision, record: key.record, before: nil, after: b.result, cause: Cause()))
      case (nil, nil): break
      }
    }
    self.decisions = decisions
    self.headroom = headroom
    let a = before.assessment.answersWithLists(before.knowledge)
    let b = after.assessment.answersWithLists(after.knowledge)
    let changed = blend.changedAnswers(a, b).filter { $0.before?.state != $0.after?.state }
    let effective = Set(decisions.flatMap { $0.cause.answers.map(\.id) + $0.cause.alternatives.flatMap(\.self) })
    answers = changed
    idle = changed.map(\.id).filter { !effective.contains($0) }
    let checksBefore = Set(before.assessment.checks.map(\.item.id))
    let checksAfter = Set(after.assessment.checks.map(\.item.id))
    newChecks = after.assessment.checks.filter { !checksBefore.contains($0.item.id) }
    goneChecks = before.assessment.checks.filter { !checksAfter.contains($0.item.id) }
  }
}

/// What can be told apart of a decision's result.
struct ComparedVerdict: Hashable {
  var status: Status
  var outcome: String?
  var possible: [String]
}

extension DecisionResult {
  var verdict: ComparedVerdict { ComparedVerdict(status: status, outcome: outcome, possible: possible) }

  /// Whether a record is worth keeping of it: it is decided by an answer, and much hangs on it or it takes work.
  public var isOfConsequence: Bool {
    guard status == .decided, !isAssumed else { return false }
    // Much of the architecture hangs on it, or it is work that somebody will ask the reason of.
    return decision.weight == 3 || decision.weight == 2 && option?.effort != Decision.Effort.none
      || option?.effort == .high
  }
}

extension Assessment {
  /// The answers as the engine reads them: with whether each list has records.
  func answersWithLists(_ knowledge: Knowledge) -> [String: Answer] {
    var answers = sheet.answers
    for list in knowledge.lists {
      answers[list.id] = .set(sheet.records[list.id]?.isEmpty ?? true ? [] : [RecordList.some])
    }
    return answers
  }
}

/// A decision of one side with the answers that it reads.
private struct Subject {
  struct Key: Hashable {
    var decision: String
    var record: AssessmentComparison.RecordName?
    /// From 0, among records of the same name.
    var occurrence = 0
  }
  var result: DecisionResult
  var answers: [String: Answer]
  var position: Int

  static func all(_ side: AssessmentComparison.Side) -> [Key: Subject] {
    let answers = side.assessment.answersWithLists(side.knowledge)
    var subjects: [Key: Subject] = [:]
    for result in side.assessment.decisions {
      subjects[Key(decision: result.id)] = Subject(result: result, answers: answers, position: subjects.count)
    }
    var seen: [AssessmentComparison.RecordName: Int] = [:]
    for record in side.assessment.records {
      let name = AssessmentComparison.RecordName(list: record.list.id, name: record.name)
      let occurrence = seen[name, default: 0]
      seen[name] = occurrence + 1
      let fields = (side.assessment.sheet.records[name.list] ?? []).filter { $0.name == name.name }
      let own = answers.merging(fields.indices.contains(occurrence) ? fields[occurrence].fields : [:]) { $1 }
      for result in record.decisions {
        let key = Key(decision: result.id, record: name, occurrence: occurrence)
        subjects[key] = Subject(result: result, answers: own, position: subjects.count)
      }
    }
    return subjects
  }

  /// The decisions of either side, those of the second where they stand there, each of the others behind.
  static func order(_ old: [Key: Subject], _ new: [Key: Subject]) -> [Key] {
    func sorted(_ subjects: [Key: Subject]) -> [Key] {
      subjects.sorted { $0.value.position < $1.value.position }.map(\.key)
    }
    return sorted(new) + sorted(old).filter { new[$0] == nil }
  }
}

extension AssessmentComparison.HeadroomChange {
  fileprivate static func all(
    _ key: Subject.Key, _ a: DecisionResult, _ b: DecisionResult, _ before: AssessmentComparison.Side,
    _ after: AssessmentComparison.Side, _ factor: Decimal
  ) -> [AssessmentComparison.HeadroomChange] {
    guard a.status == .decided else { return [] }
    return b.headroom.compactMap { now in
      // On the same side of a line whose crossing turns the decision.
      guard let then = a.headroom.first(where: { $0.trait == now.trait && $0.threshold == now.threshold }),
        then.value == then.at || now.value == now.at || (then.value < then.at) == (now.value < now.at),
        before.assessment.turns(then, a) || after.assessment.turns(now, b)
      else { return nil }
      let old = then.distance(before.knowledge.trait(then.trait)?.kind.unit)
      let new = now.distance(after.knowledge.trait(now.trait)?.kind.unit)
      let grew: Bool
      switch (old, new) {
      case (nil, nil): return nil
      case (nil, _?): grew = false
      case (_?, nil): grew = true
      case (let old?, let new?):
        guard (max(old, new) / min(old, new)).rounded(9) > factor else { return nil }
        grew = new > old
      }
      return .init(decision: key.decision, record: key.record, before: then, after: now, grew: grew)
    }
  }
}

extension Headroom {
  /// How far the trait is from the threshold, in either direction: the larger by the smaller, at least 1. Of shares,
  /// what is left to the whole counts as well, since 99.9% and 99.99% lie far apart. Nil where one of the two is 0.
  public func distance(_ unit: BaseUnit?) -> Decimal? {
    func ratio(_ a: Decimal, _ b: Decimal) -> Decimal? {
      if a == b { return 1 }
      return min(a, b) > 0 ? max(a, b) / min(a, b) : nil
    }
    guard let plain = ratio(value, at) else { return nil }
    guard unit == .share, let rest = ratio(1 - value, 1 - at) else { return unit == .share ? nil : plain }
    return max(plain, rest)
  }
}

extension Assessment {
  /// The threshold that is nearest among those whose crossing brings another outcome, and the distance to it; nil where
  /// a decision has none, or none at a finite distance.
  public func closestTurn(of result: DecisionResult) -> (headroom: Headroom, distance: Decimal)? {
    guard result.status == .decided else { return nil }
    let turning = result.headroom.filter { turns($0, result) }
    let distances = turning.compactMap { headroom in
      headroom.distance(trait(headroom.trait)?.kind.unit).map { (headroom, $0) }
    }
    return distances.min { $0.1 < $1.1 }
  }

  private func trait(_ id: String) -> Trait? {
    reading(id)?.trait ?? records.lazy.flatMap(\.fields).first { $0.id == id }?.trait
  }

  /// Whether a flip of the trait, or of one that it follows from, crosses the threshold.
  func turns(_ headroom: Headroom, _ result: DecisionResult) -> Bool {
    result.flips.contains { flip in
      guard flip.trait == headroom.trait else { return sources(of: headroom.trait, depth: 0).contains(flip.trait) }
      guard case .quantity(let to) = flip.to else { return false }
      if headroom.value == headroom.at { return true }
      return headroom.value < headroom.at ? to >= headroom.at : to <= headroom.at
    }
  }

  private func sources(of trait: String, depth: Int) -> Set<String> {
    guard depth < 16, let reading = reading(trait), reading.origin == .derived,
      let derivation = reading.trait.derivation
    else { return [] }
    let inputs = derivation.from.traits.filter { $0 != trait }
    return Set(inputs).union(inputs.flatMap { sources(of: $0, depth: depth + 1) })
  }
}
