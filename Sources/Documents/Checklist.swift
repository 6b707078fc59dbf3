internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown

/// The checks that apply, by phase and area: what `checklist.md.mustache` is filled with.
struct Checklist {
  let assessment: Assessment
  let prose: Prose

  init(_ assessment: Assessment, _ knowledge: Knowledge) {
    self.assessment = assessment
    prose = Prose(assessment, knowledge)
  }

  static func title(_ assessment: Assessment) -> String {
    let name = MarkdownText.plain(assessment.sheet.system ?? "")
    return name.isEmpty ? "Checklist" : "\(name): checklist"
  }

  var value: TemplateValue {
    let must = assessment.checks.count { $0.item.level == .must }
    let total = Wording.count(assessment.checks.count, "item", "items")
    return .record([
      "title": .text(MarkdownText.escape(Checklist.title(assessment))),
      "house": .optional(HouseRules(prose.wording).text),
      "lead": .text(assessment.checks.isEmpty ? "Nothing to check." : "\(total), \(must) of them a must."),
      "phases": .list(phases),
    ])
  }

  private var phases: [TemplateValue] {
    Check.Phase.allCases.compactMap { phase in
      let checks = assessment.checks.filter { $0.item.phase == phase }
      guard !checks.isEmpty else { return nil }
      let areas = Dictionary(grouping: checks, by: \.item.entry.area)
      return .record([
        "id": .text(phase.rawValue), "phase": .text(phase.title),
        "areas": .list(
          areas.keys.sorted().map { area in
            let items = (areas[area] ?? []).sorted { $0.item.id < $1.item.id }
            return .record(["area": .text(area.title), "items": .texts(items.map(item))])
          }),
      ])
    }
  }

  private func item(_ applied: Applied<Check>) -> String {
    let text = CheckItem(prose).text(
      applied, label: [applied.item.step, applied.item.id].compactMap { $0 }.joined(separator: " "))
    return applied.item.level == .should ? "\(text) (should)" : text
  }
}
