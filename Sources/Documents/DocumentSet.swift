public import DecisionEngine
public import KnowledgeModel
internal import TextFormats

/// The documents about one system.
public enum DocumentSet {
  /// Renders design.md, design.html, checklist.md, checklist.html and decisions.json. The same input gives the same
  /// bytes.
  /// - Parameters:
  ///   - templates: by file name; see docs/templates.md. They are checked before anything is rendered.
  ///   - merge: from a document's path and its generated text, the text to write; the pages are made of that. It is
  ///     where `Regeneration.merge` brings in what a person wrote.
  ///   - audience: how much depth design.md and design.html have.
  /// - Throws: `TemplateProblem` where a template is missing or names something it is not given; what `merge` throws.
  public static func render(
    assessment: Assessment, knowledge: Knowledge, templates: [String: String], audience: Audience = .review,
    merge: (_ path: String, _ generated: String) throws -> String = { $1 }
  ) throws -> [(path: String, text: String)] {
    let set = try TemplateSet(templates, shapes: Shapes.all)
    let design = DesignDocument(assessment, knowledge, audience: audience)
    let checklist = ChecklistDocument(assessment, knowledge)
    let designText = try merge("design.md", try set.document("design.md.mustache", design.value))
    let checklistText = try merge("checklist.md", try checklist.markdown(set))
    let page = try Page(set, templates, assessment, knowledge)
    return [
      ("design.md", designText),
      (
        "design.html",
        try page.html(of: designText, title: DesignDocument.title(assessment), pictures: design.pictures)
      ),
      ("checklist.md", checklistText),
      ("checklist.html", try checklist.html(of: checklistText, set, templates)),
      ("decisions.json", AssessmentJSON.json(assessment, knowledge: knowledge).pretty),
    ]
  }

  /// Checks templates without rendering: what a house's own templates are tried with.
  public static func check(templates: [String: String]) throws(TemplateProblem) {
    _ = try TemplateSet(templates, shapes: Shapes.all)
  }
}
