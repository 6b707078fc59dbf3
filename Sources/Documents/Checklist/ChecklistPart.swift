internal import KnowledgeModel
package import Markdown

/// A checklist's form as part of a page that has its own frame, title, script and styles.
package struct ChecklistPart {
  /// The tools and the phases.
  package let html: String
  package let headings: [MarkdownHeading]

  /// - Parameters:
  ///   - files: by name, checklist.js among them.
  ///   - reservedIDs: those that the page uses besides.
  ///   - about: HTML that stands before an item's answer.
  /// - Throws: where a template or the script is missing.
  package init(
    _ document: ChecklistDocument, set: TemplateSet, files: [String: String], reservedIDs: Set<String>,
    about: (ChecklistItem) -> String
  ) throws(TemplateProblem) {
    let form = try ChecklistForm(document, try document.markdown(set), set: set, templates: files)
    var fields = form.fields
    for item in document.items { fields[item.id] = fields[item.id].map { about(item) + $0 } }
    var renderer = MarkdownRenderer(
      reservedIDs: form.ids.union(reservedIDs), taskField: { [fields] in ChecklistForm.field($0, in: fields) })
    renderer.permalinks = true
    // As other pages link to them.
    renderer.headingIDs = Dictionary(
      Check.Phase.allCases.map { ($0.title, $0.rawValue) }, uniquingKeysWith: { first, _ in first })
    let body = renderer.render(Markers.stripped(form.markdown))
    // The title and the first paragraph are the page's own.
    let start = body.html.firstRange(of: "<h2 ")?.lowerBound ?? body.html.endIndex
    html = form.tools + body.html[start...]
    headings = body.headings.filter { $0.level == 2 }
  }
}
