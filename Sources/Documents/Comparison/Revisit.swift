public import DecisionEngine
public import Foundation
public import KnowledgeModel
internal import Markdown
internal import TextFormats

/// Decisions that were written down, held against today's knowledge and answers.
public struct Revisit: Sendable {
  public var assessment: Assessment
  public var knowledge: Knowledge
  /// What the documents were made with.
  public var madeWith: AnswerSheet.KnowledgeStamp?
  public var findings: [Finding]
  /// Decisions that the knowledge has gained since; no findings.
  public var added: [String]
  /// Whether there was anything written down to hold against.
  public var isCompared: Bool

  /// Something that calls for a look.
  public struct Finding: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
      /// A decision no longer has the status or outcome that was written down.
      case changed
      /// A decision that was written down is not in today's knowledge, or its record is gone.
      case gone
      /// A decision holds, but is nearer to another outcome than the set factor.
      case headroom
      /// The answers are older than asked for, or have no date.
      case old
    }
    public var kind: Kind
    public var decision: String?
    public var record: AssessmentComparison.RecordName?
    /// `open` for an undecided decision, `not-applicable`; nil where it does not say.
    public var before: String?
    public var after: String?
    /// Why, in words of one line, without markup.
    public var reason: String
    public var cause: AssessmentComparison.Cause?
    public var headroom: Headroom?
  }

  /// What counts as a finding.
  public struct Limits: Sendable {
    /// A decided decision is named below this distance to a threshold that turns it; above 1.
    public var factor: Decimal
    /// Days that answers may be old, and the ISO date to count from; nil: not looked at.
    public var age: (days: Int, today: String)?

    public init(factor: Decimal = Decimal(15) / 10, age: (days: Int, today: String)? = nil) {
      self.factor = factor
      self.age = age
    }
  }

  /// - Parameters:
  ///   - stored: what decisions.json held; nil where there is none.
  ///   - sheet: the answers now, measured ones among them.
  public init(_ stored: StoredDecisions?, _ sheet: AnswerSheet, _ evaluator: Evaluator, limits: Limits) {
    let now = AssessmentComparison.Side(evaluator, sheet)
    assessment = now.assessment
    knowledge = evaluator.knowledge
    madeWith = stored?.knowledge ?? sheet.knowledge
    isCompared = stored != nil
    findings = []
    added = []
    var turned: Set<String> = []
    if let stored {
      let results = Revisit.results(assessment)
      let known = Set(stored.decisions.map { Revisit.key($0.id, $0.record) })
      added = assessment.decisions.map(\.id).filter { !known.contains($0) }
      var comparison: AssessmentComparison?
      for old in stored.decisions {
        let key = Revisit.key(old.id, old.record)
        guard let result = results[key] else {
          findings.append(
            Finding(
              kind: .gone, decision: old.id, record: old.record, before: Revisit.outcome(old.status, old.outcome),
              after: nil,
              reason: old.record == nil
                ? "today's knowledge has no such decision" : "its record is not among the answers"))
          continue
        }
        guard (old.status, old.outcome) != (result.status, result.outcome) else { continue }
        turned.insert(key)
        let compared =
          comparison ?? AssessmentComparison(.init(evaluator, stored.sheet(for: evaluator.knowledge)), now)
        comparison = compared
        findings.append(Revisit.changed(old, result, compared, evaluator, stored))
      }
    }
    for (key, result, focused) in Revisit.all(assessment) where !turned.contains(key.text) {
      guard let turn = focused.closestTurn(of: result), turn.distance < limits.factor else { continue }
      let wording = Wording(assessment: focused, knowledge: evaluator.knowledge, style: .plain)
      findings.append(
        Finding(
          kind: .headroom, decision: result.id, record: key.record, before: result.outcome, after: result.outcome,
          reason: wording.headroom(turn.headroom), headroom: turn.headroom))
    }
    if let age = limits.age, let finding = Revisit.age(sheet.date, age.days, age.today) { findings.append(finding) }
  }

  // MARK: Why

  private static func changed(
    _ old: StoredDecisions.Stored, _ result: DecisionResult, _ comparison: AssessmentComparison, _ evaluator: Evaluator,
    _ stored: StoredDecisions
  ) -> Finding {
    var finding = Finding(
      kind: .changed, decision: old.id, record: old.record, before: outcome(old.status, old.outcome),
      after: outcome(result.status, result.outcome), reason: "")
    let change = comparison.decisions.first { $0.id == old.id && $0.record == old.record }
    let then = change.map(\.before) ?? result
    let words = ComparisonWording(comparison, style: .plain)
    // The old answers under today's knowledge give what was written down: the answers did it.
    if let change, let then, (then.status, then.outcome) == (old.status, old.outcome) {
      finding.cause = change.cause
      finding.reason = words.cause(change)
      return finding
    }
    // What it reads of other decisions counts as its own.
    let moved = Revisit.read(by: old.id, evaluator).flatMap { id -> [String] in
      guard let decision = evaluator.knowledge.decision(id) else { return [] }
      let then = stored.decisions.first { $0.id == id && ($0.record == nil || $0.record == old.record) }
      return then.map { lines($0, decision, evaluator) } ?? []
    }.uniqued()
    let knowledge =
      moved.isEmpty
      ? "the knowledge is another one than then" : "the knowledge changed: \(moved.joined(separator: "; "))"
    guard let change else {
      finding.reason = knowledge
      return finding
    }
    finding.cause = change.cause
    finding.reason = "\(knowledge); and the answers: \(words.cause(change))"
    return finding
  }

  /// The figures and the rule that a decision rested on, and that are others now.
  private static func lines(
    _ old: StoredDecisions.Stored, _ decision: Decision, _ evaluator: Evaluator
  ) -> [String] {
    let knowledge = evaluator.knowledge
    var lines: [String] = old.thresholds.compactMap { line in
      guard let threshold = knowledge.threshold(line.threshold) else {
        return "the threshold \(MarkdownText.plain(line.threshold)) is gone"
      }
      let now = threshold.quantity(in: evaluator.mode)
      guard now.value != line.at else { return nil }
      let pack = threshold.entry.override.map { " (pack \($0.pack))" } ?? ""
      return "the threshold \(threshold.id) \(QuantityText.text(line.at, now.unit)) → \(QuantityText.text(now))\(pack)"
    }
    if let rule = old.rule, !decision.rules.contains(where: { $0.when[evaluator.mode].text == rule }) {
      lines.append("the rule “\(MarkdownText.plain(rule))” of \(decision.id) is gone")
    }
    return lines.uniqued()
  }

  /// A decision and those whose outcomes it reads.
  private static func read(by decision: String, _ evaluator: Evaluator) -> [String] {
    var found: [String] = []
    var pending = [decision]
    while let next = pending.popLast() {
      guard !found.contains(next) else { continue }
      found.append(next)
      let conditions = evaluator.knowledge.decision(next)?.conditions(in: evaluator.mode) ?? []
      pending += conditions.flatMap(\.decisions)
    }
    return found
  }

  private static func outcome(_ status: Status, _ outcome: String?) -> String {
    switch status {
    case .decided: outcome ?? ""
    case .undecided: "open"
    case .notApplicable: Outcome.notApplicable
    }
  }

  // MARK: Keys

  private struct Key {
    var record: AssessmentComparison.RecordName?
    var text: String
  }

  private static func key(_ id: String, _ record: AssessmentComparison.RecordName?) -> String {
    record.map { "\(id)\u{0}\($0.list)\u{0}\($0.name)" } ?? id
  }

  /// Every decision with the assessment that it is read in.
  private static func all(_ assessment: Assessment) -> [(Key, DecisionResult, Assessment)] {
    assessment.decisions.map { (Key(record: nil, text: $0.id), $0, assessment) }
      + assessment.records.flatMap { record in
        let name = AssessmentComparison.RecordName(list: record.list.id, name: record.name)
        let focused = assessment.focused(on: record)
        return record.decisions.map { (Key(record: name, text: key($0.id, name)), $0, focused) }
      }
  }

  private static func results(_ assessment: Assessment) -> [String: DecisionResult] {
    Dictionary(all(assessment).map { ($0.0.text, $0.1) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: Age

  private static func age(_ date: String?, _ most: Int, _ today: String) -> Finding? {
    guard let date, let then = day(date), let now = day(today) else {
      return Finding(kind: .old, reason: "the answers have no date, so their age is not known")
    }
    guard now - then > most else { return nil }
    return Finding(
      kind: .old,
      reason: "the answers are of \(date), \(Wording.count(now - then, "day", "days")) before \(today)")
  }

  /// Days since 1970-01-01 in the Gregorian calendar; nil for what is no date.
  static func day(_ date: String) -> Int? {
    let parts = date.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2], (1...12).contains(month),
      (1...31).contains(day), (1...9999).contains(year)
    else { return nil }
    // Years that begin in March, so that the leap day is the last.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let inEra = shifted - era * 400
    let inYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + inYear - 719_468
  }
}

extension Revisit.Finding {
  init(kind: Kind, reason: String) {
    self.init(
      kind: kind, decision: nil, record: nil, before: nil, after: nil, reason: reason, cause: nil, headroom: nil)
  }

  init(
    kind: Kind, decision: String?, record: AssessmentComparison.RecordName?, before: String?, after: String?,
    reason: String, headroom: Headroom? = nil
  ) {
    self.init(
      kind: kind, decision: decision, record: record, before: before, after: after, reason: reason, cause: nil,
      headroom: headroom)
  }

  /// On one line: `read-scaling: single-node → read-replicas; qps 2,500/s → 20,000/s`.
  public var text: String {
    let what = decision.map { id in
      let name = MarkdownText.plain(id) + (record.map { " for \(MarkdownText.plain($0.name))" } ?? "")
      switch kind {
      case .changed: return "\(name): \(MarkdownText.plain(before ?? "")) → \(after ?? ""); "
      case .gone: return "\(name) (\(MarkdownText.plain(before ?? ""))): "
      default: return "\(name): "
      }
    }
    return (what ?? "") + reason
  }

  var json: JSON {
    .object([
      "kind": .string(kind.rawValue), "decision": decision.map(JSON.string) ?? .null,
      "record": ComparisonJSON.record(record), "before": before.map(JSON.string) ?? .null,
      "after": after.map(JSON.string) ?? .null, "reason": .string(reason),
      "cause": cause.map(ComparisonJSON.cause) ?? .null,
      "headroom": headroom.map {
        .object([
          "trait": .string($0.trait), "value": .number($0.value), "threshold": .string($0.threshold),
          "at": .number($0.at), "factor": $0.factor.map(JSON.number) ?? .null,
        ])
      } ?? .null,
    ])
  }
}
