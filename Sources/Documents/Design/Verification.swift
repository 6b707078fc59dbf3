internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown

extension DesignDocument {
  /// The six steps of the self-verification protocol, each with its checks.
  var steps: [TemplateValue] {
    let names = knowledge.checks.compactMap(\.step).uniqued().sorted()
    return names.map { step in
      let applied = assessment.checks.filter { $0.item.step == step }
      return .record([
        "step": .text(step),
        "checks": .texts(
          applied.map {
            audience == .full
              ? CheckItem(prose).text($0, label: "\(step) \($0.item.id):")
              : CheckItem(prose).brief($0, label: "\(step) \($0.item.id):")
          }),
        "away": .optional(applied.isEmpty ? reasonAway(step) : nil),
      ])
    }
  }

  /// Why no check of a step applies.
  private func reasonAway(_ step: String) -> String {
    let conditions = knowledge.checks.filter { $0.step == step }.compactMap { check in
      check.applies.map { wording.words($0[assessment.mode].condition) }
    }.uniqued()
    return conditions.isEmpty ? "not needed" : "only if \(Wording.list(conditions, "or"))"
  }
}

/// A check as an item of a task list.
struct CheckItem {
  let prose: Prose

  init(_ prose: Prose) { self.prose = prose }

  /// Its title alone; what to do, why, the evidence and the command are in the checklist.
  func brief(_ applied: Applied<Check>, label: String) -> String {
    var text = "**\(MarkdownText.escape(label))** \(MarkdownText.escape(applied.item.entry.title))."
    if applied.truth == .unknown, let applies = applied.item.applies {
      text += " If \(prose.wording.words(applies[prose.wording.assessment.mode].condition))."
    }
    return text
  }

  func text(_ applied: Applied<Check>, label: String) -> String {
    let check = applied.item
    let mode = prose.wording.assessment.mode
    var text = "**\(MarkdownText.escape(label))** \(prose.line(check.entry.summary))"
    text += " \(prose.line(check.reason))"
    if applied.truth == .unknown, let applies = check.applies {
      text += " If \(prose.wording.words(applies[mode].condition))."
    }
    text += " Evidence: \(prose.line(check.evidence))"
    if let command = check.command { text += " Command: \(MarkdownText.code(command))." }
    return text
  }
}
