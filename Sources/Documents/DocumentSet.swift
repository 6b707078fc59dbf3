public import DecisionEngine
public import KnowledgeModel
internal import Markdown
internal import TextFormats

/// The documents about one system.
public enum DocumentSet {
  /// Renders design.md, design.html, checklist.md, checklist.html and decisions.json. The same input gives the same
  /// bytes.
  /// - Parameters:
  ///   - templates: by file name; see docs/templates.md. They are checked before anything is rendered.
  ///   - merge: from a document's path and its generated text, the text to write; the pages are made of that. It is
  ///     where `Regeneration.merge` brings in what a person wrote.
  /// - Throws: `TemplateProblem` where a template is missing or names something it is not given; what `merge` throws.
  public static func render(
    assessment: Assessment, knowledge: Knowledge, templates: [String: String],
    merge: (_ path: String, _ generated: String) throws -> String = { $1 }
  ) throws -> [(path: String, text: String)] {
    let set = try TemplateSet(templates, shapes: Shapes.all)
    guard let style = templates["document.css"] else { throw TemplateProblem("document.css", "there is no such file") }
    let design = DesignDocument(assessment, knowledge)
    let designText = try merge("design.md", try set.document("design.md.mustache", design.value))
    let checklistText = try merge(
      "checklist.md", try set.document("checklist.md.mustache", Checklist(assessment, knowledge).value))
    let page = Page(set: set, style: style, footer: footer(assessment, knowledge))
    return [
      ("design.md", designText),
      (
        "design.html",
        try page.html(of: designText, title: DesignDocument.title(assessment), diagram: design.diagram)
      ),
      ("checklist.md", checklistText),
      ("checklist.html", try page.html(of: checklistText, title: Checklist.title(assessment), diagram: nil)),
      ("decisions.json", AssessmentJSON.json(assessment, knowledge: knowledge).pretty),
    ]
  }

  /// Checks templates without rendering: what a house's own templates are tried with.
  public static func check(templates: [String: String]) throws(TemplateProblem) {
    _ = try TemplateSet(templates, shapes: Shapes.all)
  }

  private static func footer(_ assessment: Assessment, _ knowledge: Knowledge) -> String {
    let date = assessment.sheet.date.map { "\(MarkdownText.plain($0)), " } ?? ""
    return "\(date)knowledge \(knowledge.version) (\(knowledge.hash.prefix(12)))"
  }
}

/// A document as one HTML file that fetches nothing.
struct Page {
  let set: TemplateSet
  let style: String
  let footer: String

  func html(of markdown: String, title: String, diagram: SystemDiagram?) throws -> String {
    let source = diagram.map { $0.mermaid + "\n" }
    let picture = diagram?.svg
    let renderer = MarkdownRenderer(reservedIDs: Page.ids.union(SystemDiagram.ids)) { language, text in
      language == "mermaid" && text == source ? picture : nil
    }
    let body = renderer.render(Markers.stripped(markdown))
    return try set.render(
      "page.html.mustache",
      .record([
        "title": .text(title), "style": .text(style),
        "contents": .list(
          body.headings.filter { $0.level == 2 }.map { .record(["id": .text($0.id), "text": .text($0.text)]) }),
        "body": .text(body.html), "footer": .text(footer),
      ]))
  }

  /// Ids that the page's template uses.
  private static let ids: Set = ["document-body"]
}
