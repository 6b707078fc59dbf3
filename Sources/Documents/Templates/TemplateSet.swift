internal import Mustache

/// Templates that have been checked against the data they are to be filled with.
package struct TemplateSet {
  private let compiled: MustacheLibrary
  private let shapes: [String: TemplateShape]

  /// - Parameters:
  ///   - templates: by file name: `design.md.mustache`.
  ///   - shapes: what each of the templates that are rendered is given.
  package init(_ templates: [String: String], shapes: [String: TemplateShape]) throws(TemplateProblem) {
    let check = TemplateCheck(templates: templates)
    for name in shapes.keys.sorted() {
      if let shape = shapes[name] { try check.check(name, against: shape) }
    }
    var compiled = MustacheLibrary()
    for (file, text) in templates.sorted(by: { $0.key < $1.key }) where file.hasSuffix(".mustache") {
      do {
        try compiled.register(text, named: file)
        try compiled.register(text, named: String(file.dropLast(".mustache".count)))
      } catch let error as MustacheTemplate.ParserError {
        throw TemplateProblem(file, line: error.context.lineNumber, "this is not Mustache: \(error.error)")
      } catch {
        throw TemplateProblem(file, "this is not Mustache")
      }
    }
    self.compiled = compiled
    self.shapes = shapes
  }

  package func render(_ name: String, _ value: TemplateValue) throws(TemplateProblem) -> String {
    if let mismatch = shapes[name]?.mismatch(value) {
      throw TemplateProblem(name, "the data does not have the documented shape: \(mismatch)")
    }
    guard let text = compiled.render(value.mustache, withTemplate: name) else {
      throw TemplateProblem(name, "there is no such template")
    }
    return text
  }

  /// A Markdown document with the markers of its parts completed.
  func document(_ name: String, _ value: TemplateValue) throws(TemplateProblem) -> String {
    let text = TemplateSet.tidied(try render(name, value))
    do {
      return try Markers.completed(text)
    } catch {
      throw TemplateProblem(name, "line \(error.line) of what it gives: \(error)")
    }
  }

  /// Markdown without trailing blanks and with single blank lines, code blocks untouched.
  static func tidied(_ markdown: String) -> String {
    var out = ""
    var fenced = false
    var blank = true
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { fenced.toggle() }
      var line = line
      while !fenced, line.last == " " { line.removeLast() }
      if line.isEmpty, !fenced {
        blank = true
        continue
      }
      if blank, !out.isEmpty { out += "\n" }
      blank = false
      out += line + "\n"
    }
    return out
  }
}
