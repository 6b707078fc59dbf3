internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown

extension DesignDocument {
  /// A section for each list that has records: what was decided for each, then what the outcomes mean.
  func lists(_ belongs: (RecordList) -> Bool) -> [TemplateValue] {
    assessment.records.map(\.list).uniqued().filter(belongs).map { list in
      let records = assessment.records.filter { $0.list == list }
      return .record([
        "title": .text(MarkdownText.escape(list.entry.title)),
        "rows": .list(records.flatMap(rows)),
        "outcomes": .section(list.entry.area == .migration || audience == .full ? outcomes(of: records) : []),
      ])
    }
  }

  private func rows(_ record: RecordAssessment) -> [TemplateValue] {
    let wording = Wording(assessment: assessment.focused(on: record), knowledge: knowledge, style: .markdown)
    let said = record.fields.filter { $0.origin == .answered }.map {
      "\(MarkdownText.escape($0.trait.entry.title.uncapitalized)): \(wording.value($0))"
    }
    return record.decisions.filter { $0.status != .notApplicable }.enumerated().map { index, result in
      let isOpen = result.status == .undecided
      let needs = result.needs.isEmpty ? "" : "Needs \(wording.ids(wording.needs(result)))."
      return .record([
        "name": .text(index == 0 ? MarkdownText.cell(MarkdownText.escape(record.name)) : ""),
        "said": .text(index == 0 ? MarkdownText.cell(said.joined(separator: "; ")) : ""),
        "decision": .text(MarkdownText.cell(MarkdownText.escape(result.decision.entry.title))),
        "outcome": .text(MarkdownText.cell(isOpen ? wording.possible(result) : wording.outcome(result))),
        "why": .text(
          MarkdownText.cell(isOpen && !needs.isEmpty ? needs : DesignDocument.told(wording.shortReasons(result)))),
      ])
    }
  }

  /// Each outcome that asks for work, once, with the records it concerns.
  private func outcomes(of records: [RecordAssessment]) -> [TemplateValue] {
    var seen: [String] = []
    var sections: [TemplateValue] = []
    for record in records {
      for result in record.decisions {
        guard let option = result.option, option.effort != .none,
          let section = result.decision.entry.section(option.id), !seen.contains("\(result.id) \(option.id)")
        else { continue }
        seen.append("\(result.id) \(option.id)")
        let same = records.filter { $0.decisions.contains { $0.id == result.id && $0.outcome == option.id } }
        let own = same.count == 1 ? Prose(assessment.focused(on: record), knowledge) : prose
        let parts = DecisionSections.split(section)
        sections.append(
          .record([
            "title": .text(MarkdownText.escape(option.title)),
            "names": .text(Wording.list(same.map { MarkdownText.escape($0.name) })),
            "means": .text(own.line(parts.text)),
            "bad": .optional(DecisionSections.Consequences(parts.bullets).bad.first.map { own.line($0) }),
          ]))
      }
    }
    return sections
  }
}
