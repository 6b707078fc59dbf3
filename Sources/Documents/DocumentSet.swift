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
  ///   - audience: how much depth design.md and design.html have.
  /// - Throws: `TemplateProblem` where a template is missing or names something it is not given.
  public static func render(
    assessment: Assessment, knowledge: Knowledge, templates: [String: String], audience: Audience = .review
  ) throws -> [(path: String, text: String)] {
    let set = try TemplateSet(templates, shapes: Shapes.all)
    guard let style = templates["document.css"] else { throw TemplateProblem("document.css", "there is no such file") }
    let design = DesignDocument(assessment, knowledge, audience: audience)
    let designText = TemplateSet.tidied(try set.render("design.md.mustache", design.value))
    let checklistText = TemplateSet.tidied(
      try set.render("checklist.md.mustache", Checklist(assessment, knowledge).value))
    let page = Page(set: set, style: style, footer: footer(assessment, knowledge))
    return [
      ("design.md", designText),
      (
        "design.html",
        try page.html(of: unmarked(designText), title: DesignDocument.title(assessment), pictures: design.pictures)
      ),
      ("checklist.md", checklistText),
      ("checklist.html", try page.html(of: unmarked(checklistText), title: Checklist.title(assessment))),
      ("decisions.json", AssessmentJSON.json(assessment, knowledge: knowledge).pretty),
    ]
  }

  /// Checks templates without rendering: what a house's own templates are tried with.
  public static func check(templates: [String: String]) throws(TemplateProblem) {
    _ = try TemplateSet(templates, shapes: Shapes.all)
  }

  /// The text without the lines that mark its generated parts.
  private static func unmarked(_ markdown: String) -> String {
    let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.filter { !$0.hasPrefix("<!-- plumbline:") }.joined(separator: "\n")
  }

  private static func footer(_ assessment: Assessment, _ knowledge: Knowledge) -> String {
    let date = assessment.sheet.date.map { "\(MarkdownText.plain($0)), " } ?? ""
    return "\(date)knowledge \(knowledge.version) (\(knowledge.hash.prefix(12)))"
  }
}
