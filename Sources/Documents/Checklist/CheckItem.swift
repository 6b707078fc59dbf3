internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown
internal import Review

/// A check as an item of a task list.
struct CheckItem {
  let prose: Prose

  init(_ prose: Prose) { self.prose = prose }

  /// Its title alone; what to do, why, the evidence and the command are in the checklist.
  func brief(_ applied: Applied<Check>, label: String) -> String {
    var text = "**\(MarkdownText.escape(label))** \(MarkdownText.escape(applied.item.entry.title))."
    if let condition = condition(applied) { text += " If \(condition)." }
    return text
  }

  func text(_ applied: Applied<Check>, label: String) -> String { item(applied).text(label: label) }

  func item(_ applied: Applied<Check>, places: [DiffPlace] = []) -> ChecklistItem {
    let check = applied.item
    return ChecklistItem(
      id: check.id, step: check.step, sentence: prose.line(check.entry.summary), reason: reason(check),
      basis: basis(of: check),
      evidence: prose.line(check.evidence), condition: condition(applied), command: check.command, phase: check.phase,
      area: check.entry.area, level: check.level, guide: check.entry.guide, sources: check.entry.sources,
      places: places)
  }

  private func condition(_ applied: Applied<Check>) -> String? {
    guard applied.truth == .unknown else { return nil }
    return applied.item.applies.map { prose.wording.words($0[prose.wording.assessment.mode].condition) }
  }

  // MARK: Where it comes from

  private func reason(_ check: Check) -> String {
    let reason = prose.line(check.reason)
    guard let basis = basis(of: check) else { return reason }
    return reason.hasSuffix(".") ? "\(reason.dropLast()) (\(basis))." : "\(reason) (\(basis))"
  }

  private func basis(of check: Check) -> String? {
    let decisions = decisions(behind: check)
    let parts = decisions.map(named) + thresholds(of: check, decisions).map(named)
    return parts.isEmpty ? nil : parts.prefix(3).joined(separator: "; ")
  }

  /// The decisions whose outcome makes it apply, else those that it confirms: two at the most, the decided ones first.
  private func decisions(behind check: Check) -> [DecisionResult] {
    let wording = prose.wording
    let leaves = check.applies?[wording.assessment.mode].condition.leaves ?? []
    let read = leaves.flatMap { leaf -> [DecisionResult] in
      guard case .outcome(let id, let values, _) = leaf, let result = wording.assessment.decision(id),
        result.outcome.map(values.contains) ?? true
      else { return [] }
      return [result]
    }
    let confirmed = wording.assessment.decisions.filter { $0.decision.confirm.contains(check.id) }
    let heavy = (1...3).reversed().flatMap { weight in confirmed.filter { $0.decision.weight == weight } }
    let all = (read.isEmpty ? heavy : read).uniqued().filter { $0.status != .notApplicable }
    return Array((all.filter { $0.status == .decided } + all.filter { $0.status != .decided }).prefix(2))
  }

  /// The figures of its condition and of its sentence, the lines that matter most to the decisions: two at the most.
  private func thresholds(of check: Check, _ decisions: [DecisionResult]) -> [Threshold] {
    let wording = prose.wording
    let own = check.applies?[wording.assessment.mode].condition.thresholds ?? []
    let lines = decisions.filter { $0.status == .decided }.compactMap { wording.nearest($0)?.threshold }
    let said = ProseReference.scan(check.entry.summary).flatMap { found -> [String] in
      switch found.reference {
      case .threshold(let id): [id]
      case .formula(let text): (try? ConditionParser.expression(text, prose.vocabulary))?.0.thresholds ?? []
      case .entry: []
      }
    }
    return Array((own + said + lines).uniqued().compactMap(wording.knowledge.threshold).prefix(2))
  }

  private func named(_ result: DecisionResult) -> String {
    guard let outcome = result.outcome, outcome != result.id else { return MarkdownText.escape(result.id) }
    return MarkdownText.escape("\(result.id): \(outcome.replacing("-", with: " "))")
  }

  /// As code, since a forge takes a bare `@name` for a person.
  private func named(_ threshold: Threshold) -> String {
    let value = QuantityText.text(threshold.quantity(in: prose.wording.assessment.mode))
    return "\(MarkdownText.code("@\(threshold.id)")) \(MarkdownText.escape(value))"
  }
}
