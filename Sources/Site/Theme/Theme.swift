internal import Documents

/// The look of the site: checked templates, stylesheets, scripts and texts.
struct Theme {
  let files: [String: String]
  let templates: TemplateSet

  /// What every page loads.
  static let styles = ["site.css", "search.css"]

  init(_ files: [String: String]) throws(TemplateProblem) {
    self.files = files
    templates = try TemplateSet(files.filter { $0.key.hasSuffix(".mustache") }, shapes: SiteShapes.all)
    for name in Theme.styles + ["site.js", "icon.svg", "home.md", "about.md", "glossary.md"] where files[name] == nil {
      throw TemplateProblem(name, "there is no such file")
    }
  }

  func text(_ name: String) -> String { files[name] ?? "" }

  /// What lies in `assets/`.
  var assets: [SiteFile] {
    var assets = [
      SiteFile(path: "assets/icon.svg", text: text("icon.svg"))
    ]
    for name in files.keys.sorted() {
      if name.hasSuffix(".js") {
        assets.append(SiteFile(path: "assets/\(name)", text: Packed.script(text(name))))
      } else if name.hasSuffix(".css") {
        assets.append(SiteFile(path: "assets/\(name)", text: Packed.style(text(name))))
      }
    }
    return assets
  }
}

/// Files as browsers need them: what only their authors read is left out.
enum Packed {
  static func style(_ text: String) -> String {
    var out = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "/*") {
      out += rest[..<open.lowerBound]
      guard let close = rest[open.upperBound...].firstRange(of: "*/") else {
        rest = ""
        break
      }
      rest = rest[close.upperBound...]
    }
    out += rest
    let lines = out.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
    return [
      (" { ", "{"), ("; }", "}"), ("; ", ";"), (": ", ":"), (", ", ","), (" > ", ">"), (" {\n", "{"), ("}\n", "}"),
      (";\n", ";"), (",0.", ",."), (" 0.", " ."), (":0.", ":."),
    ].reduce(lines.joined(separator: "\n")) { $0.replacing($1.0, with: $1.1) } + "\n"
  }

  /// Without the end tags that HTML knows by what follows.
  static func page(_ html: String) -> String {
    let bytes = Array(html.utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "/"),
        let tag = impliedEnds.first(where: { bytes[index...].starts(with: $0) })
      {
        index += tag.count
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static let impliedEnds = ["li", "dd", "td", "th", "tr", "thead", "tbody"].map { Array("</\($0)>".utf8) }

  /// Without comments on lines of their own and indentation; a text with template literals over several lines stays as
  /// it is.
  static func script(_ text: String) -> String {
    let lines = text.split(separator: "\n")
    guard lines.allSatisfy({ $0.count { $0 == "`" }.isMultiple(of: 2) }) else { return text }
    return lines.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty && !$0.hasPrefix("//") }
      .joined(separator: "\n") + "\n"
  }
}
