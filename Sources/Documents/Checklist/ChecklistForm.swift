internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown

/// What makes a checklist's page a form: a field for each item's answer, and the tools above.
struct ChecklistForm {
  /// The checklist without what a person said to its items; that is in the fields.
  let markdown: String
  /// By the item's id, as HTML.
  let fields: [String: String]
  /// As HTML.
  let tools: String
  let script: String
  /// Ids that the fields and tools use.
  let ids: Set<String>

  /// - Parameter markdown: the checklist as it was generated, or with what a person wrote into it.
  init(
    _ document: ChecklistDocument, _ markdown: String, set: TemplateSet, templates: [String: String]
  ) throws(TemplateProblem) {
    let answers = ItemAnswers(markdown, generated: try document.markdown(set))
    self.markdown = answers.markdown
    script = try ChecklistForm.script(templates)
    var fields: [String: String] = [:]
    var ids: Set<String> = []
    for item in document.items {
      guard let answer = answers.byID[item.id] else { continue }
      fields[item.id] = try set.render("checklist-item.html.mustache", ChecklistForm.value(item, answer))
      ids.formUnion(["evidence-\(item.id)", "na-\(item.id)", "reason-\(item.id)", "hint-\(item.id)"])
    }
    self.fields = fields
    self.ids = ids.union(ChecklistForm.toolIDs)
    tools =
      fields.isEmpty
      ? ""
      : try set.render(
        "checklist-tools.html.mustache",
        .record([
          "system": .text(MarkdownText.plain(document.assessment.sheet.system ?? "")),
          "knowledge": .text(document.knowledge.hash),
          "count": .text("\(fields.count)"),
        ]))
  }

  private static func value(_ item: ChecklistItem, _ answer: ItemAnswer) -> TemplateValue {
    .record([
      "id": .text(item.id), "label": .text(item.label), "must": .flag(item.level == .must),
      "phase": .text(item.phase.title), "line": .text("**\(MarkdownText.escape(item.label))** \(item.sentence)"),
      "notApplicable": .flag(answer.isNotApplicable), "reason": .text(answer.reason),
      "evidence": .text(answer.evidence),
    ])
  }

  /// The field of the item with this label; nil for a task of a person's own.
  static func field(_ label: String, in fields: [String: String]) -> MarkdownRenderer.TaskField? {
    guard let word = label.split(separator: " ").last else { return nil }
    let id = String(word.hasSuffix(":") ? word.dropLast() : word)
    return fields[id].map { MarkdownRenderer.TaskField(name: id, html: $0) }
  }

  /// Ids that the tools' template uses.
  private static let toolIDs: Set = [
    "checklist-tools", "checklist-progress", "checklist-tally", "checklist-status", "checklist-all", "checklist-open",
    "checklist-text", "checklist-file",
  ]

  /// As it stands in the page: browsers hash it with line feeds.
  private static func script(_ templates: [String: String]) throws(TemplateProblem) -> String {
    guard let script = templates["checklist.js"] else { throw TemplateProblem("checklist.js", "there is no such file") }
    for mark in ["</script", "<!--"] where script.lowercased().contains(mark) {
      throw TemplateProblem("checklist.js", "it holds “\(mark)”, which has another meaning inside a page")
    }
    return "\n" + script.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
  }
}
