internal import DecisionEngine
internal import KnowledgeModel

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
