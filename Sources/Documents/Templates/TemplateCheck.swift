internal import KnowledgeModel

/// Checks that a template names only what it is given: Mustache renders an undefined name as nothing.
struct TemplateCheck {
  let templates: [String: String]
  /// Functions of Mustache that need no argument and hold inside a list.
  private static let functions: Set = ["first()", "last()"]

  /// - Throws: the first problem, in order of lines.
  func check(_ name: String, against shape: TemplateShape) throws(TemplateProblem) {
    try check(file: name, scopes: [shape], including: [])
  }

  private func check(file: String, scopes: [TemplateShape], including: [String]) throws(TemplateProblem) {
    guard let text = templates[file] else { throw TemplateProblem(file, "there is no such template") }
    guard !including.contains(file) else { throw TemplateProblem(file, "the template includes itself") }
    var scopes = scopes
    var open: [(name: String, line: Int, pushed: Bool)] = []
    for tag in try TemplateTag.scan(text, in: file) {
      switch tag.kind {
      case .comment, .pragma: break
      case .variable: _ = try resolve(tag, scopes, file, wantsText: true)
      case .section, .inverted:
        if TemplateCheck.functions.contains(tag.name) {
          open.append((tag.name, tag.line, false))
        } else {
          let shape = try resolve(tag, scopes, file, wantsText: false)
          let pushes = tag.kind == .section
          if pushes { scopes.append(shape.inside) }
          open.append((tag.name, tag.line, pushes))
        }
      case .close:
        guard let last = open.popLast(), last.name == tag.name else {
          throw TemplateProblem(file, line: tag.line, "“\(tag.name)” is closed here and was not opened")
        }
        if last.pushed { scopes.removeLast() }
      case .partial:
        let partial = tag.name + ".mustache"
        guard templates[partial] != nil else {
          throw TemplateProblem(
            file, line: tag.line, "there is no template \(partial)",
            hint: nearest(partial, among: Array(templates.keys)).map { "did you mean \($0)?" })
        }
        try check(file: partial, scopes: scopes, including: including + [file])
      }
    }
    if let last = open.last { throw TemplateProblem(file, line: last.line, "“\(last.name)” is not closed") }
  }

  private func resolve(
    _ tag: TemplateTag, _ scopes: [TemplateShape], _ file: String, wantsText: Bool
  ) throws(TemplateProblem) -> TemplateShape {
    var shape: TemplateShape?
    if tag.name == "." {
      shape = scopes.last
    } else {
      let parts = tag.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      let outer = scopes.last { scope in scope.fields.contains { $0.name == parts[0] } }
      shape = outer
      for part in parts { shape = shape?.fields.first { $0.name == part }?.shape }
    }
    guard let shape else {
      let known = scopes.reversed().flatMap { $0.fields.map(\.name) }.uniqued()
      throw TemplateProblem(
        file, line: tag.line, "there is no field “\(tag.name)” here",
        hint: nearest(tag.name, among: known).map { "did you mean \($0)?" }
          ?? "there are \(known.joined(separator: ", "))")
    }
    if wantsText, !shape.isText {
      throw TemplateProblem(
        file, line: tag.line, "“\(tag.name)” is no text", hint: "write {{#\(tag.name)}} … {{/\(tag.name)}}")
    }
    return shape
  }
}

/// A tag of a Mustache template.
struct TemplateTag {
  enum Kind { case variable, section, inverted, close, partial, comment, pragma }
  var kind: Kind
  var name: String
  var line: Int

  static func scan(_ text: String, in file: String) throws(TemplateProblem) -> [TemplateTag] {
    var tags: [TemplateTag] = []
    var line = 1
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      line += rest[..<open.lowerBound].count { $0.isNewline }
      var inner = rest[open.upperBound...]
      let isTriple = inner.first == "{"
      if isTriple { inner.removeFirst() }
      guard let close = inner.firstRange(of: isTriple ? "}}}" : "}}") else {
        throw TemplateProblem(file, line: line, "a tag is not closed")
      }
      tags.append(try tag(inner[..<close.lowerBound], isTriple: isTriple, line: line, file: file))
      line += inner[..<close.lowerBound].count { $0.isNewline }
      rest = inner[close.upperBound...]
    }
    return tags
  }

  private static func tag(
    _ content: Substring, isTriple: Bool, line: Int, file: String
  ) throws(TemplateProblem) -> TemplateTag {
    func name(_ text: Substring) -> String { text.filter { !$0.isWhitespace } }
    guard !isTriple, let mark = content.first else {
      return TemplateTag(kind: .variable, name: name(content), line: line)
    }
    let rest = content.dropFirst()
    switch mark {
    case "#": return TemplateTag(kind: .section, name: name(rest), line: line)
    case "^": return TemplateTag(kind: .inverted, name: name(rest), line: line)
    case "/": return TemplateTag(kind: .close, name: name(rest), line: line)
    case ">": return TemplateTag(kind: .partial, name: name(rest), line: line)
    case "&": return TemplateTag(kind: .variable, name: name(rest), line: line)
    case "!": return TemplateTag(kind: .comment, name: "", line: line)
    case "%": return TemplateTag(kind: .pragma, name: name(rest), line: line)
    case "=", "<", "$":
      throw TemplateProblem(file, line: line, "the tag {{\(mark)…}} is not supported here")
    default: return TemplateTag(kind: .variable, name: name(content), line: line)
    }
  }
}
