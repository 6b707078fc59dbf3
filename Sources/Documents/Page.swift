internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown

/// A document as one HTML file that fetches nothing.
struct Page {
  let set: TemplateSet
  let style: String
  let footer: String

  /// - Throws: `TemplateProblem` where there is no stylesheet.
  init(
    _ set: TemplateSet, _ templates: [String: String], _ assessment: Assessment, _ knowledge: Knowledge
  ) throws(TemplateProblem) {
    let date = assessment.sheet.date.map { "\(MarkdownText.plain($0)), " } ?? ""
    try self.init(
      set, templates, footer: "\(date)knowledge \(knowledge.version) (\(knowledge.hash.prefix(12)))")
  }

  /// - Throws: `TemplateProblem` where there is no stylesheet.
  init(_ set: TemplateSet, _ templates: [String: String], footer: String) throws(TemplateProblem) {
    guard let style = templates["document.css"] else { throw TemplateProblem("document.css", "there is no such file") }
    self.set = set
    self.style = style
    self.footer = footer
  }

  /// - Parameters:
  ///   - pictures: each stands in place of the fence that has its language and text.
  ///   - form: makes it a form; its tools stand above the first heading of the second level.
  func html(
    of markdown: String, title: String, pictures: [Picture] = [], form: ChecklistForm? = nil
  ) throws(TemplateProblem) -> String {
    try html(
      of: markdown, title: title,
      figures: pictures.map { (language: $0.fenceLanguage, text: $0.source + "\n", figure: $0.figure) },
      ids: pictures.reduce(into: form?.ids ?? []) { $0.formUnion($1.ids) }, form: form)
  }

  /// - Parameters:
  ///   - figures: each stands in place of the fence that has its language and text.
  ///   - ids: those that the figures and the form use.
  func html(
    of markdown: String, title: String, figures: [(language: String, text: String, figure: String)],
    ids: Set<String>, form: ChecklistForm? = nil
  ) throws(TemplateProblem) -> String {
    let fields = form?.fields ?? [:]
    let renderer = MarkdownRenderer(
      reservedIDs: ids.union(Page.ids),
      codeBlock: { language, text in figures.first { $0.language == language && $0.text == text }?.figure },
      taskField: { ChecklistForm.field($0, in: fields) })
    let body = renderer.render(Markers.stripped(markdown))
    let place = body.html.firstRange(of: "<h2 ")?.lowerBound ?? body.html.endIndex
    let script = form.flatMap { $0.fields.isEmpty ? nil : $0.script }
    return try set.render(
      "page.html.mustache",
      .record([
        "title": .text(title), "runningTitle": .text(Page.cssString(title)), "style": .text(style),
        "script": script.map { .record(["hash": .text(SHA256.base64($0)), "text": .text($0)]) } ?? .nothing,
        "contents": .list(
          body.headings.filter { $0.level == 2 }.map { .record(["id": .text($0.id), "text": .text($0.text)]) }),
        "body": .text(body.html[..<place] + (form?.tools ?? "") + body.html[place...]), "footer": .text(footer),
      ]))
  }

  /// Ids that the page's template uses.
  private static let ids: Set = ["document-body"]

  /// As the inside of a string in a stylesheet: all but letters, digits and spaces as escapes, so that nothing ends the
  /// string or the style element; long titles end in an ellipsis.
  static func cssString(_ text: String, most: Int = 80) -> String {
    let plain = MarkdownText.plain(text)
    let short = plain.count > most ? plain.prefix(most - 1) + "…" : plain
    var out = ""
    for scalar in short.unicodeScalars {
      if scalar.isASCII, scalar == " " || scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        out.unicodeScalars.append(scalar)
      } else {
        out += "\\\(String(scalar.value, radix: 16)) "
      }
    }
    return out
  }
}
