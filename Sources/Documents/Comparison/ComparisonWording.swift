internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// A comparison in words: what text and Markdown share.
struct ComparisonWording {
  let comparison: AssessmentComparison
  let before: Wording
  let after: Wording

  init(_ comparison: AssessmentComparison, style: Wording.Style) {
    self.comparison = comparison
    before = Wording(
      assessment: comparison.before.assessment, knowledge: comparison.before.knowledge, style: style)
    after = Wording(assessment: comparison.after.assessment, knowledge: comparison.after.knowledge, style: style)
  }

  /// `read-scaling`, or `migration-plan of the record “add index”`.
  func name(_ decision: String, _ record: AssessmentComparison.RecordName?) -> String {
    after.id(decision) + (record.map { " for \(after.text($0.name))" } ?? "")
  }

  func outcome(_ result: DecisionResult?, _ wording: Wording) -> String {
    result.map(wording.outcome) ?? "not there"
  }

  func change(_ change: AssessmentComparison.DecisionChange) -> String {
    "\(outcome(change.before, before)) → \(outcome(change.after, after))"
  }

  /// What turned it, as a sentence without its full stop.
  func cause(_ change: AssessmentComparison.DecisionChange) -> String {
    guard change.before != nil, change.after != nil else {
      let isNew = change.before == nil
      let what = change.record == nil ? "the knowledge" : "the list"
      return isNew ? "only \(what) of the second has it" : "only \(what) of the first has it"
    }
    let parts = change.cause.answers.map(answer) + change.cause.knowledge.map(knowledge)
    guard !parts.isEmpty else { return "no single cause was found" }
    let text = parts.count > 1 ? "several together: \(parts.joined(separator: "; "))" : parts[0]
    guard !change.cause.alternatives.isEmpty else { return text }
    let others = change.cause.alternatives.map { Wording.list($0.map(after.id)) }
    return "\(text); so would \(Wording.list(others, "or")) without it"
  }

  func answer(_ change: AssessmentComparison.AnswerChange) -> String {
    "\(after.id(change.id)) \(value(change.before, before)) → \(value(change.after, after))"
  }

  private func value(_ reading: TraitReading?, _ wording: Wording) -> String {
    guard let reading else { return "not asked" }
    if reading.trait.kind.options.map(\.id) == [RecordList.some] {
      return reading.state == .set([]) ? "no records" : "some records"
    }
    return wording.value(reading) + (reading.origin == .default ? " (default)" : "")
  }

  func knowledge(_ change: AssessmentComparison.KnowledgeChange) -> String {
    let id = after.id(change.id)
    let lines = { (lines: [String], wording: Wording) in
      lines.isEmpty ? "nothing" : lines.map { wording.id($0) }.joined(separator: ", ")
    }
    let both = "\(lines(change.before, before)) → \(lines(change.after, after))"
    let figures =
      "\(after.text(change.before.joined(separator: ", "))) → \(after.text(change.after.joined(separator: ", ")))"
    let text =
      switch change.kind {
      case .threshold: "the threshold \(id) \(figures)"
      case .fallback: "the default of \(id) \(figures)"
      case .trait: "what \(id) is: \(figures)"
      case .list: "the fields of \(id): \(both)"
      case .rules: "the rules of \(id): \(both)"
      case .mode: "the mode: \(both)"
      }
    switch (change.packBefore, change.packAfter) {
    case (let old, let new?) where old != new: return "\(text) (pack \(after.id(new)))"
    case (let old?, nil): return "\(text) (without pack \(before.id(old)))"
    default: return text
    }
  }

  func headroom(_ change: AssessmentComparison.HeadroomChange) -> String {
    "\(name(change.decision, change.record)): \(after.id(change.before.trait)) \(distance(change.before, before)) → "
      + distance(change.after, after)
  }

  private func distance(_ headroom: Headroom, _ wording: Wording) -> String {
    "\(wording.amount(headroom.value, of: headroom.trait)), \(wording.shortHeadroom(headroom))"
  }
}
