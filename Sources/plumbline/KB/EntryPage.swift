import KnowledgeModel

/// An entry as a page of plain text.
struct EntryPage {
  let entry: Entry
  let knowledge: Knowledge

  init(_ entry: Entry, _ knowledge: Knowledge) {
    self.entry = entry
    self.knowledge = knowledge
  }

  var text: String {
    var lines = ["\(entry.title) (\(entry.kind.singular) \(entry.id))", "", entry.summary]
    if let override = entry.override {
      lines.append("House rule: pack \(override.pack) sets \(override.keys.joined(separator: ", ")).")
    }
    lines += facts
    if let says = entry.guideSays { lines += ["", "The guide: \(says)"] }
    if let today = entry.today { lines += ["Today: \(today)"] }
    lines += ["", entry.body, ""]
    let guide = entry.guide.isEmpty ? "" : "Guide: \(entry.guide.joined(separator: ", ")) (\(entry.verdict.rawValue)). "
    lines.append("\(guide)Checked \(entry.checked).")
    for source in entry.sources.compactMap(knowledge.source) {
      lines.append(
        "  \(source.title) (\(source.evidence.rawValue)\(source.date.map { ", \($0)" } ?? ""))\(source.url.map { " \($0)" } ?? "")"
      )
    }
    return withThresholds(lines.joined(separator: "\n")) + "\n"
  }

  private var facts: [String] {
    switch entry.kind {
    case .trait:
      guard let trait = knowledge.trait(entry.id) else { return [] }
      var lines = ["", trait.question]
      if case .quantity(let unit, let bounds, _) = trait.kind {
        lines.append("From \(QuantityText.text(bounds.low, unit)) to \(QuantityText.text(bounds.high, unit)).")
      }
      lines += trait.kind.options.map { "  \($0.id): \($0.title)" }
      return lines + ["", "Why: \(trait.why)", "Typical: \(trait.typical)", "Measure: \(trait.measure)"]
    case .threshold:
      guard let threshold = knowledge.threshold(entry.id) else { return [] }
      let guide = threshold.asWritten.map { ", the guide's figure \(QuantityText.text($0))" } ?? ""
      return ["", "Value: \(QuantityText.text(threshold.value))\(guide) (\(threshold.basis.rawValue))"]
    case .decision:
      guard let decision = knowledge.decision(entry.id) else { return [] }
      var lines = ["", decision.question]
      if let applies = decision.applies { lines.append("Applies if \(applies.current.text)") }
      for rule in decision.rules {
        lines.append(
          "  \(rule.then)  if \(rule.when.current.text)"
            + (rule.when.asWritten.map { "  (as written: \($0.text))" } ?? ""))
      }
      return lines
    case .change:
      guard let change = knowledge.change(entry.id) else { return [] }
      return [""] + (change.within.map { ["Part of \($0)"] } ?? [])
        + change.signs.map { sign in
          "  \(sign.paths.joined(separator: ", "))"
            + (sign.except.isEmpty ? "" : " but not \(sign.except.joined(separator: ", "))")
            + (sign.lines.isEmpty ? "" : " with an added line that says \(sign.lines.joined(separator: "; "))")
        }
    case .runbook:
      guard let runbook = knowledge.runbook(entry.id) else { return [] }
      return ["", runbook.symptom]
    case .orientation:
      return knowledge.orientation.filter { $0.id == entry.id }.flatMap { ["", "\($0.minutes) minutes"] }
    case .practice, .check, .pattern: return []
    }
  }

  /// Thresholds in prose by their value; formulas stay as they are, since there is no system to fill them.
  func withThresholds(_ text: String) -> String {
    ProseReference.fillingFigures(in: text) { reference, _ in
      guard case .threshold(let id) = reference else { return nil }
      return knowledge.threshold(id).map { QuantityText.text($0.value) }
    }
  }
}
